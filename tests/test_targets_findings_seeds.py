"""The findings of the five real documents: exactly these, worked out by hand from the printed figures, and no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from kpi.catalogue import build
from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import form_to_json, inputs_to_json
from kpi.sheet import Sheet
from targets.binding import propose, unbound
from targets.draft import read_document
from targets.find_score import budget_inputs
from targets.findings import findings

CATALOGUE = build()
SEEDS = Path(__file__).resolve().parent.parent.parent / "shared" / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the five documents are not on this machine")

EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    # 江宁 2026: the text asks for 725.63, the table has 725; three years at 725.63 are the 2176.89 printed.
    "000": [("budget_text", "1/cost/3", "725.63 − 725 = 0.63")],
    # 南京 2020
    "001": [
        ("printed_not_computed", "statistic/整体执行率", "1631.10 ÷ 2053.08 = 79.45% ≠ 80.15%"),
        ("growth", "statistic/总服务量", "281.22 ÷ 236.07 − 1 = 19.13%"),
        ("establishment", "statistic/在编人数", "12 > 11"),
    ],
    # 上海 2019: 1903 + 948 + 9589 + 894 = 13334 万元, as printed
    "002": [],
    # 中山 2022: nothing was moved, so the rate is 0.00 %, as the form's own first table prints
    "003": [("printed_not_computed", "score/2", "= 0.00% ≠ 100%")],
    # 苏州 2024
    "004": [
        ("execution_share", "1/indicator/9/half", "(44.4 + 14.98 + 15 + 5) ÷ 161.96 = 49.01%,≠ 48%"),
        ("execution_share", "2/indicator/8/half", "24.5 ÷ 24.5 = 100.00%,≠ 90%"),
        ("cannot_miss", "3/indicator/12/half", "0 ≥ 0"),
        ("cannot_miss", "3/indicator/13/half", "0 ≥ 0"),
        ("cannot_miss", "3/indicator/17/half", "0 ≥ 0"),
        ("execution_share", "4/indicator/8/half", "(3 + 18 + 11.2) ÷ 43.5 = 74.02%,≠ 70%"),
        ("execution_share", "5/indicator/7/half", "÷ 1663.63 = 48.51%,≠ 45%"),
        ("half_above_full", "5/indicator/14/half", "9 > 5"),
        ("cannot_miss", "6/indicator/13/full", "100% ≤ 100%"),
        ("cannot_miss", "7/indicator/13/half", "100% ≤ 100%"),
        ("cannot_miss", "7/indicator/13/full", "100% ≤ 100%"),
        ("execution_share", "12/indicator/8/half", "(17.1 + 12 + 3.72 + 7.2 + 12) ÷ 86.71 = 59.99%,≠ 58%"),
        ("seats", "5/indicator/14/full", "12 ≠ 5,12 ≠ 9"),
        ("seats", "5/indicator/15/full", "10 + 19 = 29 席 > 25 人"),
    ],
}


@cache
def document(number: str) -> Sheet:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    return read_document(path.name, path.read_bytes())


def place_of(sheet: Sheet, place: str) -> str:
    """A statistic by its index, so that the list above can name it."""
    head, _, name = place.partition("/")
    if head != "statistic":
        return place
    return f"statistic/{next(i for i, s in enumerate(sheet.statistics) if s.name.endswith(name))}"


@pytest.mark.parametrize("number", EXPECTED)
def test_it_finds_what_contradicts_itself_in_a_real_document_and_nothing_else(number: str) -> None:
    sheet = document(number)
    found = findings(sheet)
    wanted = [(code, place_of(sheet, place)) for code, place, _ in EXPECTED[number]]
    assert [(f.code.value, f.place) for f in found] == wanted
    for finding, (_, _, figures) in zip(found, EXPECTED[number], strict=True):
        assert figures in finding.proof


def test_it_finds_more_than_a_dozen_in_all_each_with_where_why_and_the_arithmetic() -> None:
    found = [f for number in EXPECTED for f in findings(document(number))]
    assert len(found) == 19
    assert all(f.message.endswith("。") and any(ch.isdigit() for ch in f.message) and f.proof for f in found)


def test_it_says_what_the_printed_adjustment_rate_of_zhongshan_would_cost() -> None:
    sheet = document("003")
    (finding,) = findings(replace(sheet, score_form=None))
    assert "按算得的值得 15.00 分;按印的值得 0.00 分" in finding.message
    held = {"form": form_to_json(ZHONGSHAN_2022), "inputs": inputs_to_json(ZHONGSHAN_2022_INPUTS)}
    for scored in (sheet, replace(sheet, score_form=held)):  # as read, and as entered by hand
        (finding,) = findings(scored)
        assert "总分 94.66(优)" in finding.message and "总分 79.66(中)" in finding.message


def test_it_works_the_budget_rows_of_zhongshan_out_of_the_amounts_of_the_form() -> None:
    inputs = budget_inputs(document("003").projects[0])
    assert {key: (given.value, given.reported, given.basis) for key, given in inputs.items()} == {
        key: (given.value, given.reported, given.basis)
        for key, given in ZHONGSHAN_2022_INPUTS.items()
        if key.startswith("budget-")
    }


@pytest.mark.parametrize("number", EXPECTED)
def test_it_proposes_a_binding_for_every_indicator_of_a_real_document(number: str) -> None:
    sheet = document(number)
    assert unbound(sheet, CATALOGUE) == {}
    assert len(propose(sheet, CATALOGUE)) == sum(len(p.indicators) for p in sheet.projects)


def test_it_binds_the_real_documents_as_counted_by_hand() -> None:
    """苏州: money twice in each of 12 projects; counts 1+2+3+2+1+1+1+1+1+1 in projects 2 to 11, stocks 3+4+5."""
    found = propose(document("004"), CATALOGUE).values()
    assert Counter(b.bound_to.value for b in found) == {
        "grade": 151, "money": 24, "count": 14, "stock": 12, "kpi": 5, "reading": 4, "milestone": 2,
    }  # fmt: skip
    bound = {b.reference for b in found if b.reference}
    assert bound == {"retention_rate", "answer_rate", "callback_rate", "closure_rate", "satisfaction_rate"}
