"""Reads a self-evaluation report (绩效自评报告): its sections, and the figures that it states in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi.sheet import FlagKind, FundLine, Project, ProjectType, Sheet, Statistic, YearCost
from targets.cells import NUMBER, plain_signs
from targets.errors import SheetError
from targets.read_costs import amount
from targets.read_flags import Flags
from targets.read_lines import Line

WHOLE = "单位整体"
"""Name of the one project of a report: the unit as a whole."""
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、\S.{0,40}")
_TITLE = re.compile(
    r"(?P<unit>.*?)\s*(?P<year>(?:19|20)[0-9]{2})\s*年?度?\s*(?:整体|部门整体)?绩效.{0,8}(?:报告|评价).*"
)
_CHANGE = rf"(?:[,，]?同比(?P<turn>上升|增长|提高|增加|下降|减少|降低)(?P<change>{NUMBER})%)?"
_FIGURE = rf"(?P<value>{NUMBER})(?P<unit>万个|万件|万元|个|件|人次|人|名|分|%|万条次|万次)"


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    pattern: re.Pattern[str]


def _rules(*pairs: tuple[str, str]) -> tuple[_Rule, ...]:
    return tuple(_Rule(name, re.compile(f"(?:{words}){_FIGURE}{_CHANGE}")) for name, words in pairs)


_RULES = _rules(
    ("来电量", r"(?:收到|接听|受理)来电(?:量)?(?:为|达)?|来电量(?:为|达)"),
    ("多媒体渠道受理量", r"(?:多媒体|网络|互联网)渠道受理(?:量)?(?:为|达)?"),
    ("总服务量", r"总服务量(?:为|达)?"),
    ("办结率", r"(?<!按时)办结率(?:为|达)?"),
    ("按时办结率", r"按时办结率(?:为|达)?"),
    ("综合满意率", r"(?:综合)?满意率(?:为|达)?"),
    ("接通率", r"接通率(?:为|达)?"),
    ("在线答复率", r"在线答复率(?:从平时的[0-9.]+%)?(?:提升|上升|提高)?(?:至|到|为|达)"),
    ("总收入", r"总收入(?:为)?"),
    ("财政拨款收入", r"财政拨款收入(?:为)?"),
    ("基本支出拨款", r"基本支出拨款(?:为)?"),
    ("项目支出拨款", r"项目支出拨款(?:为)?"),
    ("总支出", r"总支出(?:为)?"),
    ("基本支出", r"基本支出(?:为)?"),
    ("项目支出", r"项目支出(?:为)?"),
    ("整体执行率", r"整体执行率(?:为|达)?"),
    ("人员编制", r"人员编制(?:为|共)?"),
    ("在编人数", r"在编(?:人数|人员)(?:为|共)?"),
    ("编外聘用人员", r"编外(?:聘用)?人员(?:\([^()]{1,8}\))?(?:为|共)?"),
    ("自评得分", r"自评得分(?:为)?"),
    ("企业服务受理量", r"受理企业服务"),
    ("省级工单承办量", r"承办省级工单约?"),
    ("省级电话接听量", r"接听省级电话约?"),
    ("长三角电话量", r"长三角电话约?"),
    ("好差评回访量", r"好差评回访工作,共计约?"),
    ("智能派单准确率", r"智能派单的?准确率(?:保持|维持)?在"),
    ("智能回访识别准确率", r"智能回访的?识别准确率(?:保持|维持)?在"),
)
_FUNDS = {"总收入": 0, "财政拨款收入": 1, "基本支出拨款": 2, "项目支出拨款": 2}
_GOALS = ("中长期目标", "年度目标")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    line: Line


def read_report(lines: Sequence[Line], flags: Flags) -> Sheet:
    """The report as sections and statistics; its one project is the unit as a whole.

    Raises SheetError where it has no heading such as “一、单位概况”.
    """
    title, body = _title(lines)
    paragraphs = _paragraphs(body)
    sections = _sections(paragraphs)
    if not sections:
        raise SheetError("没有找到自评报告的章节标题(如“一、单位概况”)。请核对文件。")
    found = _TITLE.fullmatch(title)
    year = int(found["year"]) if found else 0
    unit = found["unit"].strip() if found else ""
    if not year:
        flags.add("sheet/year", FlagKind.UNSURE, "没有找到年度,请填写")
    if not unit:
        flags.add("sheet/unit", FlagKind.UNSURE, "没有找到单位名称,请填写")
    for line in lines:
        if line.masked:
            flags.add("1/text/报告正文", FlagKind.MASKED, "此处的姓名、电话已遮盖,不会保存", line)
    statistics = _statistics(paragraphs)
    if not statistics:
        flags.add("statistic/0", FlagKind.UNSURE, "报告里没有读到统计数字,请核对")
    project = _whole(unit, year, statistics, paragraphs)
    return Sheet(unit, year, title, "report", (project,), tuple(flags.found), statistics, sections)


def _title(lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """The lines above the first heading are the title."""
    title: list[str] = []
    for index, line in enumerate(lines):
        text = " ".join(token.text for token in line.tokens)
        if _HEADING.fullmatch(text) or len(title) >= 4:
            return " ".join(" ".join(title).split()), list(lines[index:])
        title.append(text)
    return " ".join(title), []


def _paragraphs(lines: Sequence[Line]) -> list[_Paragraph]:
    """Paragraphs put together again where a line or page break cut them."""
    found: list[_Paragraph] = []
    for line in lines:
        text = " ".join(token.text for token in line.tokens)
        cut = bool(found) and not found[-1].text.endswith(("。", "!", "?", "！", "？", ":", "：", "；", ";"))
        if cut and not _begins(text) and not _begins_heading(found[-1].text):
            found[-1] = _Paragraph(found[-1].text + text, found[-1].line)
        else:
            found.append(_Paragraph(text, line))
    return found


def _begins(text: str) -> bool:
    return bool(_begins_heading(text) or re.match(r"[0-9]{1,2}[.、．]|.{2,8}[:：]", text))


def _begins_heading(text: str) -> bool:
    return bool(_HEADING.fullmatch(text) or re.match(r"[(（][一二三四五六七八九十]{1,3}[)）].{0,40}$", text))


def _sections(paragraphs: Sequence[_Paragraph]) -> tuple[tuple[str, str], ...]:
    sections: list[tuple[str, list[str]]] = []
    for paragraph in paragraphs:
        if _HEADING.fullmatch(paragraph.text) and not paragraph.text.endswith("。"):
            sections.append((paragraph.text, []))
        elif sections:
            sections[-1][1].append(paragraph.text)
    return tuple((heading, "\n".join(texts)) for heading, texts in sections)


def _statistics(paragraphs: Sequence[_Paragraph]) -> tuple[Statistic, ...]:
    """Every figure that one of the known phrases states; the same figure stated twice counts once."""
    found: dict[tuple[str, Decimal], Statistic] = {}
    for paragraph in paragraphs:
        plain = "".join(plain_signs(paragraph.text).split())
        hits: list[tuple[int, Statistic]] = []
        for rule in _RULES:
            for match in rule.pattern.finditer(plain):
                hits.append((match.start(), _statistic(rule.name, match, paragraph)))
        for _, statistic in sorted(hits, key=lambda hit: hit[0]):
            found.setdefault((statistic.name, statistic.value), statistic)
    return tuple(found.values())


def _statistic(name: str, match: re.Match[str], paragraph: _Paragraph) -> Statistic:
    change = Decimal(match["change"].replace(",", "")) if match["change"] else None
    if change is not None and match["turn"] in ("下降", "减少", "降低"):
        change = -change
    value = Decimal(match["value"].replace(",", ""))
    return Statistic(name, value, match["unit"], change, paragraph.line.number, match[0])


def _whole(unit: str, year: int, statistics: Sequence[Statistic], paragraphs: Sequence[_Paragraph]) -> Project:
    stated = {statistic.name: statistic for statistic in statistics if statistic.unit in ("万元", "元")}
    money_unit = next((one.unit for one in stated.values()), "万元")
    funds = tuple(
        FundLine(name, amount(format(stated[name].value, "f"), ""), level)
        for name, level in _FUNDS.items()
        if name in stated
    )
    spent = stated.get("总支出")
    costs = (YearCost(year or None, amount(format(spent.value, "f"), ""), "actual"),) if spent else ()
    texts = []
    for paragraph in paragraphs:
        label, colon, text = paragraph.text.replace("：", ":", 1).partition(":")
        if colon and label.strip() in _GOALS:
            texts.append((label.strip(), text.strip()))
    return Project(
        1,
        WHOLE,
        ProjectType.OTHER,
        unit,
        str(year or ""),
        str(year or ""),
        money_unit,
        tuple(texts),
        funds=funds,
        costs=costs,
    )
