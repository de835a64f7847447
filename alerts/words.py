"""What people read: titles that say it on a phone's lock screen, sentences, and the items of a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.message import Item
from alerts.seen import CHANCE, Seen, goal_text, parts, written
from kpi.alert_model import AlertKind, AlertRule, Severity, Standing, Tell
from kpi.status import Operator
from targets import said

TELL_WORDS = {
    Tell.FIRED: "告警",
    Tell.REPEATED: "仍在告警",
    Tell.ESCALATED: "无人确认",
    Tell.RECOVERED: "已恢复",
    Tell.UNDONE: "已撤销",
}
KIND_WORDS = {
    AlertKind.DAY: "当日值",
    AlertKind.ROLLING_24H: "连续 24 小时",
    AlertKind.WEEK: "本周",
    AlertKind.TO_DATE: "期间至今",
    AlertKind.PROJECTED_MISS: "预计不达标",
    AlertKind.BURN_RATE: "余量消耗过快",
    AlertKind.BEHIND: "落后于进度",
    AlertKind.CAP: "将超上限",
    AlertKind.MONEY: "资金偏离计划",
    AlertKind.LIVE: "最近一小时",
    AlertKind.STALE: "来源停更",
    AlertKind.MISSING_DAY: "缺数据",
    AlertKind.FAILED_PULL: "拉取失败",
    AlertKind.REJECT_SHARE: "剔除比例过高",
    AlertKind.MILESTONE: "节点临近或错过",
}
"""What each kind of condition is called."""

_NOUGHTS = re.compile(r"\.0+(?!\d)")
_SIGNS = {">=": "≥", "<=": "≤"}
GOOD, BAD, WARN = "✓", "✕", "▲"


@dataclass(frozen=True, slots=True)
class Told:
    """One rule to tell about: what was seen, the standing of the episode (of one that is over: as it was before), and
    what contributed."""

    rule: AlertRule
    seen: Seen
    standing: Standing
    causes: tuple[str, ...] = ()
    link: str = ""


def month_day(day: date) -> str:
    """“3月2日”."""
    return f"{day.month}月{day.day}日"


def moment(at: datetime | None, tz: ZoneInfo) -> str:
    """“3月2日 09:10” in the centre's wall time."""
    if at is None:
        return ""
    local = at.astimezone(tz)
    return f"{month_day(local.date())} {local:%H:%M}"


def line_of(rule: AlertRule, unit: str) -> str:
    """The rule's level as people write it: “≥ 92 %”."""
    return f"{_SIGNS[rule.operator]} {plain(rule.level, unit)}"


def plain(value: float, unit: str) -> str:
    """A level with no more decimals than it has."""
    if unit == said.PERCENT:
        return f"{round(value * 100, 6):g} %"
    return _NOUGHTS.sub("", written(value, unit))


def when(rule: AlertRule, seen: Seen, today: date) -> str:
    """Which stretch of time the value is of, in a word or two."""
    day = seen.observation.day
    match rule.kind:
        case AlertKind.DAY:
            return "今日" if day is None or day == today else month_day(day)
        case AlertKind.ROLLING_24H:
            return "近 24 小时"
        case AlertKind.WEEK:
            return "本周"
        case AlertKind.LIVE:
            return "最近一小时"
        case _:
            return "至今"


_HEADLINES: Mapping[AlertKind, Callable[[float, str, str], str]] = {
    AlertKind.PROJECTED_MISS: lambda value, figure, detail: f"预计难以达标,达成概率 {figure}",
    AlertKind.CAP: lambda value, figure, detail: f"将超上限,守住的概率 {figure}",
    AlertKind.BURN_RATE: lambda value, figure, detail: f"余量消耗过快,{detail.partition('(')[0]},占余量 {figure}",
    AlertKind.BEHIND: lambda value, figure, detail: f"落后于进度,{detail}",
    AlertKind.MONEY: lambda value, figure, detail: detail,
    AlertKind.MILESTONE: lambda value, figure, detail: (
        f"还有 {value:.0f} 天到期" if value >= 0 else f"已过期 {-value:.0f} 天"
    ),
    AlertKind.STALE: lambda value, figure, detail: f"停更 {_span(value)}",
    AlertKind.MISSING_DAY: lambda value, figure, detail: f"缺 {value:.0f} 天数据",
    AlertKind.FAILED_PULL: lambda value, figure, detail: f"连续 {value:.0f} 次拉取失败",
    AlertKind.REJECT_SHARE: lambda value, figure, detail: f"剔除 {figure} 的行",
}


def headline(rule: AlertRule, seen: Seen, today: date) -> str:
    """What is wrong, with its figure: “接通率今日 91.20 %,低于 92 %”."""
    name, value, unit = seen.subject.name, seen.observation.value, seen.subject.unit
    if value is None:
        return f"{name}没有数据"
    figure = written(value, unit, rule.level)
    if rule.kind in _HEADLINES:
        return name + _HEADLINES[rule.kind](value, figure, seen.observation.detail)
    side = "低于" if rule.operator == Operator.AT_LEAST.value else "高于"
    return f"{name}{when(rule, seen, today)} {figure},{side} {plain(rule.level, unit)}"


def calm(rule: AlertRule, seen: Seen, today: date) -> str:
    """How it stands now that all is well: “接通率今日 96.80 %”."""
    value, unit = seen.observation.value, seen.subject.unit
    name = seen.subject.name
    if value is None:
        return name
    match rule.kind:
        case AlertKind.STALE | AlertKind.MISSING_DAY | AlertKind.FAILED_PULL:
            return f"{name}数据正常"
        case AlertKind.MILESTONE | AlertKind.MONEY:
            return f"{name}:{seen.observation.detail}"
        case AlertKind.PROJECTED_MISS | AlertKind.CAP:
            return f"{name}达成概率 {written(value, CHANCE)}"
        case AlertKind.BURN_RATE | AlertKind.BEHIND:
            return f"{name}:{seen.observation.detail}"
        case AlertKind.REJECT_SHARE:
            return f"{name}剔除 {written(value, unit)} 的行"
    return f"{name}{when(rule, seen, today)} {written(value, unit, rule.level)}"


def _span(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:.0f} 分钟"
    hours = minutes / 60
    return f"{hours:.0f} 小时" if hours < 48 else f"{hours / 24:.0f} 天"


def ranked(told: Sequence[Told]) -> list[Told]:
    """The most urgent first, then by code."""
    return sorted(told, key=lambda one: (one.rule.severity is not Severity.URGENT, one.rule.code))


def lead(told: Sequence[Told]) -> Told:
    """The one that names the message."""
    return ranked(told)[0]


def title(tell: Tell, told: Sequence[Told], today: date) -> str:
    """The subject of a mail: “【告警】接通率今日 91.20 %,低于 92 %(江宁分中心)”."""
    first = lead(told)
    over = tell in (Tell.RECOVERED, Tell.UNDONE)
    text = (calm if over else headline)(first.rule, first.seen, today)
    more = f",另 {len(told) - 1} 项" if len(told) > 1 else ""
    place = f"({first.seen.subject.place})" if first.seen.subject.place else ""
    return f"【{TELL_WORDS[tell]}】{text}{more}{place}"


def sentence(tell: Tell, told: Sequence[Told], now: datetime, tz: ZoneInfo) -> str:
    """The finding, before the proof."""
    first = lead(told)
    begun = first.standing.bad_since or first.standing.fired_at
    since = moment(begun, tz)
    match tell:
        case Tell.FIRED:
            return (
                f"自 {since or '现在'} 起,{'、'.join(dict.fromkeys(one.seen.subject.name for one in told))}越过告警线。"
            )
        case Tell.REPEATED:
            return f"自 {since} 起一直没有恢复,也没有人确认。"
        case Tell.ESCALATED:
            return f"自 {since} 起告警,{_span(first.rule.escalate_minutes)}内没有人确认,请尽快处理。"
        case Tell.UNDONE:
            return "数据更正后,告警当时的数值并没有越线。此前的告警作废。"
        case Tell.RECOVERED:
            names = "、".join(dict.fromkeys(one.rule.name or one.seen.subject.name for one in told))
            lasted = f",历时 {_span((now - begun).total_seconds() / 60)}" if begun else ""
            return f"{names}已回到线内{lasted}。"


def item(tell: Tell, one: Told, today: date, tz: ZoneInfo) -> Item:
    """One rule's row in a message."""
    rule, seen = one.rule, one.seen
    observation, subject = seen.observation, seen.subject
    over = tell in (Tell.RECOVERED, Tell.UNDONE)
    value = "" if observation.value is None else written(observation.value, subject.unit, rule.level)
    goal = goal_text(subject.target) if subject.target is not None else ""
    line = f"告警线 {line_of(rule, subject.unit)}"
    target = f"目标 {goal},{line}" if goal else line
    mark = GOOD if over else BAD if rule.severity is Severity.URGENT else WARN
    begun = one.standing.bad_since or one.standing.fired_at
    return Item(
        mark=mark,
        name=f"{rule.name or subject.name}({KIND_WORDS[rule.kind]})",
        value=value,
        target=target,
        parts=parts(observation),
        since="" if over else moment(begun, tz),
        to_date=observation.to_date or observation.detail,
        required=observation.required,
        causes=() if over else one.causes,
        link=one.link,
    )
