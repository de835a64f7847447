"""deliveries: every message recorded, whether it was delivered, and why not."""

from __future__ import annotations

import argparse

from cli.console import Console
from cli.parser import Commands, positive
from cli.targets import write

STATES = {
    "held": "待汇总", "pending": "待发", "claimed": "发送中", "delivered": "已送达", "failed": "失败",
    "cancelled": "已并入",
}  # fmt: skip


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add("deliveries", _list, "消息: 列出是否送达; 重发失败的", "列出告警与报告的消息,新的在前。")
    parser.add_argument("--state", choices=tuple(STATES), help="只看这种状态")
    parser.add_argument("--limit", type=positive, default=30, metavar="条数", help="最多几条(缺省 30)")
    retry = Commands(parser, required=False).add("retry", _retry, "马上再试一次")
    retry.add_argument("id", type=positive, metavar="编号")


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
    from db.deliveries import retry

    write(console, lambda conn: retry(conn, args.id, console.product().clock()))
    console.give({"retried": args.id})
    console.say(f"编号 {args.id} 已重新排队,半分钟内会再发一次(需要服务在运行)。")
    return 0
