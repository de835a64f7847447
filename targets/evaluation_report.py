"""绩效自评报告: six sections, the figures filled from data, people's own words kept, every figure with its proof."""

from __future__ import annotations

from collections.abc import Sequence

from targets.evaluation_boxes import TRACE_POINTS, TRACE_WIDTHS, trace_rows
from targets.evaluation_model import ASK_TEXT, REPORT_TEXTS, Evaluation
from targets.figure_text import day, days
from targets.grid import Box, Look, left
from targets.report_figures import add_pictures, add_statements
from targets.report_rows import add_deviations, add_indicators, add_money, count_sentence, score_parts
from targets.report_writer import Writer

_TITLES = {one.key: one.title for one in REPORT_TEXTS}
_GOALS = 3
"""With more projects than this, their goals are left to the forms."""


def report_docx(data: Evaluation) -> bytes:
    """The report as docx. What a person has not written yet is marked, never made up."""
    name = f"{data.sheet.unit}{data.sheet.year}年度{'' if data.period == 'full' else data.period_name}"
    writer = Writer(f"{name}绩效自评报告", data.generated_at)
    writer.title((f"{name}绩效自评报告", f"（数据截至{day(data.as_of)}）"))
    _unit(writer, data)
    _conclusion(writer, data)
    _achievements(writer, data)
    _problems(writer, data)
    writer.heading(_TITLES["advice"])
    _own(writer, data, "advice")
    _other(writer, data)
    _review(writer)
    _appendix(writer, data)
    return writer.content()


def _own(writer: Writer, data: Evaluation, key: str) -> None:
    """The person's text of a section, or the mark that asks for it."""
    if text := data.text(key):
        writer.own_text(text)
    else:
        writer.ask(f"{ASK_TEXT[:-1]}：{_TITLES[key]}】")


def _unit(writer: Writer, data: Evaluation) -> None:
    writer.heading(_TITLES["unit"])
    writer.heading("（一）基本情况", 2)
    _own(writer, data, "unit")
    writer.heading("（二）收支情况", 2)
    add_money(writer, data)
    texts = [(name, text, one.project.name) for one in data.projects for name, text in one.project.texts]
    goals = [one for one in texts if "目标" in one[0] and not one[0].endswith("完成情况")]
    if goals and len(data.projects) <= _GOALS:
        writer.heading("（三）单位绩效目标", 2)
        for name, text, project in goals:
            writer.say(f"{name}{f'（{project}）' if len(data.projects) > 1 else ''}：")
            writer.own_text(text)


def _conclusion(writer: Writer, data: Evaluation) -> None:
    writer.heading(_TITLES["conclusion"])
    writer.say(*score_parts(data), count_sentence(data))
    add_statements(writer, data)
    if text := data.text("conclusion"):
        writer.own_text(text)


def _achievements(writer: Writer, data: Evaluation) -> None:
    writer.heading(_TITLES["achievements"])
    writer.heading("（一）指标完成情况", 2)
    add_indicators(writer, data)
    second = add_pictures(writer, data, "（二）业务运行情况")
    writer.heading("（三）主要做法和成效" if second else "（二）主要做法和成效", 2)
    _own(writer, data, "achievements")


def _problems(writer: Writer, data: Evaluation) -> None:
    writer.heading(_TITLES["problems"])
    writer.heading("（一）偏差情况", 2)
    add_deviations(writer, data)
    writer.heading("（二）问题及原因", 2)
    _own(writer, data, "problems")


def _other(writer: Writer, data: Evaluation) -> None:
    writer.heading(_TITLES["other"])
    text = data.text("other")
    if text:
        writer.own_text(text)
    said = [*data.notes, *_missing(data)]
    for sentence in said:
        writer.say(sentence)
    if not text and not said:
        writer.say("无。")


def _missing(data: Evaluation) -> Sequence[str]:
    lost = [f"“{row.name}”" for one in data.projects for row in one.rows if row.lost]
    asked = [question for question in data.open_questions if question.kind == "value"]
    found = []
    if lost:
        found.append(f"{'、'.join(lost)}的指标值在原表中缺失，本报告以“〔缺失〕”标出。")
    if asked:
        found.append(f"有{len(asked)}项指标没有完成值，文中以“—”表示，原因列于附件。")
    return found


def _review(writer: Writer) -> None:
    """The department's fields, which stay empty."""
    writer.heading("主管部门审核意见", 2)
    sign = "审核人（签字）：              （盖章）              年    月    日"
    writer.boxes(
        ((Box("审核分数"), Box(), Box("核定等级"), Box()), (Box("", 4, look=Look.LEFT, lines=4),), (left(sign, 4),)),
        (36.0, 42.0, 36.0, 42.0),
        12.0,
    )


def _appendix(writer: Writer, data: Evaluation) -> None:
    writer.heading("附件  数据来源与口径", new_page=True)
    writer.say(f"正文中数字后的方括号编号对应下表序号。评价期间：{days(data.span)}。")
    writer.boxes(trace_rows(data.traces), TRACE_WIDTHS, TRACE_POINTS, heads=1)
