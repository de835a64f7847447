"""Names and phone numbers of contacts are taken out before anything is kept; hotline numbers and amounts stay."""

from __future__ import annotations

import pytest

from kpi.sheet import FlagKind
from targets.draft import read_with_source
from targets.masked import is_contact_field, masked, masked_contact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("联系人：张三，电话：13812345678", "联系人：***，电话：********"),
        ("张三 025-83726155", "*** ********"),
        ("李四(13912345678)", "***(********)"),
        ("负责人:王小明;审核人：赵六", "负责人:***;审核人：***"),
        ("填报人：李雷 a.b@c.com", "填报人：***"),
        ("联系人王小明 电话见附件", "联系人*** 电话见附件"),
        ("可拨打 138 1234 5678 咨询", "可拨打 ******** 咨询"),
        ("联系电话：83726155", "联系电话：********"),
        ("证件 32010219900101123X", "证件 ********"),
        ("邮箱 zhang.san@example.com", "邮箱 ********"),
    ],
)
def test_it_takes_persons_out(text: str, expected: str) -> None:
    assert masked(text) == (expected, True)


@pytest.mark.parametrize(
    "text",
    [
        "拨打 12345 热线，12329、12328、12333 并入",
        "共受理诉求 2106722 件，转派工单 326553 张",
        "项目总预算 133340000 元",
        "预算 17160681.00 元",
        "项目负责人制度健全",
        "加强负责人管理，压实责任",
        "7*24 小时专席服务",
        "2020年1月1日起至2022年12月31日止",
        "苏府办〔2021〕223号",
    ],
)
def test_it_leaves_hotline_numbers_amounts_and_words_alone(text: str) -> None:
    assert masked(text) == (text, False)


@pytest.mark.parametrize(
    "label",
    [
        "联系人",
        "项目负责人/ 联系电话",
        "联系人及方式",
        "单位负责人（签字）",
        "填报人",
        "联系电话：",
        "项目联系人／电话",
    ],
)
def test_it_knows_the_fields_of_persons(label: str) -> None:
    assert is_contact_field(label)


@pytest.mark.parametrize("label", ["热线电话费", "主管科室", "负责人制度", "项目名称", "电话接通率"])
def test_it_knows_other_fields_for_what_they_are(label: str) -> None:
    assert not is_contact_field(label)


def test_a_contact_field_is_masked_wholly_and_once() -> None:
    assert masked_contact("司马相如 83726155") == ("*** ********", True)
    assert masked_contact("综合科") == ("***", True)
    assert masked_contact("***, ********") == ("***, ********", False)
    assert masked_contact("") == ("", False)


def test_nothing_of_a_person_is_left_in_sheet_source_or_flags() -> None:
    text = (
        "某市项目绩效目标表\n填报人：钱七 13700000001\n2025年度\n"
        "项目名称\t热线运行\t主管部门\t某局\n"
        "实施单位\t某中心\t项目负责人/ 联系电话\t欧阳修 13812345678\n"
        "项目概述\t由张三（025-83726155）负责，拨打 12345。\n"
        "一级指标\t二级指标\t三级指标\t半年指标值\t全年指标值\n"
        "产出指标\t数量指标\t接听量\t≥1件\t≥2件\n"
    )
    document = read_with_source("form.txt", text.encode())
    everything = repr(document)
    for private in ("钱七", "欧阳修", "张三", "13700000001", "13812345678", "83726155"):
        assert private not in everything
    assert "拨打 12345" in everything
    places = {flag.place for flag in document.sheet.flags if flag.kind is FlagKind.MASKED}
    assert places == {"sheet/head", "1/text/项目负责人/联系电话", "1/text/项目概述"}
