"""Scoring rules as one line a person writes: read back exactly, read as people write, refused with part and example."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.score_presets import DEFAULT_GRADES, ZHONGSHAN_2022
from kpi.scoring import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    LinearRule,
    Rule,
    StepRule,
    VetoRule,
)
from kpi.scoring_text import EXAMPLES, LESSONS, RuleTextError, Trouble, line_problems, read_line, rule_line

D = Decimal
NUMBERS = st.decimals(-10_000, 10_000, places=3) | st.integers(-999, 9999).map(D)
FLAGS = st.booleans()
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ["优", "基本达到", "1 2%", "“好”", "A、B", "为差", ":", "直接评为", "5", "-3", "达到(部分)", "扣分", "x 1.", " 良"]
)


def band(points: D, low: D | None, high: D | None, low_closed: bool, high_closed: bool) -> Band:
    """Without a word on ends that are open to infinity."""
    return Band(points, low, high, low is None or low_closed, high is not None and high_closed)


BANDS = st.builds(band, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, FLAGS, FLAGS)
RULES: st.SearchStrategy[Rule] = st.one_of(
    st.lists(BANDS, min_size=1, max_size=6).map(lambda bands: BandRule(tuple(bands))),
    st.builds(CompletionRule, st.none() | NUMBERS, FLAGS, NUMBERS),
    st.builds(LinearRule, NUMBERS, NUMBERS),
    st.builds(StepRule, NUMBERS, NUMBERS, NUMBERS, FLAGS, FLAGS),
    st.lists(st.tuples(NAMES, NUMBERS), min_size=1, max_size=5).map(lambda grades: GradeRule(tuple(grades))),
    st.builds(DeductionRule, NUMBERS),
    st.builds(VetoRule, NAMES),
)


@given(RULES)
def test_it_reads_back_every_rule_as_it_wrote_it(rule: Rule) -> None:
    line = rule_line(rule)
    assert read_line(line) == rule
    assert rule_line(read_line(line)) == line


@given(RULES.filter(lambda rule: not isinstance(rule, GradeRule | VetoRule)))
def test_it_does_not_matter_how_wide_the_signs_are(rule: Rule) -> None:
    wide = {ord(one): chr(ord(one) + 0xFEE0) for one in "0123456789.-<>"} | {ord(" "): "\u3000", ord(";"): ";"}
    narrow = rule_line(rule).replace("≥", ">=").replace("≤", "<=").replace("→", " -> ").replace(";", " ; ")
    assert read_line(rule_line(rule).translate(wide)) == rule
    assert read_line(narrow) == rule


def test_it_writes_the_zhongshan_form_so_that_every_value_earns_the_same() -> None:
    for row in ZHONGSHAN_2022.rows:
        again = read_line(rule_line(row.rule))
        if isinstance(row.rule, BandRule) and isinstance(again, BandRule):
            for old, new in zip(row.rule.bands, again.bands, strict=True):
                values = [D(n) / 2 for n in range(-10, 220)]
                assert [(new.holds(v), new.points) for v in values] == [(old.holds(v), old.points) for v in values]
        else:
            assert again == row.rule
    assert rule_line(ZHONGSHAN_2022.rows[0].rule).startswith("≥98 得 5;90≤值<98 得 4;")
    assert rule_line(DEFAULT_GRADES) == "等级 达到预期 100%、基本达到 80%、部分达到 60%、未达到 0%"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("≥98 得 20;<98 得 0", BandRule((Band(D(20), D(98)), Band(D(0), None, D(98))))),
        ("分档:值>=98%得20分;98>值>=90得15分。", BandRule((Band(D(20), D(98)), Band(D(15), D(90), D(98))))),
        ("98≤值 得 1", BandRule((Band(D(1), D(98)),))),
        ("任何值 得 5", BandRule((Band(D(5)),))),
        ("完成率", CompletionRule()),
        ("完成率 目标 98% 上限 120%", CompletionRule(D(98), cap=D(120))),
        ("完成率,越低越好,目标:5", CompletionRule(D(5), True)),
        ("线性 80 至 98", LinearRule(D(80), D(98))),
        ("线性:-5->-1.5", LinearRule(D(-5), D("-1.5"))),
        ("每差0.5扣1分,目标96,不足一步也扣", StepRule(D(96), D("0.5"), D(1), started=True)),
        ("目标 5 每差 1 扣 2 越低越好", StepRule(D(5), D(1), D(2), True)),
        ("等级:优100%,良 80", GradeRule((("优", D(100)), ("良", D(80))))),
        ("扣分 至多 10 分", DeductionRule(D(10))),
        ("一票否决", VetoRule()),
        ("一票否决,直接评为“中”", VetoRule("中")),
    ],
)
def test_it_reads_what_people_write(line: str, rule: Rule) -> None:
    assert read_line(line) == rule


@pytest.mark.parametrize(
    ("line", "trouble", "part", "kind"),
    [
        ("", Trouble.EMPTY, "", "completion"),
        (" ; ", Trouble.EMPTY, "", "completion"),
        ("看情况", Trouble.PART, "看情况", "completion"),
        ("≥98 得 20;还行 得 3", Trouble.PART, "还行 得 3", "bands"),
        ("≥98 20", Trouble.PART, "≥98 20", "bands"),
        ("得 20", Trouble.PART, "得 20", "bands"),
        ("90≤值>98 得 3", Trouble.PART, "90≤值>98 得 3", "bands"),
        ("90≤ 得 3", Trouble.PART, "90≤ 得 3", "bands"),
        ("完成率 目标 很高", Trouble.PART, "目标 很高", "completion"),
        ("完成率 目标 98 目标 97", Trouble.TWICE, "目标", "completion"),
        ("完成率 目标 98 越低越好 越高越好", Trouble.TWICE, "越低越好、越高越好", "completion"),
        ("完成率 目标 9.8.7", Trouble.PART, ".7", "completion"),
        ("线性 80", Trouble.PART, "线性 80", "linear"),
        ("目标 98", Trouble.MISSING, "每差", "steps"),
        ("目标 98 每差 1", Trouble.MISSING, "扣", "steps"),
        ("每差 1 扣 2", Trouble.MISSING, "目标", "steps"),
        ("等级", Trouble.MISSING, "优 100%", "grades"),
        ("等级 优、良 80%", Trouble.PART, "优、良 80%", "grades"),
        ("扣分", Trouble.MISSING, "最多", "deduction"),
        ("扣分 最多 十分", Trouble.PART, "最多 十分", "deduction"),
    ],
)
def test_it_says_what_it_does_not_understand_and_how_to_write_it(
    line: str, trouble: Trouble, part: str, kind: str
) -> None:
    with pytest.raises(RuleTextError) as caught:
        read_line(line)
    error = caught.value
    assert (error.trouble, error.part, error.example) == (trouble, part, EXAMPLES[kind])


def test_every_example_can_be_read_and_makes_sense() -> None:
    shapes = {type(read_line(line)) for line in EXAMPLES.values()}
    assert len(shapes) == len(EXAMPLES) == 7
    assert {line: line_problems(read_line(line), "本行") for line in LESSONS} == dict.fromkeys(LESSONS, ())
    assert [read_line(line) for line in LESSONS[7:]] == [
        CompletionRule(D(5), True),
        StepRule(D(98), D(1), D(2), started=True),
        StepRule(D(5), D(1), D(2), True),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("≥98 得 20;<97 得 0", "本行的“区间”“值<97”与“值≥98”之间有空隙,请补上。"),
        ("目标 98 每差 0 扣 1", "本行的“每差”必须大于 0,现在是 0。"),
        ("线性 98→98", "本行的“起点值”与目标值相同"),
        ("等级 优 120%", "须在 0 至 100 之间"),
    ],
)
def test_it_says_what_makes_no_sense(line: str, said: str) -> None:
    (problem,) = line_problems(read_line(line), "本行")
    assert said in problem
