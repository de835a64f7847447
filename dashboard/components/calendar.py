"""The days of a source as a calendar: a row a month, state by shape and colour; a missing day says what to do."""

from __future__ import annotations

from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components.parts import Child, aria
from dashboard.texts import t
from dashboard.views import DayState, SourceCalendar

MARKS = {
    DayState.DATA: ("●", "data"),
    DayState.GAP: ("✕", "gap"),
    DayState.CLOSED: ("–", "closed"),
    DayState.BEFORE: ("", "before"),
    DayState.TODAY: ("◐", "today"),
    DayState.FUTURE: ("", "future"),
}


def calendar(source: SourceCalendar, today: date) -> Component:
    """One source's days, months below one another."""
    months = sorted({day.replace(day=1) for day in source.days})
    body = html.Tbody([_month(source, first, today) for first in months])
    numbers = [html.Th(str(n), scope="col") for n in range(1, 32)]
    head = html.Thead(html.Tr([html.Th(html.Span(t("data.month"), className="sr-only"), scope="col"), *numbers]))
    return html.Div(
        [
            html.H3(source.title),
            html.Div(
                html.Table([html.Caption(f"{t('data.gaps')}:{source.title}", className="sr-only"), head, body]),
                className="table-scroll",
                role="region",
                tabIndex=0,
                **aria(label=f"{t('data.gaps')}:{source.title}"),
            ),
        ],
        className="calendar",
    )


def legend() -> Component:
    """What the shapes mean."""
    shown = (DayState.DATA, DayState.GAP, DayState.CLOSED, DayState.TODAY)
    marks = [html.Span([_mark(state), state.value], className=f"day day-{MARKS[state][1]}") for state in shown]
    return html.Div(marks, className="calendar-legend")


def _mark(state: DayState) -> Component:
    return html.Span(MARKS[state][0], className="day-mark", **aria(hidden="true"))


def _month(source: SourceCalendar, first: date, today: date) -> Component:
    label = f"{first.year}年{first.month}月" if first.year != today.year else f"{first.month}月"
    days = [first + timedelta(days=n) for n in range(31)]
    cells = [_cell(source, day, today) if day.month == first.month else html.Td() for day in days]
    return html.Tr([html.Th(label, scope="row"), *cells])


def _cell(source: SourceCalendar, day: date, today: date) -> Component:
    state = source.days.get(day, DayState.FUTURE)
    if not state.value:
        return html.Td()
    spoken = f"{fmt.day(day, today)} {fmt.weekday(day)} {state.value}"
    count = source.rows.get(day)
    if count:
        spoken += "," + t("data.day_count", n=fmt.number(count))
    inside: list[Child] = [_mark(state), html.Span(spoken, className="sr-only")]
    kind = f"day day-{MARKS[state][1]}"
    if state is DayState.GAP:
        return html.Td(html.Button(inside, id=ids.gap(source.code, day.isoformat()), className=kind, title=spoken))
    return html.Td(html.Span(inside, className=kind, title=spoken))


def gap_detail(source: SourceCalendar, day: date, today: date, accepts: str, program: str) -> Component:
    """What to do about a missing day."""
    title = t("data.gap_title", title=source.title, day=fmt.day(day, today))
    if source.kind == "files":
        how: list[Child] = [html.P(t("data.gap_files", accepts=accepts))]
    else:
        command = f"{program} pull {source.code} --from {day.isoformat()} --to {day.isoformat()}"
        how = [html.P([t("data.gap_query"), " ", html.Code(command)])]
    closed = f"{program} closed-day add {source.code} {day.isoformat()} --reason …"
    none_due = html.P([t("data.gap_closed"), " ", html.Code(closed)], className="note")
    return html.Div([html.H4(title), *how, none_due], className="notice")
