"""Target sheets, bindings, entries and evaluations are kept whole, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, select

from db.bindings import load_bindings, remove_binding, save_binding, save_bindings
from db.engine import data_version, write
from db.entries import Attachment, EntryError, add_entry, attachment, list_entries, revoke_entry
from db.evaluations import load_evaluation, save_evaluation
from db.schema_targets import sheet_indicators, sheet_revisions
from db.sheet_edit import NotADraftError, set_cell, set_name
from db.sheets import (
    UnknownSheetError,
    activate,
    list_flags,
    list_sheets,
    load_sheet,
    resolve_flag,
    retire,
    revisions,
    save_sheet,
    source_text,
)
from db.store import CentreRow, sync_centres
from kpi.pace_model import Binding, BoundTo, PaceClass, Schedule
from kpi.sheet import (
    BLANK,
    Cell,
    CellKind,
    ExpenseLine,
    Flag,
    FlagKind,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    Statistic,
    YearCost,
    indicator_keys,
)
from kpi.status import Operator

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NONE = Cell(CellKind.NONE, "无")
LOST = Cell(CellKind.LOST)
ZERO = Cell(CellKind.NUMBER, "0次", None, Decimal(0), "次")


def at_least(number: str, unit: str) -> Cell:
    return Cell(CellKind.NUMBER, f"≥{number}{unit}", Operator.AT_LEAST, Decimal(number), unit)


def money(number: str) -> Cell:
    return Cell(CellKind.NUMBER, number, None, Decimal(number))


def a_sheet() -> Sheet:
    project = Project(
        no=1,
        name="热线运营保障",
        type=ProjectType.RECURRING,
        unit="某区数据局",
        starts="2025年",
        ends="2027年",
        texts=(("项目概述", "一段话"), ("中长期目标", "另一段话")),
        extra=(("主管部门", "某局"),),
        funds=(FundLine("资金总额", money("725.50"), 0), FundLine("上年结转资金", ZERO)),
        expenses=(ExpenseLine("话务服务", money("362.5"), money("725.50")), ExpenseLine("培训", BLANK, LOST)),
        costs=(YearCost(2024, money("750"), "actual"), YearCost(None, money("2176.89"), "ceiling_total")),
        indicators=(
            Indicator(1, "产出指标", "质量指标", "接通率", at_least("96", "%"), at_least("96.0", "%"), line=31),
            Indicator(2, "产出指标", "数量指标", "两项", NONE, ZERO, part=1),
            Indicator(2, "产出指标", "数量指标", "两项", BLANK, LOST, part=2, reported=at_least("5", "件/坐席/天")),
            Indicator(
                4,
                "效益指标",
                "社会效益",
                "投诉",
                Cell(CellKind.NUMBER, "<5次", Operator.AT_MOST, Decimal(5), "次", True),
                BLANK,
            ),
            Indicator(
                3, "效益指标", "社会效益", "幸福感", BLANK, Cell(CellKind.GRADE, "提升"), weight=Decimal("13.33")
            ),
        ),
    )
    flag = Flag("1/expense/1/full", FlagKind.LOST, "全年预算数读不出来", 12, "培训 0 全年(程)", "3.2")
    return Sheet(
        "某区数据局",
        2026,
        "预算绩效目标申报表",
        "standard",
        (project, replace(project, no=2, name="培训")),
        (flag,),
        (Statistic("来电量", Decimal("217.77"), "万个", Decimal("10.96"), 9, "来电217.77万个"),),
        (("单位概况", "若干文字"),),
        {"rows": [1, 2]},
    )


def stored(conn: Connection, sheet: Sheet | None = None, **options: object) -> int:
    values: dict[str, object] = {
        "code": "s", "centre": None, "author": "填报人", "reason": "首次", "source_name": "a.txt",
        "source_text": "原文",
        "now": NOW,
    }  # fmt: skip
    return save_sheet(conn, sheet or a_sheet(), **(values | options))  # type: ignore[arg-type]


def test_it_gives_back_the_sheet_it_was_given(engine: Engine) -> None:
    with write(engine) as conn:
        assert stored(conn) == 1
    with engine.connect() as conn:
        assert load_sheet(conn, "s") == a_sheet()
        assert source_text(conn, "s") == "原文"
        kinds = conn.scalars(select(sheet_indicators.c.full_kind).where(sheet_indicators.c.project_no == 1)).all()
    assert sorted(kinds) == ["blank", "grade", "lost", "number", "number"]


def test_it_keeps_blank_none_zero_and_lost_apart(engine: Engine) -> None:
    with write(engine) as conn:
        stored(conn)
    with engine.connect() as conn:
        rows = load_sheet(conn, "s").projects[0].indicators
    assert [rows[1].half.kind, rows[2].half.kind, rows[1].full.number, rows[2].full.kind] == [
        CellKind.NONE, CellKind.BLANK, Decimal(0), CellKind.LOST,
    ]  # fmt: skip


def test_it_tracks_the_active_revision_and_keeps_the_others(engine: Engine) -> None:
    changed = replace(a_sheet(), title="调整后")
    with write(engine) as conn:
        stored(conn, state="active")
        assert stored(conn, changed, reason="年中调整", now=NOW + timedelta(days=90)) == 2
    with write(engine) as conn:
        assert load_sheet(conn, "s").title == "预算绩效目标申报表"  # a draft does not count yet
        activate(conn, "s", 2, author="审核人", now=NOW + timedelta(days=100))
    with engine.connect() as conn:
        assert load_sheet(conn, "s").title == "调整后"
        found = [(one.number, one.state, one.reason, one.author) for one in revisions(conn, "s")]
        assert found == [(2, "active", "年中调整", "审核人"), (1, "superseded", "首次", "填报人")]
        assert load_sheet(conn, "s", known_at=NOW + timedelta(days=99)).title == "预算绩效目标申报表"
        assert load_sheet(conn, "s", known_at=NOW + timedelta(days=101)).title == "调整后"


def test_it_lists_sheets_with_what_is_open(engine: Engine) -> None:
    sync_centres(engine, [CentreRow("jn", "江宁", None)])
    with write(engine) as conn:
        stored(conn, centre="jn")
        flag = list_flags(conn, "s")[0]
        assert (flag.flag.suggestion, flag.resolved_at) == ("3.2", None)
        (row,) = list_sheets(conn)
        assert (row.centre, row.flags_open, row.projects, row.indicators, row.state) == ("jn", 1, 2, 10, "draft")
        resolve_flag(conn, flag.id, by="校核人", resolution="按纸质件补 3.2", now=NOW)
        assert list_sheets(conn)[0].flags_open == 0
        retire(conn, "s", NOW)
        assert list_sheets(conn) == ()
        assert len(list_sheets(conn, include_retired=True)) == 1


def test_it_puts_a_draft_right_but_not_an_active_one(engine: Engine) -> None:
    with write(engine) as conn:
        stored(conn)
        set_cell(conn, "s", 1, "1/expense/1/full", money("3.2"))
        set_cell(conn, "s", 1, "2/indicator/2.2/half", at_least("7", "件"))
        set_cell(conn, "s", 1, "1/fund/0", money("700"))
        set_name(conn, "s", 1, "1/indicator/1", "name", "热线接通率")
        sheet = load_sheet(conn, "s")
        assert sheet.projects[0].expenses[1].full == money("3.2")
        assert sheet.projects[1].indicators[2].half == at_least("7", "件")
        assert sheet.projects[0].indicators[2].half == BLANK
        assert (sheet.projects[0].funds[0].amount, sheet.projects[0].indicators[0].name) == (money("700"), "热线接通率")
        for place in ("1/expense/9/full", "x", "1/indicator/1/third", "1/fund/0/full/x"):
            with pytest.raises(UnknownSheetError):
                set_cell(conn, "s", 1, place, BLANK)
        activate(conn, "s", 1, author="", now=NOW)
        with pytest.raises(NotADraftError, match="修订版"):
            set_cell(conn, "s", 1, "1/fund/0", BLANK)


def test_it_says_which_sheets_there_are_when_one_is_unknown(engine: Engine) -> None:
    with write(engine) as conn:
        stored(conn)
        with pytest.raises(UnknownSheetError, match="现有: s"):
            load_sheet(conn, "t")
        with pytest.raises(UnknownSheetError, match="没有第 7 版"):
            load_sheet(conn, "s", 7)
        with pytest.raises(UnknownSheetError, match="没有中心"):
            stored(conn, code="t", centre="nowhere")


def test_keys_stay_when_rows_are_added_before_and_differ_for_equal_names() -> None:
    project = a_sheet().projects[0]
    keys = indicator_keys(project)
    assert len(set(keys)) == 5
    more = replace(
        project, indicators=(Indicator(1, "决策", "项目立项", "立项依据", BLANK, BLANK), *project.indicators)
    )
    assert indicator_keys(more)[1:] == keys


def test_bindings_come_back_and_proposals_do_not_overwrite_them(engine: Engine) -> None:
    confirmed = Binding(
        BoundTo.COUNT, PaceClass.TOWARDS, "", Schedule.MONTHLY, ((1, 0.0), (6, 2.5)), 2.0, 30, "按月", "某人"
    )
    with write(engine) as conn:
        stored(conn)
        save_binding(conn, "s", "k1", confirmed)
        save_bindings(conn, "s", {"k1": Binding(BoundTo.GRADE, PaceClass.GRADE), "k2": Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")}, replace=False)  # fmt: skip # noqa: E501
        assert load_bindings(conn, "s") == {
            "k1": confirmed, "k2": Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate"),
        }  # fmt: skip
        remove_binding(conn, "s", "k1")
        assert set(load_bindings(conn, "s")) == {"k2"}


def test_entries_are_revoked_not_changed_and_known_as_of_a_moment(engine: Engine) -> None:
    scan = Attachment("合同.pdf", "application/pdf", b"%PDF-1.7")
    with write(engine) as conn:
        stored(conn)
        version = data_version(conn)
        first = add_entry(conn, "s", key="k", day=date(2026, 2, 1), value=5.0, text="", note="首付", author="甲", now=NOW, evidence=[scan])  # fmt: skip # noqa: E501
        add_entry(conn, "s", key="k", day=date(2026, 3, 1), value=None, text="提升", note="", author="乙", now=NOW + timedelta(days=2))  # fmt: skip # noqa: E501
        revoke_entry(conn, first, by="丙", now=NOW + timedelta(days=3))
        assert data_version(conn) > version
        assert [one.text for one in list_entries(conn, "s")] == ["提升"]
        then = list_entries(conn, "s", known_at=NOW + timedelta(days=1))
        assert [(one.value, one.evidence) for one in then] == [(5.0, ("合同.pdf",))]
        assert len(list_entries(conn, "s", with_revoked=True)) == 2
        assert list_entries(conn, "s", until=date(2026, 2, 28)) == ()
        assert attachment(conn, first, "合同.pdf") == scan
        with pytest.raises(EntryError, match="有效"):
            revoke_entry(conn, first, by="丙", now=NOW)
        with pytest.raises(EntryError, match="没有名为"):
            attachment(conn, first, "x")


@pytest.mark.parametrize(
    ("value", "author", "files", "says"),
    [
        (1.0, " ", [], "填报人"),
        (None, "甲", [], "数值或文字"),
        (1.0, "甲", [Attachment("a", "t", b""), Attachment("a", "t", b"")], "重名"),
    ],
)
def test_it_refuses_an_entry_that_says_nothing(
    sqlite_engine: Engine, value: float | None, author: str, files: list[Attachment], says: str
) -> None:
    with write(sqlite_engine) as conn:
        stored(conn)
        with pytest.raises(EntryError, match=says):
            add_entry(conn, "s", key="k", day=date(2026, 1, 1), value=value, text="", note="", author=author, now=NOW, evidence=files)  # fmt: skip # noqa: E501
        assert list_entries(conn, "s") == ()


def test_an_evaluation_keeps_what_a_person_wrote(engine: Engine) -> None:
    with write(engine) as conn:
        stored(conn)
        assert load_evaluation(conn, "s", "half").updated_at is None
        for text in ("初稿", "定稿"):
            save_evaluation(conn, "s", "half", form=None, inputs={"r1": {"value": "96.5"}}, texts={"结论": text}, author="甲", now=NOW)  # fmt: skip # noqa: E501
        kept = load_evaluation(conn, "s", "half")
        assert (kept.form, kept.inputs, kept.texts, kept.author) == (
            None,
            {"r1": {"value": "96.5"}},
            {"结论": "定稿"},
            "甲",
        )
        assert load_evaluation(conn, "s", "full").texts == {}
        with pytest.raises(ValueError, match="period"):
            load_evaluation(conn, "s", "q3")
        assert conn.scalar(select(sheet_revisions.c.score_form)) == {"rows": [1, 2]}
