"""目标: probability and the running day stand in columns of their own, with the figures that 总览 shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard.components import progress
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from db.engine import make_engine, migrate, write
from kpi.pace_model import Binding, BoundTo, PaceClass
from tests.dashboard_facts import call_rows, fill, product
from tests.dashboard_views import words
from tests.target_sheets import put_targets

HALF = {"answer_rate": (">=", 0.96), "offered_volume": (">=", 160_000.0), "on_time_closure_rate": (">=", 0.95)}
FULL = {"answer_rate": (">=", 0.96)}
CHANCE, TODAY = 7, 8
SHEET = TargetFilters("city-2026")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """A city with a sheet of its own, on 20 March: of today there are calls, and no orders yet."""
    folder = tmp_path_factory.mktemp("columns")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine, targets=False)
    with write(engine) as conn:
        put_targets(conn, "city", HALF, FULL)
    yield Data(product(engine, folder))
    engine.dispose()


def _table(data: Data, filters: TargetFilters = SHEET) -> tuple[list[str], dict[str, list[str]]]:
    """The head, and by indicator what stands in its row."""
    view = data.targets(filters)
    assert view.progress is not None
    (group,) = progress.groups(view.progress.rows, view.as_of, filters, {})
    table = group.children[1].children  # type: ignore[union-attr]
    head = [words(cell.children) for cell in table.children[1].children.children]
    rows = [[words(cell.children) for cell in row.children] for row in table.children[2].children]
    names = [row.indicator.name for row in view.progress.rows]
    return head, dict(zip(names, rows, strict=True))


def test_the_columns_are_those_of_the_overview(data: Data) -> None:
    head, rows = _table(data)
    assert head[CHANCE:] == ["达成概率", "今日", "近 28 天"]
    view = data.overview(Filters("city"))
    for item in (*view.headline, *view.rows):
        if item.kpi.code in rows:
            paced, found = view.paces[item.kpi.code], rows[item.kpi.code]
            assert found[CHANCE].removeprefix("达成概率 ") == fp.chance(paced.pace.probability), item.kpi.code
            shown = fmt.figure(item.today, item.kpi.unit, item.target)
            if shown.reason:
                assert "—" in found[TODAY] and "无数据" in found[TODAY]
            else:
                assert found[TODAY].split()[1] == shown.text, item.kpi.code
    calls = list(call_rows(date(2026, 3, 20)))
    offered, answered = (sum(row[name] for row in calls) for name in ("offered", "answered"))
    assert {code: row[TODAY] for code, row in rows.items()} == {
        "answer_rate": f"今日 {answered / offered:.2%}".replace("%", "  %"),
        "offered_volume": "今日 600",
        "on_time_closure_rate": "今日 — 无数据",
    }


def test_the_probability_that_is_not_due_stays_beside_its_own_target(data: Data) -> None:
    _, rows = _table(data)
    half, full = rows["answer_rate"][4:6]
    assert "达成概率" not in half and "达成概率" in full


def test_of_a_past_day_it_says_that_day(data: Data) -> None:
    """4 March lies in the bad week: 93 of 100 calls were answered."""
    head, rows = _table(data, replace(SHEET, as_of=date(2026, 3, 4)))
    assert head[TODAY] == "当日"
    assert rows["answer_rate"][TODAY] == "当日 93.00  %"


def test_what_people_enter_has_no_day_of_its_own(data: Data) -> None:
    view = data.targets(SHEET)
    assert view.progress is not None
    row = replace(view.progress.rows[0], binding=Binding(BoundTo.READING, PaceClass.RATIO))
    assert view.progress.rows[0].has_days and row.spark
    assert not row.has_days and row.of_day is None
