"""Whatever figure a page shows, the command line gives for the same question: every figure a page holds.

目标, 大屏 and 中心对比 ask for sheets, weeks and several centres: they are held against their commands elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.ask_calls import build_calls
from dashboard.ask_orders import build_orders
from dashboard.ask_overview import build_overview
from dashboard.ask_seats import build_seats
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.reference import Kind, Reference
from dashboard.scope import Scope
from dashboard.seat_pages import showing
from db.definitions import add_exclusion
from db.engine import write
from kpi.model import Exclusion, KpiValue
from tests.dashboard_browser import installation
from tests.dashboard_facts import TODAY, FakeProduct
from tests.factories import at
from tests.installation import Place, Told

CENTRE = "district"
PERIODS = ("this-month", "last-month", "this-half", "today")
OWN_DAYS = Reference(Kind.DAYS, date(2026, 1, 26))
ASKED = [
    *((preset, Reference()) for preset in PERIODS),
    *((preset, Reference(Kind.LAST_YEAR)) for preset in ("this-month", "today")),
    *((preset, OWN_DAYS) for preset in ("this-month", "today")),
    ("this-month", Reference(Kind.NONE)),
]
APART = {"same_hours", "centre", "heats"}
"""Asked in other ways: parts of days, means of an hour over many weeks. Their own tests hold them."""
BY = {
    "rolling": "rolling24h",
    "hourly": "hour",
    "queue": "queue",
    "channel": "channel",
    "department": "department",
    "category": "category",
    "seat": "seat",
}


Answers = dict[tuple[object, ...], dict[tuple[str, str, str], tuple[object, ...]]]
"""What the command line gave, by what it was asked."""


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Pages of several periods hold figures of the same days: each question is asked once."""
    return {}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeProduct, Path]]:
    folder = tmp_path_factory.mktemp("same")
    with installation(folder) as product:
        approved = Exclusion(datetime(2026, 3, 3, 9), datetime(2026, 3, 3, 12), "系统故障", "线路中断", "运行科")
        with write(product.engine) as conn:
            add_exclusion(conn, approved, at("2026-03-04 09:00"))
        yield product, folder


def views(data: Data, preset: str, compare: Reference) -> Mapping[str, object]:
    """What the pages show of one centre and period."""
    filters = Filters(CENTRE, preset, compare=compare)
    shown = showing(data)
    builders: dict[str, Callable[[Scope], object]] = {
        "overview": build_overview,
        "calls": build_calls,
        "orders": build_orders,
        "seats": lambda scope: build_seats(scope, shown),
    }
    return {page: data.view(f"{page}-same", filters, build) for page, build in builders.items()}


def figures(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], KpiValue]]:
    """Every figure in a view, with the names of the fields it was found under."""
    if isinstance(node, KpiValue):
        yield path, node
    elif is_dataclass(node):
        for one in fields(node):
            if one.name not in APART:
                yield from figures(getattr(node, one.name), (*path, one.name))
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from figures(value, (*path, str(name)))
    elif isinstance(node, (tuple, list)):
        for value in node:
            yield from figures(value, path)


def asked_by(path: tuple[str, ...], value: KpiValue) -> tuple[str | None, str]:
    """How the command is asked for a figure, and its key there; a day is asked for by its dates."""
    if "rolling" in path:
        return BY["rolling"], value.key
    if not value.key or re.fullmatch(r"20[0-9]{2}-[0-9-]*", value.key):
        return None, ""
    return next((BY[name] for name in path if name in BY), "seat" if "/" in value.key else None), value.key


def hours_of(page: str, path: tuple[str, ...], preset: str) -> tuple[str, ...]:
    """Today's calls are compared up to the last whole hour, 13 o'clock: that much of a day is asked for."""
    part = page == "calls" and preset == "today" and path[0] == "figures"
    return ("--until-hour", "13") if part and path[-1] in ("part", "before", "last_year") else ()


def formula_of(path: tuple[str, ...], value: KpiValue) -> tuple[str, ...]:
    """Of the formulas side by side each is asked for by name; what leaves exclusions out says so."""
    named = (value.kpi, "--formula", value.formula) if "six" in path else ()
    return (*named, "--exclude") if path[-1] == "without" else named


def as_told(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["value"], row["numerator"], row["denominator"], row["days_with_data"], row["days_passed"]


def as_shown(value: KpiValue) -> tuple[object, ...]:
    return value.value, value.numerator, value.denominator, value.days_with_data, value.days_passed


@pytest.mark.parametrize(("preset", "compare"), ASKED)
def test_every_figure_of_every_page_is_the_command_lines(
    made: tuple[FakeProduct, Path],
    answers: Answers,
    capsys: pytest.CaptureFixture[str],
    preset: str,
    compare: Reference,
) -> None:
    product, folder = made
    told = Told(Place(folder, product.engine).configured(), capsys)
    compared, seen = dict.fromkeys(views(Data(product), preset, compare), 0), set[str]()
    for page, view in views(Data(product), preset, compare).items():
        for path, value in figures(view):
            grain, key = asked_by(path, value)
            if key and grain is None:
                continue
            hours = hours_of(page, path, preset) + formula_of(path, value)
            whole = (grain, value.start, value.end, hours)
            if whole not in answers:
                as_of = max(min(TODAY, value.end), value.start)
                words = ["--from", value.start, "--to", value.end, "--as-of", as_of, "--centre", CENTRE, *hours]
                rows = told.json("kpi", *words, *(["--by", grain] if grain else []))["values"]
                answers[whole] = {(row["kpi"], row["key"], row["formula"]): as_told(row) for row in rows}
            asked = (value.kpi, key, value.formula)
            assert answers[whole].get(asked) == as_shown(value), (page, path, asked, whole)
            compared[page] += 1
            seen.update(path)
    assert {page: count for page, count in compared.items() if count < 3} == {}, compared
    assert {"six", "rolling"} <= seen
    assert ("without" in seen) is (preset in ("this-month", "this-half")), "the days of the exclusion"
