"""What must hold of the pacing of an indicator for any numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.forecast import Projection
from kpi.model import Better
from kpi.pace_model import Binding, BoundTo, Entry, Pace, PaceClass
from kpi.sheet import Cell, CellKind
from kpi.status import Operator, Status
from targets.pace_base import Goal, Measured, Moment, goal_of
from targets.pace_count import count
from targets.pace_facts import KpiFacts
from targets.pace_hand import measured_by_hand
from targets.pace_ratio import Projections, best_still_possible, ratio
from tests.targets_desk import CALENDAR, CATALOGUE, cell

MOMENT = Moment(date(2026, 3, 31), date(2026, 8, 1), 2026, CALENDAR)
BINDING = Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate")
ENTERED = datetime(2026, 6, 1)
COUNTS = Binding(BoundTo.COUNT, PaceClass.TOWARDS, tolerance=0.0)


@dataclass(frozen=True)
class FakeFacts:
    """A share of which nothing is known but its sums."""

    kpi = CATALOGUE.kpis["answer_rate"]
    unit: str = "%"
    is_share: bool = True
    has_flow: bool = True
    mode: str = "ratio_of_sums"

    def begun_denominator(self, moment: Moment) -> float:
        return 0.0


@dataclass(frozen=True)
class FakeProjections:
    """A forecast that knows how much is to come, and nothing else."""

    remaining: float

    def of(self, *_asked: object) -> Projection:
        return Projection(None, None, None, None, self.remaining, 0)


def paced(numerator: int, denominator: int, remaining: float, operator: Operator, target: float) -> Pace:
    text = {Operator.AT_LEAST: "≥", Operator.AT_MOST: "≤"}[operator]
    base = Measured(numerator / denominator, numerator=numerator, denominator=denominator)
    goal = Goal(operator, target)
    return ratio(
        base.begin(MOMENT.half, cell(f"{text}{target * 100:.4f}%")),
        cast(KpiFacts, FakeFacts()),
        goal,
        BINDING,
        MOMENT,
        cast(Projections, FakeProjections(remaining)),
    )


sums = st.integers(1, 10**6).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
remainders = st.floats(1, 10**6)
targets = st.floats(0.01, 0.99)


@given(sums, remainders, targets)
def test_it_makes_the_target_exactly_at_the_required_rate(
    so_far: tuple[int, int], remaining: float, target: float
) -> None:
    numerator, denominator = so_far
    pace = paced(numerator, denominator, remaining, Operator.AT_LEAST, target)
    assert pace.required is not None
    reached = (numerator + pace.required * remaining) / (denominator + remaining)
    assert reached == pytest.approx(target, rel=1e-9, abs=1e-9)


@given(sums, remainders, targets)
def test_it_leaves_as_much_allowance_as_the_required_rate_does(
    so_far: tuple[int, int], remaining: float, target: float
) -> None:
    pace = paced(*so_far, remaining, Operator.AT_LEAST, target)
    assert pace.required is not None and pace.left is not None and pace.used is not None
    scale = so_far[1] + remaining
    assert pace.left == pytest.approx((1 - pace.required) * remaining, rel=1e-9, abs=1e-9 * scale)
    assert pace.used + pace.left == pytest.approx(pace.allowance, rel=1e-9, abs=1e-9 * scale)


@given(sums, remainders, targets)
def test_it_mirrors_at_most_and_at_least(so_far: tuple[int, int], remaining: float, target: float) -> None:
    """A share of at least τ is its complement of at most 1 − τ."""
    numerator, denominator = so_far
    up = paced(numerator, denominator, remaining, Operator.AT_LEAST, target)
    down = paced(denominator - numerator, denominator, remaining, Operator.AT_MOST, 1 - target)
    scale = denominator + remaining
    for mine, other in ((up.allowance, down.allowance), (up.used, down.used), (up.left, down.left)):
        assert mine == pytest.approx(other, rel=1e-9, abs=1e-9 * scale)
    assert up.required is not None and down.required is not None
    assert up.required == pytest.approx(1 - down.required, rel=1e-6, abs=1e-9 * scale)


@given(sums, remainders, targets)
def test_it_never_contradicts_itself(so_far: tuple[int, int], remaining: float, target: float) -> None:
    pace = paced(*so_far, remaining, Operator.AT_LEAST, target)
    assert not (pace.locked and pace.out_of_reach)
    if pace.locked:
        assert pace.status is Status.MET
    if pace.out_of_reach:
        assert pace.status is Status.OUT_OF_REACH
        assert best_still_possible(pace, Goal(Operator.AT_LEAST, target)) < target
    if pace.status is Status.MET:
        assert pace.value is not None and pace.value >= target


@given(st.integers(0, 500), st.integers(0, 366))
def test_it_finds_nothing_due_while_the_target_is_zero(done: int, days: int) -> None:
    moment = Moment(date.fromordinal(date(2026, 1, 1).toordinal() + min(days, 180)), date(2026, 12, 31), 2026, CALENDAR)
    base = Measured(float(done)).begin(moment.half, cell("≥0次"))
    pace = count(base, Goal(Operator.AT_LEAST, 0.0), "次", COUNTS, moment)
    assert (pace.expected, pace.index, pace.required) == (0, None, 0)
    assert pace.status in (Status.NOT_DUE, Status.MET)


@given(st.lists(st.tuples(st.integers(-40, 80), st.integers(0, 9)), max_size=20), st.integers(0, 80))
def test_it_counts_no_entry_of_a_later_day(entered: list[tuple[int, int]], asked: int) -> None:
    start = date(2026, 1, 1).toordinal()
    entries = [
        Entry(n, "key", date.fromordinal(start + day), float(value), "", "", "李", ENTERED)
        for n, (day, value) in enumerate(sorted(entered))
    ]
    moment = replace(MOMENT, as_of=date.fromordinal(start + asked))
    found = measured_by_hand(COUNTS, entries, moment.half, moment, "次")
    inside = [value for day, value in entered if 0 <= day <= asked]
    assert found.value == (sum(inside) if inside else None)


@pytest.mark.parametrize(
    ("printed", "pace", "kpi", "expected"),
    [
        ("96%", PaceClass.RATIO, "answer_rate", Goal(Operator.AT_LEAST, 0.96)),
        ("0.3%", PaceClass.RATIO, "at_fault_complaint_rate", Goal(Operator.AT_MOST, 0.003)),
        ("379.8万个", PaceClass.TOWARDS, "offered_volume", Goal(Operator.AT_LEAST, 3_798_000)),
        ("114次", PaceClass.TOWARDS, None, Goal(Operator.AT_LEAST, 114)),
        ("6次", PaceClass.CAP, None, Goal(Operator.AT_MOST, 6)),
        ("1个", PaceClass.EXACT, None, Goal(Operator.EQUAL, 1)),
        ("100%", PaceClass.BUDGET, None, Goal(Operator.EQUAL, 1)),
    ],
)
def test_it_reads_a_printed_target(printed: str, pace: PaceClass, kpi: str | None, expected: Goal) -> None:
    known = CATALOGUE.kpis[kpi] if kpi else None
    goal = goal_of(cell(printed), pace, known.better if known else Better.HIGHER, known)
    assert goal.operator is expected.operator
    assert goal.value == pytest.approx(expected.value)


def test_it_takes_the_next_figure_for_a_strict_bound() -> None:
    rate = Cell(CellKind.NUMBER, ">96%", Operator.AT_LEAST, Decimal(96), "%", strict=True)
    times = Cell(CellKind.NUMBER, "<3次", Operator.AT_MOST, Decimal(3), "次", strict=True)
    assert 0.96 < goal_of(rate, PaceClass.RATIO, Better.HIGHER).value < 0.96 + 1e-12
    assert goal_of(times, PaceClass.CAP, Better.LOWER) == Goal(Operator.AT_MOST, 2)
