"""runs, rejects, restatements: what was recorded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word, positive

if TYPE_CHECKING:
    from db.first_given import Growth
    from db.journal import RunRow
    from db.restated import RestatedDay
    from product import Product

STATES = ("running", "ok", "empty", "failed", "abandoned")
STATE_WORDS = {"running": "进行中", "ok": "成功", "empty": "无新数据", "failed": "失败", "abandoned": "中断"}
TRIGGER_WORDS = {
    "daily": "每日",
    "intraday": "日间",
    "gap": "补缺",
    "manual": "手动",
    "upload": "上传",
    "mend": "改正",
    "forget": "清除",
}


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    runs = commands.add("runs", _runs, "列出拉取记录", "列出拉取记录,新的在前。")
    runs.add_argument("--source", metavar="数据源")
    runs.add_argument("--state", choices=STATES, help="只看这种结果")
    _limit(runs, 20)
    rejects = commands.add("rejects", _list_rejects, "剔除行: 列出、导出改正、重新喂入")
    _rejects_filter(rejects)
    actions = Commands(rejects, required=False)
    _rejects_filter(actions.add("list", _list_rejects, "列出剔除行"))
    export = actions.add("export", _export_rejects, "导出一个数据源的剔除行为 xlsx,改正后可再喂入")
    export.add_argument("source", metavar="数据源")
    export.add_argument("file", type=Path, metavar="文件")
    feed = actions.add("feed", _feed_rejects, "喂入改正后的 xlsx")
    feed.add_argument("file", type=Path, metavar="文件")
    restated = commands.add(
        "restatements",
        _restatements,
        "列出重述: 当天结束之后又变了的数值",
        "列出重述,新的在前: 每个中心、每天、每次拉取一组,指标由原值变成什么。其余计量取现在的值。"
        "数据源第一次给出某些天而使合计增加的,不是更正,另列在后: "
        "每个数据源、每项计量一行(--json 中 cause 为 first_given)。",
    )
    restated.add_argument("--centre", action="append", default=[], metavar="中心")
    restated.add_argument("--from", dest="start", type=day_word, metavar="日期")
    restated.add_argument("--to", dest="end", type=day_word, metavar="日期")
    restated.add_argument("--measures", action="store_true", help="在每次重述下列出变了的计量")
    _limit(restated, 50)


def _limit(parser: Parser, default: int) -> None:
    parser.add_argument("--limit", type=positive, default=default, metavar="条数", help=f"最多几条(缺省 {default})")


def _rejects_filter(parser: Parser) -> None:
    parser.add_argument("--source", metavar="数据源")
    parser.add_argument("--run", type=positive, metavar="编号", help="只看这次拉取的")
    parser.add_argument("--all", action="store_true", help="连同已改正和已被新数据取代的")
    _limit(parser, 50)


def _runs(args: argparse.Namespace, console: Console) -> int:
    from db.journal import list_runs

    with console.product().engine.connect() as conn:
        found = list_runs(conn, args.source, args.limit, state=args.state)
    console.give(found)
    headers = ("编号", "数据源", "起因", "窗口", "结果", "读", "用", "剔除", "开始", "秒", "错误与提醒")
    console.table(headers, (_run_cells(run, console) for run in found), "还没有拉取记录。")
    return 0


def _run_cells(run: RunRow, console: Console) -> tuple[object, ...]:
    window = "" if run.window_from is None else f"{run.window_from}…{run.window_to}"
    seconds = "" if run.seconds is None else f"{run.seconds:.1f}"
    remarks = "; ".join(filter(None, (run.error, *run.warnings)))
    return (
        run.id, run.source, TRIGGER_WORDS.get(run.trigger, run.trigger), window, STATE_WORDS.get(run.state, run.state),
        run.rows_read, run.rows_used, run.rows_rejected, console.local(run.started_at), seconds, remarks,
    )  # fmt: skip


def _list_rejects(args: argparse.Namespace, console: Console) -> int:
    from db.journal import count_rejects, list_rejects

    state = None if args.all else "open"
    with console.product().engine.connect() as conn:
        found = list_rejects(conn, args.source, args.run, state, args.limit)
        total = count_rejects(conn, args.source, args.run, state)
    console.give({"total": total, "rejects": found})
    headers = ("编号", "拉取", "数据源", "文件", "工作表", "行", "列", "值", "原因", "状态")
    rows = ((r.id, r.run_id, r.source, r.file, r.sheet, r.row_no, r.column, r.value, r.reason, r.state) for r in found)
    console.table(headers, rows, "没有剔除行。")
    if total > len(found):
        console.say(f"共 {total} 条,只显示了 {len(found)} 条。用 --limit 看更多,或 rejects export 导出全部。")
    return 0


def _export_rejects(args: argparse.Namespace, console: Console) -> int:
    from ingest.pull import export_rejects

    count = export_rejects(console.product().engine, args.source, args.file)
    console.give({"file": args.file, "rejects": count})
    console.say(f"已导出 {count} 行到 {args.file}。改正后运行 python app.py rejects feed {args.file}")
    return 0


def _feed_rejects(args: argparse.Namespace, console: Console) -> int:
    from cli.pull import finished
    from ingest.pull import feed_mended
    from scheduler.presence import Presence

    product = console.product()
    if not args.file.is_file():
        raise Failure(f"没有文件 {args.file}")
    with Presence(product):
        result = feed_mended(
            product.engine,
            product.config,
            args.file,
            now=product.clock(),
            tz=product.tz,
            base_dir=product.base_dir,
            holder=product.holder,
        )
    return finished([result], console)


def _restatements(args: argparse.Namespace, console: Console) -> int:
    from db.centres import tree
    from db.first_given import list_growth
    from db.restated import list_restated_days

    product = console.product()
    start = console.day(args.start, product.today()) if args.start else None
    end = console.day(args.end, product.today()) if args.end else None
    with product.engine.connect() as conn:
        try:
            ids = tree(conn).under_all(args.centre) if args.centre else None
        except KeyError as error:
            raise Failure(str(error.args[0])) from None
        found = list_restated_days(conn, product.catalogue, ids, start, end, args.limit)
        grown = list_growth(conn, ids, start, end, args.limit)
    console.give([*(_restated(one, product) for one in found), *(_grown(one, product) for one in grown)])
    rows = (line for one in found for line in _restated_lines(one, product, console, measures=args.measures))
    console.table(("中心", "日期", "指标或计量", "原值 → 新值", "何时", "拉取"), rows, "没有重述。")
    if found and not args.measures:
        console.say("加 --measures 列出变了的计量。")
    if grown:
        console.say("因数据源第一次给出这些天而增加的合计(不是更正):")
        console.table(
            ("中心", "数据源", "计量", "日期", "天数", "增加", "何时", "拉取"),
            (_grown_line(one, product, console) for one in grown),
        )
    return 0


def _grown(found: Growth, product: Product) -> dict[str, object]:
    """What a source added by giving days for the first time, as plain data."""
    return {"cause": "first_given", "name": _measure(found.measure, product), **asdict(found)}


def _grown_line(found: Growth, product: Product, console: Console) -> tuple[object, ...]:
    from dashboard.format import more

    span = str(found.first) if found.first == found.last else f"{found.first} 至 {found.last}"
    place = (found.centre_name, found.source, _measure(found.measure, product), span, found.days)
    return (*place, more(found.added), console.local(found.at), found.run_id)


def _restated(found: RestatedDay, product: Product) -> dict[str, object]:
    """One correction as plain data: what it means, and what changed."""
    from dashboard.format import restated

    sides = ("value", "numerator", "denominator", "reason")
    kpis = [
        {
            "kpi": one.kpi.code,
            "name": one.kpi.name,
            "unit": one.kpi.unit.value,
            "old": {name: getattr(one.old, name) for name in sides},
            "new": {name: getattr(one.new, name) for name in sides},
            "shown": restated(one.old, one.new, one.kpi.unit),
        }
        for one in found.kpis
    ]
    place = {name: getattr(found, name) for name in ("centre", "centre_name", "day", "run_id", "at")}
    measures = [
        {
            "measure": one.measure,
            "name": _measure(one.measure, product),
            **{name: getattr(one, name) for name in ("old", "new", "old_run_id")},
        }
        for one in found.measures
    ]
    return {**place, "kpis": kpis, "measures": measures}


def _restated_lines(
    found: RestatedDay, product: Product, console: Console, *, measures: bool
) -> Iterator[tuple[object, ...]]:
    """The KPIs of one correction, then (where asked for) its measures; the place stands on the first line alone."""
    from dashboard.format import reading, restated

    lines = [(one.kpi.name, restated(one.old, one.new, one.kpi.unit)) for one in found.kpis]
    if not lines:
        lines = [(f"(没有用到这 {len(found.measures)} 项计量的指标)", "")]
    if measures:
        lines += [
            (f"  {_measure(one.measure, product)}", f"{reading(one.old)} → {reading(one.new)}")
            for one in found.measures
        ]
    for at, line in enumerate(lines):
        place = (found.centre_name, found.day) if at == 0 else ("", "")
        yield (*place, *line, *((console.local(found.at), found.run_id) if at == 0 else ("", "")))


def _measure(code: str, product: Product) -> str:
    return product.catalogue.measures[code].name if code in product.catalogue.measures else code
