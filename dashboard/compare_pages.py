"""What 中心对比 asks of the data: the centres' figures, each judged as its own sheet judges it."""

from __future__ import annotations

from functools import partial

from dashboard.ask_compare import build_compare, goals_of_units
from dashboard.ask_live import paces_of
from dashboard.data import TARGET_GRAINS, Data
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.views_compare import CompareView
from kpi.model import Grain
from kpi.periods import unit_of


def compare_view(data: Data, filters: Filters) -> CompareView:
    """What 中心对比 shows. Over a half-year or a year a centre whose sheet sets the target gets the status word that
    目标 shows of it."""
    grain = unit_of(filters.period(data.today()))

    def make() -> CompareView:
        goals = data.view("goals of centres", filters, goals_of_units) if grain in TARGET_GRAINS else {}
        codes = {goal.sheet for found in goals.values() for goal in found.values()}
        sheets = {sheet: data.targets(TargetFilters(sheet)) for sheet in codes}
        paces = {unit: paces_of(found, sheets, yearly=grain is Grain.YEAR) for unit, found in goals.items()}
        return data.view("compare", filters, partial(build_compare, paces=paces))

    return data.kept(("centres compared", filters), make)
