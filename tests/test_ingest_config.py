"""sources.yaml: what is understood, and what is said of everything that is wrong, with its place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ingest.config import load_config
from ingest.mapping import (
    As,
    AsteriskOptions,
    Cell,
    Duplicates,
    DurationField,
    EachFile,
    FilesOptions,
    HttpOptions,
    Kind,
    MomentField,
    RatingField,
    Shape,
    SqlOptions,
    TextField,
    YesNoField,
)
from kpi.catalogue import build
from kpi.model import Nature
from tests.ingest_files import CONFIG_CALLS as CALLS
from tests.ingest_files import CONFIG_HEAD as HEAD
from tests.ingest_files import load, problems

ROOT = Path(__file__).resolve().parent.parent


def test_it_reads_a_mapping_as_it_is_written(tmp_path: Path) -> None:
    text = """\
      wait: {column: [等待时长, 等待], as: minutes}
      asked: 1
"""
    config = load(tmp_path, HEAD + CALLS + text.replace("      asked: 1\n", "      seat: 工号\n"))
    spec = config.source("calls")
    assert (spec.kind, spec.shape, spec.centre, spec.title, spec.line) == (Kind.FILES, Shape.CALLS, "city", "calls", 5)
    assert (spec.repull_days, spec.each_file, spec.duplicates) == (7, EachFile.REPLACES_DAYS, Duplicates.KEEP)
    assert spec.options == FilesOptions("inbox/*.csv")
    assert spec.mapping.get("asked_at") == MomentField(Cell(("来电时间",)))
    assert spec.mapping.get("wait") == DurationField(Cell(("等待时长", "等待")), As.MINUTES)
    assert spec.mapping.get("seat") == TextField(Cell(("工号",)))
    assert spec.mapping.get("talk") is None


def test_it_takes_words_as_they_are_written(tmp_path: Path) -> None:
    text = "      recorded: {column: 录音, yes: [yes, on, 1, 0123], no: [no, ~, off]}\n"
    text += "      queue: {column: q, values: {600: 综合}}\n"
    spec = load(tmp_path, HEAD + CALLS + text).source("calls")
    recorded, queue = spec.mapping.get("recorded"), spec.mapping.get("queue")
    assert (
        isinstance(recorded, YesNoField)
        and recorded.yes == ("yes", "on", "1", "0123")
        and recorded.no == ("no", "", "off")
    )
    assert isinstance(queue, TextField) and queue.values == (("600", "综合"),)


def test_it_lets_the_words_given_take_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    text = (
        "      recorded: {column: 录音, yes: [无]}\n      returned: {column: 回拨, not: true}\n      number_known: 号\n"
    )
    spec = load(tmp_path, HEAD + CALLS + text).source("calls")
    recorded, returned = spec.mapping.get("recorded"), spec.mapping.get("returned")
    assert (
        isinstance(recorded, YesNoField) and recorded.yes == ("无",) and "无" not in recorded.no and "否" in recorded.no
    )
    assert isinstance(returned, YesNoField) and returned.invert and "是" in returned.yes


def test_it_reads_date_and_time_in_two_columns_and_ratings(tmp_path: Path) -> None:
    text = CALLS.replace("asked_at: 来电时间", 'asked_at: {date: {column: 日, format: "%d.%m.%Y"}, time: {column: 时}}')
    text += (
        '      rating: {column: 评价, values: {满意: 4, 一般: 3.5}, satisfied_from: 4, not_a_rating: [未评价, ""]}\n'
    )
    spec = load(tmp_path, HEAD + text).source("calls")
    assert spec.mapping.get("asked_at") == MomentField(Cell(("日",)), ("%d.%m.%Y",), Cell(("时",)))
    expected = RatingField(Cell(("评价",)), (("满意", 4.0), ("一般", 3.5)), 4.0, (), (), ("未评价", ""))
    assert spec.mapping.get("rating") == expected


def test_it_reads_opening_hours_over_midnight_and_by_weekday(tmp_path: Path) -> None:
    hours = '    opening_hours: {mon-fri: "08:30-12:00,14:00-18:00", sat: "20:00-02:00"}\n'
    spec = load(tmp_path, HEAD + CALLS + hours).source("calls")
    assert spec.opening_hours is not None and not spec.opening_hours.always
    open_at = {
        datetime(2026, 3, 2, 8, 29): False, datetime(2026, 3, 2, 8, 30): True, datetime(2026, 3, 2, 12, 0): False,
        datetime(2026, 3, 7, 19, 59): False, datetime(2026, 3, 7, 23, 59): True, datetime(2026, 3, 8, 1, 59): True,
        datetime(2026, 3, 8, 2, 0): False,
    }  # fmt: skip
    assert {moment: spec.opening_hours.is_open(moment) for moment in open_at} == open_at
    always = load(tmp_path, HEAD + CALLS + '    opening_hours: "00:00-24:00"\n').source("calls")
    assert always.opening_hours is not None and always.opening_hours.always


def test_it_names_centres_by_code_name_and_the_words_given(tmp_path: Path) -> None:
    text = CALLS.replace("centre: city", "centre_column: {column: 中心, values: {江宁: jn}}")
    spec = load(tmp_path, HEAD + text).source("calls")
    assert spec.centre is None and spec.centre_column == Cell(("中心",))
    assert dict(spec.centre_map) == {"市中心": "city", "city": "city", "江宁分中心": "jn", "jn": "jn", "江宁": "jn"}


def test_it_takes_the_only_centre_where_none_is_named(tmp_path: Path) -> None:
    text = "centres: [{code: c, name: 中心}]\n" + CALLS.replace("    centre: city\n", "")
    assert load(tmp_path, text).sources[0].centre == "c"
    assert "要写 centre" in problems(tmp_path, HEAD + CALLS.replace("    centre: city\n", ""))[0]


def test_it_reads_the_other_kinds(tmp_path: Path) -> None:
    text = """\
sources:
  - {code: q, kind: asterisk, centre: city, path: log/queue_log*, queues: {600: 综合队列}, seats: {"SIP/1001": 1001}}
  - code: db
    kind: sql
    shape: orders
    centre: city
    url_env: ORDERS_URL
    query: select 1
    columns: {accepted_at: {sql: "to_date(x)"}, seat: 工号}
  - code: api
    kind: http
    shape: calls
    centre: city
    url: https://example.org/calls?from={from}&to={to}&page={page}
    token_env: TOKEN
    rows: data.items
    columns: {asked_at: t, answered: a}
"""
    config = load(tmp_path, HEAD + text, {"ORDERS_URL": "sqlite:///x.db", "TOKEN": "s3cret"})
    asterisk, sql, http = (source.options for source in config.sources)
    assert asterisk == AsteriskOptions("log/queue_log*", (("600", "综合队列"),), (("SIP/1001", "1001"),))
    assert sql == SqlOptions("sqlite:///x.db", "ORDERS_URL", "", "select 1")
    assert isinstance(http, HttpOptions) and (http.token, http.rows, http.token_header) == (
        "s3cret",
        "data.items",
        "Authorization",
    )
    assert "s3cret" not in repr(config) and "x.db" not in repr(config)
    moment = config.source("db").mapping.get("accepted_at")
    assert moment == MomentField(Cell((), "to_date(x)"))
    assert load(tmp_path, HEAD + text).source("api").options == HttpOptions(
        "https://example.org/calls?from={from}&to={to}&page={page}", "TOKEN", rows="data.items"
    )


def test_it_asks_for_the_environment_variables_of_sources_that_are_on(tmp_path: Path) -> None:
    text = "sources:\n  - {code: db, kind: sql, shape: calls, centre: city, url_env: DB_URL, table: t, "
    text += "columns: {asked_at: a, answered: b}"
    assert problems(tmp_path, HEAD + text + "}\n", {}) == [
        "sources.yaml:5 sources[1].url_env: 环境变量 DB_URL 没有设置;请在启动前设置它,或把这个来源设为 enabled: false"
    ]
    assert not load(tmp_path, HEAD + text + ", enabled: false}\n", {}).sources[0].enabled


def test_it_reads_a_centres_own_measures_and_kpis(tmp_path: Path) -> None:
    text = """\
measures:
  - {code: red_tickets, name: 红单量, unit: 件, nature: event}
kpis:
  - {code: red_rate, name: 红单率, numerator: red_tickets, denominator: accepted - solved_first, unit: "%"}
sources: []
"""
    config = load(tmp_path, HEAD + text)
    (measure,), (kpi,) = config.measures, config.kpis
    assert (measure.code, measure.nature) == ("red_tickets", Nature.EVENT)
    formula = kpi.formula()
    assert formula.denominator == (("accepted", 1), ("solved_first", -1))
    assert formula.text == "红单量 ÷ (受理量 − 一次性解答量)"
    assert build(config.kpis, config.measures).kpi("红单率") is kpi


def test_it_takes_files_again_when_the_mapping_has_changed_and_only_then(tmp_path: Path) -> None:
    def version(text: str) -> str:
        return load(tmp_path, HEAD + text).sources[0].mapping_version

    first = version(CALLS)
    assert len(first) == 12 and first == version(CALLS)
    for other in (
        "    title: 新名\n",
        "    repull_days: 3\n",
        "    settle_seconds: 5\n",
        "    enabled: false\n",
        "    each_file: replaces_days\n",
    ):
        assert version(CALLS + other) == first
    assert version(CALLS.replace("inbox/*.csv", "other/*")) == first
    changed = [
        version(CALLS + "      seat: 工号\n"),
        version(CALLS.replace("centre: city", "centre: jn")),
        version(CALLS + "    each_file: adds\n"),
        version(CALLS + "    header_row: 2\n"),
        version(CALLS + '    opening_hours: "08:00-18:00"\n'),
        version(CALLS.replace("来电时间", "[来电时间, 呼入时间]")),
    ]
    assert len({first, *changed}) == 7


def test_it_understands_anchors(tmp_path: Path) -> None:
    text = CALLS.replace("centre: city", "centre_column: &c {column: 中心}")
    text += text.replace("sources:\n", "").replace("code: calls", "code: more").replace("&c {column: 中心}", "*c")
    config = load(tmp_path, HEAD + text)
    assert config.source("more").centre_column == config.source("calls").centre_column
    with pytest.raises(KeyError, match="可用: calls, more"):
        config.source("none")


def test_it_loads_the_example_that_is_shipped() -> None:
    config = load_config(ROOT / "sources.example.yaml", {})
    assert {source.kind for source in config.sources} == set(Kind)
    assert {source.shape for source in config.sources} == set(Shape)
    assert config.measures and config.kpis


def test_it_loads_the_demo() -> None:
    assert len(load_config(ROOT / "ingest" / "sources" / "demo.yaml").sources) >= 5
