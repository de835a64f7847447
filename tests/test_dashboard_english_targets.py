"""Why sheets and readings are refused, what is noted of them and how they are bound: English on an English page."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]
from sqlalchemy import Engine

from dashboard import language
from dashboard.act_entries import take_file
from dashboard.act_targets import Done, SheetForm, import_sheet
from dashboard.components import forms
from dashboard.english.phrases import to_english, tree_in_english
from tests.dashboard_facts import product
from tests.project_files import ROOT
from tests.reports_desk import BOUND
from tests.spoken_code import CHINESE, sentences
from tests.targets_desk import SHEET, SheetDesk

FORMS = re.compile(r"(evaluation|report_|export_|template|docx_base|figure_text|charts)")
"""What these modules write goes into documents, which are Chinese."""
FINDINGS = re.compile(r"(find_|said$|progress$|read_report$)")
"""Made of many pieces, and tested as wholes: findings with the presets, what is said of paces with the pages; what is
read in a report by itself is no sentence but a pattern (its refusals are here by name)."""
STORED = ("alert_rules", "alert_states", "deliveries", "entries", "report_store", "sheet_edit", "sheet_home", "sheets")
"""Modules of the database that refuse what is entered on pages."""
SENTENCE = re.compile(r"[。,;]|请")
PATTERN = re.compile(r"\\|\(\?|\||\]\{")
QUOTED = re.compile(r"“[^”]*”")
"""What has to be typed so, or stands so in the file."""
PARTS = {",晚于期限 {due.month}月{due.day}日", ";要达标至少需增加 {seats_needed} 个坐席"}
FILLED: dict[str, tuple[str, ...]] = {
    "figures": ("", "目标文字里有数字,可在校核时拆成数值指标。"),
    "seen[same]": ("第 7 行",),
    "word": ("一级指标", "二级指标"),
    "'印在它所属的行之后' if printed else '没有印在这一行'": ("印在它所属的行之后", "没有印在这一行"),
    "_WORDS[column]": ("半年计划执行数", "全年预算数"),
    "at": ("目标表", "单元格", "目标表 projects 第 7 项", "目标表 projects 第 7 项 indicators 第 8 项"),
    "said.growth(now.value, before)": ("同比 +7.00 %",),
    "until": ("", "截至昨天,"),
    "said.amount(before, unit)": ("7 个",),
    "_OLD.get(ending, '.xlsx 或 .docx')": (".docx", ".xlsx 或 .docx"),
    "value": ("0.7",),
    "percent": ("70",),
}
"""What stands in the places of the sentences, where it is neither figure nor name."""


def modules() -> list[Path]:
    own = [path for path in sorted((ROOT / "targets").rglob("*.py")) if not FORMS.match(path.stem)]
    return [*own, *(ROOT / "db" / f"{name}.py" for name in STORED)]


def told(path: Path) -> Iterator[str]:
    """The sentences of a module: neither the words it looks for nor its patterns."""
    if FINDINGS.match(path.stem):
        return
    for written, text in sentences(path, PARTS, lambda value: FILLED.get(value, ("7",))):
        if SENTENCE.search(written) and not PATTERN.search(written):
            yield text


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_every_sentence_on_sheets_and_readings_has_its_english(path: Path) -> None:
    assert [(text, to_english(text)) for text in told(path) if CHINESE.search(QUOTED.sub("", to_english(text)))] == []


def test_it_knows_where_the_sentences_are() -> None:
    assert sum(1 for path in modules() for _ in told(path)) > 130


@pytest.mark.parametrize(
    "said",
    [
        "没有找到自评报告的章节标题(如“一、单位概况”)。请核对文件。",
        "没有找到年度,请填写",
        "没有找到单位名称,请填写",
        "报告里没有读到统计数字,请核对",
        "此处的姓名、电话已遮盖,不会保存",
        "1月5日已完成,晚于期限 3月31日",
    ],
)
def test_so_have_those_of_reports_and_of_what_came_too_late(said: str) -> None:
    assert not CHINESE.search(QUOTED.sub("", to_english(said)))


@pytest.fixture
def english() -> Iterator[None]:
    language.use(language.ENGLISH)
    yield
    language.use(None)


def shown(done: Done) -> str:
    """A form's answer as it leaves for the browser."""
    answer = json.loads(to_json_plotly(forms.answer(done.text, ok=done.ok, as_is=True)))
    return str(tree_in_english(answer)["props"]["children"][1]["props"]["children"])


def address(content: bytes) -> str:
    return "data:;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "目标 话务.doc",
            b"\xd0\xcf\x11\xe0old",
            "The file “目标 话务.doc” is of an old format. Save it as .docx in Office or WPS and import that.",
        ),
        (
            "话务.txt",
            "没有表".encode(),
            "No target sheet was found: there is no row “项目名称” and no head “一级指标、二级指标、三级指标”. "
            "Check the file, or download the template, fill it in and import that.",
        ),
    ],
)
def test_a_sheet_that_is_refused_is_refused_in_english_and_named_as_it_is_called(
    sqlite_engine: Engine, tmp_path: Path, english: None, name: str, content: bytes, said: str
) -> None:
    form = SheetForm("s-1", "", "张", "", name, address(content))
    assert shown(import_sheet(product(sqlite_engine, tmp_path), form)) == f"Not saved: {said}"


def test_rows_of_readings_are_refused_in_english_each_with_its_reason(
    sqlite_engine: Engine, tmp_path: Path, english: None
) -> None:
    SheetDesk(sqlite_engine, BOUND)
    rows = "指标,日期,数值或文字,说明,填报人\n话务,2026-03-01,1,,张\n服务投诉量,2026-13-40,1,,张\n"
    made = product(sqlite_engine, tmp_path)
    done = take_file(made, SHEET, "填报 话务.csv", address(rows.encode()), "张", date(2026, 3, 20))
    assert shown(done) == (
        "0 rows entered, 2 not used: 填报 话务.csv, row 2 “指标”: The sheet has no “话务”. Write the indicator's name "
        "(level 3) as in the sheet, or its code; 填报 话务.csv, row 3 “日期”: “2026-13-40” is no day. Write it like "
        "2026-03-01"
    )
