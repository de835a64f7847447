"""Divide once; missing is not zero; each day under its own formula. Figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from kpi.catalogue import build
from kpi.compute import Folder
from kpi.definitions import Definitions
from kpi.grid import Grid, empty_grid
from kpi.model import Definition, KpiValue, Nature, NoValue
from kpi.parts import ACCEPTED, Inputs, parts_by_day, terms_of
from kpi.periods import Period

CATALOGUE = build()
NAN = float("nan")
D1 = date(2026, 3, 1)
Row = dict[str, Any]


def _day(n: int) -> date:
    return D1 + timedelta(days=n - 1)


def _grid(rows: Sequence[Row], days: Sequence[date], centres: Sequence[int], codes: list[str]) -> Grid:
    grid = empty_grid(centres, codes, days)
    for row in rows:
        for code in set(codes) & row.keys():
            place = grid.centre_at[row["centre"]], grid.measure_at[code], days.index(row["day"])
            grid.values[place] = row[code]
    return grid


def _value(
    code: str,
    rows: Sequence[Row],
    period: Period | None = None,
    *,
    definitions: Sequence[Definition] = (),
    months: Sequence[Row] = (),
    stocks: Sequence[tuple[int, date, str, float]] = (),
    spans: dict[tuple[int, str], tuple[date, date]] | None = None,
    excluded: frozenset[tuple[int, date]] = frozenset(),
    closed: Sequence[date] = (),
    as_of: date = date(2026, 12, 31),
) -> KpiValue:
    kpi = CATALOGUE.kpi(code)
    period = period or Period(_day(1), _day(31))
    segments = Definitions(definitions).segments(kpi, ("centre",), period)
    centres = tuple(sorted({r["centre"] for r in (*rows, *months)} | {s[0] for s in stocks})) or (1,)
    codes = [*(c for c in terms_of(kpi, segments) if CATALOGUE.measures[c].nature is not Nature.STOCK), ACCEPTED]
    codes = list(dict.fromkeys(codes))
    days = [period.start + timedelta(days=n) for n in range(period.days)]
    daily = _grid(rows, days, centres, codes)
    history = _grid(months, sorted({m["day"] for m in months}), centres, codes)
    levels: dict[tuple[int, str], tuple[list[date], list[float]]] = {}
    for centre, day, measure, level in sorted(stocks):
        days_read, readings = levels.setdefault((centre, measure), ([], []))
        days_read.append(day)
        readings.append(level)
    shut = daily.given & False
    shut[:, :, [days.index(day) for day in closed]] = True
    inputs = Inputs(CATALOGUE.measures, daily, history, levels, spans or {}, excluded, shut)
    has_events = any(CATALOGUE.measures[c].nature is Nature.EVENT for c in codes)
    groups = [((c,), segments) for c in centres] if has_events else [(centres, segments)]
    parts = parts_by_day(kpi, groups, inputs)

    def passed(p: Period) -> int:
        until = p.until(as_of)
        return until.days * len(centres) - sum(parts.agreed.values()) if until else 0

    return Folder(kpi, centres, tuple(segments), inputs, parts, passed, as_of).value(period)


def _calls(n: int, answered: float, offered: float, centre: int = 1, **more: float) -> Row:
    return {"centre": centre, "day": _day(n), "answered": answered, "offered": offered, **more}


def test_it_divides_sums_not_means() -> None:
    value = _value("answer_rate", [_calls(1, 9, 10), _calls(1, 1, 100, centre=2)])
    assert (value.value, value.numerator, value.denominator) == (10 / 110, 10, 110)


def test_it_gives_no_value_for_a_zero_denominator() -> None:
    value = _value("answer_rate", [_calls(1, 0, 0)])
    assert (value.value, value.reason, value.denominator) == (None, NoValue.ZERO_DENOMINATOR, 0)


def test_it_gives_no_value_without_data_and_says_so() -> None:
    assert _value("answer_rate", []).reason is NoValue.NO_DATA
    future = Period(date(2027, 1, 1), date(2027, 1, 31))
    assert _value("answer_rate", [], future).reason is NoValue.NOT_STARTED


def test_it_counts_coverage_in_days_and_never_takes_a_missing_day_for_zero() -> None:
    value = _value("answer_rate", [_calls(1, 90, 100), _calls(2, NAN, 500), _calls(3, 95, 100)])
    assert (value.numerator, value.denominator) == (185, 200)
    assert (value.days_with_data, value.days_passed) == (2, 31)


def test_it_says_which_measure_a_source_does_not_supply() -> None:
    rows = [_calls(1, 90, 100, abandoned=10)]
    value = _value("service_level", rows)
    assert value.reason is NoValue.UNAVAILABLE
    assert value.detail == "缺少:15秒内接通量"


def test_it_sums_each_day_under_its_own_definition() -> None:
    rows = [
        _calls(1, 100, 120, abandoned=20, answered_within_15=60, answered_within_20=80),
        _calls(11, 100, 120, abandoned=20, answered_within_15=60, answered_within_20=80),
    ]
    change = [Definition("service_level", _day(10), "answered", limit=20)]
    value = _value("service_level", rows, definitions=change)
    assert (value.numerator, value.denominator) == (60 + 80, 120 + 100)
    assert value.formula == "answered"


def test_it_lets_a_centres_own_definition_win_over_the_common_one() -> None:
    rows = [_calls(1, 100, 120, abandoned=20, answered_within_15=60, answered_within_30=90)]
    both = [
        Definition("service_level", _day(1), "offered", limit=15),
        Definition("service_level", date(2025, 1, 1), "offered", centre="centre", limit=30),
    ]
    assert _value("service_level", rows, definitions=both).value == 90 / 120


def test_it_leaves_excluded_days_out() -> None:
    rows = [_calls(1, 90, 100), _calls(2, 10, 100)]
    assert _value("answer_rate", rows, excluded=frozenset({(1, _day(2))})).value == 0.9


def test_it_takes_events_as_zero_only_between_the_first_and_last_record() -> None:
    rows = [{"centre": 1, "day": _day(5), "complaints": 2.0}, {"centre": 1, "day": _day(9), "complaints": 1.0}]
    spans = {(1, "complaints"): (_day(5), _day(9))}
    value = _value("service_complaints", rows, spans=spans)
    assert (value.value, value.denominator) == (3, None)
    assert value.days_with_data == 5
    quiet = _value("service_complaints", [], Period(_day(6), _day(7)), spans=spans)
    assert quiet.value == 0
    unknown = _value("service_complaints", [], Period(_day(10), _day(12)), spans=spans)
    assert (unknown.value, unknown.reason) == (None, NoValue.NO_DATA)


def test_it_divides_rare_complaints_by_all_answered_calls() -> None:
    rows = [_calls(n, 1000, 1100) for n in range(1, 11)]
    rows[3]["complaints_at_fault"] = 1.0
    spans = {(1, "complaints_at_fault"): (_day(1), _day(10))}
    assert _value("at_fault_complaint_rate", rows, spans=spans).value == 1 / 10_000


def test_it_takes_the_last_level_and_never_adds_levels_over_days() -> None:
    levels = [
        (1, _day(1), "seats_opening", 40.0),
        (1, _day(1), "seats_kept", 40.0),
        (1, _day(20), "seats_kept", 38.0),
        (2, _day(1), "seats_opening", 10.0),
        (2, _day(2), "seats_kept", 9.0),
    ]
    value = _value("retention_rate", [], stocks=levels)
    assert (value.numerator, value.denominator) == (47, 50)


def test_it_carries_no_level_into_a_period_to_come() -> None:
    levels = [(1, _day(1), "seats_opening", 40.0), (1, _day(1), "seats_kept", 40.0)]
    value = _value("retention_rate", [], stocks=levels, as_of=date(2025, 12, 31))
    assert (value.value, value.numerator, value.reason) == (None, None, NoValue.NOT_STARTED)


def test_it_divides_money_spent_by_the_budget_in_force() -> None:
    rows = [{"centre": 1, "day": _day(3), "spent": 100_000.0}, {"centre": 1, "day": _day(20), "spent": 262_500.0}]
    levels = [(1, date(2026, 1, 1), "budget", 7_250_000.0)]
    spans = {(1, "spent"): (_day(3), _day(20)), (1, "budget"): (date(2026, 1, 1), date(2026, 1, 1))}
    assert _value("budget_execution_rate", rows, stocks=levels, spans=spans).value == 362_500 / 7_250_000


def test_it_reads_monthly_output_both_ways() -> None:
    rows = [
        {"centre": 1, "day": date(2026, 1, 10), "items": 600.0, "seat_days": 10.0},
        {"centre": 1, "day": date(2026, 2, 10), "items": 1500.0, "seat_days": 30.0},
    ]
    period = Period(date(2026, 1, 1), date(2026, 2, 28))
    assert _value("daily_output", rows, period).value == 2100 / 40
    monthly = [Definition("daily_output", date(2026, 1, 1), "default", mode="mean_of_months")]
    value = _value("daily_output", rows, period, definitions=monthly)
    assert (value.value, value.numerator, value.denominator) == ((60 + 50) / 2, 2100, 40)


def test_it_lets_monthly_history_stand_in_for_whole_months() -> None:
    history = [{"centre": 1, "day": date(2026, 2, 1), "answered": 900.0, "offered": 1000.0}]
    period = Period(date(2026, 2, 1), date(2026, 3, 31))
    value = _value("answer_rate", [_calls(1, 95, 100)], period, months=history)
    assert (value.numerator, value.denominator, value.days_with_data) == (995, 1100, 28 + 1)


def _orders(n: int, **more: float) -> Row:
    return {"centre": 1, "day": _day(n), **more}


def test_it_covers_a_day_on_which_orders_came_but_none_fell_due() -> None:
    rows = [_orders(1, accepted=9, due=4, closed=3), _orders(2, accepted=7), _orders(3, accepted=5, due=1, closed=1)]
    spans = {(1, code): (_day(1), _day(3)) for code in ("due", "closed")}
    value = _value("closure_rate", rows, Period(_day(1), _day(5)), spans=spans)
    assert (value.numerator, value.denominator) == (4, 5)
    assert (value.days_with_data, value.days_passed) == (3, 5)  # on days 4 and 5 nothing was delivered
    quiet = _value("closure_rate", rows[1:2], Period(_day(2), _day(2)), spans=spans)
    assert (quiet.value, quiet.reason) == (None, NoValue.ZERO_DENOMINATOR)


def test_it_never_takes_half_a_formula_for_a_quiet_day() -> None:
    rows = [_orders(1, accepted=9, due=4, closed=3), _orders(2, accepted=7, due=6)]
    spans = {(1, code): (_day(1), _day(2)) for code in ("due", "closed")}
    value = _value("closure_rate", rows, Period(_day(1), _day(2)), spans=spans)
    assert (value.numerator, value.denominator, value.days_with_data) == (3, 4, 1)


def test_it_expects_nothing_of_a_day_on_which_every_source_is_closed() -> None:
    rows = [_calls(1, 90, 100), _calls(3, 95, 100)]
    value = _value("answer_rate", rows, Period(_day(1), _day(4)), closed=[_day(2), _day(3)])
    assert (value.days_with_data, value.days_passed) == (2, 3)  # day 3 gave something all the same, day 4 is missing
