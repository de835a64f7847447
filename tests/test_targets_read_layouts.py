"""The other three layouts, in small documents of our own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi.sheet import CellKind, FlagKind, ProjectType
from targets.draft import read_text
from targets.errors import SheetError

SHANGHAI = """某市财政支出项目绩效目标申报表

(2024年)

申报单位名称：某市信访办

项目名称\t热线外包\t\t
项目类型\t新增项目 <input type="checkbox"/> 结转项目 <input type="checkbox"/>\t\t
\t经常性专项业务费 <input checked="" type="checkbox"/>\t\t
开始时间\t2024-1-1\t结束时间\t2024-12-31
立项依据\t甲文件。\t\t
项目总预算（元）\t300\t项目当年预算（元）\t200
同名项目上年预算额（元）\t150\t同名项目上年预算执行数（元）\t140.5
\t子项目名称\t\t预算金额（元）

项目当年投入 资金构成\t平台费\t120
\t人员费\t80
\t培训费\t待定
年度绩效目标\t接通率 $\\geq 88\\%$ （年） 投诉率 $\\leq 0.3\\%$
分解目标\t\t
分解目标内容\t绩效指标\t指标目标值
产出目标\t受理量\t电话5万个，网站2万件
\t满意度\t94.90%
效果目标\t服务水平\t较好
备注\t\t
"""


def test_it_reads_the_form_with_ticked_boxes_and_parts() -> None:
    sheet = read_text(SHANGHAI)
    project = sheet.projects[0]
    assert (sheet.form, sheet.unit, sheet.year) == ("shanghai", "某市信访办", 2024)
    assert (project.name, project.type, project.money_unit) == ("热线外包", ProjectType.RECURRING, "元")
    assert dict(project.extra) == {"项目类型": "经常性专项业务费"}
    assert [(line.name, line.full.text) for line in project.expenses] == [
        ("平台费", "120"),
        ("人员费", "80"),
        ("培训费", "待定"),
    ]
    assert [(line.name, line.amount.number) for line in project.funds] == [
        ("项目总预算", Decimal(300)),
        ("项目当年预算", Decimal(200)),
    ]
    assert [(cost.year, cost.kind, cost.amount.shown) for cost in project.costs] == [
        (2023, "budget_last_year", "150"),
        (2023, "spent_last_year", "140.5"),
    ]
    assert [(one.row, one.part, one.level1, one.name, one.full.shown) for one in project.indicators] == [
        (1, 1, "年度绩效目标", "接通率", "≥88%"),
        (1, 2, "年度绩效目标", "投诉率", "≤0.3%"),
        (2, 1, "产出目标", "受理量", "电话5万个，网站2万件"),
        (3, 1, "产出目标", "满意度", "94.90%"),
        (4, 1, "效果目标", "服务水平", "较好"),
    ]
    assert {(flag.place, flag.kind, flag.suggestion) for flag in sheet.flags} == {
        ("1/expense/2/full", FlagKind.UNSURE, "待定"),
        ("1/indicator/1", FlagKind.SPLIT, ""),
        ("1/indicator/2/full", FlagKind.SPLIT, "电话 5万个;网站 2万件"),
    }


ZHONGSHAN = """某市2024年度市级财政支出绩效自评表

单位名称（盖章）

某市热线中心

| 一、项目基本信息 | | | | | |
|---|---|---|---|---|---|
| 基本情况 | 项目名称 | 热线外包 | 采购金额（元） | 1,000.00 | 联系人及方式 | 张三, 13812345678 |
| | 项目计划起止时间 | 2024-1-1至2024-12-31 | 主管部门 | 某局 | |
| 资金构成 | 年度 | 年初预算安排数 | 预算调整额 | 全口径预算调整率 | 实际资金支出额 | 预算执行率（自动计算） |
| | 2024年 | 1,000.00 | 0.00 | 0.00% | 990.50 | 99.05% |
| 二、单位自评表 | | | | | |
| 一级指标 | 二级指标 | 指标内容 | 权重 | 指标值 | 完成值 | 完成率 | 自评分 |
| 预算执行过程（20分） | 预算执行率 | 按区间评分。 | 5 | 比率≥98%的，得5分 | 99.05% | - | 5.00 |
| 预算执行过程指标得分小计 | | | | | | | 5.00 |
| 产出指标 (40分) | 数量指标 | 1. 培训场次: 4次 2. 15秒接通率: 71.17% 3. 说明待补 | 20 | 100 | 100 | 100% | 20 |
| | 成本指标 | 无 | | | | | |
| 效益指标 (40分) | 满意度指标 | 群众满意度99.7%。 | 20 | 100 | 100 | 100% | 20 |
| 导向指标 | 自评工作质量 | 是否按时，否则-5分。 | -10 | - | - | 无 | 0.00 |
| 自评结论 | 主要成效 | 好。 | | | | | |
"""


def test_it_reads_the_self_evaluation_form_and_what_was_achieved() -> None:
    sheet = read_text(ZHONGSHAN)
    project = sheet.projects[0]
    assert (sheet.form, sheet.unit, sheet.year, project.name) == ("zhongshan", "某市热线中心", 2024, "热线外包")
    assert (project.starts, project.ends) == ("2024-1-1", "2024-12-31")
    assert "张三" not in repr(sheet)
    assert [(line.name, line.amount.shown) for line in project.funds] == [
        ("年初预算安排数", "1000.00"),
        ("预算调整额", "0.00"),
    ]
    assert [(cost.kind, cost.amount.shown) for cost in project.costs] == [("actual", "990.50")]
    assert [(one.row, one.part, one.name, one.reported and one.reported.shown) for one in project.indicators] == [
        (1, 1, "预算执行率", "99.05%"),
        (2, 1, "培训场次", "4次"),
        (2, 2, "15秒接通率", "71.17%"),
        (2, 3, "说明待补", None),
        (3, 1, "群众满意度", "99.7%"),
    ]
    assert [one.weight for one in project.indicators] == [Decimal(5), None, None, None, None]
    assert all(one.full.kind is CellKind.BLANK for one in project.indicators)
    assert project.text("主要成效") == "好。"
    assert {(flag.place, flag.kind) for flag in sheet.flags} == {
        ("1/text/联系人及方式", FlagKind.MASKED),
        ("1/indicator/2", FlagKind.SPLIT),
        ("1/indicator/2.3/reported", FlagKind.UNSURE),
    }


REPORT = """某市“12345”热线中心 2024 年度 整体绩效自我评价报告

一、单位概况

（一）收支情况

总收入为 100.50 万元，总支出为 90

.25 万元，整体执行率 89.80%。

年度目标：做好服务。

二、评价结论

全年收到来电2.5万个，同比下降1.2%；办结率99.8%。联系人：张三，电话13812345678。
"""


def test_it_reads_the_report_by_sections_and_puts_cut_lines_together() -> None:
    sheet = read_text(REPORT)
    assert (sheet.form, sheet.unit, sheet.year) == ("report", "某市“12345”热线中心", 2024)
    assert [heading for heading, _ in sheet.sections] == ["一、单位概况", "二、评价结论"]
    assert [(one.name, one.value, one.unit, one.change) for one in sheet.statistics] == [
        ("总收入", Decimal("100.50"), "万元", None),
        ("总支出", Decimal("90.25"), "万元", None),
        ("整体执行率", Decimal("89.80"), "%", None),
        ("来电量", Decimal("2.5"), "万个", Decimal("-1.2")),
        ("办结率", Decimal("99.8"), "%", None),
    ]
    project = sheet.projects[0]
    assert (project.name, project.texts) == ("单位整体", (("年度目标", "做好服务。"),))
    assert [flag.kind for flag in sheet.flags] == [FlagKind.MASKED]
    assert "张三" not in repr(sheet)
    assert "13812345678" not in repr(sheet)


@pytest.mark.parametrize(
    "text",
    ["分解目标\n备注\n", "二、单位自评表\n一级指标\t二级指标\t指标内容\n", "某中心2024年度绩效自评报告\n没有章节。\n"],
)
def test_a_layout_without_its_content_is_refused_in_words(text: str) -> None:
    with pytest.raises(SheetError, match="。$"):
        read_text(text)
