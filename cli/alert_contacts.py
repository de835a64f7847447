"""alerts contacts: who is told, and through which channel. Secrets are named, never stored."""

from __future__ import annotations

import argparse
import re

from cli.console import Console, Failure
from cli.parser import Commands, positive
from cli.targets import write

CHANNELS = ("email", "wecom", "dingtalk", "feishu", "webhook", "page")
NAME = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


def register(actions: Commands) -> None:
    """Adds the action to ``alerts``."""
    contacts = Commands(actions.add("contacts", _list, "联系方式: 列出、添加、删去"), required=False)
    contacts.add("list", _list, "列出联系方式")
    add = contacts.add("add", _add, "添加一个联系方式")
    add.add_argument("--group", default="值班", metavar="组", help="通知组(缺省: 值班)")
    add.add_argument("--channel", required=True, choices=CHANNELS, help="渠道")
    add.add_argument("--address", default="", metavar="地址", help="邮件地址(逗号分隔)或机器人网址")
    add.add_argument("--secret-env", default="", metavar="变量名", help="加签密钥所在的环境变量名(密钥本身不入库)")
    remove = contacts.add("remove", _remove, "删去一个联系方式")
    remove.add_argument("id", type=positive, metavar="编号")


def _list(args: argparse.Namespace, console: Console) -> int:
    from dataclasses import replace

    from alerts.channels.base import masked
    from db.alert_rules import load_contacts

    with console.product().engine.connect() as conn:
        found = [replace(one, address=masked(one.address)) for one in load_contacts(conn)]
    console.give(found)
    rows = ((c.id, c.group, c.channel, c.address, c.secret_env, "" if c.enabled else "停用") for c in found)
    console.table(("编号", "组", "渠道", "地址", "密钥变量", ""), rows, "还没有联系方式: 告警只显示在网页上。")
    return 0


def _add(args: argparse.Namespace, console: Console) -> int:
    from db.alert_rules import save_contact
    from kpi.alert_model import Contact

    if args.channel == "email" and "@" not in args.address:
        raise Failure("请用 --address 写邮件地址")
    if args.channel not in ("email", "page") and not args.address.startswith(("http://", "https://")):
        raise Failure("请用 --address 写机器人或接口的网址")
    if args.secret_env and not NAME.fullmatch(args.secret_env):
        raise Failure("--secret-env 写环境变量的名称(大写字母、数字、_),不要写密钥本身")
    contact = Contact(args.group, args.channel, args.address.strip(), args.secret_env)
    number = write(console, lambda conn: save_contact(conn, contact))
    console.give({"id": number})
    console.say(f"已添加,编号 {number}。试发: alerts test --group {args.group}")
    return 0


def _remove(args: argparse.Namespace, console: Console) -> int:
    from db.alert_rules import remove_contact

    write(console, lambda conn: remove_contact(conn, args.id))
    console.give({"removed": args.id})
    console.say(f"已删去联系方式 {args.id}。")
    return 0
