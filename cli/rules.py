"""definition, exclusion, closed-day: what a person decides about the figures, dated and signed."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word, positive

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kpi.model import Definition

T = TypeVar("T")
EARLIEST = date(1, 1, 1)


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    _definition(commands.add("definition", _list_definitions, "口径: 列出、新增或撤销自某日起有效的口径"))
    _exclusion(commands.add("exclusion", _list_exclusions, "剔除时段: 列出、新增或撤销"))
    _closed_day(commands.add("closed-day", _list_closed_days, "停业日: 标明某数据源某天本来就没有数据"))


def _definition(parser: Parser) -> None:
    actions = Commands(parser, required=False)
    listing = actions.add("list", _list_definitions, "列出全部口径")
    listing.add_argument("--all", action="store_true", help="连同生效之前就撤掉的")
    add = actions.add("add", _add_definition, "新增口径; 以前的日子仍按旧口径")
    add.add_argument("kpi", metavar="指标", help="指标代码或名称")
    add.add_argument("formula", metavar="口径", help="口径代码,见 python app.py kpi --list")
    add.add_argument("--from", dest="start", type=day_word, required=True, metavar="日期", help="自哪天起有效")
    add.add_argument("--centre", metavar="中心", help="只用于这个中心及其下级(缺省: 全部)")
    add.add_argument("--limit", type=positive, default=15, metavar="秒", help="T 秒内接通的 T(缺省 15,含)")
    add.add_argument("--short", type=positive, default=5, metavar="秒", help="短时放弃的上限(缺省 5,不含)")
    add.add_argument(
        "--mode", choices=["ratio_of_sums", "mean_of_months"], default="ratio_of_sums", help="期间内怎样汇总"
    )
    add.add_argument("--note", default="", metavar="说明", help="为什么改")
    add.add_argument("--by", dest="author", metavar="姓名", help="谁改的(缺省: 当前系统用户)")
    add.add_argument("--backdate", action="store_true", help="准许自过去的日期起: 已显示过的数值会变,须写 --note")
    revoke = actions.add(
        "revoke", _revoke_definition, "撤销口径: 恢复它之前的口径",
        "自某日起恢复原来的口径,此前的日子不变; 还没有生效的口径则撤掉,留下记录(definition list --all)。",
    )  # fmt: skip
    revoke.add_argument("kpi", metavar="指标", help="指标代码或名称")
    revoke.add_argument("since", type=day_word, metavar="自", help="要撤销的口径自哪天起有效(definition list 的“自”)")
    revoke.add_argument("--centre", metavar="中心", help="撤销这个中心自己的口径(缺省: 全部中心的)")
    revoke.add_argument("--from", dest="start", type=day_word, metavar="日期", help="自哪天起恢复(缺省: 今天)")
    revoke.add_argument("--note", required=True, metavar="说明", help="为什么撤销")
    revoke.add_argument("--by", dest="author", metavar="姓名", help="谁撤销的(缺省: 当前系统用户)")
    revoke.add_argument("--backdate", action="store_true", help="准许自过去的日期起: 已显示过的数值会变")


def _exclusion(parser: Parser) -> None:
    actions = Commands(parser, required=False)
    listing = actions.add("list", _list_exclusions, "列出剔除时段")
    listing.add_argument("--all", action="store_true", help="连同已撤销的")
    add = actions.add("add", _add_exclusion, "新增剔除时段")
    add.add_argument("starts", type=_hour, metavar="开始", help="例 2026-03-01T10:00,整点")
    add.add_argument("ends", type=_hour, metavar="结束", help="不含这一刻")
    add.add_argument("--category", required=True, metavar="类别", help="突发事件、系统故障、疫情 等")
    add.add_argument("--reason", required=True, metavar="原因")
    add.add_argument("--approved-by", required=True, metavar="批准人")
    add.add_argument("--centre", metavar="中心", help="只用于这个中心及其下级(缺省: 全部)")
    revoke = actions.add("revoke", _revoke_exclusion, "撤销剔除时段(保留记录)")
    revoke.add_argument("id", type=positive, metavar="编号")


def _closed_day(parser: Parser) -> None:
    actions = Commands(parser, required=False)
    actions.add("list", _list_closed_days, "列出停业日")
    add = actions.add("add", _add_closed_day, "标明停业日: 不再当作缺口")
    add.add_argument("source", metavar="数据源")
    add.add_argument("start", type=day_word, metavar="日期")
    add.add_argument("--to", dest="end", type=day_word, metavar="日期", help="到哪天为止,含当天")
    add.add_argument("--reason", required=True, metavar="原因")
    remove = actions.add("remove", _remove_closed_day, "取消停业日")
    remove.add_argument("source", metavar="数据源")
    remove.add_argument("start", type=day_word, metavar="日期")


def _hour(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo or (moment.minute, moment.second, moment.microsecond) != (0, 0, 0):
        raise argparse.ArgumentTypeError(f"{text!r} 不是整点,请写成 2026-03-01T10:00")
    return moment


def _write(console: Console, work: Callable[[Connection], T]) -> T:
    """Does the work in one write transaction."""
    from db.engine import transact

    try:
        return transact(console.product().engine, work)
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0])) from None


def _list_definitions(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import load_definitions
    from db.removed import list_removed
    from kpi.definitions import formula_text

    product = console.product()
    with product.engine.connect() as conn:
        found = list(load_definitions(conn))
        removed = list_removed(conn) if getattr(args, "all", False) else []
    console.give([*found, *removed])
    rows = []
    notes = {id(one.definition): f"已撤掉({one.removed_by}: {one.reason}) " for one in removed}
    for one in (*found, *(gone.definition for gone in removed)):
        kpi = product.catalogue.kpis.get(one.kpi)
        text = formula_text(kpi, one) if kpi else one.formula
        rows.append((kpi.name if kpi else one.kpi, one.centre or "全部", one.valid_from, one.formula, text, one.mode,
                     one.changed_by, notes.get(id(one), "") + one.note))  # fmt: skip
    headers = ("指标", "中心", "自", "口径", "公式", "汇总", "修改人", "说明")
    console.table(headers, rows, "没有改过口径: 全部指标用缺省口径(python app.py kpi --list 的第一行)。")
    return 0


def _add_definition(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import add_definition
    from kpi.definitions import check
    from kpi.model import Definition

    product = console.product()
    try:
        kpi = product.catalogue.kpi(args.kpi)
        definition = Definition(
            kpi.code,
            console.day(args.start, EARLIEST),
            args.formula,
            args.centre,
            args.limit,
            args.short,
            args.mode,
            args.note,
            args.author or getpass.getuser(),
        )
        check(definition, kpi)
        if definition.valid_from < product.today() and not (args.backdate and args.note):
            raise ValueError(
                f"{definition.valid_from} 已经过去,口径变更不改写已显示过的数值。请用今天或以后的日期;"
                "确需改过去(例如首次安装时补记原有口径),请加 --backdate 并用 --note 写明原因。"
            )
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0])) from None
    _write(console, lambda conn: add_definition(conn, definition, product.clock()))
    console.give(definition)
    console.say(f"已记下: {kpi.name}自 {definition.valid_from} 起用口径 {definition.formula}。")
    return 0


def _revoke_definition(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import add_definition
    from db.removed import remove_definition

    product = console.product()
    author = args.author or getpass.getuser()
    start, today = console.day(args.start, product.today()), product.today()
    found, restored = _to_revoke(args, console, start)
    if start < today and not args.backdate:
        raise Failure(f"{start} 已经过去,撤销不改写已显示过的数值。请用今天或以后的日期,或加 --backdate。")
    name = product.catalogue.kpis[found.kpi].name
    if start <= found.valid_from:
        _write(console, lambda conn: remove_definition(conn, found, author, args.note, product.clock()))
        console.give({"removed": found, "restored": None})
        console.say(f"已撤掉: {name}自 {found.valid_from} 起的口径 {found.formula}; 记录见 definition list --all。")
        return 0
    note = f"撤销自 {found.valid_from} 起的 {found.formula}: {args.note}"
    new = replace(restored, valid_from=start, centre=found.centre, note=note, changed_by=author)
    _write(console, lambda conn: add_definition(conn, new, product.clock()))
    console.give({"removed": None, "restored": new})
    console.say(f"已撤销: {name}自 {start} 起恢复口径 {new.formula}; {found.valid_from} 至前一天的数值不变。")
    return 0


def _to_revoke(args: argparse.Namespace, console: Console, start: date) -> tuple[Definition, Definition]:
    """The definition meant, and what is in force from ``start`` on without it. Raises Failure."""
    from db.centres import tree
    from db.definitions import load_definitions

    product = console.product()
    since = console.day(args.since, EARLIEST)
    with product.engine.connect() as conn:
        try:
            kpi = product.catalogue.kpi(args.kpi)
            known = tree(conn)
            chain = known.chain(known.get(args.centre).id) if args.centre else ()
        except KeyError as error:
            raise Failure(str(error.args[0])) from None
        definitions = load_definitions(conn)
    own = [d for d in definitions if (d.kpi, d.centre) == (kpi.code, args.centre)]
    found = next((d for d in own if d.valid_from == since), None)
    if found is None:
        raise Failure(f"{kpi.name}没有自 {since} 起的口径; 运行 python app.py definition list 查看")
    later = next((d.valid_from for d in own if since < d.valid_from <= start), None)
    if later is not None:
        raise Failure(f"自 {later} 起已有别的口径,这一个不再有效,不用撤销; 要撤销的若是那一个,请写 {later}")
    return found, definitions.without(found).in_force(kpi, chain, start)


def _list_exclusions(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import list_exclusions

    with console.product().engine.connect() as conn:
        found = list_exclusions(conn, revoked=getattr(args, "all", False))
    console.give(found)
    rows = [
        (s.id, e.centre or "全部", e.starts, e.ends, e.category, e.reason, e.approved_by, console.local(s.revoked_at))
        for s in found
        for e in (s.exclusion,)
    ]
    console.table(("编号", "中心", "开始", "结束", "类别", "原因", "批准人", "撤销于"), rows, "没有剔除时段。")
    return 0


def _add_exclusion(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import add_exclusion
    from kpi.model import Exclusion

    clock = console.product().clock
    exclusion = Exclusion(args.starts, args.ends, args.category, args.reason, args.approved_by, args.centre)
    number = _write(console, lambda conn: add_exclusion(conn, exclusion, clock()))
    console.give({"id": number})
    console.say(f"已记下,编号 {number}。用 kpi --exclude 看剔除后的数值。")
    return 0


def _revoke_exclusion(args: argparse.Namespace, console: Console) -> int:
    from db.definitions import revoke_exclusion

    clock = console.product().clock
    if not _write(console, lambda conn: revoke_exclusion(conn, args.id, clock())):
        raise Failure(f"没有编号为 {args.id} 的有效剔除时段; 运行 python app.py exclusion list --all 查看")
    console.give({"revoked": args.id})
    console.say(f"已撤销编号 {args.id}。")
    return 0


def _list_closed_days(args: argparse.Namespace, console: Console) -> int:
    from db.closed_days import list_closed_days

    with console.product().engine.connect() as conn:
        found = list_closed_days(conn)
    console.give(found)
    console.table(("数据源", "日期", "原因"), ((c.source, c.day, c.reason) for c in found), "没有停业日。")
    return 0


def _add_closed_day(args: argparse.Namespace, console: Console) -> int:
    from db.closed_days import add_closed_days

    start = console.day(args.start, EARLIEST)
    end = console.day(args.end, start)
    if not start <= end <= start + timedelta(days=366):
        raise Failure("结束日要在开始日之后一年以内")
    days = [start + timedelta(days=i) for i in range((end - start).days + 1)]
    _write(console, lambda conn: add_closed_days(conn, args.source, days, args.reason))
    console.give({"source": args.source, "days": days})
    console.say(f"已标明 {args.source} 停业 {len(days)} 天。")
    return 0


def _remove_closed_day(args: argparse.Namespace, console: Console) -> int:
    from db.closed_days import remove_closed_day

    day = console.day(args.start, EARLIEST)
    if not _write(console, lambda conn: remove_closed_day(conn, args.source, day)):
        raise Failure(f"{args.source} 的 {day} 没有标为停业日")
    console.give({"source": args.source, "removed": day})
    console.say(f"已取消 {args.source} 的停业日 {day}。")
    return 0
