"""Scoring of a year: the 中山 2022 form to the cent, every rule shape by hand, and what must hold for any figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    LinearRule,
    Row,
    RowInput,
    Rule,
    Score,
    ScoreForm,
    Section,
    Share,
    StepRule,
    VetoRule,
    score,
    weights,
)
from kpi.scoring_rules import apply, half_up

D = Decimal


def form(*rows: Row, points: str = "100", share: Share = Share.ROW, cap: str | None = None) -> ScoreForm:
    """A form of one section."""
    return ScoreForm("试", (Section("全部", D(points), share, None if cap is None else D(cap)),), rows)


def row(key: str, rule: Rule, weight: str | None = None, level2: str = "", *, applies: bool = True) -> Row:
    return Row(key, "全部", key, rule, level2, None if weight is None else D(weight), applies)


def points(rule: Rule, weight: str, **given: object) -> Decimal | None:
    """What one row earns, rounded as a form rounds it."""
    earned = apply(rule, Fraction(D(weight)), RowInput(**{k: D(v) if k in NUMBERS else v for k, v in given.items()}))  # type: ignore[arg-type]
    return None if earned.points is None else half_up(earned.points)


NUMBERS = ("value", "completion", "deduction")
ZHONGSHAN_EXECUTION = next(r.rule for r in ZHONGSHAN_2022.rows if r.name == "预算执行率")
ZHONGSHAN_ADJUSTMENT = next(r.rule for r in ZHONGSHAN_2022.rows if r.name == "预算调整率")


def zhongshan(**changes: RowInput) -> Score:
    return score(ZHONGSHAN_2022, {**ZHONGSHAN_2022_INPUTS, **{k.replace("_", "-"): v for k, v in changes.items()}})


def test_it_gives_the_zhongshan_form_its_printed_sub_totals_and_grade() -> None:
    result = zhongshan()
    assert [str(r.score) for r in result.rows if r.score is not None] == [
        "5.00", "15.00", "13.33", "13.33", "8.00", "20.00", "20.00", "0.00", "0.00", "0.00", "0.00",
    ]  # fmt: skip
    assert [(s.name, str(s.score)) for s in result.sections] == [
        ("预算执行过程", "20.00"), ("产出指标", "34.66"), ("效益指标", "40.00"), ("逆向指标", "0.00"),
    ]  # fmt: skip
    assert (str(result.total), result.grade, result.missing) == ("94.66", "优", 0)


def test_it_says_with_the_arithmetic_that_the_printed_adjustment_rate_contradicts_the_form() -> None:
    (note,) = zhongshan().notes
    assert "第 2 行“预算调整率”:表上印的是 100%,按本表公式算得 0.00%(0.00 ÷ 17,160,681.00 × 100%)" in note
    assert "按算得的值得 15.00 分,总分 94.66(优)" in note
    assert "按印的值得 0.00 分,总分 79.66(中)" in note


def test_it_scores_the_printed_adjustment_rate_to_79_66_when_that_is_what_is_entered() -> None:
    result = zhongshan(budget_adjustment=RowInput(value=D(100)))
    assert (str(result.total), result.grade) == ("79.66", "中")


def test_it_takes_deductions_off_and_a_veto_makes_it_the_worst_grade() -> None:
    result = zhongshan(procurement=RowInput(deduction=D(10)))
    assert (str(result.total), str(result.before_deductions), result.grade) == ("84.66", "94.66", "良")
    vetoed = zhongshan(veto=RowInput(vetoed=True))
    assert (str(vetoed.total), vetoed.grade, vetoed.vetoed) == ("94.66", "差", True)
    assert any("一票否决" in note for note in vetoed.notes)


def test_it_has_no_total_while_a_row_is_missing_and_never_counts_it_as_nothing() -> None:
    result = zhongshan(social=RowInput())
    assert (result.total, result.grade, result.missing, str(result.partial)) == (None, None, 1, "74.66")
    assert any(n.startswith("尚缺 1 行,暂无总分(已有 74.66 分):第 8 行“社会效益指标”(完成值)") for n in result.notes)
    assert result.row("social").score is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("98", "5.00"),
        ("97.999", "4.00"),
        ("90", "4.00"),
        ("89.99", "2.00"),
        ("80", "2.00"),
        ("70", "1.00"),
        ("69.9", "0.00"),
    ],
)
def test_it_puts_the_edge_of_a_band_closed_below_into_the_upper_band(value: str, expected: str) -> None:
    assert str(points(ZHONGSHAN_EXECUTION, "5", value=value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "15.00"),
        ("10", "15.00"),
        ("10.001", "12.00"),
        ("15", "12.00"),
        ("20", "9.00"),
        ("30", "3.00"),
        ("30.01", "0.00"),
    ],
)
def test_it_puts_the_edge_of_a_band_closed_above_into_the_lower_band(value: str, expected: str) -> None:
    assert str(points(ZHONGSHAN_ADJUSTMENT, "15", value=value)) == expected


def test_it_has_no_score_for_a_value_outside_every_band() -> None:
    rule = BandRule((Band(D(5), D(0), D(100), high_closed=True),))
    earned = apply(rule, Fraction(5), RowInput(value=D(101)))
    assert earned.points is None and "101" in earned.missing


@pytest.mark.parametrize(
    ("rule", "weight", "value", "expected"),
    [
        (CompletionRule(D(96)), "10", "95", "9.90"),  # 9.8958…
        (CompletionRule(D(96)), "10", "99", "10.00"),  # capped
        (CompletionRule(D(96), cap=D(120)), "10", "99", "10.31"),  # 10.3125
        (CompletionRule(D(12), lower_is_better=True), "10", "15", "8.00"),  # 12 / 15
        (CompletionRule(D(12), lower_is_better=True), "10", "6", "10.00"),
        (CompletionRule(D(12), lower_is_better=True), "10", "0", "10.00"),
        (CompletionRule(D(0), lower_is_better=True), "10", "0", "10.00"),
        (CompletionRule(D(0), lower_is_better=True), "10", "0.01", "0.00"),
        (CompletionRule(D(0)), "10", "0", "10.00"),
        (CompletionRule(D(100)), "1", "12.5", "0.13"),  # 0.125
        (CompletionRule(D(100)), "10", "-5", "0.00"),
        (LinearRule(D(80), D(96)), "8", "88", "4.00"),
        (LinearRule(D(80), D(96)), "8", "80", "0.00"),
        (LinearRule(D(80), D(96)), "8", "70", "0.00"),
        (LinearRule(D(80), D(96)), "8", "97", "8.00"),
        (LinearRule(D(20), D(10)), "5", "12.5", "3.75"),  # less is better
        (StepRule(D(96), D(1), D("0.5")), "5", "96", "5.00"),
        (StepRule(D(96), D(1), D("0.5")), "5", "95.01", "5.00"),  # not a full step
        (StepRule(D(96), D(1), D("0.5")), "5", "95", "4.50"),
        (StepRule(D(96), D(1), D("0.5"), started=True), "5", "95.01", "4.50"),
        (StepRule(D(96), D(1), D("0.5"), started=True), "5", "94.99", "4.00"),
        (StepRule(D(96), D("0.1"), D("0.5")), "5", "95.7", "3.50"),  # three steps of 0.1, not 2.9999
        (StepRule(D(96), D(1), D("0.5")), "5", "80", "0.00"),
        (StepRule(D(6), D(1), D(2), lower_is_better=True), "5", "8", "1.00"),
    ],
)  # fmt: skip
def test_it_scores_one_row_as_worked_by_hand(rule: Rule, weight: str, value: str, expected: str) -> None:
    assert str(points(rule, weight, value=value)) == expected


def test_it_takes_a_completion_given_by_a_person_where_no_figure_can_be_had() -> None:
    assert str(points(CompletionRule(), "20", completion="90")) == "18.00"
    assert str(points(CompletionRule(D(5)), "20", completion="130")) == "20.00"
    assert points(CompletionRule(), "20") is None


def test_it_scores_grades_deductions_and_says_what_is_missing() -> None:
    grades = GradeRule((("好", D(100)), ("中", D("62.5")), ("差", D(0))))
    assert str(points(grades, "5", grade="中")) == "3.13"  # 3.125
    assert points(grades, "5", grade="很好") is None
    assert str(points(DeductionRule(D(10)), "0", deduction="4")) == "-4.00"
    assert str(points(DeductionRule(D(10)), "0", deduction="-25")) == "-10.00"
    assert points(DeductionRule(D(10)), "0") is None
    assert points(VetoRule(), "0") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.005", "1.01"),
        ("1.0049999", "1.00"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("2.675", "2.68"),
        ("7", "7.00"),
    ],
)
def test_it_rounds_half_up_from_the_exact_figure(value: str, expected: str) -> None:
    assert str(half_up(Fraction(value))) == expected


def test_it_rounds_a_third_of_forty_exactly_at_the_half() -> None:
    rule = CompletionRule(D(100))
    three = form(*(row(k, rule) for k in "abc"), points="40")
    exact = D("37.5375")  # 40/3 × 37.5375 % = 5.005, which a weight of 13.33 or 13.3333 would miss
    assert str(score(three, {"a": RowInput(value=exact)}).row("a").score) == "5.01"


def test_it_rounds_each_row_before_summing() -> None:
    three = form(*(row(k, CompletionRule(D(100))) for k in "abc"), points="40")
    full = score(three, dict.fromkeys("abc", RowInput(value=D(100))))
    assert (str(full.rows[0].score), str(full.sections[0].score)) == ("13.33", "39.99")


def test_it_shares_by_row_by_category_and_after_rows_of_their_own_weight() -> None:
    rule = CompletionRule(D(100))
    rows = (row("a", rule, level2="数量"), row("b", rule, level2="数量"), row("c", rule, level2="质量"))
    assert set(weights(form(*rows, points="40")).values()) == {Fraction(40, 3)}
    by_category = weights(form(*rows, points="40", share=Share.CATEGORY))
    assert by_category == {"a": Fraction(10), "b": Fraction(10), "c": Fraction(20)}
    fixed = (*rows, row("d", rule, "10"), row("e", rule, applies=False), row("f", DeductionRule(D(5))))
    assert weights(form(*fixed, points="40")) == {
        "a": Fraction(10), "b": Fraction(10), "c": Fraction(10), "d": Fraction(10), "e": Fraction(0), "f": Fraction(0),
    }  # fmt: skip


def test_it_caps_a_section_and_says_so() -> None:
    over = form(row("a", CompletionRule(D(100), cap=D(150))), points="100", cap="100")
    result = score(over, {"a": RowInput(value=D(140))})
    assert (str(result.rows[0].score), str(result.total), result.sections[0].capped) == ("140.00", "100.00", True)
    assert any("超过上限" in note for note in result.notes)


@pytest.mark.parametrize(
    ("value", "grade"),
    [("90", "优"), ("89.99", "良"), ("80", "良"), ("79.99", "中"), ("60", "中"), ("59.99", "差"), ("0", "差")],
)
def test_it_grades_a_total_at_the_edges(value: str, grade: str) -> None:
    assert score(form(row("a", CompletionRule(D(100)))), {"a": RowInput(value=D(value))}).grade == grade


def test_it_compares_what_a_form_prints_with_what_its_rules_give() -> None:
    one = form(row("a", CompletionRule(D(100))))
    given_input = RowInput(value=D("72.5"), completion=D("80"), reported_score=D("75"))
    notes = score(one, {"a": given_input}).notes
    assert any("完成率印为 80%,按完成值算得 72.50%" in n for n in notes)
    assert any("印的自评分是 75,按规则算得 72.50" in n for n in notes)
    agreeing = replace(given_input, completion=D("72.5"), reported_score=D("72.50"), reported=D("72.5"))
    assert score(one, {"a": agreeing}).notes == ()


def test_it_says_when_the_sections_do_not_make_a_hundred() -> None:
    result = score(form(row("a", CompletionRule(D(100))), points="95"), {"a": RowInput(value=D(100))})
    assert "合计 95 分,不是 100 分" in result.notes[0]


values = st.decimals(min_value=-50, max_value=250, places=3)
weight_of = st.decimals(min_value=0, max_value=60, places=2)
rules = st.one_of(
    st.builds(CompletionRule, st.decimals(min_value=0, max_value=200, places=2), st.booleans()),
    st.builds(
        StepRule,
        values,
        st.decimals(min_value=D("0.1"), max_value=10, places=1),
        st.decimals(min_value=D("0.1"), max_value=5, places=1),
        st.booleans(),
        st.booleans(),
    ),
    st.tuples(values, values).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: LinearRule(*ends)),
)


def better(rule: Rule) -> bool:
    """True where more is better."""
    if isinstance(rule, LinearRule):
        return rule.target > rule.floor
    assert isinstance(rule, CompletionRule | StepRule)
    return not rule.lower_is_better


@given(rules, weight_of, values)
def test_it_never_earns_more_than_the_weight_nor_less_than_nothing(rule: Rule, weight: Decimal, value: Decimal) -> None:
    earned = apply(rule, Fraction(weight), RowInput(value=value))
    assert earned.points is not None and 0 <= earned.points <= Fraction(weight)


@given(rules, weight_of, values, values)
def test_it_never_earns_less_for_a_better_value(rule: Rule, weight: Decimal, one: Decimal, other: Decimal) -> None:
    worse, good = sorted((one, other), reverse=not better(rule))
    if isinstance(rule, CompletionRule) and min(one, other) < 0:
        return  # a count or a rate is never below zero
    low, high = (apply(rule, Fraction(weight), RowInput(value=v)).points for v in (worse, good))
    assert low is not None and high is not None and low <= high


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6))
def test_it_rounds_to_the_nearest_hundredth(value: Fraction) -> None:
    assert abs(Fraction(half_up(value)) - value) <= Fraction(1, 200)


def test_a_note_names_only_the_first_of_many_rows_that_are_lacking() -> None:
    many = form(*(row(f"行{i}", CompletionRule(D(1), False)) for i in range(1, 201)))
    note = next(n for n in score(many, {}).notes if n.startswith("尚缺 200 行"))
    assert "第 12 行“行12”" in note and "行13" not in note and note.endswith("……。")
