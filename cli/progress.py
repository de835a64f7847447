"""progress: every indicator of a sheet on a day, half-year and full year side by side; and what if."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from kpi.pace_model import Pace, Progress, ProgressRow
    from product import Product
    from targets.what_if import WhatIf

HEADERS = (
    "状态", "指标", "至今", "半年目标", "全年目标", "预测(80% 区间)", "达成概率", "半年状态", "全年状态", "此后",
)  # fmt: skip


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add(
        "progress",
        _progress,
        "目标表进度: 至今、预测、余量、状态",
        "目标表每个指标在某一天结束时的进度。状态与预测按当前考核的期间: 6 月 30 日及以前为半年,之后为全年。",
    )
    add_sheet(parser)
    parser.add_argument("--project", type=int, metavar="序号", help="只看第几个项目")
    actions = Commands(parser, required=False)
    what_if = actions.add("what-if", _what_if, "推算: 从明天起保持某个水平,或增加坐席,到期末会怎样")
    what_if.add_argument("indicator", metavar="指标", help="指标代码或名称; 重名时写 项目/指标")
    what_if.add_argument("--sheet", required=True, metavar="目标表", help="目标表代码")
    what_if.add_argument("--as-of", type=day_word, metavar="日期", help="从这天之后起推算(缺省: 今天)")
    asked = what_if.add_mutually_exclusive_group(required=True)
    asked.add_argument("--rate", type=_rate, metavar="水平", help="此后一直保持的水平: 百分比写 97%%,其他写数")
    asked.add_argument("--add-seats", type=float, metavar="人数", help="增加(负数: 减少)几个坐席")
    what_if.add_argument("--seats", type=float, metavar="人数", help="现有坐席(缺省: 近 28 天平均出勤)")


def add_sheet(parser: Parser) -> None:
    """The options that say which sheet, on which day."""
    parser.add_argument("--sheet", metavar="目标表", help="目标表代码(只有一份时可不写)")
    parser.add_argument("--as-of", type=day_word, metavar="日期", help="哪一天结束时的情形(缺省: 今天)")


def _rate(text: str) -> float:
    try:
        return float(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是数,请写成 97% 或 60.5") from None


def which_sheet(conn: Connection, code: str | None) -> str:
    """The sheet asked for, or the only one there is."""
    from db.sheets import list_sheets

    if code is not None:
        return code
    found = [row.code for row in list_sheets(conn)]
    if len(found) == 1:
        return found[0]
    known = f"现有: {'、'.join(found)}" if found else "还没有目标表,请先用 targets import 导入"
    raise Failure(f"请用 --sheet 写明哪份目标表。{known}。")


def ask_progress(conn: Connection, product: Product, code: str, as_of: date) -> Progress:
    """The progress of a sheet. Raises Failure for a day that has not come."""
    from db.definitions import load_calendar
    from targets.progress import progress

    try:
        return progress(
            conn,
            product.catalogue,
            code,
            as_of,
            today=product.today(),
            calendar=load_calendar(conn),
            tz=product.tz,
            min_sample=product.settings.min_sample,
        )
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0])) from None


def _progress(args: argparse.Namespace, console: Console) -> int:
    product = console.product()
    as_of = console.day(args.as_of, product.today())
    with product.engine.connect() as conn:
        found = ask_progress(conn, product, which_sheet(conn, args.sheet), as_of)
    rows = [row for row in found.rows if args.project in (None, row.project)]
    console.give(found)
    console.say(f"{found.title} {found.year} 年度,截至 {as_of}: {found.sentence}")
    console.table(HEADERS, (_cells(row, as_of) for row in rows), "目标表里没有指标。")
    return 0


def _cells(row: ProgressRow, as_of: date) -> tuple[object, ...]:
    pace = row.due(as_of)
    proposed = row.binding is not None and not row.binding.confirmed_by
    return (
        pace.status.value, row.indicator.name + ("(绑定待确认)" if proposed else ""), _value(row, pace),
        row.half.target.shown or "—", row.full.target.shown or "—", _ending(row, pace), _chance(pace),
        row.half.status.value, row.full.status.value, pace.said,
    )  # fmt: skip


def _value(row: ProgressRow, pace: Pace) -> str:
    from targets import said

    if pace.value is None:
        return pace.text if pace.text and pace.text != said.NOTHING_ASKED else "—"
    return said.held_against(pace.value, row.unit, pace.target)


def _ending(row: ProgressRow, pace: Pace) -> str:
    from targets import said

    if pace.projected is None:
        return "—"
    text = said.held_against(pace.projected, row.unit, pace.target)
    if pace.low is None or pace.high is None:
        return text
    return f"{text}({said.amount(pace.low, row.unit)}—{said.amount(pace.high, row.unit)})"


def _chance(pace: Pace) -> str:
    if pace.probability is None:
        return "—"
    percent = round(pace.probability * 100)
    if percent == 100 and pace.probability < 1:
        return "> 99 %"
    return "< 1 %" if percent == 0 and pace.probability > 0 else f"{percent} %"


def _what_if(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import load_calendar
    from db.sheets import load_sheet
    from targets.entries_file import find_indicator
    from targets.what_if import what_if

    product = console.product()
    with product.engine.connect() as conn:
        try:
            found = what_if(
                conn,
                product.catalogue,
                args.sheet,
                find_indicator(load_sheet(conn, args.sheet), args.indicator),
                console.day(args.as_of, product.today()),
                today=product.today(),
                calendar=load_calendar(conn),
                rate=args.rate,
                seats_added=args.add_seats,
                seats=args.seats,
                tz=product.tz,
                min_sample=product.settings.min_sample,
            )
        except (KeyError, ValueError) as error:
            raise Failure(str(error.args[0])) from None
    console.give(found)
    _tell(found, console)
    return 0


def _tell(found: WhatIf, console: Console) -> None:
    console.say(f"{found.name}:")
    for name, end in (("半年", found.half), ("全年", found.full)):
        console.say(f"  {name}(目标 {end.target.shown or '—'}): {end.said}")
    if found.seats is not None:
        console.say(f"  现有坐席按 {found.seats:.1f} 个计。")
    console.say(found.note)
