"""A running day is held against the same hours of other days, or it is said why not. Worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import findings
from dashboard.ask_overview import build_overview
from dashboard.components.contract import contract_panel
from dashboard.components.kpi import cards, rows_panel
from dashboard.filters import Filters
from dashboard.scope import open_scope
from dashboard.views import Indicator, Overview, SameHours
from db.answers import evaluate
from db.definitions import add_exclusion
from db.engine import make_engine, migrate, write
from db.schema import WHOLE_DAY
from ingest.batch import Batch
from kpi.catalogue import build
from kpi.model import Ask, Exclusion, Grain, NoValue
from tests.dashboard_facts import TODAY, answered_of, fill, product
from tests.dashboard_views import words
from tests.factories import Desk, FrozenClock, at, calls

TODAY_VIEW = Filters(preset="today")
HOURS = 5
"""Today has data from 8 to 13 o'clock; 13 may still be running, so 8 to 12 count."""
WORKING = [
    *(date(2026, 2, day) for day in range(24, 29)),  # the 28th is worked for the Spring Festival
    *(date(2026, 3, day) for day in (2, 3, 4, 5, 6, 10, 11, 12, 13, 16, 17, 18, 19)),  # nothing came on the 9th
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A filled database of this file alone; its tests only read."""
    folder = tmp_path_factory.mktemp("today")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def view(filled: tuple[Engine, Path]) -> Overview:
    """总览 of today."""
    return _view(*filled)


def _view(engine: Engine, folder: Path, filters: Filters = TODAY_VIEW) -> Overview:
    with engine.connect() as conn:
        return build_overview(open_scope(conn, product(engine, folder).catalogue, filters, TODAY, 30))


def _rows(view: Overview) -> dict[str, Indicator]:
    return {i.kpi.code: i for i in (*view.headline, *view.rows)}


def _hours(view: Overview, kpi: str) -> SameHours:
    found = _rows(view)[kpi].same_hours
    assert found is not None
    return found


def _sums(days: list[date]) -> tuple[int, int]:
    pairs = [answered_of(day) for day in days]
    return sum(got // 10 * HOURS for _, got in pairs), sum(came // 10 * HOURS for came, _ in pairs)


def test_it_holds_today_against_the_same_hours_of_yesterday(view: Overview) -> None:
    hours = _hours(view, "answer_rate")
    assert hours.now is not None
    assert (hours.now.numerator, hours.now.denominator) == (97 * HOURS - 5, 100 * HOURS)
    assert hours.before is not None
    assert (hours.before.numerator, hours.before.denominator) == _sums([TODAY - timedelta(days=1)])
    assert hours.hint == "变化是今天 13 时前与昨天、近 4 周工作日的 13 时前相比"
    assert _rows(view)["answer_rate"].before is None
    assert _rows(view)["answer_rate"].now.denominator == 600  # the card itself shows all there is


def test_it_holds_today_against_the_usual_working_day(view: Overview) -> None:
    hours = _hours(view, "answer_rate")
    assert hours.usual is not None
    assert (hours.usual.numerator, hours.usual.denominator) == _sums(WORKING)


def test_it_takes_of_a_count_the_mean_of_a_usual_day(view: Overview) -> None:
    hours = _hours(view, "offered_volume")
    assert hours.usual is not None
    assert hours.usual.value == _sums(WORKING)[1] / len(WORKING)


def test_it_says_why_whole_days_are_held_against_nothing(view: Overview) -> None:
    for kpi in ("daily_output", "occupancy"):
        assert _hours(view, kpi) == SameHours(reason="来源只给整天的数,当天不作比较")


def test_it_shows_both_comparisons_and_the_reason_for_none(view: Overview) -> None:
    said = words(cards(view.headline, view, TODAY_VIEW, "")) + words(
        [contract_panel(view, TODAY_VIEW, ""), rows_panel(view, TODAY_VIEW, "")]
    )
    assert "−1.0 个百分点  较昨天同时段 +0.1 个百分点  较平常同时段" in said
    assert "来源只给整天的数,当天不作比较" in said
    assert "全天" not in said


def test_it_speaks_of_the_same_hours_in_the_sentence(view: Overview) -> None:
    plain = [replace(item, target=None, status=None) for item in (*view.headline, *view.rows)]
    plain.sort(key=lambda item: item.kpi.code != "answer_rate")
    sentence = findings.overview_sentence(replace(view, headline=tuple(plain), rows=()))
    assert "接通率 96.17 %,较昨天同时段 −1.0 个百分点" in sentence


def test_it_leaves_days_with_exclusions_out_of_the_usual_day(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with write(engine) as conn:
        outage = Exclusion(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10), "系统故障", "停电", "王主任")
        add_exclusion(conn, outage, at("2026-03-10 09:00"))
    hours = _hours(_view(engine, tmp_path), "answer_rate")
    assert hours.usual is not None
    assert (hours.usual.numerator, hours.usual.denominator) == _sums([d for d in WORKING if d != date(2026, 3, 2)])


def _desk(engine: Engine, *rows: dict[str, object]) -> None:
    made = calls(*rows, centre="district")
    Desk(engine, FrozenClock("2026-03-20 14:40")).write(Batch(calls=made, rows_read=len(rows), rows_used=len(rows)))


def _pair(day: date, hour: int) -> dict[str, object]:
    return {"day": day, "hour": hour, "offered": 10, "answered": 9}


def test_it_compares_nothing_before_the_first_hour_is_over(sqlite_engine: Engine, tmp_path: Path) -> None:
    _desk(sqlite_engine, _pair(TODAY - timedelta(days=1), 0), _pair(TODAY, 0))
    view = _view(sqlite_engine, tmp_path)
    assert _hours(view, "answer_rate").reason == "今天还不满一个小时,不作比较"


def test_it_compares_nothing_where_the_source_gives_whole_days(sqlite_engine: Engine, tmp_path: Path) -> None:
    _desk(sqlite_engine, _pair(TODAY - timedelta(days=1), WHOLE_DAY), _pair(TODAY, WHOLE_DAY))
    view = _view(sqlite_engine, tmp_path)
    assert _hours(view, "answer_rate").reason == "来源只给整天的数,当天不作比较"


def test_it_waits_for_every_centre(sqlite_engine: Engine, tmp_path: Path) -> None:
    _desk(sqlite_engine, _pair(TODAY - timedelta(days=1), 9), _pair(TODAY, 9), _pair(TODAY, 10))
    city = calls(_pair(TODAY - timedelta(days=1), 9), centre="city")
    desk = Desk(sqlite_engine, FrozenClock("2026-03-20 14:40"))
    desk.write(Batch(calls=city, rows_read=1, rows_used=1), source="city")
    view = _view(sqlite_engine, tmp_path)
    assert _hours(view, "answer_rate").reason == "市中心今天还没有按小时的数据,不作比较"
    alone = _view(sqlite_engine, tmp_path, Filters(centre="district", preset="today"))
    assert _hours(alone, "answer_rate").hint.startswith("变化是今天 10 时前与昨天")


def test_it_answers_for_the_hours_before_one_hour_of_each_day(engine: Engine) -> None:
    days = [date(2026, 3, 18), date(2026, 3, 19)]
    rows: list[dict[str, object]] = [
        {"day": day, "hour": hour, "offered": 10, "answered": hour} for day in days for hour in (0, 7, 9)
    ]
    _desk(engine, *rows, {"day": days[0], "hour": WHOLE_DAY, "offered": 999, "answered": 999})
    ask = Ask(("answer_rate", "closure_rate"), (), days[0], days[1], days[1], Grain.DAY, until_hour=9)
    with engine.connect() as conn:
        answer = evaluate(conn, build(), ask)
        outage = Exclusion(datetime(2026, 3, 18, 7), datetime(2026, 3, 18, 12), "系统故障", "停电", "王主任")
        add_exclusion(conn, outage, at("2026-03-19 09:00"))
        kept = evaluate(conn, build(), replace(ask, exclude=True))
        with pytest.raises(ValueError, match="1 到 24"):
            evaluate(conn, build(), replace(ask, until_hour=25))
        with pytest.raises(ValueError, match="不能只计到某一小时"):
            evaluate(conn, build(), replace(ask, by=Grain.QUEUE))
    assert [(v.numerator, v.denominator) for v in answer.values["answer_rate"]] == [(7, 20), (7, 20)]
    assert [(v.numerator, v.denominator) for v in kept.values["answer_rate"]] == [(0, 10), (7, 20)]
    assert {v.reason for v in answer.values["closure_rate"]} == {NoValue.UNAVAILABLE}
