"""Where a figure comes from: formula in force, numerator and denominator, days, sources and pulls (RULES 7)."""

from __future__ import annotations

from datetime import date, datetime

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.parts import Child, Column, figure, row, table
from dashboard.texts import t
from dashboard.views import BroughtBy, FormulaInForce, Proof
from kpi.periods import Period

BROUGHT_COLUMNS = (
    Column(t("proof.source"), "name"),
    Column(t("proof.when")),
    Column(t("proof.span")),
    Column(t("proof.inputs"), "long"),
)


def proof_body(proof: Proof, now: datetime) -> Component:
    """The body of the sheet."""
    today = now.date()
    return html.Div(
        [
            html.P([figure(fmt.figure(proof.value, proof.kpi.unit, proof.target), "figure figure-big")]),
            html.Dl(
                [
                    *_pair(t("proof.formula"), [_formula(f, proof, today) for f in proof.formulas]),
                    *_pair(*_term(proof.numerator)),
                    *(_pair(*_term(proof.denominator)) if proof.denominator else ()),
                    *_pair(t("proof.days"), [_days(proof, today)]),
                    *(
                        _pair(t("proof.target"), [fmt.target_text(proof.target, proof.kpi.unit)])
                        if proof.target
                        else ()
                    ),
                ],
                className="facts",
            ),
            html.P(proof.kpi.note, className="note") if proof.kpi.note else None,
            html.H3(t("proof.brought")),
            _brought(proof.brought, now),
            html.P(t("proof.brought_more", n=proof.brought_more), className="note") if proof.brought_more else None,
            html.P(t("proof.restated", n=proof.restated), className="note") if proof.restated else None,
        ]
    )


def _pair(title: str, values: list[Child]) -> tuple[Component, ...]:
    return (html.Dt(title), *(html.Dd(v) for v in values))


def _term(term: tuple[str, float | None]) -> tuple[str, list[Child]]:
    name, value = term
    return name, [fmt.DASH if value is None else fmt.number(value)]


def _formula(formula: FormulaInForce, proof: Proof, today: date) -> Component:
    since = t("proof.since", day=fmt.day(formula.valid_from)) if formula.valid_from else t("proof.from_beginning")
    details = [since, t(f"proof.mode_{formula.mode}")] if proof.denominator else [since]  # a count divides nothing
    if len(proof.formulas) > 1:
        details.insert(0, fmt.period(formula.period, today))
    if formula.changed_by:
        details.append(t("proof.changed_by", who=formula.changed_by))
    if formula.note:
        details.append(formula.note)
    return html.Div([html.Div(formula.text, className="formula"), html.Small(" · ".join(details))])


def _days(proof: Proof, today: date) -> str:
    value = proof.value
    period = fmt.period(Period(value.start, value.end), today)
    if value.value is not None and not value.days_with_data:
        return period  # a reading of a month or a stock: no day of it is missing
    return f"{period} · {fmt.coverage(value, proof.centres)}"


def _brought(brought: tuple[BroughtBy, ...], now: datetime) -> Component:
    if not brought:
        return html.P(t("proof.brought_none"), className="note")
    rows = [
        row(
            BROUGHT_COLUMNS,
            (
                one.title,
                t("proof.run", id=one.run_id, at=fmt.moment(one.at, now)),
                _span(one, now.date()),
                [html.Div(text) for text in one.inputs],
            ),
        )
        for one in brought
    ]
    return table(t("proof.brought"), BROUGHT_COLUMNS, rows, "plain-table")


def _span(one: BroughtBy, today: date) -> str:
    if one.first_day is None or one.last_day is None:
        return fmt.DASH
    return fmt.period(Period(one.first_day, one.last_day), today)
