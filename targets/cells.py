"""One cell of a target sheet: what a person reads as operator, number and unit, or as a judgement or a date."""

from __future__ import annotations

import re
from decimal import Decimal

from kpi.sheet import BLANK, Cell, CellKind
from kpi.status import Operator

LOST_SIGN = "〔缺失〕"
LOST = Cell(CellKind.LOST)

_LATEX: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\\(?:text|mathrm|mathbf|rm)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\(?:geqslant|geqq|geq|ge)(?![a-zA-Z])"), "≥"),
    (re.compile(r"\\(?:leqslant|leqq|leq|le)(?![a-zA-Z])"), "≤"),
    (re.compile(r"\\(?:gt)(?![a-zA-Z])"), ">"),
    (re.compile(r"\\(?:lt)(?![a-zA-Z])"), "<"),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\[,;:!  ]|\\quad"), " "),
    (re.compile(r"[${}]|\\[()\[\]]"), ""),
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_SIGNS = str.maketrans({"≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "﹥": ">", "﹤": "<", "﹦": "=", "−": "-"})
_OPERATORS: dict[str, tuple[Operator, bool]] = {
    **dict.fromkeys(("≥", ">=", "=>"), (Operator.AT_LEAST, False)),
    **dict.fromkeys(("≤", "<=", "=<"), (Operator.AT_MOST, False)),
    **dict.fromkeys(("不低于", "不少于", "不小于", "大于等于", "大于或等于", "至少"), (Operator.AT_LEAST, False)),
    **dict.fromkeys(
        ("不高于", "不超过", "不大于", "不多于", "小于等于", "小于或等于", "至多", "最多"), (Operator.AT_MOST, False)
    ),
    **dict.fromkeys((">", "大于", "超过", "高于", "多于"), (Operator.AT_LEAST, True)),
    **dict.fromkeys(("<", "小于", "低于", "少于"), (Operator.AT_MOST, True)),
    **dict.fromkeys(("=", "==", "等于"), (Operator.EQUAL, False)),
}
_AFTER = {
    **dict.fromkeys(("及以上", "以上"), Operator.AT_LEAST),
    **dict.fromkeys(("及以下", "以下", "以内", "之内"), Operator.AT_MOST),
}
_LONGEST_FIGURE = 80
"""A longer text is no figure and no date."""
NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(?:\.[0-9]{1,12})?"
_FIGURE = re.compile(
    rf"(?P<sign>{'|'.join(sorted(_OPERATORS, key=len, reverse=True))})?\s*(?P<number>{NUMBER})\s*"
    r"(?P<unit>[%‰](?:/[^\d\s%]{1,4})?|(?!约|余|多|左右)[^\d\s%≥≤=<>,，。;；、:~～()+-][^\d%≥≤=<>,，。;；、:~～()+-]{0,15}?)??"
    rf"\s*(?P<after>{'|'.join(_AFTER)})?\s*(?P<note>\([^()]{{1,12}}\))?[.。;；]?"
)
_POINT = r"(?:第?[一二三四1-4]季度|上半年|下半年|[0-9]{1,2}月份?(?:[0-9]{1,2}[日号])?|(?<=[当本次全])年|年)"
_DATE = re.compile(
    r"[于在]?(?=.*[年月季])(?:(?:当|本|次|每|全)年度?|(?:19|20)[0-9]{2}年度?)?"
    rf"(?:{_POINT}(?:底|末|初|中旬|上旬|下旬|内)?)?(?:之前|以前|前|内)?(?:全部|按时)?(?:完成|到位|交付|完毕|执行完毕|验收)?"
)
_ISO_DATE = re.compile(
    r"(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}日?(?:之前|前|完成)*|(?:19|20)[0-9]{2}[-/][0-9]{1,2}"
)
_SCHEDULE = re.compile(r"(?:按|达到|不低于|与)?(?:序时|时序)进度(?:同步|要求|一致|执行|完成)?")
_BARE_SIGN = re.compile(rf"(?:{'|'.join(sorted(_OPERATORS, key=len, reverse=True))})?(?P<unit>.*)")
"""An operator or a percent sign whose figure was left out or lost: “≥”, “≥%”, “≤次”, “%”."""
_ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", LOST_SIGN})
_NOTHING = frozenset({"无", "无。", "-", "—", "——", "/", "\\", "--"})
_UNIT_WORDS = """
% ‰ 个百分点 百分点 元 件 个 次 人 人次 套 席 座席 坐席 天 日 小时 分钟 分 秒 场 场次 篇 条 项 家 台 份 名 批 批次 户 期
班 年 个月 月 周 倍 部 册 本 平方米 公里 千米 米 吨 字 组 节 课时 学时 处 类 笔 起 例 封 张 块 辆 间 栋 门 级 星 岁 机构
单位 通 票 单 工作日 轮
"""
_UNITS = frozenset(_UNIT_WORDS.split())


def plain_signs(text: str) -> str:
    """The text with half-width signs and digits and without LaTeX: “＄\\geq 88\\%＄” becomes “≥ 88%”."""
    result = text.translate(_WIDE).translate(_SIGNS)
    if "\\" in result or "$" in result:
        for pattern, put in _LATEX:
            result = pattern.sub(put, result)
    return result


def one_line(text: str) -> str:
    """The text on one line with single spaces."""
    return " ".join(text.split())


def read_cell(text: str | None) -> Cell:
    """What stands in a cell. “” is BLANK, “无” NONE, “0次” the number 0, “〔缺失〕” and an operator without its figure
    LOST; what is no figure is a text.

    The text of a figure is rewritten in one way (“>= 60 件 / 坐席 / 天” as “≥60件/坐席/天”), so that two documents
    with the same meaning give equal cells. Never fails.
    """
    shown = one_line(text or "")
    if not shown:
        return BLANK
    if shown in _ERRORS or set(shown) == {"#"}:
        return LOST
    if len(shown) > _LONGEST_FIGURE:
        return Cell(CellKind.GRADE, shown)
    if shown in _NOTHING:
        return Cell(CellKind.NONE, shown)
    signs = one_line(plain_signs(shown))
    tight = "".join(signs.split())
    if _SCHEDULE.fullmatch(tight):
        return Cell(CellKind.SCHEDULE, shown)
    if _ISO_DATE.fullmatch(tight) or (1 < len(tight) <= 30 and _DATE.fullmatch(tight)):
        return Cell(CellKind.DATE, shown)
    return _figure(signs) or (LOST if _figure_is_missing(tight) else Cell(CellKind.GRADE, shown))


def _figure_is_missing(tight: str) -> bool:
    found = _BARE_SIGN.fullmatch(tight)
    unit = found["unit"] if found else ""
    return found is not None and (unit in ("%", "‰") or (unit != tight and known_unit(unit)))


def _figure(signs: str) -> Cell | None:
    found = _FIGURE.fullmatch(signs)
    if found is None:
        return None
    sign, after, note = found["sign"], found["after"], found["note"]
    if sign and after:
        return None  # “≥5次以内” contradicts itself: a person has to read it
    operator, strict = _OPERATORS[sign] if sign else (_AFTER[after] if after else None, False)
    unit = "".join((found["unit"] or "").split())
    if "左右" in unit or (len(unit) > 3 and not known_unit(unit)):
        return None  # “2024年度短信平台使用费” is a name
    number = Decimal(found["number"].replace(",", "").removeprefix("+"))
    cell = Cell(CellKind.NUMBER, "", operator, number, unit, strict)
    return Cell(cell.kind, cell.shown + (note or ""), operator, number, unit, strict)


def known_unit(unit: str) -> bool:
    """True for '' and for units of the forms, compound ones and ones of ten thousand (万件, 件/坐席/天) among them."""
    return not unit or all(
        part in _UNITS or part.lstrip("千百万亿") in _UNITS for part in unit.replace("每", "/").split("/")
    )


def doubt(cell: Cell) -> str:
    """Why a person should look at the cell, in Chinese; '' where it reads in one way only."""
    if cell.kind is CellKind.NUMBER:
        if not known_unit(cell.unit):
            return f"单位“{cell.unit}”不常见,请核对数值与单位"
        if cell.strict:
            return f"“{cell.shown}”不含等于,本系统按边界本身不达标处理,请核对"
        return ""
    if cell.kind is CellKind.NONE and not cell.text.startswith("无"):
        return f"“{cell.text}”按“无”读入,请核对"
    if cell.kind is CellKind.GRADE and re.search(r"[0-9]", plain_signs(cell.text)):
        return "文字里有数字,但不是单一的数值,按文字读入,请核对是否要拆开或改成数值"
    return ""
