"""The scoring table of 中山's form: weights, values and points as printed. Every expected figure is counted by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi.scoring import Score, form_from_json, inputs_from_json, score
from kpi.sheet import FlagKind, Sheet
from targets.draft import read_text
from targets.findings import findings

EXECUTION = (
    "比率≥98%的，得5分；90%≤比率<98%的，得4分；80%≤比率<90%的，得2分；70%≤比率<80%的，得1分；比率<70%的，得0分。"
)
ADJUSTMENT = (
    "比率≤10%的，得15分；10%<比率≤15%的，得12分；15%<比率≤20%的，得9分；20%<比率≤25%的，得6分；"
    "25%<比率≤30%的，得3分；比率>30%的，得0分"
)
FORM = f"""某市2024年度市级财政支出绩效自评表

单位名称：某市热线中心

| 一、项目基本信息 | | | | | |
|---|---|---|---|---|---|
| 基本情况 | 项目名称 | 热线外包 | 采购金额（元） | 2,000.00 | | |
| 资金构成 | 年度 | 年初预算安排数 | 预算调整额 | 全口径预算调整率 | 实际资金支出额 | 预算执行率（自动计算） |
| | 2024年 | 2,000.00 | 0.00 | 0.00% | 1,900.00 | 95.00% |
| 二、单位自评表 | | | | | |
| 一级指标 | 二级指标 | 指标内容 | 权重 | 指标值 | 完成值 | 完成率 | 自评分 |
| 预算执行过程（20分） | 预算执行率 | 按区间评分。 | 5 | {EXECUTION} | 95.00% | - | 4.00 |
| | 预算调整率 | 按区间评分。 | 15 | {ADJUSTMENT} | 0.00% | - | 15.00 |
| 预算执行过程指标得分小计 | | | | | | | 19.00 |
| 产出指标 (40分) | 数量指标 | 1. 培训场次: 4次 | 10 | 100 | 80 | 80.00% | 8.00 |
| | 质量指标 | 1. 质检率: 99% | 20 | 100 | 100 | 100.00% | 20.00 |
| | 时效指标 | 1. 接通率: 80% | 10 | 50 | 40 | 80.00% | 8.00 |
| | 成本指标 | 无 | | | | | |
| 效益指标 (40分) | 经济效益指标 | 无 | | | | | |
| | 社会效益指标 | 1. 录音率: 90% | 40/1=40 | 100 | 90 | 90.00% | 36.00 |
| | 生态效益指标 | 无 | | | | | |
| | 可持续发展影响指标 | 无 | | | | | |
| | 服务对象满意度指标 | 无 | | | | | |
| 导向指标 | 政府采购执行情况 | 不合规-5分。 | -5 | - | - | 扣5分 | -5.00 |
| | 自评工作质量 | 不合格-10分。 | -10 | - | - | 未发生扣分行为。 | 0.00 |
| 逆向指标 (-30分) | 预决算信息公开情况 | 不公开-10分。 | -10 | - | - | 未发生扣分行为。 | 0.00 |
| | 一票否决扣分项 | 违法违规降级为“差”。 | — | - | - | 未发生扣分行为。 | 0.00 |
| 自评结论 | 主要成效 | 好。 | | | | | |
"""


def scored(sheet: Sheet) -> Score:
    held = sheet.score_form
    assert isinstance(held, dict)
    return score(form_from_json(held["form"]), inputs_from_json(held["inputs"]))


def test_it_takes_weights_values_and_deductions_as_printed() -> None:
    """4 + 15; 10 × 80 % + 20 + 10 × 40/50; 40 × 90 %; 5 off: 19 + 36 + 36 − 5 = 86."""
    sheet = read_text(FORM)
    found = scored(sheet)
    assert [str(one.partial) for one in found.sections] == ["19.00", "36.00", "36.00", "-5.00"]
    assert (found.total, found.grade, found.missing) == (Decimal("86.00"), "良", 0)
    assert [str(found.row(key).score) for key in ("quantity", "quality", "timeliness", "social")] == [
        *("8.00", "20.00", "8.00", "36.00")
    ]
    assert [row.row.key for row in found.rows if not row.row.applies] == [
        *("cost", "economic", "ecological", "lasting", "satisfaction")
    ]
    assert findings(sheet) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("80.00% | 8.00 |\n| | 质量", "80.00% | 9.00 |\n| | 质量", "印的自评分是 9.00,按规则算得 8.00"),
        ("| 80 | 80.00% | 8.00 |\n| | 质", "| 80 | 85.00% | 8.00 |\n| | 质", "完成率印为 85%,按完成值算得 80.00%"),
        ("| 95.00% | - | 4.00", "| 98.50% | - | 4.00", "表上印的是 98.50%,按本表公式算得 95.00%"),
    ],
)
def test_it_tells_of_what_is_printed_and_does_not_follow(old: str, new: str, said: str) -> None:
    assert old in FORM
    (found,) = findings(read_text(FORM.replace(old, new)))
    assert said in found.message


def test_it_says_that_bands_are_others_than_those_it_knows() -> None:
    flags = read_text(FORM.replace("比率≥98%的，得5分；90%≤比率<98%", "比率≥97%的，得5分；90%≤比率<97%")).flags
    assert [(one.place, one.kind) for one in flags if "预算执行率" in one.place] == [
        ("1/text/预算执行率", FlagKind.UNSURE)
    ]


def test_it_leaves_what_was_not_filled_in_missing() -> None:
    blank = FORM.replace("| 100 | 90 | 90.00% | 36.00 |", "| 100 | | | |").replace(
        "— | - | - | 未发生扣分行为。 | 0.00", "— | - | - | | "
    )
    found = scored(read_text(blank))
    assert (found.total, found.row("social").score, found.row("social").missing) == (None, None, "完成值")
    assert found.row("veto").missing != ""


def test_it_scores_no_form_of_other_rows() -> None:
    assert read_text(FORM.replace("| | 成本指标 | 无 | | | | | |\n", "")).score_form is None
    assert read_text(FORM.replace("成本指标", "节约指标")).score_form is None
