"""A chart's formula, finding and table in English, for those who read the pages so: what they open, and their files."""

from __future__ import annotations

from dataclasses import replace

from dashboard.english.phrases import to_english
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView, Title

_NAMES = (
    "group.queue",
    "group.channel",
    "group.department",
    "group.category",
    "group.order-channel",
    "compare.centre",
    "seats.seat",
    "seats.team",
    "seats.shift",
    "seats.centre",
)
"""Columns of names that people and sources gave: a queue called 投诉 stays 投诉, as on the telephone system."""


def chart_in_english(view: ChartView) -> ChartView:
    """The chart with everything in English that is known, but for names. Asked for in a request in English."""
    return replace(
        view,
        kind=to_english(view.kind),
        finding=to_english(view.finding),
        table=_table(view.table),
        basis=tuple((to_english(term), to_english(text)) for term, text in view.basis),
    )


def _table(table: ChartTable) -> ChartTable:
    names = {t(key) for key in _NAMES}
    given = [title.text in names for title in table.titles]
    rows = tuple(
        tuple(cell if is_name else to_english(cell) for cell, is_name in zip(row, given, strict=True))
        for row in table.rows
    )
    return ChartTable(tuple(Title(to_english(title.text), title.numeric) for title in table.titles), rows)
