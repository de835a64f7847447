"""Charts in English: formula and table of every chart of every page, and their files, but for the names of data."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from flask.testing import FlaskClient
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]
from sqlalchemy import Engine

from dashboard import language
from dashboard.app import create_app
from dashboard.chart_routes import PAGES
from dashboard.components import records
from dashboard.data import EXTENSION, Data
from dashboard.english.phrases import to_english, tree_in_english
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from dashboard.views import RejectView
from db.engine import make_engine, migrate
from tests.dashboard_facts import TODAY, call_rows, fill, product
from tests.factories import Desk, FrozenClock, batch, calls, orders, seats

CHINESE = re.compile(r"[\u3400-\u9fff]")
QUEUES = ("综合受理", "企业服务", "质量")
DEPARTMENTS = ("城市管理局", "座席")
CATEGORIES = ("投诉", "目标")
CHANNELS = ("电话", "话务")
TEAMS, SHIFTS = ("一组", "二组"), ("早班", "无")
CENTRES = ("市中心", "江宁分中心")
NAMES = {*QUEUES, *DEPARTMENTS, *CATEGORIES, *CHANNELS, *TEAMS, *SHIFTS, *CENTRES}
WORDS = {"质量", "座席", "目标", "话务", "无"}
"""Names that are words of the interface as well: in a table they stay as people gave them all the same."""


@dataclass(frozen=True)
class House:
    """An installation whose data is full of names, asked in English."""

    client: FlaskClient
    data: Data

    def charts(self, **query: str) -> Iterator[tuple[str, str]]:
        """(page/chart, address up to the ending) of every chart there is."""
        (sheet, *_) = self.data.sheets()
        progress = self.data.targets(TargetFilters(sheet.code)).progress
        keys = [row.key for row in progress.rows] if progress else []
        asked = {"seat": "city/2001", "sheet": sheet.code, **query}
        for page, key in [*((page, "") for page in PAGES), *(("indicator", key) for key in keys)]:
            for name in PAGES[page](self.data, asked | {"key": key}):
                yield f"{page}/{name}", f"/export/chart/{page}/{name}.{{}}?{urlencode(asked | {'key': key})}"

    def about(self, address: str) -> dict[str, Any]:
        """What the browser is told of a chart."""
        found: dict[str, Any] = self.client.get(address.format("json")).get_json()
        return found


def _named_facts(engine: Engine) -> None:
    rows = [row | {"queue": queue, "channel": channel} for row in call_rows(TODAY) for queue, channel in _pairs()]
    work = {"seat_calls": 60, "seat_busy_seconds": 9000, "signed_in_seconds": 25_200, "paused_seconds": 900}
    sat = [
        {"seat": f"20{n:02d}", "team": TEAMS[n % 2], "shift": SHIFTS[n % 2], **work, "seat_calls": 50 + n}
        for n in range(1, 13)
    ]
    took = {"accepted": 90, "solved_first": 50, "dispatched": 40, "dispatched_on_time": 38, "due": 60, "closed": 58}
    took |= {"closed_on_time": 55, "rated_orders": 50, "satisfied_orders": 46}
    given = [
        {"department": DEPARTMENTS[n], "category": CATEGORIES[n], "channel": CHANNELS[n], **took} for n in range(2)
    ]
    made = batch(
        calls=calls(*rows, centre="city", day=TODAY),
        seats=seats(*sat, centre="city", day=TODAY),
        orders=orders(*({**one, "day": TODAY, "anchor": TODAY} for one in given), centre="city"),
        first_day=TODAY,
        last_day=TODAY,
    )
    Desk(engine, FrozenClock("2026-03-20 14:30")).write(made, "city")


def _pairs() -> Iterator[tuple[str, str]]:
    yield from zip(QUEUES, (CHANNELS[0], *CHANNELS), strict=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("named")
    engine: Engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    _named_facts(engine)
    server = create_app(product(engine, folder)).server
    client = server.test_client()
    client.set_cookie(language.COOKIE, language.ENGLISH)
    yield House(client, server.extensions[EXTENSION])
    engine.dispose()


def left_over(rows: Any, others: Any = None) -> list[str]:
    """Chinese texts that are neither names of data nor made of them. ``rows``: of a table, may hold any name."""
    given = re.compile("|".join(sorted(NAMES - WORDS, key=len, reverse=True)))
    found = set(_texts(rows)) - NAMES | set(_texts(others))
    return sorted(text for text in found if CHINESE.search(given.sub("", text)))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from _texts(list(node.values()))
    elif isinstance(node, list):
        for one in node:
            yield from _texts(one)


def left_of(about: dict[str, Any]) -> list[str]:
    """What is left Chinese of a chart's formula and table."""
    return left_over(about["rows"], [about["kind"], about["basis"], about["titles"]])


@pytest.mark.parametrize("period", ["today", "this-month"])
def test_formula_and_table_of_every_chart_are_english(house: House, period: str) -> None:
    charts = dict(house.charts(period=period))
    assert {chart.split("/")[0] for chart in charts} == set(PAGES)
    left = {chart: found for chart, address in charts.items() if (found := left_of(house.about(address)))}
    assert left == {}


@pytest.mark.parametrize(
    ("chart", "names"),
    [
        ("calls/queue", QUEUES),
        ("calls/channel", CHANNELS),
        ("orders/department", DEPARTMENTS),
        ("orders/category", CATEGORIES),
        ("orders/order-channel", CHANNELS),
        ("seats/team", TEAMS),
        ("seats/shift", SHIFTS),
    ],
)
def test_names_of_data_stay_as_they_are_in_tables(house: House, chart: str, names: tuple[str, ...]) -> None:
    rows = house.about(dict(house.charts(period="today", centre="city"))[chart])["rows"]
    assert {row[0] for row in rows} >= set(names)


def test_formula_and_columns_read_well(house: House) -> None:
    found = house.about("/export/chart/overview/daily.{}?kpi=answer_rate")
    assert dict(found["basis"])["Formula in force"] == "answered ÷ calls offered"
    assert [title for title, _numeric in found["titles"]][1:3] == ["Weekday", "Answer rate (%)"]
    assert {row[1] for row in found["rows"]} == {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
    house.client.set_cookie(language.COOKIE, language.CHINESE)
    try:
        basis = dict(house.about("/export/chart/overview/daily.{}?kpi=answer_rate")["basis"])
        assert basis[t("proof.formula")] == "接通量 ÷ 人工请求量"
    finally:
        house.client.set_cookie(language.COOKIE, language.ENGLISH)


def test_the_files_of_a_chart_are_english_as_well(house: House) -> None:
    address = dict(house.charts(period="today", centre="city"))["calls/queue"]
    rows = list(csv.reader(io.StringIO(house.client.get(address.format("csv")).data.decode("utf-8-sig"))))
    assert left_over(rows) == [] and {row[0] for row in rows[1:]} >= set(QUEUES)
    book = openpyxl.load_workbook(io.BytesIO(house.client.get(address.format("xlsx")).data))
    assert book.sheetnames == ["Figures", "Notes"]
    assert left_over([list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]) == []


@pytest.mark.parametrize(
    ("mixed", "english"),
    [
        (
            "接通率: 企业服务 worst at 92.31 %, 综合受理 best at 97.30 %; may be chance",
            "Answer rate: 企业服务 worst at 92.31 %, 综合受理 best at 97.30 %; may be chance",
        ),
        ("供水目标 best at 95 %", "供水目标 best at 95 %"),
        ("本周目标 95 %", "this week target 95 %"),
        ("绩效目标 · 15 分", "performance goals · 15 points"),
    ],
)
def test_no_template_cuts_through_a_name(mixed: str, english: str) -> None:
    assert to_english(mixed) == english


def test_what_a_file_holds_is_quoted_and_the_reason_is_english() -> None:
    remedy = "。改正后重新导入,或导出剔除行来改正"
    row = RejectView(
        "calls", "Calls", "话务.csv", "通话时长", 12, "通话时长", "接通", f"‘通话时长’ 不是时长: ‘接通’{remedy}"
    )
    try:
        language.use(language.ENGLISH)
        shown = json.loads(to_json_plotly(records.rejects_table([row], 1)))
    finally:
        language.use(None)
    texts = re.findall(r'"children": ?"([^"]*)"', json.dumps(tree_in_english(shown), ensure_ascii=False))
    assert [text for text in texts if CHINESE.search(text)] == [
        "话务.csv", "通话时长", "通话时长", "接通",
        "‘通话时长’ is no length of time: ‘接通’. Mend it and import again, or export the rejected rows and mend those",
    ]  # fmt: skip
