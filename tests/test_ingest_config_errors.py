"""sources.yaml: everything that is wrong is told at once, each with its line, its key and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.config import ConfigError, load_config
from tests.ingest_files import CONFIG_CALLS as CALLS
from tests.ingest_files import CONFIG_HEAD as HEAD
from tests.ingest_files import load, problems

WRONG = """\
centres:
  - {code: city, name: 市中心}
  - {code: City 2, name: x, parent: nowhere}
sources:
  - code: calls
    kind: files
    shape: call
  - code: calls
    kind: files
    shape: calls
    centre: cty
    paht: inbox/*.csv
    path: ../x.csv
    repull_days: many
    csv: {delimiter: "::", encoding: klingon}
    columns:
      asked: 来电时间
      asked_at: {column: 来电时间, format: ["%d/%m/%Y", "%m/%d/%Y", "%H:%M", "%Q"]}
      wait: {column: 等待, as: length}
      rating: 评价
"""


def test_it_tells_everything_that_is_wrong_at_once_with_line_key_and_remedy(tmp_path: Path) -> None:
    said = problems(tmp_path, WRONG)
    places = [line.split(": ", 1)[0] for line in said]
    assert places == [
        "sources.yaml:3 centres[2].code",
        "sources.yaml:3 centres[2].parent",
        *["sources.yaml:5 sources[1]"] * 3,
        "sources.yaml:7 sources[1].shape",
        "sources.yaml:8 sources[2]",
        "sources.yaml:11 sources[2].centre",
        "sources.yaml:12 sources[2].paht",
        "sources.yaml:13 sources[2].path",
        "sources.yaml:14 sources[2].repull_days",
        "sources.yaml:15 sources[2].csv.delimiter",
        "sources.yaml:15 sources[2].csv.encoding",
        "sources.yaml:17 sources[2].columns.asked",
        "sources.yaml:17 sources[2].columns",
        *["sources.yaml:18 sources[2].columns.asked_at"] * 3,
        "sources.yaml:19 sources[2].columns.wait.as",
        "sources.yaml:20 sources[2].columns.rating",
    ]
    for expected in (
        "‘call’ 不在可选的词里,是不是想写 ‘calls’?",
        "没有中心 ‘cty’,是不是想写 ‘city’?",
        "不认识的键 ‘paht’,是不是想写 ‘path’?",
        "不认识的键 ‘asked’,是不是想写 ‘asked_at’?",
        "缺少必填的键 ‘answered’",
        "应该是 0 到 400 之间的整数,现在是 ‘many’",
        "03/04 会被读成两个不同的日子",
        "日期格式 ‘%Q’ 不是有效的格式",
        "日期格式 ‘%H:%M’ 缺少年 (%Y)、月 (%m) 或日 (%d)",
        "要写 satisfied_from",
    ):
        assert any(expected in line for line in said), expected


def test_it_checks_the_rest_of_a_source_whose_kind_or_shape_is_wrong(tmp_path: Path) -> None:
    """A word that is nearly right is read as what it is nearest to; of any other only that is told what is sure."""
    said = problems(
        tmp_path,
        """\
centres:
  - {code: city, name: 市中心}
sources:
  - code: Calls 1
    kind: file
    shape: order
    centre: cty
    path: ../x.csv
    settle_seconds: soon
    columns:
      accepted: 受理时间
      rating: 评价
  - code: other
    kind: 电子表格
    shape: calls
    repull_days: many
    paht: x
    opening_hours: "8"
  - kind: files
    shape: 明细
    path: x.csv
    header_row: first
    each_file: both
    centre: cty
  - kind: asterisk
    path: queue_log*
    opening_hours: "8"
    centre: cty
""",
    )
    assert [line.split(": ", 1)[0].removeprefix("sources.yaml:") for line in said] == [
        "4 sources[1].code",
        "5 sources[1].kind",
        "6 sources[1].shape",
        "7 sources[1].centre",
        "8 sources[1].path",
        "9 sources[1].settle_seconds",
        "11 sources[1].columns.accepted",
        "11 sources[1].columns",
        "12 sources[1].columns.rating",
        "14 sources[2].kind",
        "16 sources[2].repull_days",
        "17 sources[2].paht",
        "18 sources[2].opening_hours",
        "19 sources[3]",
        "20 sources[3].shape",
        "22 sources[3].header_row",
        "23 sources[3].each_file",
        "24 sources[3].centre",
        "25 sources[4]",
        "27 sources[4].opening_hours",
        "28 sources[4].centre",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sources.yaml:1: 文件是空的"),
        ("a: [1\nb: 2\n", "sources.yaml:2: YAML 写法有误"),
        ("centres: x\nsources: []\n", "sources.yaml:1 centres: 这里应该是一个列表"),
        ("- 1\n", "sources.yaml:1: 这里应该写成 “键: 值” 的形式"),
        ("sources: []\n", "sources.yaml:1: 缺少必填的键 ‘centres’"),
        ("centres: []\nsources: []\n", "sources.yaml:1 centres: 至少要有一个中心"),
        ("centres: [{code: a, name: a}, {code: a, name: b}]\nsources: []\n", "中心代码 ‘a’ 写了两次"),
        (
            "centres:\n  - {code: a, name: a, parent: b}\n  - {code: b, name: b, parent: a}\nsources: []\n",
            "sources.yaml:2 centres[1].parent: 上级中心绕成了圈",
        ),
        (HEAD + CALLS + "      seat: a\n      seat: b\n", "sources.yaml:14 sources[1].columns.seat: 这个键写了两次"),
        (HEAD + CALLS + CALLS.replace("sources:\n", ""), "来源代码 ‘calls’ 写了两次"),
        (HEAD + CALLS + "      returned: 回拨\n", "还要写 number_known"),
        (HEAD + CALLS + "      recorded: {column: a, yes: [是], no: [ 是 ]}\n", "这些词同时写在 yes 和 no 里: 是"),
        (HEAD + CALLS + "      wait: {sql: a}\n", "只有 kind: sql 的来源可以写 sql 表达式"),
        (HEAD + CALLS + "    measures: {offered: a}\n", "shape: calls 的来源由每行算出计量,不写 measures"),
        (HEAD + CALLS + "    start_date: 2021-01-01\n", "start_date 只用于 shape: days"),
        (HEAD + CALLS + "    opening_hours: 8-18\n", "开放时间要写成 08:00-18:00 的样子,现在是 ‘8-18’"),
        (HEAD + CALLS + '    opening_hours: {周一: "08:00-18:00"}\n', "不认识的星期 ‘周一’"),
        (HEAD + CALLS + "    enabled: maybe\n", "应该是 true 或 false"),
        (HEAD + CALLS + "      wait: {column: }\n", "columns.wait.column: 这里不能是空的"),
        (HEAD + CALLS + "      asked_x: {column: 时, format: [1]}\n", "不认识的键 ‘asked_x’"),
        (
            HEAD + CALLS.replace("来电时间", '{column: 时, format: "%Y-%m-%d %H:%M:%S%z"}'),
            "里不要写时区",
        ),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, text))


DAYS = """\
sources:
  - code: d
    kind: files
    shape: days
    centre: city
    path: "*"
    columns: {day: 日期}
    measures:
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("      answerd: 接通\n", "不认识的计量 ‘answerd’,是不是想写 ‘answered’?"),
        (
            "      wait_seconds: {column: a, as: duration, mean_of: answered}\n",
            "‘answered’ 要在同一处 measures 里直接给出",
        ),
        ("      answered: {column: a, as: percent}\n", "请写 share_of"),
        ("      answered: {column: a, share_of: offered}\n      offered: b\n", "share_of 要与 as: percent 一起写"),
        ("      seat_calls: 接听\n", "按座席统计,要在 columns 里写出 seat"),
        ("      items: 件数\n", "‘items’ 是由座席数据推算的"),
        ("      answered: a\n    start_date: 2021-01-01\n", "二者取一"),
        ("      answered: a\n    start_date: 1/1/2021\n", "写成 2021-01-31 的样子"),
    ],
)
def test_it_says_what_is_wrong_with_figures_that_are_sums(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, HEAD + DAYS + text))


def test_it_reads_a_start_date_in_place_of_a_column(tmp_path: Path) -> None:
    text = DAYS.replace("    columns: {day: 日期}\n", "    start_date: 2021-01-01\n") + "      answered: 接通\n"
    assert load(tmp_path, HEAD + text).sources[0].start_date == date(2021, 1, 1)


def test_it_wants_no_password_in_the_file_and_no_foreign_place_in_a_url(tmp_path: Path) -> None:
    tail = ", centre: city, columns: {asked_at: a, answered: b}}\n"
    text = "sources:\n  - {code: a, kind: sql, shape: calls, table: t, url: 'postgresql://u:pw@h/d'" + tail
    assert "不要把密码写进配置文件" in problems(tmp_path, HEAD + text)[0]
    text = "sources:\n  - {code: a, kind: http, shape: calls, url: 'https://h/{day}'" + tail
    assert "地址里的 ‘{day}’ 不认识" in problems(tmp_path, HEAD + text)[0]


def test_it_checks_a_centres_own_measures_and_kpis(tmp_path: Path) -> None:
    text = """\
measures: [{code: offered, name: 甲, unit: 件}, {code: a-b, name: 乙, unit: 头}]
kpis:
  - {code: x, name: 接通率, numerator: answered, unit: "%"}
  - {code: y, name: 乙率, numerator: answred, unit: "%", better: up}
sources: []
"""
    said = "\n".join(problems(tmp_path, HEAD + text))
    for expected in (
        "‘offered’ 已经有了",
        "不能有 ‘-’",
        "‘头’ 不在可选的词里",
        "重复声明",
        "没有计量 ‘answred’,是不是想写 ‘answered’?",
        "‘up’ 不在可选",
    ):
        assert expected in said


def test_it_says_so_when_the_file_is_missing_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="没有这个文件;可以复制 sources.example.yaml"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("centres: 市".encode("gb18030"))
    with pytest.raises(ConfigError, match="另存为 UTF-8"):
        load_config(tmp_path / "gbk.yaml")
