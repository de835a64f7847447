"""The charts of 工单: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import chart_tables as tables
from dashboard import format as fmt
from dashboard.charts_parts import day_view, group_view
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_calls import Compared, DueView, OrdersView, Stage
from dashboard.views_charts import ChartTable, ChartView
from kpi.status import Status

MOST_NAMED = 3
LOST = (Status.MISSED, Status.OUT_OF_REACH)


def charts_of(view: OrdersView, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    made = [funnel_view(view), due_view(view), response_view(view, filters)]
    for name, kind, chart in (
        ("returns", t("orders.returns"), view.returns),
        ("satisfaction", t("orders.satisfaction"), view.satisfaction),
    ):
        value = next(one.now for one in view.figures if one.kpi.code == chart.kpi.code)
        basis = tables.basis_of(view.scope, chart.kpi, value)
        made.append(day_view(name, kind, chart, view.scope, filters, basis=basis))
    made += [group_view(name, group, view.scope) for name, group in view.groups.items()]
    return {chart.name: chart for chart in made}


def sentence(view: OrdersView) -> str:
    """How the orders of the period went."""
    known = {one.kpi.code: one for one in view.figures if one.now.value is not None}
    parts = []
    if "accepted_volume" in known:
        one = known["accepted_volume"]
        parts.append(t("orders.volume_is", label=view.scope.label, value=_spoken(one)))
    missed = [code for code, one in known.items() if one.status in LOST]
    named = [code for code in ("on_time_closure_rate", "satisfaction_rate") if code in known]
    parts += [_judged(known[code]) for code in dict.fromkeys((*missed[:MOST_NAMED], *named))]
    text = t("finding.comma_plain").join(parts)
    if view.due is not None and view.due.overdue:
        text = t("finding.semicolon").join((text, t("orders.overdue_is", n=fmt.number(view.due.overdue))))
    return text + t("finding.stop")


def _spoken(one: Compared) -> str:
    return fmt.figure(one.now, one.kpi.unit, one.target).spoken


def _judged(one: Compared) -> str:
    text = f"{one.kpi.name} {_spoken(one)}"
    if one.status in LOST and one.target is not None:
        return t("orders.missed", text=text, target=fmt.target_text(one.target, one.kpi.unit))
    return text


def funnel_view(view: OrdersView) -> ChartView:
    """The stages, each by its own date."""
    return ChartView(
        "funnel",
        t("orders.funnel"),
        _funnel_finding(view),
        stage_table(view.stages),
        notes=t("orders.funnel_note"),
        basis=((t("orders.how"), t("orders.funnel_basis")), *_days(view)),
        links=((t("chart.to_runs"), "/data"),),
        empty="" if any(stage.count for stage in view.stages) else t("orders.funnel_none"),
        sources=view.scope.sources,
    )


def _days(view: OrdersView) -> tables.Pairs:
    accepted = next(one.now for one in view.figures if one.kpi.code == "first_contact_rate")
    period = fmt.period(view.scope.period, view.scope.today)
    return ((t("proof.days"), f"{period} · {fmt.coverage(accepted)}"),)


def _funnel_finding(view: OrdersView) -> str:
    counted = [stage for stage in view.stages if stage.count is not None]
    if not counted:
        return t("orders.funnel_none")
    named = [f"{stage.name} {fmt.number(stage.count or 0.0)}" for stage in counted]
    return t("orders.funnel_is", label=view.scope.label, stages=t("finding.comma_plain").join(named))


def stage_table(stages: Sequence[Stage]) -> ChartTable:
    """Stages with their counts, dates and rates."""
    titles = tables.titled(
        t("orders.stage"), t("orders.count"), t("orders.dated_by"), t("orders.rate"), t("orders.rate_value"),
        t("chart.numerator"), t("chart.denominator"), numeric=(1, 5, 6),
    )  # fmt: skip
    return ChartTable(titles, tuple(_stage_row(stage) for stage in stages))


def _stage_row(stage: Stage) -> tuple[str, ...]:
    head = (stage.name, fmt.reading(stage.count), stage.dated_by)
    if stage.rate is None or stage.value is None:
        return (*head, "", fmt.DASH, fmt.DASH, fmt.DASH)
    value = fmt.figure(stage.value, stage.rate.unit)
    return (*head, stage.rate.name, value.text if value.reason else value.spoken, *tables.sides(stage.value))


def due_view(view: OrdersView) -> ChartView:
    """Open orders by due day, whatever the period chosen."""
    titles = tables.titled(
        t("orders.due_day"),
        t("chart.weekday"),
        t("orders.due"),
        t("orders.closed"),
        t("orders.open"),
        numeric=(2, 3, 4),
    )
    rows = []
    for day in view.due.days if view.due else ():
        figures = (fmt.number(day.due), fmt.number(day.closed), fmt.number(day.open))
        rows.append((day.day.isoformat(), fmt.weekday(day.day), *figures))
    today = view.scope.today
    since = (
        ""
        if view.due is None
        else t("orders.due_note", since=fmt.day(view.due.since), until=fmt.day(view.due.until, today))
    )
    return ChartView(
        "due",
        t("orders.due_title"),
        _due_finding(view.due),
        ChartTable(titles, tuple(rows)),
        notes=t("orders.due_legend") if rows else "",
        basis=((t("orders.how"), t("orders.due_basis")), (t("proof.days"), since)),
        links=((t("chart.to_runs"), "/data"),),
        empty="" if rows else t("orders.due_none"),
        sources=view.scope.sources,
    )


def _due_finding(due: DueView | None) -> str:
    if due is None:
        return t("orders.due_none")
    counts = {"overdue": due.overdue, "today": due.overdue_today, "soon": due.soon}
    return t("orders.due_is", **{name: fmt.number(count) for name, count in counts.items()})


def response_view(view: OrdersView, filters: Filters) -> ChartView:
    """What the satisfaction rate stands on."""
    one = next(one for one in view.figures if one.kpi.code == "satisfaction_rate")
    rated, asked = one.now.denominator, view.response[0].count
    known = one.now.value is not None
    return ChartView(
        "response",
        t("orders.response"),
        t("orders.response_is", value=_spoken(one), rated=fmt.reading(rated), asked=fmt.reading(asked))
        if known
        else t("orders.response_none"),
        stage_table(view.response),
        notes=t("orders.response_note"),
        basis=tables.basis_of(view.scope, one.kpi, one.now),
        links=tables.made_of(filters, one.kpi),
        empty="" if known else t("orders.response_none"),
        sources=view.scope.sources,
    )
