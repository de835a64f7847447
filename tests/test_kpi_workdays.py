"""Working days against the State Council's notices for 2025 and 2026, and provisional years after them."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.workdays import Day, DayKind, WorkCalendar


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2025, 1, 26), DayKind.MAKEUP),  # the Sunday worked for the Spring Festival of 2025
        (date(2025, 1, 28), DayKind.HOLIDAY),  # New Year's Eve, a statutory day from 2025 on
        (date(2025, 10, 6), DayKind.HOLIDAY),  # Mid-Autumn inside the National Day week
        (date(2025, 10, 11), DayKind.MAKEUP),
        (date(2026, 2, 14), DayKind.MAKEUP),
        (date(2026, 2, 17), DayKind.HOLIDAY),
        (date(2026, 11, 21), DayKind.WEEKEND),
        (date(2026, 11, 20), DayKind.WORKING),
    ],
)
def test_it_knows_the_published_calendar(day: date, kind: DayKind) -> None:
    assert WorkCalendar().day(day).kind is kind


def test_it_names_a_holiday_in_chinese() -> None:
    assert WorkCalendar().day(date(2026, 2, 17)).name == "春节"
    assert WorkCalendar().day(date(2027, 1, 1)).name == "元旦"


def test_it_counts_working_days_of_a_month_with_holidays() -> None:
    # October 2025: 23 weekdays, of which 1-3 and 6-8 are holidays; 11 October is worked: 23 - 6 + 1.
    assert WorkCalendar().working_days(date(2025, 10, 1), date(2025, 10, 31)) == 18
    assert WorkCalendar().working_days(date(2025, 10, 2), date(2025, 10, 1)) == 0


def test_it_marks_a_year_without_notice_as_provisional() -> None:
    calendar = WorkCalendar()
    assert calendar.day(date(2031, 3, 3)).provisional
    assert calendar.day(date(2031, 10, 1)).kind is DayKind.HOLIDAY
    assert calendar.is_provisional(date(2026, 12, 30), date(2027, 1, 2))
    assert not calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_it_lets_a_day_be_changed_by_hand() -> None:
    day = date(2027, 2, 6)
    changed = WorkCalendar({day: Day(day, DayKind.MAKEUP, "调休")})
    assert changed.day(day).is_working
    assert not changed.day(day).provisional
