"""The running day on 总览: its hours against the usual day, what it takes from here, the year's pace, open alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.components import kpi as parts
from dashboard.components.live import alerts_strip
from dashboard.data import Data
from dashboard.figures.hourly import hourly_figure
from dashboard.filters import Filters
from dashboard.findings import hourly_finding
from dashboard.views import Overview
from dashboard.views_live import HourlyChart, OpenAlert, RestOfDay
from kpi.usual import usual_hours
from tests.dashboard_facts import TODAY, fill, product
from tests.dashboard_views import hourly, props, words

WEEKDAYS = [TODAY - timedelta(days=n) for n in range(1, 8)]


@pytest.fixture
def view(engine: Engine, tmp_path: Path) -> Iterator[Overview]:
    """District, this month, at 14:40 on a Friday: hours 8 to 13 have 100 calls each, 97 answered, 92 at ten."""
    fill(engine)
    yield Data(product(engine, tmp_path)).overview(Filters("district", kpi="answer_rate"))


def test_it_knows_what_a_usual_day_brings_in_each_hour() -> None:
    rows = [(day, hour, 100.0 + n) for n, day in enumerate(WEEKDAYS) for hour in (8, 9)]
    assert usual_hours(rows, set(WEEKDAYS[:3])) == {8: 101.0, 9: 101.0}
    assert usual_hours(rows, set(WEEKDAYS[:2])) == {}
    assert usual_hours([*rows, (WEEKDAYS[0], 20, 6.0)], set(WEEKDAYS[:3]))[20] == 2.0


def test_it_says_what_it_takes_to_end_the_day_on_target(view: Overview) -> None:
    """577 of 600 so far. Of 18 working days one, a Saturday worked for the festival, has 60 calls an hour, the others
    100: 97.8 an hour, 391.1 for 14 to 17 o'clock. (0.96 × 991.1 − 577) ÷ 391.1 = 95.74 %; of the 39.6 that may be
    missed 23 are."""
    chart = view.hourly
    assert chart is not None and chart.rest is not None
    assert chart.usual == dict.fromkeys(range(8, 18), pytest.approx((17 * 100 + 60) / 18))
    assert chart.kind == "工作日"
    assert chart.rest.ahead == pytest.approx(391.11, abs=0.01)
    assert chart.rest.required == "≥ 95.8 %"
    assert chart.rest.left == pytest.approx(0.04 * 991.11 - 23, abs=0.01)
    assert hourly_finding(chart).endswith("要全天达标,余下约 391 个需 ≥ 95.8 %,至多再差 16 个")
    (line,) = [trace for trace in hourly_figure(chart, "light")["data"] if trace["type"] == "scatter"]
    assert (line["x"][0], line["x"][-1], len(line["y"])) == (8, 17, 10)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (RestOfDay(400, "≥ 10.0 %", 3.0, True, False), "今天已确定达标"),
        (RestOfDay(400, "≥ 110.0 %", -3.0, False, True), "余下全部达成,今天也不能达标"),
        (RestOfDay(400, "≤ 30.0 秒", None, False, False), "要全天达标,余下约 400 个需 ≤ 30.0 秒"),
    ],
)
def test_it_says_when_the_day_is_decided(rest: RestOfDay, said: str) -> None:
    plain = hourly((97, 100), (96, 100))
    chart = HourlyChart(plain.kpi, plain.formula, plain.values, plain.target, 30, rest=rest)
    assert hourly_finding(chart).endswith(said)


def test_a_period_that_is_over_has_no_running_day(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    view = Data(product(engine, tmp_path)).overview(Filters("district", "last-month"))
    assert (view.hourly, view.paces) == (None, {})


def test_a_card_says_what_the_year_still_takes_and_leads_to_the_path(view: Overview) -> None:
    pace = view.paces["answer_rate"]
    assert pace.sheet == "district-2026"
    card = parts.cards(view.headline, view, Filters("district"), "")
    assert pace.pace.said in words(card)
    assert "此后每天需 ≥" in pace.pace.said and "还可漏接" in pace.pace.said
    assert f"/indicator?sheet=district-2026&key={pace.key}&centre=district" in props(card, "href")


def test_the_worst_card_comes_first(view: Overview) -> None:
    status = {item.kpi.code: item.status for item in view.headline}
    ranks = [("未达标", "样本不足", "达标").index(str(found)) for found in status.values() if found is not None]
    assert ranks == sorted(ranks)


def test_open_alerts_stand_above_the_figures() -> None:
    now = datetime(2026, 3, 20, 6, 40, tzinfo=UTC)
    since = datetime(2026, 3, 20, 5, 5, tzinfo=UTC)
    alerts = [OpenAlert(f"规则{n}", since, "王" if n == 1 else "") for n in range(5)]
    strip = alerts_strip(alerts, now)
    said = words(strip)
    assert said.startswith("5 条告警还没有解除 规则0(自05:05);规则1(自05:05,王 已确认);规则2(自05:05);等 5 条")
    assert props(strip, "href") == ["/alerts"]
    assert alerts_strip([], now) is None
