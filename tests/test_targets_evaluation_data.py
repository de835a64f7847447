"""The figures a report states, asked of a real database: two years side by side, with formula and runs."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine

from kpi.catalogue import build
from kpi.periods import Period
from targets.evaluation_model import ReportFigure
from targets.presets import preset
from targets.report_data import origins, report_figures
from tests.evaluations import PERCENT_96, progress_of
from tests.factories import TZ, Desk, FrozenClock, batch, calls

CATALOGUE = build()
HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
AS_OF = date(2026, 2, 10)
DAYS = [date(2026, 1, 1) + timedelta(days=i) for i in range(41)]


def fill(engine: Engine, *, without: int = 0) -> None:
    """100 calls a day, 96 of them answered; a year before 80 and 72, the first ``without`` days missing."""
    desk = Desk(engine, FrozenClock("2026-02-11 02:00"))
    desk.source("calls", "话务平台导出")
    for number, (year, offered, answered) in enumerate(((2026, 100, 96), (2025, 80, 72))):
        days = [day.replace(year=year) for day in DAYS][without if number else 0 :]
        rows = [{"day": day, "offered": offered, "answered": answered} for day in days]
        desk.write(batch(calls=calls(*rows)))


def asked(engine: Engine, *kpis: str) -> dict[str, ReportFigure]:
    with engine.connect() as conn:
        found = report_figures(
            conn, CATALOGUE, "city", HALF, AS_OF, tz=TZ, kpis=kpis, targets={"answer_rate": PERCENT_96}
        )
    return {one.name: one for one in found}


def test_it_sets_a_figure_beside_the_same_days_a_year_before(engine: Engine) -> None:
    fill(engine)
    found = asked(engine, "offered_volume", "answer_rate")
    volume, rate = found["呼入量"], found["接通率"]
    assert (volume.value, volume.last_year, volume.period) == (4100, 3280, Period(HALF.start, AS_OF))
    assert (rate.value, rate.last_year) == (0.96, 0.9)
    assert (rate.numerator, rate.denominator, rate.days_with_data, rate.days_passed) == (3936, 4100, 41, 41)
    assert volume.monthly == ((date(2026, 1, 1), 3100), (date(2026, 2, 1), 1000))
    assert volume.monthly_last_year == ((date(2025, 1, 1), 2480), (date(2025, 2, 1), 800))
    assert rate.target == PERCENT_96


def test_it_names_formula_and_runs(engine: Engine) -> None:
    fill(engine)
    origin = asked(engine, "answer_rate")["接通率"].origin
    assert origin.formula == "接通量 ÷ 人工请求量"
    (source,) = origin.sources
    assert source == "话务平台导出：第1次取数，最近2026-02-11 02:00"


def test_it_compares_no_count_with_an_incomplete_year(engine: Engine) -> None:
    fill(engine, without=4)
    found = asked(engine, "offered_volume", "answer_rate")
    assert (found["呼入量"].last_year, found["呼入量"].last_year_reason) == (None, "上年同期仅37/41天有数据，不作比较")
    assert found["接通率"].last_year == 0.9  # a rate of most of the days still says something


def test_it_leaves_out_what_was_never_supplied(engine: Engine) -> None:
    fill(engine)
    assert list(asked(engine, "satisfaction_rate", "answer_rate", "no_such_kpi")) == ["接通率"]


def test_it_states_nothing_before_the_period_has_begun(engine: Engine) -> None:
    with engine.connect() as conn:
        assert report_figures(conn, CATALOGUE, None, HALF, date(2025, 12, 31), tz=TZ) == ()


def test_it_traces_the_indicators_bound_to_kpis(engine: Engine) -> None:
    fill(engine)
    progress = progress_of(preset("jiangning-2026"))
    with engine.connect() as conn:
        found = origins(conn, CATALOGUE, progress, "city", "half", tz=TZ)
    by_name = {row.indicator.name: found[row.key] for row in progress.rows if row.key in found}
    assert set(by_name) == {"月均日产能", "热线话务接通率", "12345 工单办理结果满意率"}
    assert by_name["热线话务接通率"].sources == ("话务平台导出：第1次取数，最近2026-02-11 02:00",)
    assert by_name["12345 工单办理结果满意率"].sources == ()
