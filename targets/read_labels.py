"""The words that the forms print: labels, heads of columns, and which level belongs to which."""

from __future__ import annotations

import re

from targets.cells import plain_signs

LEVEL1 = {"决策": "决策", "过程": "过程", "产出": "产出指标", "效益": "效益指标", "满意度": "满意度指标"}
"""First level without “指标” -> as the form prints it."""
STRUCTURE = {
    "项目立项": "决策",
    "绩效目标": "决策",
    "资金投入": "决策",
    "资金管理": "过程",
    "组织实施": "过程",
    "数量指标": "产出",
    "质量指标": "产出",
    "时效指标": "产出",
    "成本指标": "产出",
    "经济效益": "效益",
    "社会效益": "效益",
    "生态效益": "效益",
    "可持续影响": "效益",
    "可持续发展影响": "效益",
    "服务对象满意度": "满意度",
    "社会公众满意度": "满意度",
}
"""Second level -> first level (both in their short form): the form's known structure."""
FIXED_NAMES = {
    "立项依据充分性": "项目立项",
    "立项程序规范性": "项目立项",
    "绩效指标明确性": "绩效目标",
    "绩效目标合理性": "绩效目标",
    "预算编制科学性": "资金投入",
    "资金分配合理性": "资金投入",
    "预算执行率": "资金管理",
    "资金到位率": "资金管理",
    "资金使用合规性": "资金管理",
    "制度执行有效性": "组织实施",
    "管理制度健全性": "组织实施",
}
"""Third levels that every standard form has -> their second level."""
FIELDS = {
    **dict.fromkeys(("项目名称",), "name"),
    **dict.fromkeys(("项目类型",), "type"),
    **dict.fromkeys(
        (
            "单位",
            "实施单位",
            "申报单位",
            "申报单位名称",
            "填报单位",
            "项目单位",
            "单位名称",
            "项目实施单位",
            "预算单位",
        ),
        "unit",
    ),
    **dict.fromkeys(("开始时间", "项目开始时间", "起始时间"), "starts"),
    **dict.fromkeys(("完成时间", "结束时间", "项目完成时间"), "ends"),
    **dict.fromkeys(("年度", "申报年度", "预算年度"), "year"),
    **dict.fromkeys(("主管部门", "项目级次", "资金用途", "项目编码", "项目属性", "主管科室", "主管单位"), "extra"),
}
_TEXT_WORDS = """
项目概述 项目概况 项目可行性说明 实施可行性 可行性说明 项目实施内容 实施内容 中长期目标 长期目标 项目总目标 总体目标
年度目标 绩效目标 年度绩效目标 立项依据 项目立项依据 项目设立的必要性 保证项目实施的制度、措施 项目实施计划 备注
其他说明
"""
TEXTS = frozenset(_TEXT_WORDS.split())
FUNDS = {
    "资金总额": 0,
    "财政拨款": 1,
    "小计": 1,
    "一般公共预算资金": 2,
    "政府性基金": 2,
    "财政专户管理资金": 2,
    "国有资本金": 1,
    "社保基金": 1,
    "上年结转资金": 1,
    "其他资金": 1,
}
"""Sources of funds -> their level in a form."""
MONEY_LABELS = frozenset({"项目资金", "收入", "支出", "项目支出明细", "支出明细"})
_HALF_MONEY = re.compile(r"半年(?:度|\(程\))?(?:计划)?(?:执行数|预算数)(?:\(万?元\))?")
_FULL_MONEY = re.compile(r"(?:全年|年度)(?:度|\(程\))?(?:预算数|计划数|预算金额)(?:\(万?元\))?")
_HALF_VALUE = re.compile(r"半年(?:度|\(程\))?(?:指标值|目标值)")
_FULL_VALUE = re.compile(r"(?:(?:全年|年度)(?:度|\(程\))?)?(?:指标值|目标值)")
_MONEY_UNIT = re.compile(r"\((万元|元)\)")
_LONGEST_LABEL = 200
TITLE = re.compile(r".{0,60}绩效(?:目标|自评)(?:申报)?表.{0,20}")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def plain(text: str) -> str:
    """A label without spaces and with half-width signs: “半年（程） 值” becomes “半年(程)值”; '' for a long text."""
    return "".join(plain_signs(text).split()) if len(text) <= _LONGEST_LABEL else ""


def level1_of(text: str) -> str | None:
    """The short form of a first-level label (产出 for 产出指标, 产出指标(40分)); None for another text."""
    key = re.sub(r"\([^()]*\)$", "", plain(text)).removesuffix("指标")
    return key if key in LEVEL1 else None


def level2_of(text: str) -> str | None:
    """The short form of a second-level label (社会效益 for 社会效益指标); None for another text."""
    key = plain(text)
    if key in STRUCTURE:
        return key
    short = key.removesuffix("指标")
    return short if short in STRUCTURE else None


def money_head(text: str) -> str | None:
    """“half” or “full” for the head of a column of amounts."""
    key = plain(text)
    if _HALF_MONEY.fullmatch(key):
        return "half"
    return "full" if _FULL_MONEY.fullmatch(key) else None


def value_head(text: str) -> str | None:
    """“half” or “full” for the head of a column of targets."""
    key = plain(text)
    if _HALF_VALUE.fullmatch(key):
        return "half"
    return "full" if _FULL_VALUE.fullmatch(key) else None


def money_unit(text: str) -> str | None:
    """万元 or 元 where a label names it in brackets."""
    found = _MONEY_UNIT.search(plain(text))
    return found[1] if found else None


def money_label(text: str) -> str | None:
    """项目资金, 收入, 支出 … for a label of the money block, with or without its unit."""
    key = _MONEY_UNIT.sub("", plain(text))
    return key if key in MONEY_LABELS else None


def field_of(text: str) -> str | None:
    """Which short field of the form a label names; None for another text."""
    return FIELDS.get(plain(text))


def text_label(text: str) -> str | None:
    """The label of a long field as the form prints it, without spaces; None for another text."""
    key = "".join(text[:_LONGEST_LABEL].split())
    return key if key in TEXTS else None
