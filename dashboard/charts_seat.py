"""The charts of one seat's page: its days beside the centre's, where its signed-in time went."""

from __future__ import annotations

from dashboard import chart_tables as tables
from dashboard import format as fmt
from dashboard.charts_seats import ITEMS, interval_text, output
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView
from dashboard.views_seats import SeatDay, SeatView


def charts_of(view: SeatView, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    return {chart.name: chart for chart in (path_view(view, filters), hours_view(view, filters))}


def sentence(view: SeatView) -> str:
    """What the seat handled, and whether that differs from its centre."""
    value, centre = view.value, view.centre
    made = {
        "seat": view.name,
        "label": view.scope.label,
        "days": fmt.number(value.denominator or 0.0),
        "items": fmt.number(value.numerator or 0.0),
        "value": fmt.figure(value, view.kpi.unit).spoken,
    }
    text = t("seats.seat_is", **made)
    if view.few or view.interval is None or view.against is None:
        least = t("seats.least", items=view.least_items, days=view.least_days)
        return t("finding.semicolon").join((text, t("seats.seat_few", least=least))) + t("finding.stop")
    said = t(
        f"seats.seat_{view.against.value}",
        centre=output(centre.value or 0.0),
        interval=interval_text(view.interval, centre.value),
    )
    return t("finding.semicolon").join((text, said)) + t("finding.stop")


def worked(view: SeatView) -> list[SeatDay]:
    """The days that are over and of which the seat's items are known."""
    return [day for day in view.days_over if day.items is not None]


def path_view(view: SeatView, filters: Filters) -> ChartView:
    """The seat's items by day beside the middle of the centre's seats."""
    titles = tables.titled(
        t("chart.day"), t("chart.weekday"), t("seats.items"), t("seats.calls"), t("seats.orders"),
        t("seats.band"), t("seats.centre_mean"), t("seats.shift"), t("seats.team"), numeric=range(2, 7),
    )  # fmt: skip
    rows = tuple(_path_cells(day) for day in view.days)
    return ChartView(
        "path",
        t("seats.path"),
        _path_finding(view),
        ChartTable(titles, rows),
        notes=_notes(
            "seats.path_target" if view.target else "seats.path_note",
            "chart.running_legend" if any(day.items is not None for day in view.running) else "",
        ),
        basis=(*tables.basis_of(view.scope, view.kpi, view.value), (t("seats.band"), t("seats.band_how"))),
        links=_links(view, filters),
        sources=view.scope.sources,
    )


def _notes(*keys: str) -> str:
    """How a chart is to be read."""
    return " · ".join(t(key) for key in keys if key)


def _path_cells(day: SeatDay) -> tuple[str, ...]:
    band = fmt.DASH if day.low is None or day.high is None else f"{output(day.low)} ~ {output(day.high)}"
    counts = (fmt.reading(value) for value in (day.items, day.calls, day.orders))
    mean = fmt.DASH if day.centre is None else output(day.centre)
    return (day.day.isoformat(), fmt.weekday(day.day), *counts, band, mean, day.shift, day.team)


def _path_finding(view: SeatView) -> str:
    held = [day for day in worked(view) if day.low is not None and day.high is not None]
    if not held:
        return t("seats.path_alone" if view.days_over else "chart.running_day")
    below = sum((day.items or 0.0) < (day.low or 0.0) for day in held)
    above = sum((day.items or 0.0) > (day.high or 0.0) for day in held)
    return t("seats.path_is", n=len(held), below=below, above=above)


def hours_view(view: SeatView, filters: Filters) -> ChartView:
    """Where the signed-in time of each day went."""
    titles = tables.titled(
        t("chart.day"), t("chart.weekday"), t("seats.signed_in_hours"), t("seats.busy_hours"), t("seats.paused_hours"),
        t("seats.busy_share"), numeric=range(2, 6),
    )  # fmt: skip
    known = any(day.signed_in for day in view.days)
    return ChartView(
        "hours",
        t("seats.hours"),
        _hours_finding(view) if known else t("seats.hours_untold"),
        ChartTable(titles, tuple(_hours_cells(day) for day in view.days)),
        notes=_notes("seats.hours_note", "seats.hours_running" if any(day.signed_in for day in view.running) else ""),
        basis=tables.basis_of(view.scope, view.kpi, note=t("seats.hours_how")),
        links=_links(view, filters),
        empty="" if known else t("seats.hours_none"),
        sources=view.scope.sources,
    )


def _hours_cells(day: SeatDay) -> tuple[str, ...]:
    share = day.busy / day.signed_in if day.busy is not None and day.signed_in else None
    hours = (hours_text(value) for value in (day.signed_in, day.busy, day.paused))
    return (
        day.day.isoformat(),
        fmt.weekday(day.day),
        *hours,
        fmt.DASH if share is None else tables.bare_percent(share),
    )


def hours_text(seconds: float | None) -> str:
    """Seconds as hours: “7.6”, “—” where not told."""
    return fmt.DASH if seconds is None else fmt.rounded(seconds / 3600, ITEMS)


def _hours_finding(view: SeatView) -> str:
    if not view.shares:
        return t("seats.hours_alone")
    parts = []
    for share in view.shares:
        own, centre = (fmt.DASH if part is None else tables.percent(part) for part in (share.own, share.centre))
        parts.append(t("seats.share_is", name=t(f"seats.{share.code}"), own=own, centre=centre))
    return t("finding.comma_plain").join(parts)


def _links(view: SeatView, filters: Filters) -> tables.Pairs:
    back = (t("seats.to_seats"), "/seats" + filters.with_seat("").query())
    return back, *tables.made_of(filters, view.kpi)[1:]
