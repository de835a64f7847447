"""What 工单 shows, asked of the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dashboard.ask_parts import by_key, compared, daily_chart, page_scope
from dashboard.scope import Scope
from dashboard.texts import t
from dashboard.views import DailyChart
from dashboard.views_calls import Compared, DueDay, DueView, GroupTable, OrdersView, Stage
from db.answers import evaluate
from kpi.model import Ask, Grain, KpiValue
from kpi.periods import ONE_DAY, Period

FIGURES = (
    "accepted_volume",
    "first_contact_rate",
    "dispatch_on_time_rate",
    "dispatch_accuracy",
    "at_fault_return_rate",
    "closure_rate",
    "on_time_closure_rate",
    "callback_rate",
    "satisfaction_rate",
)
GROUPS: dict[str, tuple[Grain, tuple[str, ...], str]] = {
    "department": (
        Grain.DEPARTMENT,
        ("on_time_closure_rate", "at_fault_return_rate", "satisfaction_rate"),
        "on_time_closure_rate",
    ),
    "category": (
        Grain.CATEGORY,
        ("accepted_volume", "first_contact_rate", "on_time_closure_rate", "satisfaction_rate"),
        "satisfaction_rate",
    ),
    "order-channel": (
        Grain.CHANNEL,
        ("accepted_volume", "first_contact_rate", "satisfaction_rate"),
        "satisfaction_rate",
    ),
}
"""Name → grain, the KPIs shown, the one ranked by."""

LOOK_BACK = timedelta(days=365)
DRAWN_BACK = timedelta(days=27)
LOOK_AHEAD = timedelta(days=14)


def build_orders(scope: Scope) -> OrdersView:
    """All of the page's figures."""
    kpis = scope.catalogue.kpis
    figures = compared(scope, FIGURES)
    known = {one.kpi.code: one for one in figures}
    due = _due(scope)
    return OrdersView(
        scope=page_scope(scope, [kpis[code] for code in FIGURES]),
        figures=figures,
        stages=_stages(known),
        due=due,
        groups={name: _group(scope, name, due) for name in GROUPS},
        returns=_by_day(scope, "at_fault_return_rate"),
        satisfaction=_by_day(scope, "satisfaction_rate"),
        response=_response(known),
    )


def _by_day(scope: Scope, code: str) -> DailyChart:
    kpi = scope.catalogue.kpis[code]
    target = scope.target(kpi)
    return daily_chart(scope, kpi, target.of_a_day if target else None)


def _stages(known: dict[str, Compared]) -> tuple[Stage, ...]:
    """The way of the orders. Every stage counts what happened on dates in the period, so these are not one and the
    same orders."""
    solved, dispatched, closed = (known[c] for c in ("first_contact_rate", "dispatch_on_time_rate", "closure_rate"))
    called, satisfied = known["callback_rate"], known["satisfaction_rate"]
    return (
        Stage(t("orders.accepted"), t("orders.by_accepted"), _bottom(solved), solved.kpi, solved.now),
        Stage(t("orders.dispatched"), t("orders.by_dispatched"), _bottom(dispatched), dispatched.kpi, dispatched.now),
        Stage(t("orders.due"), t("orders.by_due"), _bottom(closed)),
        Stage(t("orders.closed"), t("orders.by_due"), _top(closed), closed.kpi, closed.now),
        Stage(t("orders.called_back"), t("orders.by_closed"), _top(called), called.kpi, called.now),
        Stage(t("orders.rated"), t("orders.by_called_back"), _bottom(satisfied)),
        Stage(t("orders.satisfied"), t("orders.by_called_back"), _top(satisfied), satisfied.kpi, satisfied.now),
    )


def _response(known: dict[str, Compared]) -> tuple[Stage, ...]:
    """What the satisfaction rate stands on."""
    called, satisfied = known["callback_rate"], known["satisfaction_rate"]
    return (
        Stage(t("orders.to_call_back"), t("orders.by_closed"), _bottom(called)),
        Stage(t("orders.called_back"), t("orders.by_closed"), _top(called), called.kpi, called.now),
        Stage(t("orders.rated"), t("orders.by_called_back"), _bottom(satisfied)),
        Stage(t("orders.satisfied"), t("orders.by_called_back"), _top(satisfied), satisfied.kpi, satisfied.now),
    )


def _top(one: Compared) -> float | None:
    return one.now.numerator


def _bottom(one: Compared) -> float | None:
    return one.now.denominator


def _due(scope: Scope) -> DueView | None:
    """Orders by due day around today: what is due later is known from the orders already accepted."""
    first, last = scope.today - LOOK_BACK, scope.today + LOOK_AHEAD
    ask = Ask(("closure_rate",), scope.codes, first, last, last, Grain.DAY)
    days = [_due_day(v) for v in evaluate(scope.conn, scope.catalogue, ask).values["closure_rate"] if v.denominator]
    if not days:
        return None
    return DueView(
        days=tuple(day for day in days if day.day >= scope.today - DRAWN_BACK),
        overdue=sum(day.open for day in days if day.day < scope.today),
        overdue_today=sum(day.open for day in days if day.day == scope.today),
        soon=sum(day.open for day in days if day.day > scope.today),
        since=first,
        until=last,
        oldest=next((day.day for day in days if day.open and day.day < scope.today), None),
    )


def _due_day(value: KpiValue) -> DueDay:
    due, closed = value.denominator or 0.0, value.numerator or 0.0
    return DueDay(value.start, due, closed, due - closed)


def _group(scope: Scope, name: str, due: DueView | None) -> GroupTable:
    by, codes, rate = GROUPS[name]
    table = by_key(scope, codes, rate, by)
    return _with_open(scope, table, due) if by is Grain.DEPARTMENT and due is not None else table


def _with_open(scope: Scope, table: GroupTable, due: DueView) -> GroupTable:
    """The departments with the orders past due that they have not closed, whatever the period shown."""
    still_open: dict[str, float] = {}
    if due.oldest is not None:
        past = Period(due.oldest, scope.today - ONE_DAY)
        values = scope.ask(("closure_rate",), past, Grain.DEPARTMENT).values["closure_rate"]
        still_open = {value.key: _due_day(value).open for value in values}
    rows = tuple(replace(row, open=still_open.get(row.key, 0.0)) for row in table.rows)
    return replace(table, rows=rows, with_open=True)
