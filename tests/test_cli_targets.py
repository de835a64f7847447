"""targets, readings, progress, score, report: the performance contract on the command line."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from db.bindings import load_bindings
from tests.factories import Desk, batch, calls, readings
from tests.installation import Place, Told

PRESET = ("targets", "import", "--preset", "jiangning-2026", "--centre", "district", "--author", "张", "--activate")
SHEET = ("--sheet", "jiangning-2026")
MARCH = ("--as-of", "2026-03-31")
FORM = """\
某区项目预算绩效目标申报表
2025 年度
项目名称\t热线运营保障
项目类型\t常年安排项目
单位\t某区数据局
一级指标\t二级指标\t三级指标\t半年(程)指标值\t全年(程)指标值
产出指标\t时效指标\t热线话务接通率\t≥96%\t≥96%
\t数量指标\t培训场次\t≥2次\t≥4次
"""


@pytest.fixture
def told(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """January to March 2026 in the district: 95 of 100 calls answered every day."""
    desk = Desk(sqlite_engine)
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2026, 3, 31).toordinal() + 1)]
    rows = [{"offered": 100, "answered": 95, "day": day} for day in days]
    desk.write(batch(calls=calls(*rows, centre="district")))
    return Told(Place(tmp_path / "here", sqlite_engine).configured(), capsys)


def test_it_brings_in_a_preset_and_lists_it(told: Told) -> None:
    assert told.lines("targets", "list") == ["还没有目标表。运行 python app.py targets import 文件 导入一份。"]
    made = told.json(*PRESET)
    assert (made["sheet"], made["revision"], made["state"]) == ("jiangning-2026", 1, "active")
    assert (made["projects"], made["indicators"]) == (1, 19)
    (row,) = told.json("targets", "list")
    assert (row["code"], row["centre"], row["state"], row["indicators"]) == ("jiangning-2026", "district", "active", 19)
    assert told.json("targets", "import", "--preset", "list")["suzhou-2024"].startswith("苏州 2024")


def test_it_brings_in_a_file_as_a_draft(told: Told, tmp_path: Path) -> None:
    path = tmp_path / "申报表.txt"
    path.write_text(FORM, encoding="utf-8")
    made = told.json("targets", "import", path, "--author", "张", "--code", "ours")
    assert (made["sheet"], made["state"], made["indicators"]) == ("ours", "draft", 2)
    assert told.json("targets", "import", path, "--code", "ours", "--reason", "改")["revision"] == 2
    shown = told.json("targets", "show", "ours", "--revision", "1")
    assert [i["name"] for i in shown["projects"][0]["indicators"]] == ["热线话务接通率", "培训场次"]
    lines = told.lines("targets", "show", "ours")
    assert any("热线话务接通率" in line and "≥96%" in line for line in lines)


def test_it_proposes_what_the_indicators_are_bound_to_as_the_page_does(told: Told, tmp_path: Path) -> None:
    path = tmp_path / "申报表.txt"
    path.write_text(FORM, encoding="utf-8")
    told.json("targets", "import", path, "--author", "张", "--code", "ours", "--centre", "district", "--activate")
    with told.place.engine.connect() as conn:
        found = load_bindings(conn, "ours").values()
    assert sorted((one.bound_to.value, one.reference, one.confirmed_by) for one in found) == [
        ("count", "", ""),
        ("kpi", "answer_rate", ""),
    ]


def test_it_refuses_what_cannot_be_brought_in(told: Told, tmp_path: Path) -> None:
    assert told.lines("targets", "import", code=1) == ["请写一个文件,或用 --preset 选一份预置(--preset list 列出全部)"]
    assert told.lines("targets", "import", "--preset", "nowhere", code=1)[0].startswith("没有预置 'nowhere'")
    assert told.lines(*PRESET[:4], "--centre", "nowhere", code=1)[0].startswith("没有中心 'nowhere'")
    assert told.lines("targets", "show", "nowhere", code=1)[0].startswith("没有目标表 'nowhere'")
    assert "没有文字" in told.lines("targets", "import", _empty(tmp_path), code=1)[0]
    assert told.place.run("targets", "import", "--preset", "jiangning-2026", "--code", "不行") == 2
    assert told.place.run("targets", "show") == 2


def _empty(folder: Path) -> Path:
    path = folder / "empty.txt"
    path.write_text("", encoding="utf-8")
    return path


def test_it_hands_a_sheet_out(told: Told, tmp_path: Path) -> None:
    told.json(*PRESET)
    for ending in ("xlsx", "docx", "json"):
        path = tmp_path / f"sheet.{ending}"
        assert told.json("targets", "export", "jiangning-2026", "--out", path)["bytes"] == path.stat().st_size
    assert json.loads((tmp_path / "sheet.json").read_text())["year"] == 2026
    text = "".join(cell.text for table in Document(str(tmp_path / "sheet.docx")).tables for cell in table._cells)
    assert "热线话务接通率" in text
    rows = CalamineWorkbook.from_path(tmp_path / "sheet.xlsx").get_sheet_by_index(0).to_python()
    assert any("热线话务接通率" in row for row in rows)
    assert told.lines("targets", "export", "jiangning-2026", code=1)[0].startswith("请用 --format 写明格式")


def test_it_finds_what_contradicts_itself(told: Told) -> None:
    told.json("targets", "import", "--preset", "suzhou-2024", "--activate")
    found = told.json("targets", "findings", "suzhou-2024", code=1)
    assert found
    assert {"code", "place", "message", "proof", "severity"} <= set(found[0])
    assert told.lines("targets", "findings", "suzhou-2024", code=1)[0].split()[0] == "程度"


def test_it_shows_the_progress_on_a_day(told: Told) -> None:
    told.json(*PRESET)
    found = told.json("progress", *SHEET, *MARCH)
    row = next(row for row in found["rows"] if row["indicator"]["name"] == "热线话务接通率")
    assert (row["half"]["value"], row["half"]["denominator"]) == (0.95, 9000)
    assert row["half"]["said"] == "此后每天需 ≥ 97.0 %;还可漏接 274 个(已用 62 %)"
    assert (row["full"]["target"]["operator"], row["full"]["target"]["number"]) == (">=", 96)
    lines = told.lines("progress", *MARCH)
    assert lines[0].startswith("江宁区项目预算绩效目标申报表 2026 年度,截至 2026-03-31: 19 项中 ")
    (shown,) = [line for line in lines[1:] if "热线话务接通率(绑定待确认)" in line]
    assert shown.split()[0] == "未达标"
    assert told.lines("progress", "--as-of", "2999-01-01", code=1)[0].startswith("2999-01-01 还没有到")


def test_it_works_out_what_if(told: Told) -> None:
    told.json(*PRESET)
    what_if = ("progress", "what-if", "热线话务接通率", *SHEET, *MARCH)
    found = told.json(*what_if, "--rate", "97.2%")
    assert found["half"]["value"] == pytest.approx((8550 + 0.972 * 9100) / 18_100)
    assert any("到6月30日为 96.11 %,达标" in line for line in told.lines(*what_if, "--rate", "97.2%"))
    assert "现有坐席" in told.lines(*what_if, "--add-seats", "3", code=1)[0]
    assert told.place.run(*what_if) == 2


def test_it_enters_readings_with_evidence(told: Told, tmp_path: Path) -> None:
    told.json(*PRESET)
    note = tmp_path / "佐证.txt"
    note.write_text("附件", encoding="utf-8")
    add = ("readings", "add", *SHEET, "--day", "2026-03-01", "--author", "李")
    first = told.json(*add, "社会公众幸福感", "提升", "--evidence", note)
    told.json(*add, "预算执行率", "150", "--note", "一季度")
    (grade, spent) = told.json("readings", "list", *SHEET)
    assert (grade["text"], grade["evidence"], spent["value"]) == ("提升", ["佐证.txt"], 150)
    found = {row["indicator"]["name"]: row for row in told.json("progress", *SHEET, "--as-of", "今天")["rows"]}
    assert found["社会公众幸福感"]["full"]["status"] == "达标"
    assert found["预算执行率"]["full"]["value"] == 150 / 725
    told.json("readings", "revoke", first["id"], "--author", "王")
    assert len(told.json("readings", "list", "--indicator", "社会公众幸福感")) == 0
    assert told.lines("readings", "add", *SHEET, "没有这个", "1", code=1)[0].startswith("目标表里没有“没有这个”")


def test_it_takes_the_good_rows_of_a_file(told: Told, tmp_path: Path) -> None:
    told.json(*PRESET)
    path = tmp_path / "填报.csv"
    path.write_text("指标,日期,数值或文字\n预算执行率,2026-03-31,150\n预算执行率,昨天,150\n", encoding="utf-8")
    found = told.json("readings", "import", path, "--author", "李", code=1)
    assert (found["stored"], [p["row"] for p in found["problems"]]) == (1, [3])
    assert told.lines("readings", "import", path, "--author", "李", code=1)[0] == "已写入 0 条。"


def test_it_scores_and_writes_the_documents(told: Told, tmp_path: Path) -> None:
    told.json(*PRESET)
    score = told.json("score", *SHEET, "--period", "half", *MARCH)["score"]
    row = next(row for row in score["rows"] if "热线话务接通率" in row["row"]["name"])
    assert row["completion"] == pytest.approx(98.96)  # 95 of 96
    assert (score["total"], score["missing"]) == (None, 18)
    assert told.lines("score", *SHEET, "--period", "half", *MARCH)[-2].startswith("总分 还没有")
    complaints = readings({"complaints": 5}, centre="district", day=date(2026, 3, 31))
    Desk(told.place.engine).write(batch(readings=complaints), "hand")
    found = told.json("score", *SHEET, "--period", "half", *MARCH)
    row = next(row for row in found["score"]["rows"] if "服务投诉量" in row["row"]["name"])
    assert (row["completion"], found["completions"][row["row"]["key"]]) == (120, "100.00 %")  # 6 allowed, 5 had
    (line,) = (line for line in told.lines("score", *SHEET, "--period", "half", *MARCH) if "服务投诉量" in line)
    assert "100.00 %" in line and "120.00 %" not in line
    for document, ending in (("form", "xlsx"), ("form", "docx"), ("report", "docx")):
        path = tmp_path / f"{document}.{ending}"
        words = ("report", "self-evaluation", *SHEET, "--period", "half", *MARCH, "--document", document)
        assert told.json(*words, "--out", path)["bytes"] == path.stat().st_size
    text = "".join(paragraph.text for paragraph in Document(io.BytesIO(path.read_bytes())).paragraphs)
    assert "接通率" in text
    assert told.lines("report", "self-evaluation", *SHEET, "--document", "report", "--format", "xlsx", code=1) == [
        "自评报告只有 docx 格式"
    ]
