"""坐席产能 and one seat's page: figures as the command line gives them, ranking under the setting, states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]
from sqlalchemy import Engine

from dashboard import charts_seat, charts_seats, seat_pages
from dashboard.components import seats as parts
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.views_seats import SeatsView, SeatView
from db.answers import evaluate
from db.engine import make_engine, migrate, write
from kpi.model import Ask, Grain
from kpi.seats import Against
from kpi.showing import Showing
from tests.dashboard_facts import product
from tests.factories import Desk, FrozenClock, batch, seats
from tests.target_sheets import put_targets

NOW = "2026-03-20 14:40"
DAYS = [date(2026, 3, 2) + timedelta(days=n) for n in range(12)]
SWING = (-6, 6, -4, 4, -2, 2, 0, 0, -2, 2, -4, 4)
"""How far each day lies from a seat's mean: adds up to nothing."""
MEANS = {"1001": 80, "1002": 61, "1003": 40}


def _calls_of(seat: str, day: date) -> dict[str, Any]:
    row = {"day": day, "seat": seat, "seat_calls": MEANS[seat] + SWING[DAYS.index(day)] - 10}
    return row | {"seat_busy_seconds": 14_400}


def _fill(engine: Engine) -> None:
    """Three seats over twelve days from three sources; a fourth that was there for a day, a fifth that only signed in;
    in the city a seat of the same number."""
    desk = Desk(engine, FrozenClock(NOW))
    every = [(seat, day) for seat in MEANS for day in DAYS]
    calls = [_calls_of(seat, day) for seat, day in every] + [{"day": DAYS[0], "seat": "1004", "seat_calls": 3}]
    desk.write(batch(seats=seats(*calls, centre="district")), "calls")
    desk.write(
        batch(seats=seats(*({"day": d, "seat": s, "seat_orders": 10} for s, d in every), centre="district")), "orders"
    )
    signed = [
        {"day": d, "seat": s, "signed_in_seconds": 28_800, "paused_seconds": 2_880, "team": "一组", "shift": shift}
        for s, d, shift in [*((seat, day, "早班") for seat, day in every), ("1005", DAYS[0], "夜班")]
    ]
    desk.write(batch(seats=seats(*signed, centre="district")), "signed")
    desk.write(batch(seats=seats(*({"day": d, "seat": "1001", "seat_calls": 50} for d in DAYS))), "city")
    with write(engine) as conn:
        put_targets(conn, "district", {"daily_output": (">=", 60.0)})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A filled database of this file alone; its tests only read."""
    folder = tmp_path_factory.mktemp("seats")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    _fill(engine)
    yield engine, folder
    engine.dispose()


def data(filled: tuple[Engine, Path], ranking: str = "on", now: str = NOW) -> Data:
    return Data(product(*filled, now=now, seat_ranking=ranking))


def said(made: Any) -> str:
    """Everything in components, as text."""
    return json.dumps(json.loads(to_json_plotly(made)), ensure_ascii=False)


DISTRICT = Filters("district")


def view_of(filled: tuple[Engine, Path], ranking: str = "on", filters: Filters = DISTRICT) -> SeatsView:
    return seat_pages.seats_view(data(filled, ranking), filters)


def seat_of(filled: tuple[Engine, Path], filters: Filters) -> SeatView:
    found = seat_pages.seat_view(data(filled), filters)
    assert found is not None
    return found


@pytest.mark.parametrize("filters", [DISTRICT, Filters(), DISTRICT.with_days(DAYS[1], DAYS[4])])
def test_it_shows_the_figures_that_the_command_line_gives_by_seat(
    filled: tuple[Engine, Path], filters: Filters
) -> None:
    page = data(filled)
    view = seat_pages.seats_view(page, filters)
    period, today = filters.period(page.today()), page.today()
    codes = (filters.centre,) if filters.centre else ()
    ask = Ask(("daily_output", "occupancy"), codes, period.start, period.end, min(today, period.end), Grain.SEAT)
    with filled[0].connect() as conn:
        told = evaluate(conn, page.product.catalogue, ask).values
    assert view.ranking is not None
    shown = {line.key: line for line in view.ranking.lines}
    worked = {one.key: one for one in told["daily_output"] if one.denominator}
    assert {key: line.value for key, line in shown.items()} == worked
    busy = {one.key: (one.numerator, one.denominator) for one in told["occupancy"]}
    found = {key: line.occupancy for key, line in shown.items() if line.occupancy}
    assert {key: (one.numerator, one.denominator) for key, one in found.items()} == busy


def test_it_has_the_seats_add_up_to_the_centre(filled: tuple[Engine, Path]) -> None:
    view = view_of(filled)
    assert view.ranking is not None
    sides = [(line.value.numerator or 0, line.value.denominator or 0) for line in view.ranking.lines]
    whole = view.figures[0].now
    assert (sum(top for top, _ in sides), sum(bottom for _, bottom in sides)) == (whole.numerator, whole.denominator)
    assert whole.numerator == 12 * (80 + 61 + 40) + 3 and whole.denominator == 3 * 12 + 2


def test_it_ranks_only_seats_with_enough_days(filled: tuple[Engine, Path]) -> None:
    ranking = view_of(filled).ranking
    assert ranking is not None
    assert [(line.name, line.place) for line in ranking.lines] == [
        ("1001", (1, 1, 1)), ("1002", (2, 2, 2)), ("1003", (3, 3, 3)), ("1004", None), ("1005", None),
    ]  # fmt: skip
    assert [line.against for line in ranking.lines[:3]] == [Against.ABOVE, Against.UNCLEAR, Against.BELOW]
    squares = sum(step * step for step in SWING)
    reach = 2.2010 * (squares / 11 / 12) ** 0.5  # Student's t with 11 degrees of freedom
    assert ranking.lines[1].interval == pytest.approx((61 - reach, 61 + reach), abs=1e-3)
    chart = charts_seats.charts_of(view_of(filled), DISTRICT)["ranking"]
    assert chart.finding == "3 个可比的坐席中 1 个明确高于目标、1 个明确低于,1 个分不出差别"
    assert chart.table.rows[0][:5] == ("1001", "1", "80.0", "77.6 ~ 82.4", "高于目标")
    assert chart.table.rows[3][-1] == "样本不足,不排名"
    assert "至少 5 个坐席日、30 件才排名" in chart.notes


def test_it_ranks_nobody_by_one_day(filled: tuple[Engine, Path]) -> None:
    filters = DISTRICT.with_days(DAYS[0], DAYS[0])
    view = view_of(filled, filters=filters)
    chart = charts_seats.charts_of(view, filters)["ranking"]
    assert chart.finding.startswith("没有样本足够的坐席") and "换一个更长的期间" in chart.empty
    assert "明确高于" not in charts_seats.sentence(view)


def test_it_speaks_first_of_what_was_handled(filled: tuple[Engine, Path]) -> None:
    output = (12 * 181 + 3) / 38
    assert charts_seats.sentence(view_of(filled)) == (
        f"本月月均日产能 {output:.1f} 件/坐席/天(目标 ≥ 60),5 个坐席 38 个坐席日共处理 2,175 件;"
        "1 个坐席明确高于目标、1 个明确低于、1 个分不出差别。"
    )


def test_it_names_the_centre_where_seats_of_several_stand_together(filled: tuple[Engine, Path]) -> None:
    view = view_of(filled, filters=Filters())
    assert view.ranking is not None
    names = {line.key: line.name for line in view.ranking.lines}
    assert names["city/1001"] == "市中心 1001" and names["district/1001"] == "江宁分中心 1001"
    centres = charts_seats.charts_of(view, Filters())["centre"]
    assert [row[:3] for row in centres.table.rows] == [("江宁分中心", "5", "57.2"), ("市中心", "1", "50.0")]


def test_it_groups_by_team_and_shift_as_far_as_they_are_told(filled: tuple[Engine, Path]) -> None:
    charts = charts_seats.charts_of(view_of(filled), DISTRICT)
    early, night = charts["shift"].table.rows
    assert early[:2] == ("早班", "3") and early[4:6] == ("2,172", "36")
    assert night == ("夜班", "1", "0.0", "—", "0", "1", "—")
    assert "另有 1 个坐席日没有注明班组" in charts["team"].notes
    before = DISTRICT.with_days(date(2026, 2, 1), date(2026, 2, 28))
    assert "映射 team" in charts_seats.charts_of(view_of(filled, filters=before), before)["team"].empty


def test_it_tells_no_seat_where_seats_go_without_names(filled: tuple[Engine, Path]) -> None:
    view = view_of(filled, "anonymous")
    assert view.ranking is not None
    assert [line.name for line in view.ranking.lines] == ["坐席 1", "坐席 2", "坐席 3"]
    charts = charts_seats.charts_of(view, DISTRICT)
    assert [title.text for title in charts["ranking"].table.titles][:3] == ["坐席", "名次", "月均日产能(件/坐席/天)"]
    assert "另有 2 个坐席样本不足,不列出" in charts["ranking"].notes
    made = [
        *parts.charts(view, charts, "*.{}", "light"), *parts.ranking(view, charts, "*.{}", "light"),
        *parts.groups(view, charts, "*.{}"), *parts.seat_list(view, DISTRICT),
    ]  # fmt: skip
    told = said(made) + json.dumps([chart.table.rows for chart in charts.values()])
    assert not any(seat in told for seat in ("1001", "1002", "1003", "1004", "1005"))
    assert parts.seat_list(view, DISTRICT) == []


def test_it_hides_groups_that_would_tell_who_they_are(filled: tuple[Engine, Path]) -> None:
    assert [line.name for line in view_of(filled).groups["shift"].lines] == ["早班", "夜班"]
    for ranking in ("anonymous", "off"):
        shifts = view_of(filled, ranking).groups["shift"]
        assert [line.name for line in shifts.lines] == ["早班"] and shifts.hidden == 1


def test_it_leaves_the_day_that_is_not_over_out_of_the_spread_and_of_the_missed_days(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    _fill(engine)
    begun = [{"day": date(2026, 3, 20), "seat": seat, "seat_calls": 11} for seat in MEANS]
    Desk(engine, FrozenClock(NOW)).write(batch(seats=seats(*begun, centre="district")), "calls")
    view = seat_pages.seats_view(Data(product(engine, tmp_path)), DISTRICT)
    assert view.seat_days == 3 * 12 + 2 + 3
    assert view.spread.count == 3 * 12 + 2
    charts = charts_seats.charts_of(view, DISTRICT)
    finding = charts["calendar"].finding
    assert finding.startswith("月均日产能 12 天中 5 天未达目标") and "3月20日" not in finding
    today = seat_pages.seats_view(Data(product(engine, tmp_path)), DISTRICT.with_preset("today"))
    assert today.has_values
    assert charts_seats.charts_of(today, DISTRICT)["spread"].empty == "还没有过完的坐席日;今天尚未结束,不计入分布"
    engine.dispose()


def test_it_ranks_nobody_where_ranking_is_off(filled: tuple[Engine, Path]) -> None:
    view = view_of(filled, "off")
    assert view.ranking is None
    assert "ranking" not in charts_seats.charts_of(view, DISTRICT)
    assert "明确高于" not in charts_seats.sentence(view)
    (line,) = parts.ranking(view, {}, "*.{}", "light")
    assert "已设为不排名" in said(line)


@pytest.mark.parametrize("ranking", ["anonymous", "off"])
def test_it_opens_no_single_seat_where_seats_go_without_names(filled: tuple[Engine, Path], ranking: str) -> None:
    page = data(filled, ranking)
    assert seat_pages.showing(page) is Showing(ranking)
    assert seat_pages.seat_view(page, DISTRICT.with_seat("district/1001")) is None
    assert seat_pages.seat_charts(page, {"centre": "district", "seat": "district/1001"}) == {}


def test_it_shows_one_seat_beside_its_centre(filled: tuple[Engine, Path]) -> None:
    view = seat_of(filled, Filters().with_seat("district/1001"))
    assert (view.value.numerator, view.value.denominator) == (960, 12)
    assert view.centre.value == pytest.approx(2175 / 38)
    first = view.days[1]
    assert (first.day, first.items, first.calls, first.orders) == (DAYS[0], 74, 64, 10)
    assert (first.team, first.shift, first.busy, first.signed_in) == ("一组", "早班", 14_400, 28_800)
    # 2 March: 0, 3, 34, 55 and 74 items; between the first and the second a tenth of the way on four steps
    assert (first.low, first.high) == pytest.approx((1.2, 66.4))
    assert first.centre == pytest.approx((74 + 55 + 34 + 3) / 5)
    assert view.days[0].items is None and len(view.days) == 20
    assert [(share.code, share.own) for share in view.shares] == [("busy", 0.5), ("paused", 0.1)]
    assert view.hours == 12 * 8
    charts = charts_seat.charts_of(view, Filters())
    assert charts["path"].finding == "1 个坐席日中 0 天低于、1 天高于当天中间八成的坐席"
    assert charts["hours"].finding == "通话与话后占签入时间 50.0 %(中心 50.0 %),小休占签入时间 10.0 %(中心 10.0 %)"
    assert charts["path"].table.rows[1][:5] == ("2026-03-02", "周一", "74", "64", "10")
    assert charts_seat.sentence(view) == (
        "坐席 1001 本月 12 个坐席日处理 960 件,平均 80.0 件/坐席/天;95% 区间 77.6 ~ 82.4,明确高于中心的 57.2。"
    )


def test_it_finds_a_seat_by_its_number_where_one_centre_alone_has_it(filled: tuple[Engine, Path]) -> None:
    assert seat_of(filled, Filters().with_seat("1002")).centre_name == "江宁分中心"
    page = data(filled)
    assert seat_pages.seat_view(page, Filters().with_seat("1001")) is None
    assert seat_pages.seat_view(page, Filters().with_seat("nobody")) is None
    assert seat_pages.seat_view(page, Filters()) is None


def test_it_does_not_compare_a_seat_of_a_day(filled: tuple[Engine, Path]) -> None:
    view = seat_of(filled, DISTRICT.with_seat("district/1004"))
    assert view.few and view.interval is None and view.against is None
    assert "样本不足(至少 5 个坐席日、30 件才排名),不与中心比较" in charts_seat.sentence(view)
    assert charts_seat.charts_of(view, DISTRICT)["hours"].empty.startswith("来源没有给出这个坐席的签入时长")


def test_it_keeps_the_seat_in_the_address() -> None:
    page = Filters("district").with_seat("district/10 01")
    assert page.with_preset("this-half").query() == "?centre=district&period=this-half&seat=district%2F10+01"


def test_it_lists_the_ends_of_a_long_ranking_and_opens_the_others_by_number(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    desk = Desk(engine, FrozenClock(NOW))
    rows = [{"day": d, "seat": f"s{n:03d}", "seat_calls": 40 + n} for n in range(70) for d in DAYS[:5]]
    desk.write(batch(seats=seats(*rows, centre="district")))
    view = view_of((engine, tmp_path))
    (panel,) = parts.seat_list(view, DISTRICT.with_preset("this-half"))
    told = said(panel)
    listed = {name for name in (f"s{n:03d}" for n in range(70)) if f'"{name}"' in told}
    assert listed == {f"s{n:03d}" for n in (*range(31), *range(39, 70))}
    assert '"action": "/seat"' in told and '"this-half"' in told
    engine.dispose()


def test_it_says_what_to_map_where_no_source_tells_seats(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    view = view_of((engine, tmp_path))
    assert not view.has_values and not view.told
    assert "映射 seat" in said(parts.untold())
    engine.dispose()
