"""Parts of 口径: every KPI with its formulas, measures and versions; the approved exclusions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard import ids
from dashboard.components.parts import Child, Column, aria, data, link, panel, row, table
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_catalogue import CatalogueEntry, CatalogueView, DefinitionVersion, ExclusionView

MEASURES = (
    Column(t("catalogue.measure"), "name"),
    Column(t("catalogue.code")),
    Column(t("catalogue.dated_by")),
    Column(t("catalogue.nature")),
    Column(t("catalogue.sources"), "long"),
)
VERSIONS = (
    Column(t("catalogue.valid_from"), "name"),
    Column(t("data.centre")),
    Column(t("catalogue.formula"), "long"),
    Column(t("catalogue.changed_by")),
    Column(t("catalogue.changed_at")),
    Column(t("catalogue.note"), "long"),
)
EXCLUSIONS = (
    Column(t("catalogue.span"), "name"),
    Column(t("data.centre")),
    Column(t("catalogue.category")),
    Column(t("catalogue.reason"), "long"),
    Column(t("catalogue.approved_by")),
    Column(t("catalogue.entered_at")),
    Column(t("data.state")),
)


def tools(words: str) -> Component:
    """Search and print. The script in the browser hides what does not hold the words."""
    field = dcc.Input(id=ids.CATALOGUE_SEARCH, type="search", value=words, placeholder=t("catalogue.search_hint"))
    label: Any = {"htmlFor": ids.CATALOGUE_SEARCH, "className": "field-label"}
    parts: list[Child] = [
        html.Label(t("catalogue.search"), **label),
        field,
        html.Span(id=ids.CATALOGUE_FOUND, className="note", role="status", **aria(live="polite")),
        html.Button(t("catalogue.print"), className="button", type="button", **data(print="1")),
    ]
    return html.Div(parts, className="catalogue-tools", role="search")


def groups(view: CatalogueView, filters: Filters) -> list[Child]:
    """All KPIs by group."""
    names = dict.fromkeys(entry.kpi.group for entry in view.entries)
    return [
        html.Section(
            [
                html.H2(group.value),
                *(_entry(entry, view.today, filters) for entry in view.entries if entry.kpi.group is group),
            ],
            className="kpi-group",
        )
        for group in names
    ]


def _entry(entry: CatalogueEntry, today: date, filters: Filters) -> Component:
    kpi = entry.kpi
    code = html.Code(kpi.code)
    facts = t("catalogue.facts", unit=kpi.unit.value, better=t(f"catalogue.better_{kpi.better.value}"), mode=entry.mode)
    see = link(t("catalogue.see"), "/" + filters.with_kpi(kpi.code).query())
    parts: list[Child] = [
        html.Div([html.H3(kpi.name), code, see], className="kpi-entry-head"),
        html.P(facts, className="note"),
        html.P(t("catalogue.aliases", names="、".join(kpi.aliases)), className="note") if kpi.aliases else None,
        _formulas(entry),
        html.P(kpi.note) if kpi.note else None,
        _measures(entry),
        _versions(entry.versions, kpi.name, today),
    ]
    return html.Article(parts, id=f"kpi-{kpi.code}", className="kpi-entry panel", **data(entry="1"))


def _formulas(entry: CatalogueEntry) -> Component:
    return html.Ul([_formula(text, in_force=here) for text, here in _texts(entry)], className="formulas")


def _texts(entry: CatalogueEntry) -> Sequence[tuple[str, bool]]:
    return [(formula.text, formula.in_force) for formula in entry.formulas]


def _formula(text: str, *, in_force: bool) -> Component:
    if not in_force:
        return html.Li(text)
    return html.Li([html.Span(text, className="formula"), html.Small(t("catalogue.in_force"))])


def _measures(entry: CatalogueEntry) -> Component:
    rows = [
        row(
            MEASURES,
            (
                one.name,
                html.Code(one.code),
                one.dated_by,
                one.nature,
                "、".join(one.sources) or t("catalogue.no_source"),
            ),
        )
        for one in entry.measures
    ]
    label = t("catalogue.measures", name=entry.kpi.name)
    return html.Details(
        [html.Summary(t("catalogue.made_of", n=len(rows))), table(label, MEASURES, rows, "plain-table")],
        className="kpi-details",
    )


def _versions(versions: Sequence[DefinitionVersion], name: str, today: date) -> Component:
    if not versions:
        return html.P(t("catalogue.no_versions"), className="note")
    rows = [
        row(
            VERSIONS,
            (
                fmt.day(one.valid_from, today),
                one.centre,
                [one.text, html.Small(one.mode)],
                one.changed_by or fmt.DASH,
                f"{one.at:%Y-%m-%d %H:%M}",
                one.note,
            ),
        )
        for one in versions
    ]
    label = t("catalogue.versions", name=name)
    return html.Div([html.H4(t("catalogue.history")), table(label, VERSIONS, rows, "plain-table")])


def exclusions(found: Sequence[ExclusionView]) -> Component:
    """Approved exclusions, newest first, revoked ones struck out."""
    title = t("catalogue.exclusions")
    if not found:
        return panel(title, html.P(t("catalogue.no_exclusions"), className="note"))
    rows = [_exclusion(one) for one in found]
    return panel(title, table(title, EXCLUSIONS, rows, "plain-table"))


def _exclusion(one: ExclusionView) -> Component:
    what = one.exclusion
    cells = (
        f"{what.starts:%Y-%m-%d %H:%M} – {what.ends:%Y-%m-%d %H:%M}",
        one.centre,
        what.category,
        what.reason,
        what.approved_by,
        f"{one.entered_at:%Y-%m-%d %H:%M}",
        t("catalogue.revoked") if one.revoked else t("catalogue.counts"),
    )
    return row(EXCLUSIONS, cells, "is-revoked" if one.revoked else "")
