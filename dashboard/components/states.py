"""The states a page can be in besides “here are the figures”: first run, no data in the period, database gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.parts import Child, link
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views import Overview
from kpi.periods import Period


def first_run(program: str) -> Component:
    """No data at all: leads by the hand."""
    return state(
        t("state.first_title"),
        html.Ol(
            [
                _step(t("state.first_demo"), t("state.first_demo_how"), f"{program} demo"),
                _step(t("state.first_source"), t("state.first_source_how"), f"{program} init"),
                _step(t("state.first_check"), t("state.first_check_how"), f"{program} doctor"),
                _step(t("state.first_sheet"), t("state.first_sheet_how"), f"{program} targets import"),
            ],
            className="steps",
        ),
        link(t("state.first_link"), "/data", "button button-strong"),
    )


def demo_on_its_way() -> Component:
    """The demo has been switched on and its first pull is not through yet."""
    return state(t("state.demo_title"), html.P(t("state.demo_hint")))


def _step(title: str, how: str, command: str) -> Component:
    return html.Li([html.Strong(title), html.Span(how), html.Code(command)])


def nothing_in_period(view: Overview, filters: Filters, last_day: date | None) -> Component:
    """There is data, but none in the days asked for."""
    return nothing_known(view.label, view.period, view.today, last_day, filters)


def nothing_known(label: str, period: Period, today: date, last_day: date | None, filters: Filters) -> Component:
    """The same for any page with a period."""
    key = "state.not_begun" if period.start > today else "state.no_period"
    title = t(key, label=label, period=fmt.period(period, today))
    if last_day is None:
        return state(title)
    preset = filters.with_days(last_day.replace(day=1), last_day)
    before, after = t("state.no_period_hint", last=fmt.day(last_day, today), link="\0").split("\0")
    there = link(fmt.period(preset.period(today), today), preset.query())
    return state(title, html.P([before, there, after]))


def database_gone(seconds: int, program: str) -> Component:
    """The database can't be reached: says what happens next and what to do."""
    return state(t("state.error_title"), html.P(t("state.error_hint", n=seconds, program=program)), kind="error")


def broken(error_id: str) -> Component:
    """Something failed that should not have: the number leads to the log."""
    return state(t("state.broken_title"), html.P(t("state.broken_hint", id=error_id)), kind="error")


def no_sheet() -> Component:
    """No target sheet yet: leads to the import."""
    where = link(t("targets.empty_link"), "/sheets", "button button-strong")
    return state(t("targets.empty_title"), html.P(t("targets.empty_hint")), where)


def not_found() -> Component:
    """An address without a page."""
    return state(t("page.not_found"), html.P(t("state.not_found")), link(t("state.home"), "/", "button"))


def problems(texts: Sequence[str]) -> Component | None:
    """What in the address could not be used."""
    return html.Div([html.P(text) for text in texts], className="notice", role="status") if texts else None


def state(title: str, *body: Child, kind: str = "plain") -> Component:
    """A page that shows no figures: says why, and what to do."""
    return html.Div([html.H1(title), *body], className=f"state state-{kind}", role="alert" if kind == "error" else None)
