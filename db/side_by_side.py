"""One KPI under each of its formulas over the same days, from one reading of the facts (RULES 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from db.answers import folder_of
from db.centres import tree
from db.definitions import list_exclusions, load_definitions
from db.inputs import Context, load_inputs
from kpi.catalogue import Catalogue
from kpi.exclusions import excluded_hours
from kpi.model import Ask, Kpi, KpiValue
from kpi.periods import Period


def side_by_side(
    conn: Connection, catalogue: Catalogue, ask: Ask, kpi: Kpi, formulas: Sequence[str]
) -> dict[str, KpiValue]:
    """The KPI over the whole period under each formula, with the limits in force on each day.

    A formula whose measures no source gives has no value and says which are missing. Raises KeyError.
    """
    centre_tree = tree(conn)
    centres = centre_tree.under_all(ask.centres)
    period = Period(ask.start, ask.end)
    out = {}
    if ask.exclude:
        approved = [stored.exclusion for stored in list_exclusions(conn)]
        out = {c: excluded_hours(approved, centre_tree.chain(c), period) for c in centres}
    context = Context(conn, catalogue, ask, centre_tree, load_definitions(conn), out)
    inputs = load_inputs(context, [_of_all_terms(kpi, formulas)], centres)
    found = {}
    for code in formulas:
        asked = replace(context, ask=replace(ask, formula=code))
        found[code] = folder_of(asked, kpi, inputs, centres).value(period)
    return found


def _of_all_terms(kpi: Kpi, formulas: Sequence[str]) -> Kpi:
    """The KPI with every formula needing what all of these need, so that all of it is read."""
    needed = [kpi.formula(code) for code in formulas]
    terms = tuple(dict.fromkeys(term for f in needed for term in (*f.numerator, *f.denominator)))
    return replace(kpi, formulas=tuple(replace(f, numerator=terms, denominator=()) for f in kpi.formulas))
