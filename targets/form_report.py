"""A report (自评报告) that was imported: its sections and the figures it states."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.rounding import exact
from kpi.sheet import Sheet, Statistic
from targets.figure_text import DASH
from targets.form_standard import money_box
from targets.grid import Block, Box, Form, Row, head, left

WIDTHS = (36.0, 54.0, 40.0, 20.0, 30.0)


def report_forms(sheet: Sheet) -> tuple[Form, ...]:
    """The sections as rows, the money and the figures as lists."""
    blocks = (Block(tuple(_texts(sheet))), *(block for _, block in list_blocks(sheet)))
    return (
        Form(
            tab="自评报告",
            title=sheet.title,
            widths=WIDTHS,
            blocks=tuple(block for block in blocks if block.rows),
        ),
    )


def _texts(sheet: Sheet) -> Iterator[Row]:
    """A row for each heading, one below it for each paragraph."""
    for name, text in sections_of(sheet):
        yield (head(name, len(WIDTHS)),)
        for line in text.split("\n"):
            yield (left(line, len(WIDTHS)),)


def sections_of(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The sections by heading; where only the goals were kept, those."""
    return sheet.sections or tuple(text for project in sheet.projects for text in project.texts)


def list_blocks(sheet: Sheet) -> Iterator[tuple[str, Block]]:
    """The money and the figures, each with its caption."""
    funds = [(project, fund) for project in sheet.projects for fund in project.funds]
    if funds:
        rows = [(left(fund.name, 2), money_box(fund.amount, 2), Box(project.money_unit)) for project, fund in funds]
        yield "收入", Block(((head("收入", 2), head("金额", 2), head("单位")), *rows), heads=1)
    if sheet.statistics:
        yield "文中所列数据", Block((statistic_head(), *(statistic_row(one) for one in sheet.statistics)), heads=1)


def statistic_head() -> Row:
    """The head of the list of figures."""
    return head("数据", 2), head("数值"), head("单位"), head("同比")


def statistic_row(one: Statistic) -> Row:
    """One figure as the report states it."""
    moved = DASH if one.change is None else f"{'上升' if one.change >= 0 else '下降'}{abs(exact(one.change)):f}%"
    return left(one.name, 2), Box(format(one.value, "f")), Box(one.unit), Box(moved)
