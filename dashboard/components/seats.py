"""Parts of 坐席产能 and of one seat's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.chart_tables import shown as bare
from dashboard.chart_tables import with_unit
from dashboard.charts_seats import against_text, interval_text, output, place_text
from dashboard.components.chart_frame import chart_frame
from dashboard.components.parts import Child, Column, aria, figure, figures_panel, link, row, table
from dashboard.figures.seat import hours_figure, path_figure
from dashboard.figures.seats import calendar_figure, ranking_figure, spread_figure
from dashboard.filters import Filters
from dashboard.reference import nothing_then
from dashboard.texts import t
from dashboard.views_charts import ChartView
from dashboard.views_seats import Ranking, SeatLine, SeatsView, SeatView
from kpi.model import KpiValue, Unit

MOST_LISTED = 62
"""Seats listed on the page; of more the first and the last half of it."""


def charts(view: SeatsView, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The calendar, and how seat-days are spread."""
    figures = {
        "calendar": calendar_figure(view.calendar, theme),
        "spread": spread_figure(view.spread, view.target, theme),
    }
    return [chart_frame(made[name], found, files.replace("*", name)) for name, found in figures.items()]


def ranking(view: SeatsView, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The seats with their intervals; nothing but a line where ranking is switched off."""
    if view.ranking is None:
        return [html.P(t("seats.ranking_off"), className="note")]
    drawn = ranking_figure(view.ranking, theme)
    return [chart_frame(made["ranking"], drawn, files.replace("*", "ranking"), "chart-wide")]


def groups(view: SeatsView, made: Mapping[str, ChartView], files: str) -> list[Child]:
    """By shift, team and centre: tables."""
    names = [name for name in ("centre", "shift", "team") if name in view.groups]
    return [chart_frame(made[name], None, files.replace("*", name)) for name in names]


def seat_list(view: SeatsView, filters: Filters) -> list[Child]:
    """The seats with a link to each one's page; none where seats go without names."""
    if view.ranking is None or not view.ranking.named or not view.ranking.lines:
        return []
    lines = view.ranking.lines
    half = MOST_LISTED // 2
    cut = len(lines) > MOST_LISTED
    listed = (*lines[:half], *lines[-half:]) if cut else lines
    columns = [
        Column(t("seats.seat"), "name"), Column(t("seats.place"), "num"), Column(with_unit(view.kpi), "num"),
        Column(t("seats.interval"), "num"), Column(t("seats.against")), Column(t("seats.items"), "num"),
        Column(t("seats.seat_days"), "num"), Column(with_unit(view.occupancy), "num"),
    ]  # fmt: skip
    rows = [row(columns, _cells(line, view, view.ranking, filters)) for line in listed]
    body: list[Child] = [table(t("seats.list"), columns, rows, "data-table seat-list")]
    if cut:
        body.append(_opener(half, len(lines), filters))
    return [figures_panel(t("seats.list"), body, view.scope.sources, aside=t("seats.list_hint"))]


def _cells(line: SeatLine, view: SeatsView, found: Ranking, filters: Filters) -> list[Child]:
    name = link(line.name, "/seat" + filters.with_kpi("").with_seat(line.key).query())
    said = against_text(line.against, to_target=found.to_target) if line.place else t("seats.too_few")
    value, share = bare(line.value, view.kpi, view.target), bare(line.occupancy, view.occupancy)
    items, days = line.value.numerator or 0.0, line.value.denominator or 0.0
    return [
        name, place_text(line.place), value, interval_text(line.interval, found.level), said, fmt.number(items),
        fmt.number(days), share,
    ]  # fmt: skip


def _opener(half: int, every: int, filters: Filters) -> Component:
    """A form that opens a seat by its number: an address like any other."""
    kept = {"centre": filters.centre, "period": filters.preset if filters.start is None else ""}
    if filters.start and filters.end:
        kept |= {"from": filters.start.isoformat(), "to": filters.end.isoformat()}
    kept |= {"compare": filters.compare.code}
    hidden = [dcc.Input(type="hidden", name=name, value=value) for name, value in kept.items() if value]
    field = dcc.Input(name="seat", type="text", required=True, maxLength=64, className="seat-field")
    asked = html.Label([html.Span(t("seats.open_label"), className="sr-only"), field])
    words = html.Span(t("seats.cut", n=half, all=every), className="note")
    return html.Form(
        [words, *hidden, asked, html.Button(t("seats.open"), className="button", type="submit")],
        action="/seat",
        method="get",
        className="actions seat-opener",
    )


def seat_charts(view: SeatView, made: Mapping[str, ChartView], files: str, theme: str) -> list[Child]:
    """The seat's days, and where its time went."""
    return [
        chart_frame(made["path"], path_figure(view, theme), files.replace("*", "path"), "chart-wide"),
        chart_frame(made["hours"], hours_figure(view, theme), files.replace("*", "hours"), "chart-wide"),
    ]


def seat_figures(view: SeatView) -> Component:
    """The seat beside its centre."""
    columns = [Column(t("overview.name"), "name"), Column(t("seats.own"), "num"), Column(t("seats.of_whole"), "num")]
    interval = f"{t('seats.interval')} {interval_text(view.interval, view.centre.value)}" if view.interval else ""
    own, whole = (
        [html.Span(bare(value, view.kpi), className="figure"), html.Span(fmt.parts(value), className="parts")]
        for value in (view.value, view.centre)
    )
    own.append(html.Span(interval, className="parts"))
    rows = [row(columns, [with_unit(view.kpi), own, whole])]
    if view.scope.compared_with:
        until = t("calls.until_yesterday") if view.scope.to_yesterday else ""
        made = view.change
        changes = [_change(view, made.now, made.then), _change(view, made.centre_now, made.centre_then)]
        rows.append(row(columns, [view.scope.compared_with + until, *changes]))
    for share in view.shares:
        shown = [fmt.DASH if part is None else _percent(part) for part in (share.own, share.centre)]
        rows.append(row(columns, [t("seats.share_of", name=t(f"seats.{share.code}")), *shown]))
    if view.hours is not None:
        days = view.value.denominator or 1.0
        a_day = html.Span(t("seats.signed_in_a_day", hours=output(view.hours / days)), className="parts")
        every = html.Span(t("seats.signed_in_is", hours=output(view.hours)), className="figure")
        signed_in: list[Child] = [every, a_day]
        rows.append(row(columns, [t("seats.signed_in"), signed_in, ""]))
    body = [table(t("seats.seat_figures"), columns, rows, "plain-table figures-table")]
    aside = fmt.period(view.scope.period, view.scope.today)
    return figures_panel(t("seats.seat_figures"), body, view.scope.sources, "figures-panel", aside)


def _change(view: SeatView, now: KpiValue | None, then: KpiValue | None) -> Child:
    """How the output changed; “—” with its reason where that can't be told."""
    text = fmt.change(now, then, view.kpi.unit)
    if not text or then is None:
        why = view.change.reason or nothing_then(view.scope.against, then)
        own = fmt.figure(now, view.kpi.unit).reason if now is not None else ""
        return figure(fmt.Shown(fmt.DASH, reason=own or why or t("calls.nothing_before")))
    was = fmt.figure(then, view.kpi.unit).spoken
    return html.Span([html.Span(text), html.Small(t("calls.was", value=was))], className="change-cell")


def _percent(share: float) -> str:
    return f"{fmt.rounded(share, Unit.PERCENT, least=1)} %"


def untold() -> Component:
    """No source tells seats: says what to map."""
    return _state(t("seats.untold_title"), [t("seats.untold_hint")])


def closed(filters: Filters) -> Component:
    """Single seats are not shown here."""
    return _state(t("seats.closed_title"), _around(t("seats.closed_hint", link="\0"), filters))


def no_seat(filters: Filters) -> Component:
    """No such seat in this period."""
    _, _, seat = filters.seat.rpartition("/")
    title = t("seats.no_seat_title", label=filters.label(), seat=seat)
    return _state(title, _around(t("seats.no_seat_hint", link="\0"), filters))


def _around(text: str, filters: Filters) -> list[Child]:
    before, _, after = text.partition("\0")
    return [before, link(t("page.seats"), "/seats" + filters.with_seat("").query()), after]


def _state(title: str, body: Sequence[Child]) -> Component:
    return html.Div([html.H1(title), html.P(list(body))], className="state state-plain", **aria(live="polite"))
