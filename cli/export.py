"""export: figures or stored facts as csv or xlsx."""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.kpi import add_name_seats, add_question, figures, seats_shown
from cli.parser import Commands, day_word
from kpi.showing import Showing
from patience import patiently

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FACT_WORDS = {
    "calls": "call_stats", "seats": "seat_stats", "orders": "order_stats", "readings": "readings",
    "months": "month_stats", "days": "day_totals",
}  # fmt: skip
KPI_COLUMNS = (
    ("kpi", "指标代码"), ("name", "指标"), ("start", "开始"), ("end", "结束"), ("key", "键"), ("value", "数值"),
    ("unit", "单位"), ("shown", "显示"), ("numerator", "分子"), ("denominator", "分母"),
    ("days_with_data", "有数据天数"), ("days_passed", "应有天数"), ("formula_text", "口径"), ("reason", "说明"),
)  # fmt: skip
MOST_ROWS = 1_048_575
"""Rows of an xlsx sheet below its header."""

Cell = str | int | float | date | None


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add("export", _no_action, "导出指标或明细合计为 csv、xlsx")
    actions = Commands(parser)
    kpi = actions.add(
        "kpi", _export_kpi, "导出指标,选项与 kpi 命令相同", "百分比的数值是小数(0.9571);“显示”一列是带单位的文字。"
    )
    kpi.add_argument("file", type=_table_file, metavar="文件", help=".csv(UTF-8,带 BOM)或 .xlsx")
    kpi.add_argument("codes", nargs="*", metavar="指标", help="不写则为全部")
    add_question(kpi)
    facts = actions.add("facts", _export_facts, "导出入库的合计(按小时、座席、工单日等)")
    facts.add_argument("what", choices=sorted(FACT_WORDS), help="哪一类")
    facts.add_argument("file", type=_table_file, metavar="文件", help=".csv(UTF-8,带 BOM)或 .xlsx")
    facts.add_argument("--centre", action="append", default=[], metavar="中心", help="含下级中心,可写多次")
    facts.add_argument("--from", dest="start", type=day_word, metavar="日期")
    facts.add_argument("--to", dest="end", type=day_word, metavar="日期")
    add_name_seats(facts)


def _table_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise argparse.ArgumentTypeError(f"{text!r} 要以 .csv 或 .xlsx 结尾")
    return path


def _no_action(args: argparse.Namespace, console: Console) -> int:
    raise Failure("要导出什么? export kpi 或 export facts")


def _export_kpi(args: argparse.Namespace, console: Console) -> int:
    rows, _answer = figures(args, console)
    titles = [title for _key, title in KPI_COLUMNS]
    cells = ([_cell(row[key]) for key, _title in KPI_COLUMNS] for row in rows)
    return _done(args.file, write_table(args.file, titles, cells), console)


def _export_facts(args: argparse.Namespace, console: Console) -> int:
    from db.centres import tree
    from db.export import fact_rows

    product = console.product()
    if args.what == "seats" and seats_shown(args, console) is not Showing.ON:
        raise Failure(
            "设置 HOTLINE_SEAT_RANKING 为 anonymous: 座席的逐日合计离不开工号,不导出。"
            "名次可用 export kpi --by seat; 管理员核对数据确需工号的,加 --name-seats"
        )
    start = console.day(args.start, date.min)
    end = console.day(args.end, date.max)
    with product.engine.connect() as conn:
        try:
            centres = tree(conn).under_all(args.centre)
        except KeyError as error:
            raise Failure(str(error.args[0])) from None
        titles, rows = fact_rows(conn, FACT_WORDS[args.what], centres, start, end)
        count = write_table(args.file, titles, rows)
    return _done(args.file, count, console)


def _done(file: Path, count: int, console: Console) -> int:
    console.give({"file": file, "rows": count})
    console.say(f"已导出 {count:,} 行到 {file}")
    return 0


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, (str, int, float, date)) else str(value)


def write_table(file: Path, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Writes a csv or xlsx file, whole or not at all, and gives the number of rows.

    Text that a spreadsheet would take for a formula is kept as text. Raises Failure where an xlsx can't hold it.
    """
    with draft_of(file) as draft:
        return _xlsx(draft, titles, rows) if file.suffix.lower() == ".xlsx" else _csv(draft, titles, rows)


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """A file beside ``file`` that takes its place once it is written whole, and goes where it is not."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".export-", suffix=file.suffix)
    os.close(descriptor)
    try:
        yield Path(name)
        Path(name).chmod(0o644)
        patiently(lambda: os.replace(name, file))
    finally:
        Path(name).unlink(missing_ok=True)


def _csv(draft: Path, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    count = 0
    with draft.open("w", encoding="utf-8-sig", newline="") as out:  # Excel knows UTF-8 by its mark
        writer = csv.writer(out)
        writer.writerow(titles)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the count
            writer.writerow([_harmless(cell) for cell in row])
    return count


def _harmless(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _xlsx(draft: Path, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    from xlsxwriter import Workbook

    count = 0
    with Workbook(
        str(draft), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("数据")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                raise Failure(f"超过 xlsx 能放的 {MOST_ROWS:,} 行,请缩短期间或导出为 .csv")
            _write_row(sheet, count, row, day)
    return count


def _write_row(sheet: Worksheet, number: int, row: Sequence[Cell], day: Format) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, cell, day)
        elif isinstance(cell, str):
            sheet.write_string(number, column, cell)
        elif cell is not None:
            sheet.write_number(number, column, cell)
