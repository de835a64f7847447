"""A KPI is held against the sheet in force, by confirmed bindings alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from db.bindings import load_bindings, save_bindings
from db.engine import write
from db.kpi_targets import KpiTarget, load_targets, target_for
from db.sheets import load_sheet, retire, save_sheet
from db.store import CentreRow, sync_centres
from kpi.sheet import indicator_keys
from tests.target_sheets import put_targets

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HALF = {"answer_rate": (">=", 0.96), "daily_output": (">=", 60.0)}
FULL = {"answer_rate": (">=", 0.97), "service_complaints": ("<=", 12.0)}


def test_targets_are_those_of_the_sheet_in_force(engine: Engine) -> None:
    sync_centres(engine, [CentreRow("city", "市中心", None), CentreRow("jn", "江宁", "city")])
    with write(engine) as conn:
        put_targets(conn, "jn", HALF, FULL)
        found = load_targets(conn, 2026)
        assert {target.sheet for target in found} == {"jn-2026"}
        codes = dict.fromkeys((*HALF, *FULL))
        keys = {
            key: code for code, key in zip(codes, indicator_keys(load_sheet(conn, "jn-2026").projects[0]), strict=True)
        }
        assert [keys[target.key] for target in found] == [target.kpi for target in found]
        assert [replace(target, sheet="", key="") for target in found] == [
            KpiTarget("jn", "answer_rate", 2026, 1, ">=", 0.96),
            KpiTarget("jn", "answer_rate", 2026, 0, ">=", 0.97),
            KpiTarget("jn", "daily_output", 2026, 1, ">=", 60.0),
            KpiTarget("jn", "service_complaints", 2026, 0, "<=", 12.0),
        ]
        assert load_targets(conn, 2025) == []
        sheet = replace(load_sheet(conn, "jn-2026"), projects=())
        save_sheet(
            conn,
            sheet,
            code="jn-2026",
            centre="jn",
            author="甲",
            reason="删去",
            source_name="",
            source_text="",
            now=NOW,
        )
        assert len(load_targets(conn, 2026)) == 4  # a draft does not count
        retire(conn, "jn-2026", NOW)
        assert load_targets(conn, 2026) == []


def test_a_proposal_that_nobody_confirmed_does_not_count(engine: Engine) -> None:
    sync_centres(engine, [CentreRow("jn", "江宁", None)])
    with write(engine) as conn:
        put_targets(conn, "jn", HALF)
        found = load_bindings(conn, "jn-2026")
        save_bindings(conn, "jn-2026", {key: replace(one, confirmed_by="") for key, one in found.items()})
        assert load_targets(conn, 2026) == []


def test_the_nearest_centre_and_the_running_period_decide() -> None:
    half = KpiTarget("jn", "answer_rate", 2026, 1, ">=", 0.96)
    full = replace(half, half=0, value=0.97)
    city = replace(full, centre="city", value=0.95)
    all_centres = replace(full, centre="", value=0.90)
    known = [all_centres, city, full, half]
    assert target_for(known, ("jn", "city"), "answer_rate", date(2026, 6, 30)) == half
    assert target_for(known, ("jn", "city"), "answer_rate", date(2026, 7, 1)) == full
    assert target_for(known, ("qx", "city"), "answer_rate", date(2026, 7, 1)) == city
    assert target_for(known, ("qx",), "answer_rate", date(2026, 7, 1)) == all_centres
    assert target_for(known, ("jn",), "answer_rate", date(2027, 1, 1)) is None
