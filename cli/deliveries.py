"""deliveries: every message recorded, whether it was delivered, and why not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cli.console import Console
from cli.parser import Commands, positive
from cli.targets import write

if TYPE_CHECKING:
    from sqlalchemy import Connection

STATES = {
    "held": "待汇总", "pending": "待发", "claimed": "发送中", "delivered": "已送达", "failed": "失败",
    "cancelled": "已并入",
}  # fmt: skip


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add("deliveries", _list, "消息: 列出是否送达; 重发失败的", "列出告警与报告的消息,新的在前。")
    parser.add_argument("--state", choices=tuple(STATES), help="只看这种状态")
    parser.add_argument("--limit", type=positive, default=30, metavar="条数", help="最多几条(缺省 30)")
    retry = Commands(parser, required=False).add("retry", _retry, "马上再试一次: 一条,或没有送达的全部")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=positive, nargs="?", metavar="编号")
    which.add_argument("--all", action="store_true", help="失败的和等着重试的全部")


def _list(args: argparse.Namespace, console: Console) -> int:
    from dataclasses import replace

    from alerts.channels.base import masked
    from db.deliveries import list_deliveries

    with console.product().engine.connect() as conn:
        found = [
            replace(one, address=masked(one.address))
            for one in list_deliveries(conn, state=args.state, limit=args.limit)
        ]
    console.give([replace(one, message={"title": one.message.get("title", "")}) for one in found])
    rows = (
        (
            one.id, STATES.get(one.state, one.state), one.message.get("title", ""), one.channel, one.address,
            one.attempts, console.local(one.created_at.replace(tzinfo=None)), one.error,
        )
        for one in found
    )  # fmt: skip
    console.table(("编号", "状态", "标题", "渠道", "地址", "次数", "记下", "错误"), rows, "没有消息。")
    return 0


def _retry(args: argparse.Namespace, console: Console) -> int:
    from db.deliveries import list_undelivered, retry

    def work(conn: Connection) -> list[int]:
        ids = [one.id for one in list_undelivered(conn)] if args.all else [args.id]
        for number in ids:
            retry(conn, number, console.product().clock())
        return ids

    done = write(console, work)
    console.give({"retried": done if args.all else args.id})
    which = f"编号 {args.id} " if not args.all else f"{len(done)} 条消息"
    console.say(f"{which}已重新排队,半分钟内会再发一次(需要服务在运行)。")
    return 0
