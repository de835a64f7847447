"""Filters live in the address: read with care, written so that the same view opens again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.english.phrases import to_english
from dashboard.filters import EARLIEST, LATEST, Filters, parse, read_days, read_search
from dashboard.reference import NAMED, Kind, Reference
from kpi.periods import PRESETS, Period

TODAY = date(2026, 3, 20)
CENTRES = ("city", "district")
KPIS = ("answer_rate", "service_level")


def test_it_takes_the_month_by_default_and_says_nothing_in_the_address() -> None:
    found = parse({})
    assert (found.filters, found.problems) == (Filters(), ())
    assert found.filters.query() == ""
    assert found.filters.period(TODAY) == Period(date(2026, 3, 1), date(2026, 3, 31))


def test_it_reads_back_what_it_wrote() -> None:
    for filters in (
        Filters("district", "this-week", kpi="service_level"),
        Filters().with_days(date(2025, 12, 1), date(2026, 2, 3)).with_centre("city"),
        Filters().with_preset("last-year"),
        Filters("city").with_compare(Reference(Kind.LAST_YEAR)),
        Filters().with_days(date(2026, 2, 1), date(2026, 2, 3)).with_compare(Reference(Kind.DAYS, date(2025, 2, 1))),
    ):
        found = parse(read_search(filters.query()), CENTRES, KPIS)
        assert (found.filters, found.problems) == (filters, ())


@given(
    st.sampled_from(["", *CENTRES]),
    st.sampled_from(list(PRESETS)),
    st.sampled_from(["", *KPIS]),
    st.sampled_from([Reference(kind) for kind in NAMED])
    | st.dates(EARLIEST, LATEST).map(lambda start: Reference(Kind.DAYS, start)),
)
def test_it_reads_back_any_choice(centre: str, preset: str, kpi: str, compare: Reference) -> None:
    filters = Filters(centre, preset, kpi=kpi, compare=compare)
    assert parse(read_search(filters.query()), CENTRES, KPIS).filters == filters


@pytest.mark.parametrize(
    "query",
    [
        {"period": "next-century"},
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2026-03-01"},
        {"from": "1820-01-01", "to": "1820-01-02"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"centre": "nowhere"},
        {"centre": "../etc/passwd"},
        {"kpi": "x" * 5000},
        {"compare": "someday"},
    ],
)
def test_it_gives_way_to_the_default_and_says_so(query: dict[str, str]) -> None:
    found = parse(query, CENTRES, KPIS)
    assert found.filters == Filters()
    assert len(found.problems) == 1
    assert "已改为本月" in found.problems[0] or "period" not in query and "from" not in query


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"period": "this-week", "from": "2026-13-01", "to": "x"}, "地址里的起止日期无法使用,已改为本周;"),
        ({"period": "nonsense", "from": "2026-03-01", "to": "2026-03-02"}, "地址里的期间无法识别,已改为所选期间。"),
    ],
)
def test_it_says_what_it_shows_instead(query: dict[str, str], shown: str) -> None:
    found = parse(query, CENTRES, KPIS)
    (said,) = found.problems
    assert said.startswith(shown)
    assert found.filters.label() in said
    assert "is shown" in to_english(said) and "已" not in to_english(said)


@given(
    st.dictionaries(
        st.sampled_from(["period", "from", "to", "centre", "kpi", "compare", "z"]), st.text(max_size=80) | st.none()
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])  # building the table of characters takes a while once
def test_it_survives_any_address(query: dict[str, str | None]) -> None:
    found = parse(query, CENTRES, KPIS)
    assert found.filters.period(TODAY).days <= 3 * 366
    period, compare = found.filters.period(TODAY), found.filters.compare
    comparison = found.filters.comparison(TODAY)
    assert comparison is not None or period.start >= TODAY or compare.kind in (Kind.NONE, Kind.DAYS)
    assert comparison is None or compare.kind is not Kind.DAYS or comparison.before.days == comparison.current.days


def test_it_takes_the_last_of_repeated_keys() -> None:
    assert parse({"period": ["today", "last-week"]}).filters.preset == "last-week"


@pytest.mark.parametrize(
    ("filters", "words", "before"),
    [
        (Filters(preset="today"), "较昨天同时段", Period(date(2026, 3, 19), date(2026, 3, 19))),
        (Filters(preset="this-month"), "较上月同期", Period(date(2026, 2, 1), date(2026, 2, 19))),
        (Filters(preset="last-month"), "较前一月", Period(date(2026, 1, 1), date(2026, 1, 31))),
        (Filters(preset="this-week"), "较上周同期", Period(date(2026, 3, 9), date(2026, 3, 12))),
        (
            Filters().with_days(date(2026, 3, 2), date(2026, 3, 11)),
            "较前 10 天",
            Period(date(2026, 2, 20), date(2026, 3, 1)),
        ),
        (
            Filters().with_days(date(2026, 2, 1), date(2026, 2, 28)),
            "较前一月",
            Period(date(2026, 1, 1), date(2026, 1, 31)),
        ),
    ],
)
def test_it_compares_like_lengths_and_names_them(filters: Filters, words: str, before: Period) -> None:
    comparison = filters.comparison(TODAY)
    assert comparison is not None
    assert (filters.compared_with(TODAY), comparison.before) == (words, before)


def test_it_reads_two_days_or_none() -> None:
    assert read_days("2026-03-01", "2026-03-02") == (date(2026, 3, 1), date(2026, 3, 2))
    assert read_days("2026-03-01", None) is None
    assert read_days(None, None) is None
