"""What a person does on the pages of the performance contract: refused in words, or written once."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import act_evaluation as scoring
from dashboard import act_targets as act
from dashboard.act_entries import take_file
from db.bindings import load_bindings
from db.entries import list_entries
from db.evaluations import load_evaluation
from db.sheets import list_sheets, load_sheet, revisions
from tests.dashboard_facts import TODAY, FakeProduct, product

PLACE = scoring.Place("jn", "half")


@pytest.fixture
def desk(sqlite_engine: Engine, tmp_path: Path) -> FakeProduct:
    return product(sqlite_engine, tmp_path)


@pytest.fixture
def started(desk: FakeProduct) -> FakeProduct:
    assert act.use_preset(desk, "jiangning-2026", "district", "甲").ok
    with desk.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE sheets SET code = 'jn'")
    return desk


def address(content: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (act.SheetForm("a", "", "", ""), "经办人"),
        (act.SheetForm("标-1", "", "甲", "", pasted="x"), "编号"),
        (act.SheetForm("a", "", "甲", ""), "选择文件"),
        (act.SheetForm("a", "", "甲", "", "表.xlsx", "data:x;base64,!!!"), "刷新"),
        (act.SheetForm("a", "", "甲", "", "表.xlsx", address(b"PK\x03\x04 broken")), "没有保存"),
        (act.SheetForm("a", "", "甲", "", "表.exe", address(b"MZ")), "没有保存"),
        (act.SheetForm("a", "nowhere", "甲", "", pasted="项目名称\t热线\n"), "没有保存"),
    ],
)
def test_an_import_that_can_not_be_is_refused_and_leaves_nothing(
    desk: FakeProduct, form: act.SheetForm, says: str
) -> None:
    done = act.import_sheet(desk, form)
    assert not done.ok and says in done.text
    with desk.engine.connect() as conn:
        assert list_sheets(conn) == ()


def test_a_second_import_is_a_revision_with_its_reason(started: FakeProduct) -> None:
    again = act.SheetForm("jn", "district", "乙", "年中调整", pasted="项目名称\t热线运营\n单位\t某局\n")
    done = act.import_sheet(started, again)
    with started.engine.connect() as conn:
        found = [(one.number, one.reason, one.author) for one in revisions(conn, "jn")]
    assert found == ([(2, "年中调整", "乙"), (1, "", "甲")] if done.ok else [(1, "", "甲")])
    assert done.ok, done.text


def test_proposals_are_stored_and_confirmed_with_a_name(started: FakeProduct) -> None:
    assert not act.confirm(started, "jn", " ").ok
    assert act.confirm(started, "jn", "乙").text == "已确认 19 项绑定。"
    assert act.confirm(started, "jn", "丙").text == "已确认 0 项绑定。"  # what is confirmed keeps its name
    with started.engine.connect() as conn:
        assert {one.confirmed_by for one in load_bindings(conn, "jn").values()} == {"乙"}
    assert not act.put_in_force(started, "jn", 9, "乙").ok
    assert act.put_in_force(started, "jn", 1, "乙").ok
    with started.engine.connect() as conn:
        assert list_sheets(conn)[0].state == "active"


@pytest.mark.parametrize(
    ("day", "value", "text", "author", "says"),
    [
        ("2026-02-30", "1", "", "甲", "日期"),
        ("2026-03-21", "1", "", "甲", "还没有到"),  # tomorrow
        ("2026-03-20", "1", "", "甲", "没有这项指标"),  # revised away while the page was open
        ("2026-03-20", "1e400", "", "甲", "不是数字"),
        ("2026-03-20", "nan", "", "甲", "不是数字"),
        ("2026-03-20", "", "", "甲", "数值或文字"),
        ("2026-03-20", "1", "", "", "填报人"),
    ],
)
def test_a_reading_that_says_nothing_is_refused(
    started: FakeProduct, day: str, value: str, text: str, author: str, says: str
) -> None:
    done = act.enter(started, "jn", act.EntryForm("k", day, value, text, "", author), TODAY)
    assert not done.ok and says in done.text
    with started.engine.connect() as conn:
        assert list_entries(conn, "jn") == ()


def test_a_percentage_is_read_as_people_write_it() -> None:
    assert act.percent_or_number("96.5%", "%", "x") == pytest.approx(0.965)
    assert act.percent_or_number(" 1,234 ", "件", "x") == 1234
    assert act.percent_or_number("", "%", "x") is None


def test_a_file_of_readings_goes_in_as_far_as_it_can(started: FakeProduct) -> None:
    rows = "指标,日期,数值,文字,说明,填报人\n社会公众幸福感,2026-03-01,,提升,问卷,甲\n没有的指标,2026-03-01,1,,,甲\n"
    done = take_file(started, "jn", "填报.csv", address(rows.encode()), "乙", TODAY)
    assert done.ok and "1 行没有用上" in done.text and "填报.csv 第 3 行" in done.text
    with started.engine.connect() as conn:
        assert [(one.text, one.author) for one in list_entries(conn, "jn")] == [("提升", "甲")]
    assert not take_file(started, "jn", "x.pdf", address(b"%PDF"), "乙", TODAY).ok


def test_a_row_of_the_score_is_kept_and_cleared(started: FakeProduct) -> None:
    with started.engine.connect() as conn:
        key = next(k for _, i, k in load_sheet(conn, "jn").indicators() if i.name == "服务合格率")
    typed = {"value": "98.6", "reason": "说明", "grade": "", "nonsense": "x"}
    assert not scoring.save_row(started, PLACE, key, typed, "").ok
    assert not scoring.save_row(started, PLACE, key, {"value": "很多"}, "甲").ok
    assert scoring.save_row(started, PLACE, key, typed, "甲").ok
    with started.engine.connect() as conn:
        assert load_evaluation(conn, "jn", "half").inputs == {key: {"value": "98.6", "reason": "说明"}}
    assert scoring.save_row(started, PLACE, key, {}, "甲").ok
    with started.engine.connect() as conn:
        assert load_evaluation(conn, "jn", "half").inputs == {}


def test_rules_are_data_that_can_be_edited_previewed_and_taken_back(started: FakeProduct) -> None:
    assert "JSON" in scoring.save_rules(started, PLACE, "{", "甲").text
    bad = scoring.save_rules(started, PLACE, json.dumps({"title": "x", "rows": [{"key": "a"}]}), "甲")
    assert not bad.ok and "第" in bad.text
    form = {
        "title": "自定规则",
        "sections": [{"name": "全部", "points": "100"}],
        "rows": [{"key": "a", "section": "全部", "name": "甲项", "rule": {"kind": "completion", "target": "50"}}],
    }
    with started.engine.connect() as conn:
        assert scoring.preview(started, conn, PLACE, json.dumps(form)).total is None
    assert scoring.save_rules(started, PLACE, json.dumps(form), "甲").ok
    assert scoring.save_row(started, PLACE, "a", {"value": "40"}, "甲").ok
    with started.engine.connect() as conn:
        score = scoring.preview(started, conn, PLACE, json.dumps(form))
    assert (str(score.total), score.grade) == ("80.00", "良")
    assert scoring.preview_text(score) == "按这份规则:80.00 良"
    with started.engine.connect() as conn:
        empty = scoring.preview(started, conn, PLACE, json.dumps({**form, "rows": []}))
        half = {**form, "sections": [{"name": "全部", "points": "50"}]}
        uneven = scoring.preview(started, conn, PLACE, json.dumps(half))
    assert scoring.preview_text(empty).startswith("没有一行可以计分")
    assert "满分合计 50 分,不是 100 分" in scoring.preview_text(uneven)
    assert scoring.save_rules(started, PLACE, "", "甲").ok
    with started.engine.connect() as conn:
        assert load_evaluation(conn, "jn", "half").form is None
