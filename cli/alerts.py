"""alerts: what is firing, acknowledge, silence, mute, try out, replay, and the rules themselves."""

from __future__ import annotations

import argparse
import getpass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word, positive
from cli.targets import write

if TYPE_CHECKING:
    from db.alert_states import Kept
    from kpi.alert_model import AlertRule

REPLAY_DAYS = 92


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    alerts = commands.add("alerts", _list, "告警: 列出、确认、静默、试发、回放、规则")
    actions = Commands(alerts, required=False)
    listing = actions.add("list", _list, "列出每条规则现在的状态")
    listing.add_argument("--all", action="store_true", help="连同正常的")
    ack = actions.add("ack", _ack, "确认一条告警: 不再重复提醒,也不再升级")
    ack.add_argument("rule", metavar="规则", help="规则代码")
    ack.add_argument("--note", default="", metavar="说明")
    _author(ack)
    silence = actions.add("silence", _silence, "静默或维护窗口: 状态照常,谁也不通知; 结束时仍在告警的再通知")
    silence.add_argument("--rule", default="", metavar="规则", help="只静默这条规则(缺省: 全部)")
    silence.add_argument("--centre", default="", metavar="中心", help="只静默这个中心(缺省: 全部)")
    silence.add_argument("--from", dest="starts", type=_moment, metavar="时刻", help="例 2026-03-01T22:00(缺省: 现在)")
    silence.add_argument("--to", dest="ends", type=_moment, metavar="时刻", help="到这一刻为止")
    silence.add_argument("--hours", type=positive, metavar="小时", help="或者: 静默多久")
    silence.add_argument("--reason", default="", metavar="原因")
    silence.add_argument("--revoke", type=positive, metavar="编号", help="取消一个静默")
    silence.add_argument("--list", action="store_true", help="列出还没有结束的静默")
    _author(silence)
    mute = actions.add("mute", _mute, "一条规则暂停通知到某一刻; --off 恢复")
    mute.add_argument("rule", metavar="规则", help="规则代码")
    until = mute.add_mutually_exclusive_group(required=True)
    until.add_argument("--to", dest="ends", type=_moment, metavar="时刻", help="例 2026-03-01T08:00")
    until.add_argument("--hours", type=positive, metavar="小时")
    until.add_argument("--off", action="store_true", help="恢复通知")
    _more(actions)


def _more(actions: Commands) -> None:
    test = actions.add("test", _test, "给一个组的每个联系方式发一条测试消息; 有失败则退出码为 1")
    test.add_argument("--group", metavar="组", help="通知组(缺省: 全部)")
    replay = actions.add("replay", _replay, "回放: 这条规则在过去一段时间里会告警几次")
    replay.add_argument("rule", metavar="规则", help="规则代码")
    replay.add_argument("--from", dest="start", type=day_word, metavar="日期", help="第一天(缺省: 92 天前)")
    replay.add_argument("--to", dest="end", type=day_word, metavar="日期", help="最后一天(缺省: 昨天)")
    rules = actions.add("rules", _rules, "导出全部规则为 YAML; --file 导入")
    rules.add_argument("--file", type=Path, metavar="文件", help="读入规则文件: 同代码的更新,其余不动")
    rules.add_argument("--remove", metavar="规则", help="删去一条规则")
    _author(rules)
    from cli.alert_contacts import register as contacts

    contacts(actions)


def _author(parser: Parser) -> None:
    parser.add_argument("--by", dest="author", metavar="姓名", help="谁(缺省: 当前系统用户)")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是时刻,请写成 2026-03-01T22:00") from None


def _aware(console: Console, moment: datetime) -> datetime:
    """A wall time of the centre as the moment it is."""
    from datetime import UTC

    return (moment if moment.tzinfo else moment.replace(tzinfo=console.product().tz)).astimezone(UTC)


def _who(args: argparse.Namespace) -> str:
    return args.author or getpass.getuser()


def _list(args: argparse.Namespace, console: Console) -> int:
    from alerts.late import is_alerting
    from db.alert_rules import load_rules
    from db.alert_states import load_standings

    with console.product().engine.connect() as conn:
        rules, kept = load_rules(conn), load_standings(conn)
    everything = getattr(args, "all", False)
    shown = [rule for rule in rules if everything or is_alerting(kept.get(rule.code)) or _waits(kept.get(rule.code))]
    console.give([_told(rule, kept.get(rule.code)) for rule in shown])
    rows = (_cells(rule, kept.get(rule.code), console) for rule in shown)
    headers = ("状态", "规则", "名称", "种类", "自", "确认人", "暂停到")
    console.table(headers, rows, f"没有告警({len(rules)} 条规则)。用 --all 看全部。")
    return 1 if any(is_alerting(kept.get(rule.code)) for rule in rules) else 0


def _waits(kept: Kept | None) -> bool:
    from kpi.alert_model import AlertState

    return kept is not None and kept.standing.state is AlertState.PENDING


def _told(rule: AlertRule, kept: Kept | None) -> dict[str, object]:
    standing = kept.standing if kept else None
    return {"rule": rule, "standing": standing, "incident": kept.incident if kept else None}


def _cells(rule: AlertRule, kept: Kept | None, console: Console) -> tuple[object, ...]:
    from alerts.words import KIND_WORDS, moment
    from kpi.alert_model import STATE_NAMES, AlertState

    tz = console.product().tz
    state = STATE_NAMES[kept.standing.state if kept else AlertState.OK] if rule.enabled else "已停用"
    since = kept.standing.bad_since or kept.standing.since if kept else None
    by = kept.standing.acknowledged_by if kept else ""
    return state, rule.code, rule.name, KIND_WORDS[rule.kind], moment(since, tz), by, moment(rule.muted_until, tz)


def _ack(args: argparse.Namespace, console: Console) -> int:
    from alerts.acts import acknowledge

    now, by = console.product().clock(), _who(args)
    episode = write(console, lambda conn: acknowledge(conn, args.rule, by=by, note=args.note, now=now))
    console.give({"rule": args.rule, "episode": episode, "by": by})
    console.say(f"已确认 {args.rule}: 不再重复提醒,恢复时仍会通知。")
    return 0


def _silence(args: argparse.Namespace, console: Console) -> int:
    from db.alert_rules import add_silence, load_rule, load_silences, revoke_silence
    from kpi.alert_model import Silence

    product = console.product()
    now = product.clock()
    if args.list:
        with product.engine.connect() as conn:
            found = load_silences(conn, since=now)
        console.give(found)
        rows = [
            (
                s.id,
                s.rule or "全部",
                s.centre or "全部",
                _wall(s.starts, console),
                _wall(s.ends, console),
                s.reason,
                s.author,
            )
            for s in found
        ]
        console.table(("编号", "规则", "中心", "自", "到", "原因", "谁"), rows, "没有静默。")
        return 0
    if args.revoke:
        write(console, lambda conn: revoke_silence(conn, args.revoke, now))
        console.give({"revoked": args.revoke})
        console.say(f"已取消静默 {args.revoke}。")
        return 0
    starts = _aware(console, args.starts) if args.starts else now
    ends = _ends(args, console, starts)
    silence = Silence(starts, ends, args.rule, args.centre, args.reason, _who(args))
    if args.rule:
        write(console, lambda conn: load_rule(conn, args.rule))
    number = write(console, lambda conn: add_silence(conn, silence, now))
    console.give({"id": number, "starts": starts, "ends": ends})
    console.say(f"已静默到 {_wall(ends, console)},编号 {number}。取消: alerts silence --revoke {number}")
    return 0


def _ends(args: argparse.Namespace, console: Console, starts: datetime) -> datetime:
    if args.ends is not None:
        return _aware(console, args.ends)
    if args.hours is None:
        raise Failure("请用 --to 或 --hours 写明静默到什么时候")
    return starts + timedelta(hours=args.hours)


def _wall(moment: datetime, console: Console) -> str:
    return moment.astimezone(console.product().tz).strftime("%Y-%m-%d %H:%M")


def _mute(args: argparse.Namespace, console: Console) -> int:
    from dataclasses import replace

    from db.alert_rules import load_rule, save_rules

    now = console.product().clock()
    until = None if args.off else _ends(args, console, now)
    write(console, lambda conn: save_rules(conn, [replace(load_rule(conn, args.rule), muted_until=until)], now))
    console.give({"rule": args.rule, "muted_until": until})
    console.say(f"{args.rule} 已恢复通知。" if until is None else f"{args.rule} 暂停通知到 {_wall(until, console)}。")
    return 0


def _test(args: argparse.Namespace, console: Console) -> int:
    from alerts.acts import send_test
    from alerts.channels.build import channels
    from db.alert_rules import load_contacts
    from scheduler.alerting import host_of

    product = console.product()
    with product.engine.connect() as conn:
        contacts = [one for one in load_contacts(conn, args.group) if one.enabled]
    if not contacts:
        raise Failure("还没有联系方式。先运行 alerts contacts add 添加,见 alerts contacts --help")
    tried = send_test(
        contacts, channels(product.settings), secret=product.secret, now=product.clock(), host=host_of(product)
    )
    console.give(tried)
    rows = ((one.contact.group, one.contact.channel, one.address, one.error or "已送达") for one in tried)
    console.table(("组", "渠道", "地址", "结果"), rows)
    return 1 if any(one.error for one in tried) else 0


def _replay(args: argparse.Namespace, console: Console) -> int:
    from alerts.replay import replay
    from db.alert_rules import load_rule
    from db.definitions import load_calendar

    product = console.product()
    end = console.day(args.end, product.today() - timedelta(days=1))
    start = console.day(args.start, end - timedelta(days=REPLAY_DAYS - 1))
    if start > end:
        raise Failure(f"--from {start} 晚于 --to {end}")
    with product.engine.connect() as conn:
        rule, calendar = load_rule(conn, args.rule), load_calendar(conn)
        try:
            found = replay(
                conn, product.catalogue, rule, start, end, tz=product.tz, calendar=calendar, today=product.today()
            )
        except (KeyError, ValueError) as error:
            raise Failure(str(error.args[0])) from None
    console.give(found)
    rows = [
        (_wall(one.fired_at, console), _wall(one.ended_at, console) if one.ended_at else "(还没有)", one.title)
        for one in found
    ]
    console.say(f"{rule.name or rule.code}: {start} 至 {end} 会告警 {len(found)} 次。")
    console.table(("告警", "恢复", "内容"), rows, "")
    return 0


def _rules(args: argparse.Namespace, console: Console) -> int:
    from dataclasses import replace

    from alerts.rules_file import read_rules, write_rules
    from db.alert_rules import load_rules, remove_rule, save_rules

    product = console.product()
    if args.remove:
        write(console, lambda conn: remove_rule(conn, args.remove))
        console.give({"removed": args.remove})
        console.say(f"已删去规则 {args.remove}。")
        return 0
    if args.file is None:
        with product.engine.connect() as conn:
            found = load_rules(conn)
        console.give(found)
        console.say(write_rules(found))
        return 0
    with product.engine.connect() as conn:
        read = [
            replace(rule, author=rule.author or _who(args)) for rule in read_rules(args.file, conn, product.catalogue)
        ]
    write(console, lambda conn: save_rules(conn, read, product.clock()))
    console.give(read)
    console.say(f"已存 {len(read)} 条规则。可用 alerts replay 规则代码 看看它过去会告警几次。")
    return 0
