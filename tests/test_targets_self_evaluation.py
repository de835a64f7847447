"""A self-evaluation put together from what is stored: 中山 2022 as printed, the demo sheet from its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from db.engine import write
from db.evaluations import StoredEvaluation, save_evaluation
from db.sheets import list_sheets, load_sheet, save_sheet
from db.store import CentreRow, sync_centres
from kpi.catalogue import Catalogue, build
from kpi.scoring import FormError
from kpi.status import Status
from kpi.workdays import WorkCalendar
from targets.demo import give_sheets, sheet_code
from targets.findings import findings
from targets.presets import preset
from targets.progress import progress
from targets.self_evaluation import FULL, HALF, due_period, evaluation, judge

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
TODAY = date(2026, 9, 1)


@pytest.fixture
def catalogue() -> Catalogue:
    return build((), ())


def test_zhongshan_scores_as_printed_and_its_contradiction_is_told(engine: Engine, catalogue: Catalogue) -> None:
    with write(engine) as conn:
        save_sheet(
            conn,
            preset("zhongshan-2022"),
            code="zs",
            centre=None,
            author="甲",
            reason="",
            source_name="",
            source_text="",
            now=NOW,
            state="active",
        )
    with engine.connect() as conn:
        judged = judge(conn, catalogue, "zs", FULL, today=TODAY, calendar=WorkCalendar(), tz=TZ)
        assert (judged.score.total, judged.score.grade) == (Decimal("94.66"), "优")
        assert [str(one.score) for one in judged.score.sections][:3] == ["20.00", "34.66", "40.00"]
        assert any("79.66" in note and "中" in note for note in judged.score.notes)
        told = [one.message + one.proof for one in findings(load_sheet(conn, "zs"))]
        assert any("预算调整率" in text and "79.66" in text for text in told)
        made = evaluation(conn, catalogue, judged, tz=TZ, now=NOW)
        assert made.score is judged.score


def test_the_demo_centre_has_its_contract_in_force_with_what_people_entered(
    sqlite_engine: Engine, catalogue: Catalogue
) -> None:
    sync_centres(sqlite_engine, [CentreRow("demo", "演示中心", None)])
    for _ in range(2):
        give_sheets(sqlite_engine, catalogue, "demo", TODAY)
    with sqlite_engine.connect() as conn:
        assert [(one.code, one.year, one.state) for one in list_sheets(conn)] == [
            ("demo-2026", 2026, "active"),
            ("demo-2025", 2025, "active"),
        ]
        code = sheet_code("demo", 2026)
        rows = progress(conn, catalogue, code, TODAY, today=TODAY, calendar=WorkCalendar()).rows
    grades = [row for row in rows if row.binding is not None and row.binding.bound_to.value == "grade"]
    assert len(grades) == 10
    assert {row.half.status for row in grades} == {Status.MET}
    assert all(row.binding is not None and row.binding.confirmed_by for row in rows)


def test_rules_of_a_person_count_before_the_preset_ones_and_bad_ones_are_refused(
    sqlite_engine: Engine, catalogue: Catalogue
) -> None:
    sync_centres(sqlite_engine, [CentreRow("demo", "演示中心", None)])
    give_sheets(sqlite_engine, catalogue, "demo", TODAY)
    with write(sqlite_engine) as conn:
        save_evaluation(conn, "demo-2026", HALF, form={"rows": "x"}, inputs={}, texts={}, author="甲", now=NOW)
        with pytest.raises(FormError):
            judge(conn, catalogue, "demo-2026", HALF, today=TODAY, calendar=WorkCalendar(), tz=TZ)
        plain = judge(
            conn,
            catalogue,
            "demo-2026",
            HALF,
            today=TODAY,
            calendar=WorkCalendar(),
            tz=TZ,
            stored=replace(StoredEvaluation()),
        )
    assert plain.score.total is None  # no facts, so rows are missing: never 0
    assert plain.score.missing == 9


def test_the_half_year_is_judged_until_it_is_over() -> None:
    assert due_period(2026, date(2026, 6, 30)) == HALF
    assert due_period(2026, date(2026, 7, 1)) == FULL
