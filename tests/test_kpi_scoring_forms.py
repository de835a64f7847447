"""Scoring forms as data: written to JSON and read back, mistakes named by row and field, and the default form."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS, standard_form
from kpi.scoring import (
    CompletionRule,
    FormError,
    GradeRule,
    LinearRule,
    RowInput,
    StepRule,
    form_from_json,
    form_to_json,
    inputs_from_json,
    inputs_to_json,
    score,
    weights,
)
from kpi.sheet import BLANK, Cell, CellKind, Indicator, Project, ProjectType, Sheet, indicator_keys
from kpi.status import Operator

D = Decimal


def written(data: Any) -> Any:
    """As it comes back from a file or a request."""
    return json.loads(json.dumps(data, ensure_ascii=False))


def one_row(**rule: Any) -> dict[str, Any]:
    return {
        "title": "试",
        "sections": [{"name": "产出", "points": "100"}],
        "rows": [{"key": "a", "section": "产出", "name": "接通率", "rule": rule}],
    }


def problems(data: Any) -> str:
    with pytest.raises(FormError) as caught:
        form_from_json(data)
    return "\n".join(caught.value.problems)


def test_it_reads_back_the_zhongshan_form_and_its_inputs_and_scores_the_same() -> None:
    again = form_from_json(written(form_to_json(ZHONGSHAN_2022)))
    inputs = inputs_from_json(written(inputs_to_json(ZHONGSHAN_2022_INPUTS)))
    assert again == ZHONGSHAN_2022
    assert inputs == ZHONGSHAN_2022_INPUTS
    assert str(score(again, inputs).total) == "94.66"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"kind": "linear", "floor": 80, "target": "96"}, LinearRule(D(80), D(96))),
        (
            {"kind": "steps", "target": 96, "step": "0.5", "points": 1, "started": True},
            StepRule(D(96), D("0.5"), D(1), started=True),
        ),
        ({"kind": "completion", "target": 12, "lower_is_better": True}, CompletionRule(D(12), True)),
        ({"kind": "grades", "grades": [["好", 100], ["差", "0"]]}, GradeRule((("好", D(100)), ("差", D(0))))),
    ],
)
def test_it_reads_a_rule_typed_in_as_numbers_or_text(rule: dict[str, Any], expected: object) -> None:
    form = form_from_json(one_row(**rule))
    assert form.rows[0].rule == expected
    assert form_from_json(written(form_to_json(form))) == form


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "steps", "target": 96, "step": 0, "points": 1}, "第 1 行“接通率”的规则的“每差”必须大于 0,现在是 0"),
        (
            {"kind": "steps", "target": "九十", "step": 1, "points": 1},
            "第 1 行“接通率”的规则的“目标值”应是数字,不是“九十”",
        ),
        ({"kind": "steps", "target": 96, "points": 1}, "“每差”不能空着"),
        ({"kind": "linear", "floor": 96, "target": 96}, "“起点值”与目标值相同(96)"),
        ({"kind": "completion", "target": -1}, "“目标值”不能是负数"),
        ({"kind": "completion", "goal": 1}, "“goal”不是认得的字段"),
        ({"kind": "magic"}, "“种类”是“magic”,不认得"),
        ({"kind": "bands", "bands": []}, "“区间”不能空着"),
        (
            {"kind": "bands", "bands": [{"low": 98, "points": 5}, {"high": 97, "points": 0}]},
            "“值<97”与“值≥98”之间有空隙",
        ),
        ({"kind": "bands", "bands": [{"low": 98, "points": 5}, {"high": 99, "points": 0}]}, "“值<99”与“值≥98”重叠"),
        (
            {"kind": "bands", "bands": [{"low": 98, "points": 5}, {"high": 98, "high_closed": True, "points": 0}]},
            "都含 98",
        ),
        (
            {"kind": "bands", "bands": [{"low": 98, "low_closed": False, "points": 5}, {"high": 98, "points": 0}]},
            "之间有空隙",
        ),
        ({"kind": "bands", "bands": [{"low": 98, "high": 90, "points": 5}]}, "第 1 段的“下限”(98)不小于上限(90)"),
        (
            {"kind": "bands", "bands": [{"low": 98, "points": 101}, {"high": 98, "points": 0}]},
            "“区间 值≥98”得分 101 高于该行权重",
        ),
        ({"kind": "grades", "grades": [["好", 120]]}, "第 1 个等级的“得分比例(%)”须在 0 至 100 之间"),
        ({"kind": "deduction", "limit": -3}, "“扣分上限”必须大于 0"),
    ],
)
def test_it_names_the_row_and_the_field_that_is_wrong(rule: dict[str, Any], said: str) -> None:
    assert said in problems(one_row(**rule))


def test_it_names_everything_wrong_with_a_form_at_once() -> None:
    data = one_row(kind="completion")
    data["rows"].append({"key": "b", "section": "产出", "name": "", "weight": "多", "rule": {"kind": "veto"}})
    said = problems(data)
    assert "第 2 行的“名称”不能空着" in said and "第 2 行的“权重”应是数字,不是“多”" in said


def test_it_refuses_rows_of_unknown_sections_or_the_same_key() -> None:
    data = one_row(kind="completion")
    data["rows"].append({**data["rows"][0], "section": "效益"})
    said = problems(data)
    assert "第 2 行“接通率”的“部分”是“效益”,表里没有;可用:产出" in said
    assert "第 2 行“接通率”的“行号(key)”与第 1 行相同" in said


def test_it_refuses_weights_that_do_not_make_the_points_of_the_section() -> None:
    data = one_row(kind="completion")
    data["rows"][0]["weight"] = 120
    assert "各行的权重合计 120 分,不等于满分 100 分" in problems(data)
    data["rows"][0]["weight"] = 40
    assert "各行的权重合计 40 分,不等于满分 100 分" in problems(data)


def test_it_refuses_inputs_that_are_no_numbers() -> None:
    with pytest.raises(FormError, match="第“a”行的“完成值”应是数字,不是“很多”"):
        inputs_from_json({"a": {"value": "很多"}})
    assert inputs_from_json({"a": {"deduction": 0, "vetoed": False}}) == {"a": RowInput(deduction=D(0), vetoed=False)}


def number(text: str, operator: Operator | None = None, unit: str = "%") -> Cell:
    return Cell(CellKind.NUMBER, text, operator, D(text), unit)


GOOD = Cell(CellKind.GRADE, "充分")
ROWS = (
    ("决策", "立项依据充分性", GOOD, GOOD),
    ("过程", "预算执行率", number("50", Operator.EQUAL), number("100", Operator.EQUAL)),
    ("过程", "资金到位率", Cell(CellKind.SCHEDULE, "序时进度"), number("100")),
    ("产出指标", "热线话务接通率", number("96", Operator.AT_LEAST), number("96", Operator.AT_LEAST)),
    ("效益指标", "服务投诉量", number("6", Operator.AT_MOST, "次"), number("12", Operator.AT_MOST, "次")),
    ("效益指标", "微信公众号被通报率", number("0", Operator.EQUAL), number("0", Operator.EQUAL)),
    ("满意度指标", "服务对象满意度", BLANK, BLANK),
)


def sheet() -> Sheet:
    indicators = tuple(
        Indicator(no, level, "", name, half, full) for no, (level, name, half, full) in enumerate(ROWS, 1)
    )
    return Sheet(
        "某中心", 2026, "目标表", "standard", (Project(1, "甲", ProjectType.RECURRING, indicators=indicators),)
    )


def test_it_makes_a_default_form_whose_weights_are_a_hundred_points() -> None:
    form = standard_form(sheet())
    # 满意度 has no row with a target: its 10 points go to the others in proportion to 15 : 20 : 30 : 25.
    assert [(s.name, str(s.points)) for s in form.sections] == [
        ("决策", "16.67"), ("过程", "22.22"), ("产出", "33.33"), ("效益", "27.78"), ("满意度", "0"),
    ]  # fmt: skip
    by_key = weights(form)
    assert sum(by_key.values()) == 100
    assert [half for half in (by_key[r.key] for r in form.rows if r.section == "过程")] == [D("11.11"), D("11.11")]
    assert form_from_json(written(form_to_json(form))) == form


def test_it_chooses_the_rule_of_the_default_form_by_the_target() -> None:
    rules = {r.name: r.rule for r in standard_form(sheet()).rows}
    assert isinstance(rules["立项依据充分性"], GradeRule)
    assert rules["热线话务接通率"] == CompletionRule(D(96))
    assert rules["服务投诉量"] == CompletionRule(D(12), lower_is_better=True)
    assert rules["微信公众号被通报率"] == CompletionRule(D(0), lower_is_better=True)
    half = {r.name: r for r in standard_form(sheet(), period="half").rows}
    assert half["资金到位率"].rule == CompletionRule(D(50))
    assert not half["服务对象满意度"].applies


def test_it_scores_the_default_form_by_hand() -> None:
    form, keys = standard_form(sheet()), indicator_keys(sheet().projects[0])
    inputs = dict(
        zip(
            keys,
            [
                RowInput(grade="基本达到"),  # 16.67 × 80 % = 13.336 → 13.34
                RowInput(value=D("98")),  # 11.11 × 98 % = 10.8878 → 10.89
                RowInput(value=D("100")),  # 11.11
                RowInput(value=D("95.5")),  # 33.33 × 95.5/96 = 33.1564 → 33.16
                RowInput(value=D("15")),  # 13.89 × 12/15 = 11.112 → 11.11
                RowInput(value=D("0")),  # 13.89
            ],
            strict=False,
        )
    )
    result = score(form, inputs)
    assert [str(r.score) for r in result.rows if r.score is not None] == [
        "13.34",
        "10.89",
        "11.11",
        "33.16",
        "11.11",
        "13.89",
    ]
    assert (str(result.total), result.grade, result.notes) == ("93.50", "优", ())


def test_it_has_no_total_where_no_row_can_be_scored() -> None:
    blank = Indicator(1, "产出指标", "", "接通率", BLANK, BLANK)
    project = Project(1, "甲", ProjectType.RECURRING, indicators=(blank,))
    result = score(standard_form(replace(sheet(), projects=(project,))), {})
    assert (result.total, result.grade) == (None, None)
    assert result.notes == ("没有一行可以计分,因此没有总分:请核对目标值,或换一份打分表。",)


def test_it_gives_a_zhongshan_sheet_its_own_form() -> None:
    assert standard_form(replace(sheet(), form="zhongshan")) is ZHONGSHAN_2022


def test_it_numbers_the_rows_by_project_where_a_sheet_has_several_and_can_score_one() -> None:
    two = replace(sheet(), projects=(*sheet().projects, replace(sheet().projects[0], no=2, name="乙")))
    assert [r.name for r in standard_form(two).rows][::7] == ["项目1 立项依据充分性", "项目2 立项依据充分性"]
    assert [r.name for r in standard_form(two, project=2).rows][0] == "立项依据充分性"
    with pytest.raises(ValueError, match="half or full"):
        standard_form(two, period="year")
