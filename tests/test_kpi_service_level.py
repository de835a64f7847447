"""The six formulas on the rule book's sample: 1000 answered, 860 within T; 60 abandoned, 20 within T, 10 short."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.catalogue import build
from kpi.definitions import check, formula_text, resolve
from kpi.model import Definition
from kpi.service_level import ANSWER_RATE_FORMULAS, SERVICE_LEVEL_FORMULAS, SIX

SAMPLE = {
    "offered": 1060,
    "answered": 1000,
    "abandoned": 60,
    "answered_within_15": 860,
    "answered_under_15": 850,
    "abandoned_within_15": 20,
    "abandoned_under_5": 10,
}
START = date(2026, 1, 1)


def _value(formula: str) -> float:
    definition = Definition("service_level", START, formula)
    chosen = build().kpi("service_level").formula(formula)
    top, bottom = (resolve(t, definition) for t in (chosen.numerator, chosen.denominator))
    return sum(s * SAMPLE[c] for c, s in top.items()) / sum(s * SAMPLE[c] for c, s in bottom.items())


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("offered", 81.1),
        ("answered", 86.0),
        ("ignore_early_abandons", 82.7),
        ("abandons_count_as_met", 83.0),
        ("short_abandons_count_as_met", 82.1),
        ("short_abandons_excluded", 81.9),
    ],
)
def test_it_gives_the_printed_figure_for_each_formula(formula: str, printed: float) -> None:
    assert round(_value(formula) * 100, 1) == printed


def test_it_has_just_these_six_and_offered_is_the_default() -> None:
    assert SIX == (
        "offered",
        "answered",
        "ignore_early_abandons",
        "abandons_count_as_met",
        "short_abandons_count_as_met",
        "short_abandons_excluded",
    )
    assert SERVICE_LEVEL_FORMULAS[0].code == "offered"
    assert ANSWER_RATE_FORMULAS[0].code == "offered"


def test_it_reads_strictly_under_the_limit_where_a_contract_says_so() -> None:
    assert _value("strictly_under") == 850 / 1060


def test_it_writes_the_formula_in_force_with_its_limits() -> None:
    kpi = build().kpi("service_level")
    definition = Definition("service_level", START, "short_abandons_excluded", limit=20, short=3)
    assert formula_text(kpi, definition) == "20秒内接通量 ÷ (接通量 + 放弃量 − 不足3秒放弃量)"


@pytest.mark.parametrize(
    ("definition", "word"),
    [
        (Definition("service_level", START, "nonsense"), "没有口径"),
        (Definition("service_level", START, "offered", limit=17), "T=17"),
        (Definition("service_level", START, "strictly_under", limit=25), "不足 T 秒"),
        (Definition("service_level", START, "short_abandons_excluded", short=7), "短时放弃上限"),
        (Definition("service_level", START, "offered", mode="median"), "汇总方式"),
    ],
)
def test_it_refuses_a_definition_the_facts_cannot_answer(definition: Definition, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        check(definition, build().kpi("service_level"))
