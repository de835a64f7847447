"""The pages' figures, worked out by hand; what is kept and when it is asked again; what the frame is told."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import dcc, html, no_update
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]
from sqlalchemy import Engine

from dashboard import ids
from dashboard.cache import VersionedCache
from dashboard.callbacks import custom_search, frame_parts, pulse
from dashboard.components.parts import aria
from dashboard.components.parts import data as marks
from dashboard.data import Data, DatabaseGone
from dashboard.filters import Filters
from dashboard.sections import marked, plain, redrawn
from dashboard.views import DayState, SourceState
from db.definitions import add_definition, add_exclusion
from db.engine import bump_data_version, make_engine, migrate, write
from ingest.config import load_config
from kpi.model import Definition, Exclusion
from kpi.status import Status
from tests.dashboard_facts import (
    MISSING,
    NOW,
    SOURCES,
    TODAY,
    FakeProduct,
    FakeSettings,
    answered_of,
    fill,
    product,
)
from tests.dashboard_views import words
from tests.factories import FrozenClock, at

MARCH = [date(2026, 3, 1) + timedelta(days=n) for n in range(20)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A filled database of this file alone; its tests only read."""
    folder = tmp_path_factory.mktemp("pages")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def data(filled: tuple[Engine, Path]) -> Data:
    """The pages' data."""
    return Data(product(*filled))


def by_hand(days: list[date]) -> tuple[int, int]:
    """(answered, offered): of today six hours of ten, five calls fewer at 10 o'clock; nothing of the missing day."""
    answered = offered = 0
    for day in days:
        came, got = answered_of(day)
        hours = 6 if day == TODAY else 10
        if day != MISSING:
            offered += came // 10 * hours
            answered += got // 10 * hours - (5 if day == TODAY else 0)
    return answered, offered


def test_it_shows_the_figures_that_the_facts_give(data: Data) -> None:
    view = data.overview(Filters())
    card = view.headline[0]
    answered, offered = by_hand(MARCH)
    assert (card.kpi.code, card.now.numerator, card.now.denominator) == ("answer_rate", answered, offered)
    assert card.now.value == answered / offered
    assert (card.now.days_with_data, card.now.days_passed) == (19, 20)
    assert card.status is Status.MISSED
    assert view.centre_name == "市中心"
    assert view.centres == 1


def test_it_compares_with_the_same_days_of_the_month_before(data: Data) -> None:
    card = data.overview(Filters()).headline[0]
    answered, offered = by_hand([date(2026, 2, 1) + timedelta(days=n) for n in range(19)])
    assert card.before is not None
    assert (card.before.numerator, card.before.denominator) == (answered, offered)
    assert card.part is not None, "today has only begun: 1–19 March against 1–19 February"
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(19)]
    assert (card.part.numerator, card.part.denominator) == by_hand(days)


def test_it_names_the_sources_of_every_figure(data: Data) -> None:
    view = data.overview(Filters())
    rows = {i.kpi.code: i.sources for i in (*view.headline, *view.rows)}
    assert rows["answer_rate"] == ("calls",)
    assert rows["satisfaction_rate"] == ("orders",)
    assert rows["daily_output"] == ("calls",)


def test_it_puts_the_worst_first_and_lists_what_nobody_tells(data: Data) -> None:
    view = data.overview(Filters())
    assert [i.kpi.code for i in view.headline] == ["answer_rate", "service_level", "satisfaction_rate", "daily_output"]
    assert view.rows[0].kpi.code == "on_time_closure_rate"
    assert "ivr_loss_rate" in {k.code for k in view.silent}


def test_it_draws_the_period_and_what_makes_four_weeks(data: Data) -> None:
    chart = data.overview(Filters(kpi="service_level")).daily
    assert chart is not None
    assert (chart.values[0].start, chart.values[-1].start, len(chart.values)) == (date(2026, 2, 21), TODAY, 28)
    assert [v.start for v in chart.values if v.value is None] == [MISSING]
    assert [d.text for d in chart.holidays] == ["春节"] * 3  # to 23 February


def test_it_shows_today_by_hour_while_the_period_runs(data: Data) -> None:
    assert data.overview(Filters(preset="last-month")).hourly is None
    assert data.overview(Filters()).hourly is not None
    chart = data.overview(Filters(preset="today", kpi="answer_rate")).hourly
    assert chart is not None
    assert [(int(v.key), v.numerator, v.denominator) for v in chart.values] == [
        (hour, 92 if hour == 10 else 97, 100) for hour in range(8, 14)
    ]


def test_it_proves_a_figure(data: Data) -> None:
    proof = data.proof("answer_rate", Filters())
    answered, offered = by_hand(MARCH)
    assert (proof.numerator, proof.denominator) == (("接通量", answered), ("人工请求量", offered))
    assert [f.valid_from for f in proof.formulas] == [None]
    assert len(proof.brought) == 12
    assert proof.brought_more == 19 - 12
    newest = proof.brought[0]
    assert (newest.inputs, f"{newest.at:%Y-%m-%d %H:%M}") == (("话务明细_20260320.csv",), "2026-03-20 14:40")


def test_it_shows_what_exclusions_and_definitions_change(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with write(engine) as conn:
        starts, ends = datetime(2026, 3, 2), datetime(2026, 3, 3)
        add_exclusion(conn, Exclusion(starts, ends, "系统故障", "停电", "王主任"), at("2026-03-10 09:00"))
        definition = Definition("service_level", date(2026, 3, 10), "answered", note="合同改口径", changed_by="李工")
        add_definition(conn, definition, at("2026-03-10 09:00"))
    data = Data(product(engine, tmp_path))
    view = data.overview(Filters())
    card = view.headline[0]
    answered, offered = by_hand([d for d in MARCH if d != date(2026, 3, 2)])
    assert card.without is not None
    assert (card.without.numerator, card.without.denominator) == (answered, offered)
    assert view.daily is not None
    assert [(d.day, d.text) for d in view.daily.excluded] == [(date(2026, 3, 2), "已剔除(系统故障):停电")]
    formulas = data.proof("service_level", Filters()).formulas
    assert [(f.text, f.valid_from) for f in formulas] == [
        ("15秒内接通量 ÷ (接通量 + 放弃量)", None),
        ("15秒内接通量 ÷ 接通量", date(2026, 3, 10)),
    ]


def test_it_lists_the_records(data: Data) -> None:
    page = data.records(0)
    assert [(s.code, s.state, s.missing, s.open_rejects) for s in page.sources] == [
        ("calls", SourceState.OK, 1, 0),
        ("orders", SourceState.OK, 0, 1),
    ]
    assert page.calendars[0].gaps == (MISSING,)
    assert page.calendars[0].days[TODAY] is DayState.TODAY
    assert page.calendars[0].days[date(2026, 1, 19)] is DayState.BEFORE
    assert page.neighbours == (None, 15)
    older = data.records(15)
    assert older.neighbours == (0, 30)
    assert older.runs[0].id == page.runs[-1].id - 1
    assert page.reject_count == 1
    assert page.rejects[0].reason.startswith("‘受理时间’ 不是时间: ‘2026-13-01’")


def test_it_calls_a_source_stale_after_its_limit(data: Data) -> None:
    data.product.clock_face.advance(minutes=31)  # type: ignore[attr-defined]
    states = {s.code: s.state for s in data.records(0).sources}
    assert states["calls"] is SourceState.STALE  # brought part of today, 31 minutes ago
    assert states["orders"] is SourceState.OK  # brings whole days: yesterday's is all there can be
    data.product.clock_face.advance(days=1)  # type: ignore[attr-defined]
    assert {s.code: s.state for s in data.records(0).sources}["orders"] is SourceState.STALE


def test_it_knows_the_moment_of_the_data(data: Data) -> None:
    fresh = data.freshness()
    assert fresh.at == data.now()
    moments = {code: (f"{when:%m-%d %H:%M}", limit) for code, (when, limit) in fresh.moments.items()}
    assert moments == {"calls": ("03-20 14:40", 30), "orders": ("03-20 00:00", 36 * 60)}


def test_it_asks_the_database_once_until_the_data_changes(sqlite_engine: Engine, tmp_path: Path) -> None:
    data = Data(product(sqlite_engine, tmp_path))
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [data.kept("x", make), data.kept("x", make)] == [1, 1]
    with write(sqlite_engine) as conn:
        bump_data_version(conn)
    assert data.kept("x", make) == 2
    data.product.clock_face.advance(days=1)  # type: ignore[attr-defined]
    assert data.kept("x", make) == 3


def test_it_bounds_what_it_keeps() -> None:
    cache = VersionedCache(3)
    for key in range(10):
        cache.get("v", key, lambda key=key: key)  # type: ignore[misc]
    assert len(cache) == 3
    assert cache.get("v", 9, lambda: -1) == 9
    assert cache.get("v", 0, lambda: -1) == -1


def test_it_makes_a_thing_once_for_many_who_ask_at_once() -> None:
    cache, gate, made = VersionedCache(8), threading.Event(), []

    def make() -> str:
        gate.wait(5)
        made.append(1)
        return "made"

    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(cache.get("v", "k", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(5)
    assert (got, made) == (["made"] * 8, [1])


def test_it_keeps_no_failure() -> None:
    cache = VersionedCache(8)

    def fail() -> int:
        raise DatabaseGone("gone")

    with pytest.raises(DatabaseGone):
        cache.get("v", "k", fail)
    assert cache.get("v", "k", lambda: 7) == 7


def test_it_tells_the_browser_only_what_is_new(sqlite_engine: Engine, tmp_path: Path) -> None:
    data = Data(product(sqlite_engine, tmp_path))
    version, shown, key = pulse(data, None, None)
    assert (version, words(shown)) == (data.version(), "还没有数据")
    with pytest.raises(PreventUpdate):
        pulse(data, version, key)
    with write(sqlite_engine) as conn:
        bump_data_version(conn)
    newer, shown, same = pulse(data, version, key)
    assert newer != version
    assert (shown, same) == (no_update, no_update)


def test_it_says_when_the_database_is_gone_and_back(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'never-made.db'}")
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES, encoding="utf-8")
    data = Data(FakeProduct(engine, load_config(path), FakeSettings(tmp_path), FrozenClock(NOW)))
    version, shown, key = pulse(data, "7.20260320", None)
    assert (version, words(shown)) == ("gone", "数据库连不上")
    menu, bar = frame_parts(data, "/", "")
    assert bar == []
    assert menu is not None
    with pytest.raises(DatabaseGone):
        data.overview(Filters())
    migrate(engine)
    data.product.clock_face.advance(seconds=10)  # type: ignore[attr-defined]
    version, shown, _key = pulse(data, version, key)
    assert (version, words(shown)) == ("0.20260320", "还没有数据")


def test_it_takes_two_days_from_the_picker(data: Data) -> None:
    assert custom_search(data, ["2026-02-01", "2026-02-14"], "?centre=district&kpi=answer_rate") == (
        "?centre=district&from=2026-02-01&to=2026-02-14&kpi=answer_rate"
    )
    for value in (None, [], ["2026-02-01"], ["2026-02-14", "2026-02-01"], ["x", "y"]):
        with pytest.raises(PreventUpdate):
            custom_search(data, value, "")
    with pytest.raises(PreventUpdate):
        custom_search(data, ["2026-02-01", "2026-02-14"], "?from=2026-02-01&to=2026-02-14")


def test_it_keeps_parts_as_the_browser_is_sent_them() -> None:
    figure = {"data": [{"x": [date(2026, 3, 1)], "y": np.array([1.5, math.nan])}], "layout": {"width": 3}}
    part = [
        html.Div(
            ["甲", None, 1, 2.5, True, html.Td("乙", colSpan=2, **marks(at="1"), **aria(label="丙"))],
            id={"type": "t", "index": "1"},
            style={"width": "1px"},
        ),
        (dcc.Graph(id="g", figure=figure, config={"displayModeBar": False}),),
        datetime(2026, 3, 1, 8, tzinfo=UTC),
    ]
    assert json.loads(to_json_plotly(plain(part))) == json.loads(to_json_plotly(part))
    assert plain(part)[0]["props"]["children"][5]["props"] == {
        "children": "乙",
        "colSpan": 2,
        "data-at": "1",
        "aria-label": "丙",
    }


def test_it_redraws_only_the_parts_that_changed() -> None:
    before = marked({"a": "one", "b": "two"})
    assert redrawn(lambda: marked({"a": "one", "b": "2"}), before.marks)[:2] == [no_update, "2"]
    with pytest.raises(PreventUpdate):
        redrawn(lambda: before, before.marks)
    assert redrawn(lambda: before, None)[:2] == ["one", "two"]

    def gone() -> Any:
        raise DatabaseGone("gone")

    with pytest.raises(PreventUpdate):
        redrawn(gone, before.marks)


def test_it_sets_live_components_one_by_one() -> None:
    def page(first: str, second: str, *more: Any) -> Any:
        made = [html.P(first, id=ids.live("a")), html.P(second, id=ids.live("b"), className="x"), *more]
        return marked({"part": html.Div(made)})

    put: list[tuple[str, dict[str, Any]]] = []
    before = page("1", "2")
    after = page("1", "3")
    assert redrawn(lambda: after, before.marks, lambda *what: put.append(what)) == [no_update, after.marks]
    assert put == [("live-b", {"children": "3", "className": "x"})]
    grown = page("1", "3", html.P("more"))
    assert redrawn(lambda: grown, after.marks, lambda *what: put.append(what))[0] is grown.sections["part"]
    assert len(put) == 1


def test_it_sets_nothing_but_the_figure_of_a_chart() -> None:
    def page(y: list[int]) -> Any:
        figure = {"data": [{"y": y}], "layout": {}}
        return marked({"part": dcc.Graph(id=ids.live("g"), figure=figure, config={"displayModeBar": False})})

    put: list[tuple[str, dict[str, Any]]] = []
    redrawn(lambda: page([1, 2]), page([1]).marks, lambda *what: put.append(what))
    assert put == [("live-g", {"figure": {"data": [{"y": [1, 2]}], "layout": {}}})]
