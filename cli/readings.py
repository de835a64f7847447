"""readings: what people enter by hand for a sheet, with evidence."""

from __future__ import annotations

import argparse
import getpass
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word, positive
from cli.targets import write

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.entries import Attachment
    from targets.entries_file import EntriesRead


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    actions = Commands(commands.add("readings", _no_action, "手工填报: 新增、按文件导入、列出、撤销"))
    add = actions.add("add", _add, "填报一条; 填错了用 revoke 撤销后重填")
    _sheet(add)
    add.add_argument("indicator", metavar="指标", help="指标代码或名称; 重名时写 项目/指标")
    add.add_argument("value", metavar="数值或文字", help="例 3、96.5%%、达标、已完成; 资金填至今累计金额")
    add.add_argument("--day", type=day_word, metavar="日期", help="发生在哪一天(缺省: 今天)")
    add.add_argument("--note", default="", metavar="说明")
    add.add_argument("--author", metavar="姓名", help="填报人(缺省: 当前系统用户)")
    add.add_argument("--evidence", type=Path, action="append", default=[], metavar="文件", help="佐证材料,可写多次")
    bring = actions.add(
        "import",
        _import,
        "按文件导入(xlsx、csv)",
        "列: 指标、日期、数值或文字、说明、填报人。能用的行写入,不能用的行逐行说明; 有不能用的行时退出码为 1。",
    )
    _sheet(bring)
    bring.add_argument("file", type=Path, metavar="文件")
    bring.add_argument("--author", metavar="姓名", help="“填报人”为空的行算谁填的")
    listing = actions.add("list", _list, "列出填报")
    _sheet(listing)
    listing.add_argument("--indicator", metavar="指标", help="只看这个指标")
    listing.add_argument("--all", action="store_true", help="连同已撤销的")
    revoke = actions.add("revoke", _revoke, "撤销一条填报(保留记录)")
    revoke.add_argument("id", type=positive, metavar="编号")
    revoke.add_argument("--author", metavar="姓名", help="谁撤销的(缺省: 当前系统用户)")


def _sheet(parser: Parser) -> None:
    parser.add_argument("--sheet", metavar="目标表", help="目标表代码(只有一份时可不写)")


def _no_action(args: argparse.Namespace, console: Console) -> int:
    raise Failure("要做什么? 运行 python app.py readings --help 查看")


def _add(args: argparse.Namespace, console: Console) -> int:
    from cli.progress import which_sheet
    from db.entries import add_entry
    from db.sheets import load_sheet
    from targets.entries_file import find_indicator, read_value
    from targets.entry_check import EntryCheck

    product = console.product()
    today = product.today()
    day, evidence = console.day(args.day, today), [_attachment(path) for path in args.evidence]
    if day > today:
        raise Failure(f"{day} 还没有到,请写已经发生的日期")
    value, text = read_value(args.value)

    def work(conn: Connection) -> tuple[str, int]:
        code = which_sheet(conn, args.sheet)
        sheet = load_sheet(conn, code)
        key = find_indicator(sheet, args.indicator)
        if problem := EntryCheck.of(conn, code, sheet).problem(key, day, value, text, args.value):
            raise Failure(problem)
        author = args.author or getpass.getuser()
        return key, add_entry(
            conn, code, key=key, day=day, value=value, text=text, note=args.note, author=author, now=product.clock(),
            evidence=evidence,
        )  # fmt: skip

    key, number = write(console, work)
    console.give({"id": number, "key": key, "day": day, "value": value, "text": text})
    console.say(f"已记下,编号 {number}。")
    return 0


def _attachment(path: Path) -> Attachment:
    from db.entries import Attachment

    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attachment(path.name, kind, path.read_bytes())


def _import(args: argparse.Namespace, console: Console) -> int:
    from cli.progress import which_sheet
    from targets.entries_file import read_entries, store_entries

    product, content = console.product(), args.file.read_bytes()

    def work(conn: Connection) -> tuple[EntriesRead, list[int]]:
        code = which_sheet(conn, args.sheet)
        found = read_entries(conn, code, args.file.name, content, author=args.author or "", today=product.today())
        return found, store_entries(conn, code, found.entries, now=product.clock())

    found, ids = write(console, work)
    console.give({"stored": len(ids), "ids": ids, "problems": found.problems})
    console.say(f"已写入 {len(ids)} 条。")
    for problem in found.problems:
        console.warn(str(problem))
    return 1 if found.problems else 0


def _list(args: argparse.Namespace, console: Console) -> int:
    from cli.progress import which_sheet
    from db.entries import list_entries
    from db.sheets import load_sheet
    from targets.entries_file import find_indicator
    from targets.errors import SheetError

    with console.product().engine.connect() as conn:
        code = which_sheet(conn, args.sheet)
        sheet = load_sheet(conn, code)
        try:
            key = find_indicator(sheet, args.indicator) if args.indicator else None
        except SheetError as error:
            raise Failure(str(error)) from None
        found = list_entries(conn, code, key=key, with_revoked=args.all)
    names = {key: one.name for _, one, key in sheet.indicators()}
    console.give(found)
    headers = ("编号", "日期", "指标", "数值", "文字", "说明", "填报人", "填报时间", "佐证", "撤销")
    rows = (
        (e.id, e.day, names.get(e.key, e.key), "" if e.value is None else f"{e.value:,.10g}", e.text, e.note, e.author,
         console.local(e.entered_at), "、".join(e.evidence), console.local(e.revoked_at))
        for e in found
    )  # fmt: skip
    console.table(headers, rows, "还没有填报。")
    return 0


def _revoke(args: argparse.Namespace, console: Console) -> int:
    from db.entries import revoke_entry

    clock = console.product().clock
    write(console, lambda conn: revoke_entry(conn, args.id, by=args.author or getpass.getuser(), now=clock()))
    console.give({"revoked": args.id})
    console.say(f"已撤销编号 {args.id}。")
    return 0
