"""The rules a centre starts with, replayed: on a public centre's three years, and on the demo's half-year.

What a reader of the chart would point at was looked up by hand: the demo states its outage and its bad week; of the
public calls the worst day with a hundred calls and the worst week are found by counting the rows of the files.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from alerts.defaults import default_rules
from alerts.replay import Firing, replay
from db.bindings import load_bindings, save_bindings
from db.engine import write
from db.sheets import save_sheet
from db.store import CentreRow, sync_centres, sync_source
from ingest.config import load_config
from ingest.pull import pull
from ingest.sources.demo_calls import calls_of
from ingest.sources.demo_profile import OUTAGE_HOURS, bad_week, outage_day
from kpi.alert_model import AlertKind
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.sheet import indicator_keys
from tests.factories import TZ, Desk, at, batch, calls
from tests.targets_desk import CALENDAR, CATALOGUE, indicator, sheet_of

CONFIG = Path(__file__).resolve().parent / "data" / "public_sources.yaml"
TODAY = date(2026, 11, 1)
Fired = Mapping[AlertKind, tuple[Firing, ...]]


def replayed(engine: Engine, target: str, start: date, end: date) -> Fired:
    """What the starting rules of a sheet that asks for an answer rate would have done."""
    sheet = sheet_of(indicator(1, "热线接通率", target, target), year=start.year)
    (key,) = indicator_keys(sheet.projects[0])
    with write(engine) as conn:
        save_sheet(
            conn, sheet, code="s", centre=None, author="张", reason="", source_name="", source_text="",
            now=datetime(start.year - 1, 12, 31, tzinfo=UTC), state="active",
        )  # fmt: skip
        save_bindings(conn, "s", {key: Binding(BoundTo.KPI, PaceClass.RATIO, "answer_rate", confirmed_by="张")})
    with engine.connect() as conn:
        rules = [
            rule
            for rule in default_rules("s", sheet, load_bindings(conn, "s"), CATALOGUE, None, on=start)
            if rule.enabled
        ]
        assert len({rule.code for rule in rules}) == 5
        found: dict[AlertKind, tuple[Firing, ...]] = defaultdict(tuple)
        for rule in rules:
            found[rule.kind] += replay(
                conn, CATALOGUE, rule, start, end, tz=TZ, calendar=CALENDAR, today=TODAY
            )  # fmt: skip
    return found


def messages(fired: Fired) -> Counter[date]:
    """Messages by week: rules that change in one tick are told together; every end is told as well."""
    told = {(one.fired_at, "fired") for firings in fired.values() for one in firings}
    told |= {(one.ended_at, "over") for firings in fired.values() for one in firings if one.ended_at is not None}
    days = [at_.astimezone(TZ).date() for at_, _ in told]
    return Counter(day - timedelta(days=day.weekday()) for day in days)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def test_the_demo_s_outage_is_found_within_the_hour_and_its_bad_week_within_the_day(sqlite_engine: Engine) -> None:
    desk = Desk(sqlite_engine)
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    desk.clock.moment = at("2026-07-01 02:00")
    rows = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        made = calls_of(day)
        offered = np.bincount(made.asked // 3600, minlength=24)
        answered = np.bincount(made.asked[made.answered] // 3600, minlength=24)
        rows += [
            {"day": day, "hour": hour, "offered": int(offered[hour]), "answered": int(answered[hour])}
            for hour in range(24)
            if offered[hour]
        ]
    desk.write(batch(calls=calls(*rows)))
    fired = replayed(sqlite_engine, "≥96%", first, last)
    down, short = outage_day(2026, 1), bad_week(2026, 1)
    outage = [one for one in fired[AlertKind.LIVE] if one.day == down]
    begun = datetime.combine(down, datetime.min.time(), TZ) + timedelta(hours=OUTAGE_HOURS[0])
    assert [timedelta() < one.fired_at - begun <= timedelta(hours=1) for one in outage] == [True]
    assert short in [one.day for one in fired[AlertKind.DAY]], "on the first day of the bad week"
    assert all(one.ended_at is not None for one in (*fired[AlertKind.DAY], *fired[AlertKind.LIVE])), "all are over"
    ordinary = {week: n for week, n in messages(fired).items() if week not in (monday(down), short)}
    assert ordinary and max(ordinary.values()) <= 2
    assert sum(ordinary.values()) <= 12, "and there are but few such weeks in half a year"


@pytest.fixture
def edna(sqlite_engine: Engine, shared_data: Path) -> Engine:
    config = load_config(CONFIG)
    sync_centres(sqlite_engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
    for spec in config.sources:
        sync_source(sqlite_engine, spec.code, spec.kind, spec.title)
    pull(
        sqlite_engine, config, "edna", window=None, trigger="manual", now=at("2026-10-31 08:00"), tz=TZ,
        base_dir=shared_data, holder="here:1",
    )  # fmt: skip
    return sqlite_engine


def counted(folder: Path) -> dict[date, tuple[int, int]]:
    """(calls, answered) by day, straight from the rows of the file."""
    found: dict[date, tuple[int, int]] = defaultdict(lambda: (0, 0))
    with (folder / "calls-edna" / "Call+Center+Data+2019.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day = datetime.strptime(row["CallTimestamp"], "%m/%d/%Y %H:%M").date()
            asked, answered = found[day]
            found[day] = asked + 1, answered + (row["CallAbandoned"] == "0")
    return found


def worst(groups: Mapping[date, Iterable[tuple[int, int]]], least: int) -> date:
    sums = {key: [sum(part) for part in zip(*own, strict=True)] for key, own in groups.items()}
    return min((n[1] / n[0], key) for key, n in sums.items() if n[0] >= least)[1]


def test_of_a_public_centre_the_worst_day_and_week_are_found_and_ordinary_weeks_are_quiet(
    edna: Engine, shared_data: Path
) -> None:
    days = counted(shared_data)
    weeks: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for day, figures in days.items():
        weeks[monday(day)].append(figures)
    bad_day, bad_monday = worst({day: [one] for day, one in days.items()}, 100), worst(weeks, 300)
    assert (bad_day, bad_monday) == (date(2019, 12, 2), date(2019, 3, 11))
    fired = replayed(edna, "≥93%", date(2019, 1, 1), date(2019, 12, 31))
    assert [one.day for one in fired[AlertKind.DAY]] == [bad_day]
    (burnt,) = fired[AlertKind.BURN_RATE]
    assert bad_monday <= burnt.day <= bad_monday + timedelta(days=1)
    assert fired[AlertKind.LIVE] == fired[AlertKind.PROJECTED_MISS] == ()
    assert all(one.ended_at is not None for firings in fired.values() for one in firings)
    assert max(messages(fired).values()) <= 2
