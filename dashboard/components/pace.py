"""How a KPI of 总览 stands towards its target: bar and words of the half-year or year, the same figures as on 目标."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import format_pace as fp
from dashboard.components.bullet import bullet
from dashboard.components.parts import Child, badge, link
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.texts import t
from dashboard.views import Indicator, Overview
from dashboard.views_live import Paced
from kpi.model import Grain
from kpi.pace_model import Pace
from kpi.periods import Period, unit_of


def name_of(period: Period) -> str:
    """“半年” or “全年”."""
    return t("targets.half" if unit_of(period) is Grain.HALF else "targets.full")


def status_of(item: Indicator) -> list[Child]:
    """The badge, and below it the period that it is of where that is not the one shown."""
    if item.judged_over is None:
        return [badge(item.status)]
    return [badge(item.status), html.Span(name_of(item.judged_over), className="judged-over")]


def standing(item: Indicator, view: Overview) -> Pace | None:
    """What the bar shows: the pace in the sheet; without one the value of the days shown beside its target."""
    paced = view.paces.get(item.kpi.code)
    if paced is not None:
        return paced.pace
    if item.target is None or item.status is None:
        return None
    return Pace(view.period, item.target.cell(item.kpi.unit), item.status, value=item.now.value)


def bar(item: Indicator, view: Overview) -> Component | None:
    """The bar, None where there is no target."""
    pace = standing(item, view)
    if pace is None:
        return None
    period = view.label if pace.period == view.period else name_of(pace.period)
    return bullet(pace, item.kpi.unit.value, f"{item.kpi.name} {period}")


def is_apart(paced: Paced | None, view: Overview) -> bool:
    """True where the target is set for other days than those shown, so that its value to date is another figure."""
    return paced is not None and paced.period != view.period


def on_card(item: Indicator, view: Overview, filters: Filters) -> list[Child]:
    """The bar with its value to date, and below it what it takes."""
    paced, drawn = view.paces.get(item.kpi.code), bar(item, view)
    if drawn is None:
        return []
    to_date: Child = None
    if paced is not None and is_apart(paced, view):
        shown = fp.shown(paced.pace, item.kpi.unit.value)
        to_date = html.Span(f"{to_date_of(paced.period)} {shown.spoken}", className="parts", title=fp.parts(paced.pace))
    return [html.Div([to_date, drawn], className="card-pace"), _words(item, view, filters)]


def to_date_of(period: Period) -> str:
    """“半年至今” or “全年至今”."""
    return t("overview.half_to_date" if unit_of(period) is Grain.HALF else "overview.full_to_date")


def _words(item: Indicator, view: Overview, filters: Filters) -> Component | None:
    """Allowance, rate required and probability, and of which period, for they are not of the days shown."""
    paced = view.paces.get(item.kpi.code)
    if paced is None or not paced.pace.said:
        return None
    chance = paced.pace.probability
    odds = t("targets.chance", p=fp.chance(chance)) if chance is not None else ""
    words = t("finding.semicolon").join(filter(None, (paced.pace.said, odds)))
    of = html.Span(t("overview.pace_of", period=name_of(paced.period)), className="pace-of")
    return to_path(paced, [of, words], words, filters)


def to_path(paced: Paced, content: Child | list[Child], title: str, filters: Filters) -> Component:
    """A link to the whole path of the indicator, from which the way leads back to the same centre and period."""
    there = TargetFilters(paced.sheet, place=filters.place()).query(key=paced.key)
    return link(content, "/indicator" + there, "pace", title=title)
