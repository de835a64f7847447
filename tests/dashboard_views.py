"""Made views for the tests of components and figures: three rows are enough to see everything."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]

from dashboard.judged import Target, judge
from dashboard.views import DailyChart, Indicator, MarkedDay, Overview
from dashboard.views_live import HourlyChart
from kpi.catalogue import build
from kpi.model import KpiValue, NoValue
from kpi.periods import Period
from kpi.status import Operator

CATALOGUE = build()
TODAY = date(2026, 3, 20)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
AT_LEAST_96 = Target(Operator.AT_LEAST, 0.96)


def value(
    kpi: str,
    numerator: float | None,
    denominator: float | None = None,
    *,
    start: date = MARCH.start,
    end: date = MARCH.end,
    key: str = "",
    days: tuple[int, int] = (20, 20),
    reason: NoValue | None = None,
) -> KpiValue:
    """A figure: divided here by hand, None where a part is missing."""
    amount = None
    if numerator is not None:
        amount = numerator / denominator if denominator else (None if reason else numerator)
    return KpiValue(kpi, "default", start, end, key, amount, numerator, denominator, *days, reason)


def by_day(kpi: str, *pairs: tuple[float, float] | None, last: date = TODAY) -> tuple[KpiValue, ...]:
    """Figures of days that end with ``last``; None is a day without data."""
    first = last - timedelta(days=len(pairs) - 1)
    days = [first + timedelta(days=n) for n in range(len(pairs))]
    return tuple(
        value(kpi, *(pair or (None, None)), start=day, end=day, reason=None if pair else NoValue.NO_DATA)
        for day, pair in zip(days, pairs, strict=True)
    )


def indicator(kpi: str, now: KpiValue, target: Target | None = None, **more: Any) -> Indicator:
    """A row as the data room would give it."""
    return Indicator(kpi=CATALOGUE.kpis[kpi], now=now, target=target, status=judge(now, target, 30), **more)


def missed() -> Indicator:
    """接通率 just below its target, with everything a row can have."""
    return indicator(
        "answer_rate",
        value("answer_rate", 95_996.0, 100_000.0, days=(19, 20)),
        AT_LEAST_96,
        before=value("answer_rate", 97_000.0, 100_000.0),
        today=value("answer_rate", 577.0, 600.0, start=TODAY, end=TODAY),
        trend=by_day("answer_rate", (97, 100), None, (95, 100), (96, 100)),
        sources=("calls",),
    )


def met() -> Indicator:
    """满意率 above its target."""
    return indicator("satisfaction_rate", value("satisfaction_rate", 91.0, 100.0), Target(Operator.AT_LEAST, 0.9))


def few() -> Indicator:
    """按时办结率 with too few orders to judge."""
    return indicator("on_time_closure_rate", value("on_time_closure_rate", 11.0, 12.0), Target(Operator.AT_LEAST, 0.95))


def plain() -> Indicator:
    """呼入量: a count without target."""
    return indicator("offered_volume", value("offered_volume", 16_600.0))


def overview(*headline: Indicator, rows: tuple[Indicator, ...] = (), **more: Any) -> Overview:
    """The page's view of some indicators over March."""
    given = {
        "centre_name": "市中心",
        "centres": 1,
        "label": "本月",
        "compared_with": "较上月同期",
        "period": MARCH,
        "today": TODAY,
        "silent": (),
        "daily": None,
        "hourly": None,
        "has_values": True,
    }
    return Overview(headline=headline, rows=rows, **{**given, **more})


def daily(*pairs: tuple[float, float] | None, **more: Any) -> DailyChart:
    """接通率 by day, ending yesterday, held against 96 %."""
    given: dict[str, Any] = {"target": AT_LEAST_96, "period": MARCH, "today": TODAY + timedelta(days=1)}
    return DailyChart(CATALOGUE.kpis["answer_rate"], by_day("answer_rate", *pairs), **{**given, **more})


def hourly(*pairs: tuple[float, float], first: int = 8) -> HourlyChart:
    """接通率 by hour of today."""
    values = tuple(
        value("answer_rate", *pair, start=TODAY, end=TODAY, key=f"{first + n:02d}") for n, pair in enumerate(pairs)
    )
    return HourlyChart(CATALOGUE.kpis["answer_rate"], "接通量 ÷ 人工请求量", values, AT_LEAST_96, 30)


def marked(day: date, text: str) -> MarkedDay:
    """A day to shade."""
    return MarkedDay(day, text)


def words(component: Any) -> str:
    """All texts of a component, in order, as someone would read them."""
    return " ".join(_texts(json.loads(to_json_plotly(component))))


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, int | float):
        return [str(node)]
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if isinstance(node, dict):
        return _texts(node.get("props", {}).get("children"))
    return []


def props(component: Any, name: str) -> list[Any]:
    """Every value of a property anywhere in a component."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            own = node.get("props", {})
            if name in own:
                found.append(own[name])
            walk(own.get("children"))

    walk(json.loads(to_json_plotly(component)))
    return found
