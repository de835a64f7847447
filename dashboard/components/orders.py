"""Parts of 工单: the way of the orders, what is due, satisfaction and its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.components.chart_frame import chart_frame
from dashboard.components.parts import Child
from dashboard.figures.bars import due_figure, funnel_figure
from dashboard.figures.daily import daily_figure
from dashboard.views_calls import OrdersView
from dashboard.views_charts import ChartView


def charts(view: OrdersView, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The charts of the page that are pictures."""
    due = due_figure(view.due, view.scope.today.isoformat(), theme) if view.due else {}
    figures: dict[str, dict[str, Any]] = {
        "funnel": funnel_figure(view.stages, theme),
        "due": due,
        "satisfaction": daily_figure(view.satisfaction, theme),
        "returns": daily_figure(view.returns, theme),
    }
    return [chart_frame(made[name], figure, files.replace("*", name)) for name, figure in figures.items()]
