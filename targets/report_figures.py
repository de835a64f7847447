"""The figures a report states: sentences, the table year on year, and the pictures by month."""

from __future__ import annotations

from collections.abc import Sequence

from targets.charts import Series, monthly_bars, monthly_path
from targets.evaluation_model import Evaluation, ReportFigure, Statement
from targets.figure_text import DASH, days
from targets.grid import Box, Row, head, left
from targets.report_rows import note
from targets.report_writer import Part, Writer


def add_statements(writer: Writer, data: Evaluation) -> None:
    """The figures in words and as a table beside those of the year before."""
    if not data.statements:
        return
    spoken = [one for one in data.statements if one.figure.value is not None]
    if spoken:
        writer.say(*_sentence(data, spoken))
    rows: list[Row] = [tuple(head(name) for name in ("项目", "本期", "上年同期", "同比", "注"))]
    rows += [_row(one) for one in data.statements]
    writer.table("主要业务数据", rows, (44.0, 32.0, 32.0, 38.0, 10.0))


def _sentence(data: Evaluation, spoken: Sequence[Statement]) -> list[Part]:
    part = spoken[0].figure.period
    when = (
        f"{data.sheet.year}年{'' if data.period == 'full' else data.period_name}" if part == data.span else days(part)
    )
    parts: list[Part] = [f"{when}，"]
    for number, one in enumerate(spoken):
        parts += [f"{one.figure.name}{one.shown}", one.trace]
        parts.append(f"，同比{one.change}" if one.change else "")
        parts.append("；" if number + 1 < len(spoken) else "。")
    return parts


def _row(one: Statement) -> Row:
    found = one.figure
    now = one.shown if found.value is not None else f"{DASH}（{found.reason or '无数据'}）"
    then = one.last_year if found.last_year is not None else f"{DASH}（{found.last_year_reason or '无数据'}）"
    return left(found.name), Box(now), Box(then), Box(one.change or DASH), Box(note(one.trace))


def add_pictures(writer: Writer, data: Evaluation, heading: str) -> bool:
    """The figures by month, under a heading; False (and nothing written) where none is known by month."""
    shown = [one.figure for one in data.statements if sum(value is not None for _, value in one.figure.monthly) > 1]
    if not shown:
        return False
    writer.heading(heading, 2)
    for found in shown:
        writer.picture(_caption(found), _picture(found, data.sheet.year))
    return True


def _caption(found: ReportFigure) -> str:
    beside = "及上年同期" if any(value is not None for _, value in found.monthly_last_year) else ""
    return f"{found.name}{beside}（按月）"


def _picture(found: ReportFigure, year: int) -> bytes:
    this, last = Series(f"{year}年", found.monthly), Series(f"{year - 1}年", found.monthly_last_year)
    if found.denominator is None:
        return monthly_bars(this, last, f"{found.name}（{found.unit}）")
    lines = [this] + ([last] if any(value is not None for _, value in last.points) else [])
    level = None if found.target is None or found.target.fraction is None else found.target
    target = None if level is None or level.fraction is None else (level.fraction, level.shown)
    return monthly_path(lines, target, found.unit, f"{found.name}（{found.unit}）")
