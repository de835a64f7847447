"""The charts of 总览 in their frames."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.components.chart_frame import chart_frame
from dashboard.components.parts import Child
from dashboard.figures.daily import daily_figure
from dashboard.figures.hourly import hourly_figure
from dashboard.views import Overview
from dashboard.views_charts import ChartView


def charts(view: Overview, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """Today by hour where the period is today, and the KPI drawn by day."""
    parts: list[Child] = []
    if view.hourly is not None:
        parts.append(chart_frame(made["hourly"], hourly_figure(view.hourly, theme), files.replace("*", "hourly")))
    if view.daily is not None:
        parts.append(chart_frame(made["daily"], daily_figure(view.daily, theme), files.replace("*", "daily")))
    return parts
