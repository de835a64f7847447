"""Seats: sums, intervals, places and bands held to figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from scipy import stats

from kpi.seats import (
    Against,
    SeatDays,
    add_up,
    against,
    bands,
    by_text,
    mean_interval,
    places_of,
    spread,
    student,
)

NONE = float("nan")
MONDAY = date(2026, 3, 2).toordinal()
Row = tuple[int, str, int, float, float, float]


def seat_days(rows: Sequence[Row], teams: Sequence[str] = ()) -> SeatDays:
    """Rows of (centre, seat, day, calls, orders, signed-in seconds); half of the signed-in time is talk."""
    names = tuple(dict.fromkeys((centre, seat) for centre, seat, *_ in rows))
    place = np.array([names.index((centre, seat)) for centre, seat, *_ in rows], dtype=np.int64)
    day = np.array([MONDAY + n for _, _, n, *_ in rows], dtype=np.int64)
    calls, orders, signed = (np.array([row[at] for row in rows], dtype=np.float64) for at in (3, 4, 5))
    return SeatDays(names, place, day, calls, orders, signed / 2, signed, signed / 10, tuple(teams))


def test_it_adds_a_seat_up_over_its_days() -> None:
    rows = seat_days([(1, "a", 0, 40, 20, 3600), (1, "a", 1, 60, NONE, NONE), (1, "b", 0, NONE, 5, NONE)])
    a, b = add_up(rows, rows.seat, 2)
    assert (a.items, a.seat_days, a.squares, a.calls, a.orders, a.days) == (120, 2, 60**2 + 60**2, 100, 20, 2)
    assert (a.busy, a.busy_of, a.paused, a.busy_days, a.seats) == (1800, 3600, 360, 1, 1)
    assert (b.items, b.seat_days, b.busy_of, b.busy_days) == (5, 1, 0, 0)


def test_it_counts_a_seat_that_only_signed_in_as_a_day_without_items() -> None:
    rows = seat_days([(1, "a", 0, 50, NONE, 3600), (1, "b", 0, NONE, NONE, 3600), (1, "c", 0, 0, NONE, 0)])
    sums = add_up(rows, rows.seat, 3)
    assert [(one.items, one.seat_days) for one in sums] == [(50, 1), (0, 1), (0, 0)]


def test_it_leaves_out_days_on_which_no_items_are_known_in_the_centre() -> None:
    rows = seat_days([(1, "a", 0, NONE, NONE, 3600), (2, "a", 0, 30, NONE, 3600), (1, "a", 1, 20, NONE, 3600)])
    (whole,) = add_up(rows, np.zeros(3, dtype=np.int64), 1)
    assert (whole.items, whole.seat_days, whole.seats, whole.days) == (50, 2, 2, 2)
    only = rows.only(rows.centre == 1)
    assert only.told.tolist() == [False, True]


def test_it_groups_by_what_is_told_and_leaves_the_rest_aside() -> None:
    rows = seat_days([(1, "a", 0, 50, 0, 1), (1, "b", 0, 30, 0, 1), (1, "c", 0, 10, 0, 1)], teams=["二组", "一组", ""])
    names, at = by_text(rows, rows.teams)
    assert names == ("一组", "二组") and at.tolist() == [1, 0, -1]
    assert [one.items for one in add_up(rows, at, 2)] == [30, 50]
    assert by_text(rows, ())[1].tolist() == [-1, -1, -1]


def test_it_gives_the_interval_of_a_mean_of_a_few_days() -> None:
    days = [52.0, 58.0, 60.0, 62.0, 68.0]  # mean 60, deviations 8 2 0 2 8: variance 136 / 4 = 34
    found = mean_interval(sum(days), sum(d * d for d in days), 5)
    assert found == pytest.approx((60 - 2.7764 * (34 / 5) ** 0.5, 60 + 2.7764 * (34 / 5) ** 0.5), abs=0.005)
    assert mean_interval(240, 14500, 4) is None
    assert mean_interval(300, 18000, 5) == pytest.approx((60, 60))
    assert mean_interval(5, 25, 5) == pytest.approx((0, 1 + 2.7764), abs=0.005)


@pytest.mark.parametrize("freedom", [4, 5, 9, 30, 400])
def test_it_knows_the_points_of_students_t(freedom: int) -> None:
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=5e-4)


def test_it_says_above_or_below_only_where_the_whole_interval_is() -> None:
    assert against((60.1, 70), 60) is Against.ABOVE
    assert against((50, 59.9), 60) is Against.BELOW
    assert against((60, 70), 60) is Against.UNCLEAR
    assert against((50, 60), 60) is Against.UNCLEAR


def test_it_gives_the_places_that_intervals_leave_open() -> None:
    assert places_of([(68, 72), (60, 69), (58, 62), (40, 50)]) == [(1, 2), (1, 3), (2, 3), (4, 4)]
    assert places_of([(60, 60), (60, 60)]) == [(1, 2), (1, 2)]
    assert places_of([]) == []


def test_it_spreads_seat_days_over_bins() -> None:
    rows = seat_days([(1, str(n), 0, n, 0, 0) for n in (10, 12, 40, 41, 42, 60, 61, 62, 63, 90)])
    found = spread(rows)
    assert (found.count, found.median) == (10, 51)
    assert (found.low, found.high) == pytest.approx((11.8, 65.7))
    assert [one for one in found.bins if one[2]] == [(10, 15, 2), (40, 45, 3), (60, 65, 4), (90, 95, 1)]
    assert found.share_below(60) == 0.5
    assert spread(rows.only(np.zeros(10, dtype=np.bool_))).count == 0


def test_it_gives_the_middle_of_the_seats_by_day() -> None:
    rows = seat_days([(1, str(n), 0, n, 0, 0) for n in (10, 20, 30, 40, 50)] + [(1, "1", 1, 7, 0, 0)])
    assert bands(rows) == {MONDAY: pytest.approx((14, 46))}
