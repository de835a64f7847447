"""targets: the sheets of targets (绩效目标申报表): bring in, list, show, hand out, and what contradicts itself."""

from __future__ import annotations

import argparse
import getpass
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cli.console import Console, Failure, plain
from cli.parser import Commands, positive

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.sheets import SheetRow
    from kpi.sheet import Sheet

T = TypeVar("T")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
FORMATS = ("xlsx", "docx", "json")
STATE_WORDS = {"draft": "草稿", "active": "生效", "superseded": "已被取代"}


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    actions = Commands(commands.add("targets", _no_action, "目标表: 导入、列出、查看、导出、校核"))
    bring = actions.add(
        "import",
        _import,
        "导入一份目标表为新的一版",
        "读取 xlsx、docx、csv、txt、md 格式的绩效目标申报表; 读不准的地方列入待校核,不猜。人名和电话会遮盖。",
    )
    bring.add_argument("file", nargs="?", type=Path, metavar="文件", help="申报表文件; 用 --preset 时不写")
    bring.add_argument("--preset", metavar="预置", help="从自带的目标表开始; --preset list 列出全部")
    bring.add_argument("--code", type=_code, metavar="代码", help="目标表代码(缺省: 中心-年度); 已有则另存为新的一版")
    bring.add_argument("--centre", metavar="中心", help="按哪个中心的数据考核,含下级(缺省: 全部中心)")
    bring.add_argument("--author", metavar="姓名", help="谁导入的(缺省: 当前系统用户)")
    bring.add_argument("--reason", default="", metavar="原因", help="为什么修订")
    bring.add_argument("--activate", action="store_true", help="导入后立即生效(缺省: 存为草稿,校核后再生效)")
    actions.add("list", _list, "列出目标表").add_argument("--all", action="store_true", help="连同已停用的")
    show = actions.add("show", _show, "查看一份目标表的资金与指标")
    _sheet(show)
    export = actions.add("export", _export, "导出目标表: xlsx、docx 按申报表原样式, json 给程序")
    _sheet(export)
    export.add_argument("--format", choices=FORMATS, help="格式(缺省: 按 --out 的结尾)")
    export.add_argument("--out", type=Path, metavar="文件", help="写到哪个文件(缺省: 目标表代码.格式)")
    _sheet(actions.add("findings", _findings, "找出表内自相矛盾之处; 有则退出码为 1"))


def _sheet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="目标表", help="目标表代码")
    parser.add_argument("--revision", type=positive, metavar="版次", help="第几版(缺省: 生效的一版)")


def _code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} 不行: 只用字母、数字、- 和 _,以字母或数字开头,最多 64 个")
    return text


def _no_action(args: argparse.Namespace, console: Console) -> int:
    raise Failure("要做什么? 运行 python app.py targets --help 查看")


def write(console: Console, work: Callable[[Connection], T]) -> T:
    """Does the work in one write transaction; what is refused becomes a Failure."""
    from db.engine import transact
    from targets.errors import SheetError

    try:
        return transact(console.product().engine, work)
    except SheetError as error:
        raise Failure(str(error)) from None


def _import(args: argparse.Namespace, console: Console) -> int:
    from db.bindings import save_bindings
    from db.sheets import ACTIVE, DRAFT, save_sheet
    from targets.binding import propose
    from targets.presets import PRESETS

    if args.preset == "list":
        console.give(dict(PRESETS))
        console.table(("预置", "名称"), PRESETS.items())
        return 0
    name, sheet, source = _read(args)
    code = args.code or (args.preset if args.preset else f"{args.centre or 'sheet'}-{sheet.year}")
    now = console.product().clock()
    state = ACTIVE if args.activate else DRAFT
    catalogue = console.product().catalogue

    def store(conn: Connection) -> int:
        number = save_sheet(
            conn,
            sheet,
            code=code,
            centre=args.centre,
            author=args.author or getpass.getuser(),
            reason=args.reason,
            source_name=name,
            source_text=source,
            now=now,
            state=state,
        )
        save_bindings(conn, code, propose(sheet, catalogue), replace=False)
        return number

    _tell(console, code, write(console, store), state, sheet)
    return 0


def _tell(console: Console, code: str, number: int, state: str, sheet: Sheet) -> None:
    """What came in, and what a person has to look at."""
    from db.sheets import DRAFT
    from targets.findings import findings

    found, count = findings(sheet), sum(len(project.indicators) for project in sheet.projects)
    console.give(
        {
            "sheet": code, "revision": number, "state": state, "projects": len(sheet.projects), "indicators": count,
            "flags": sheet.flags, "findings": found,
        }
    )  # fmt: skip
    console.say(f"已导入 {code} 第 {number} 版({STATE_WORDS[state]}): {len(sheet.projects)} 个项目, {count} 个指标。")
    if sheet.flags:
        console.say(f"有 {len(sheet.flags)} 处需要人工校核:")
        rows = ((f.place, f.line, f.message, _short(f.source)) for f in sheet.flags)
        console.table(("位置", "行", "说明", "原文"), rows)
    if found:
        console.say(f"表内有 {len(found)} 处矛盾或存疑,运行 python app.py targets findings {code} 查看。")
    if state == DRAFT:
        console.say("还是草稿: 请在“目标表”页核对后生效,或加 --activate 重新导入。")


def _read(args: argparse.Namespace) -> tuple[str, Sheet, str]:
    """The document's name, the sheet, and its masked source."""
    from targets.draft import read_with_source
    from targets.errors import SheetError
    from targets.presets import PRESETS, preset

    if (args.file is None) == (args.preset is None):
        raise Failure("请写一个文件,或用 --preset 选一份预置(--preset list 列出全部)")
    if args.preset is not None:
        if args.preset not in PRESETS:
            raise Failure(f"没有预置 {args.preset!r};可用: {'、'.join(PRESETS)}")
        return args.preset, preset(args.preset), ""
    try:
        document = read_with_source(args.file.name, args.file.read_bytes())
    except SheetError as error:
        raise Failure(str(error)) from None
    return args.file.name, document.sheet, document.source


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _list(args: argparse.Namespace, console: Console) -> int:
    from db.sheets import list_sheets

    with console.product().engine.connect() as conn:
        found = list_sheets(conn, include_retired=args.all)
    console.give(found)
    headers = ("代码", "年度", "单位", "标题", "中心", "版次", "状态", "项目", "指标", "待校核")
    console.table(headers, map(_list_cells, found), "还没有目标表。运行 python app.py targets import 文件 导入一份。")
    return 0


def _list_cells(row: SheetRow) -> tuple[object, ...]:
    state = STATE_WORDS.get(row.state, row.state)
    return (
        row.code, row.year, row.unit, row.title, row.centre or "全部", row.revision, state, row.projects,
        row.indicators, row.flags_open,
    )  # fmt: skip


def load(console: Console, code: str, revision: int | None = None) -> Sheet:
    """A sheet as stored."""
    from db.sheets import load_sheet

    with console.product().engine.connect() as conn:
        return load_sheet(conn, code, revision)


def _show(args: argparse.Namespace, console: Console) -> int:
    from targets.sheet_json import to_json

    sheet = load(console, args.sheet, args.revision)
    console.give(to_json(sheet))
    console.say(f"{sheet.title} {sheet.year} 年度 {sheet.unit}".strip())
    for project in sheet.projects:
        console.say()
        console.say(f"项目 {project.no} {project.name}({project.type.value})")
        if project.expenses:
            lines = ((e.name, e.half.shown, e.full.shown) for e in project.expenses)
            console.table((f"支出({project.money_unit})", "半年计划", "全年预算"), lines)
        console.table(("代码", "行", "一级", "二级", "指标", "半年", "全年"), _indicators(sheet, project.no))
    return 0


def _indicators(sheet: Sheet, number: int) -> Iterator[tuple[object, ...]]:
    for project, one, key in sheet.indicators():
        if project.no == number:
            yield key, one.row, one.level1, one.level2, _short(one.name), one.half.shown, one.full.shown


def _export(args: argparse.Namespace, console: Console) -> int:
    ending = args.out.suffix.lower().removeprefix(".") if args.out else ""
    kind = args.format or (ending if ending in FORMATS else "")
    if not kind:
        raise Failure("请用 --format 写明格式(xlsx、docx、json),或让 --out 以其中之一结尾")
    sheet = load(console, args.sheet, args.revision)
    return save_document(console, args.out or Path(f"{args.sheet}.{kind}"), _document(sheet, kind))


def _document(sheet: Sheet, kind: str) -> bytes:
    if kind == "json":
        from targets.sheet_json import to_json

        return json.dumps(plain(to_json(sheet)), ensure_ascii=False, indent=2).encode()
    if kind == "xlsx":
        from targets.export_xlsx import sheet_xlsx

        return sheet_xlsx(sheet)
    from targets.export_docx import sheet_docx

    return sheet_docx(sheet)


def save_document(console: Console, path: Path, content: bytes) -> int:
    """Writes a document whole and says so."""
    from cli.export import draft_of

    with draft_of(path) as draft:
        draft.write_bytes(content)
    console.give({"file": path, "bytes": len(content)})
    console.say(f"已写到 {path}")
    return 0


def _findings(args: argparse.Namespace, console: Console) -> int:
    from targets.findings import findings

    found = findings(load(console, args.sheet, args.revision))
    console.give(found)
    rows = ((f.severity.value, f.place, f.message, f.proof) for f in found)
    console.table(("程度", "位置", "说明", "算式"), rows, "没有发现矛盾。")
    return 1 if found else 0
