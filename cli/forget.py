"""forget: takes away what a source said about some days, with the reason, after showing what would go."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, day_word

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from product import Product

WHAT = {
    "call_stats": "话务",
    "seat_stats": "座席",
    "order_stats": "工单",
    "readings": "登记",
    "month_stats": "按月历史",
}


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add(
        "forget",
        _forget,
        "清除一个数据源某些天的数据",
        "清除一个数据源某些天(工单按受理日)的数据。不加 --yes 只列出会清除什么。"
        "清除记为一次拉取,原因与每个变了的数值都留下重述。",
    )
    parser.add_argument("source", metavar="数据源", help="数据源代码;已从 sources.yaml 删掉的也可以")
    parser.add_argument("--from", dest="start", type=day_word, required=True, metavar="日期", help="第一天")
    parser.add_argument("--to", dest="end", type=day_word, required=True, metavar="日期", help="最后一天,含当天")
    parser.add_argument("--centre", metavar="中心", help="只清除这个中心的(缺省: 全部中心)")
    parser.add_argument("--reason", default="", metavar="原因", help="为什么清除;与 --yes 一起必填")
    parser.add_argument("--again", action="store_true", help="给过这些天的文件下次拉取时重新读取")
    parser.add_argument("--yes", action="store_true", help="确认清除")


def _forget(args: argparse.Namespace, console: Console) -> int:
    from db.forget import forget_days, held_days

    product = console.product()
    first, last = (console.day(word, product.today()) for word in (args.start, args.end))
    if first > last:
        raise Failure(f"--from {first} 晚于 --to {last},请对调后重试。")
    if args.yes and not args.reason.strip():
        raise Failure("清除数据必须写明原因: 加上 --reason 原因。")
    with product.engine.connect() as conn:
        source_id, centres = _source(conn, args.source), _centre(conn, args.centre)
        held = held_days(conn, source_id, first, last, centres)
    if not held:
        console.give({"source": args.source, "held": {}, "forgotten": False})
        console.say(f"{args.source} 在 {first} 至 {last} 没有数据,什么也没有清除。")
        return 0
    if not args.yes:
        console.give({"source": args.source, "held": _counted(held), "forgotten": False})
        console.say(f"将清除 {args.source} 在 {first} 至 {last} 的: {_listed(held)}。")
        console.say("确认无误后,加 --reason 原因 --yes 再运行一次。建议先 backup。")
        return 0
    done = forget_days(
        product.engine,
        source_id,
        first,
        last,
        reason=args.reason,
        now=product.clock(),
        tz=product.tz,
        holder=product.holder,
        centre_ids=centres,
        release_files=args.again,
    )
    console.give({"source": args.source, "held": _counted(held), "forgotten": True, "restated": done.restated})
    console.say(f"已清除 {args.source} 的: {_listed(held)};重述 {done.restated:,} 个数值,见 restatements。")
    _tell_of_return(product, args.source, again=args.again, console=console)
    return 0


def _source(conn: Connection, code: str) -> int:
    from db.forget import source_ids

    known = source_ids(conn)
    if code not in known:
        raise Failure(f"没有数据源 {code!r} 的数据;有数据的: {'、'.join(sorted(known)) or '(无)'}")
    return known[code]


def _centre(conn: Connection, code: str | None) -> list[int] | None:
    from db.centres import tree

    if code is None:
        return None
    known = {centre.code: centre.id for centre in tree(conn)}
    if code not in known:
        raise Failure(f"没有中心 {code!r};可用: {'、'.join(known) or '(无)'}")
    return [known[code]]


def _counted(held: Mapping[str, set[date]]) -> dict[str, int]:
    return {table: len(days) for table, days in held.items()}


def _listed(held: Mapping[str, set[date]]) -> str:
    unit = {"month_stats": "个月"}
    return "、".join(f"{WHAT[table]} {len(days)} {unit.get(table, '天')}" for table, days in held.items())


def _tell_of_return(product: Product, code: str, *, again: bool, console: Console) -> None:
    """What is still pulled may come back: nobody should be surprised by that."""
    from ingest.mapping import Kind

    spec = next((one for one in product.config.sources if one.code == code and one.enabled), None)
    if spec is None:
        return
    if again or spec.kind is not Kind.FILES:
        console.say("这个数据源还在使用,下次拉取会补回仍能取到的天;不再需要它,请先在 sources.yaml 里停用。")
    else:
        console.say("已读取过的文件不会再读;要重新读取,请加 --again,或运行 pull 数据源 --again。")
