"""Alerts as frozen data (RULES 5): rules, what was observed, states, transitions. Nothing here decides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

_BETWEEN = re.compile("[,\uff0c;\uff1b]")


class AlertKind(StrEnum):
    """The kinds of condition."""

    DAY = "day"  # 当日值低于目标
    ROLLING_24H = "rolling24h"  # 连续 24 小时
    WEEK = "week"  # 本周
    TO_DATE = "to_date"  # 期间至今
    PROJECTED_MISS = "projected_miss"  # 预计不达标
    BURN_RATE = "burn_rate"  # 余量消耗过快
    BEHIND = "behind"  # 计数落后于进度
    CAP = "cap"  # 即将超过上限
    MONEY = "money"  # 资金偏离计划
    LIVE = "live"  # 最近 60 分钟
    STALE = "stale"  # 来源停更
    MISSING_DAY = "missing_day"  # 缺一天数据
    FAILED_PULL = "failed_pull"  # 拉取失败
    REJECT_SHARE = "reject_share"  # 剔除比例过高
    MILESTONE = "milestone"  # 节点临近或错过


class AlertState(StrEnum):
    """The state of a rule for one subject; the text shown is in ``STATE_NAMES``."""

    OK = "ok"
    PENDING = "pending"  # bad, waiting out the hold time
    FIRING = "firing"
    RECOVERING = "recovering"  # good, waiting out the recovery time
    NO_DATA = "no_data"  # frozen: neither fires nor resolves


STATE_NAMES = {
    AlertState.OK: "正常",
    AlertState.PENDING: "观察中",
    AlertState.FIRING: "告警中",
    AlertState.RECOVERING: "恢复中",
    AlertState.NO_DATA: "无数据",
}


class Severity(StrEnum):
    """How loud; the value is the text shown."""

    WARNING = "提醒"
    URGENT = "紧急"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule. It is held against each tick's observation of its subject.

    ``reference``: the KPI's code, the indicator's key, or the source's code; ``sheet`` the sheet's code where the
    subject is an indicator; ``centre`` '' for all centres. ``operator`` (>= or <=) and ``level`` say when all is well
    (a fraction for percentages, a probability for projected_miss, a share for burn_rate); ``recover_level`` is the
    separate level from which it counts as recovered (hysteresis), None: the same. ``window_days`` and ``share`` are of
    burn_rate: that share of the allowance in that many days. Times in minutes; ``repeat_minutes`` 0: never repeated.
    """

    code: str
    name: str
    kind: AlertKind
    reference: str = ""
    sheet: str = ""
    centre: str = ""
    operator: str = ">="
    level: float = 0.0
    recover_level: float | None = None
    min_sample: int = 0
    hold_minutes: int = 0
    recover_minutes: int = 0
    repeat_minutes: int = 0
    window_days: int = 0
    share: float = 0.0
    severity: Severity = Severity.WARNING
    group: str = "值班"
    escalate_minutes: int = 0
    escalate_to: str = ""
    enabled: bool = True
    muted_until: datetime | None = None
    note: str = ""
    author: str = ""
    made_from: str = ""  # the sheet whose set it belongs to, '' for one that a person made


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of a rule's subject at a moment. ``value`` None: no data, with ``reason``.

    ``sample`` is what the value stands on (its denominator). ``day``: the day or period end the value belongs to.
    ``detail`` is one Chinese sentence; ``facts`` further lines for the message.
    """

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    sample: float | None = None
    day: date | None = None
    reason: str = ""
    detail: str = ""
    required: str = ""
    to_date: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rule stands. ``since``: when this state began; ``bad_since``: when the present episode's value turned
    bad; ``fired_at``/``told_at``: when it fired, and when somebody was last told; ``frozen`` the state that NO_DATA
    holds on to. ``episode`` counts firings. Moments are aware UTC."""

    state: AlertState = AlertState.OK
    since: datetime | None = None
    bad_since: datetime | None = None
    fired_at: datetime | None = None
    told_at: datetime | None = None
    frozen: AlertState | None = None
    episode: int = 0
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None


class Tell(StrEnum):
    """What people are to be told after a tick."""

    FIRED = "fired"
    REPEATED = "repeated"
    ESCALATED = "escalated"
    RECOVERED = "recovered"
    UNDONE = "undone"  # a late correction undid the breach


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state, kept as a row with what led to it."""

    before: AlertState
    after: AlertState
    at: datetime
    reason: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a tick gives: the new standing, the change of state if there was one, and what to tell."""

    standing: Standing
    transition: Transition | None = None
    tell: Tell | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """静默或维护窗口: rules that match tell nobody in that time; their states go on. ``rule`` and ``centre`` '' match
    all. Moments aware UTC."""

    starts: datetime
    ends: datetime
    rule: str = ""
    centre: str = ""
    reason: str = ""
    author: str = ""
    id: int = 0

    def covers(self, rule: AlertRule, at: datetime) -> bool:
        """True where the silence keeps this rule quiet at that moment."""
        fits = self.rule in ("", rule.code) and self.centre in ("", rule.centre)
        return fits and self.starts <= at < self.ends


@dataclass(frozen=True, slots=True)
class QuietHours:
    """免打扰时段 by local minutes of the day; what is told then is kept for a digest at its end. ``urgent_anyway``:
    urgent alerts are told at once."""

    start: int = 0
    end: int = 0
    urgent_anyway: bool = True

    @property
    def length(self) -> timedelta:
        """How long a night is."""
        return timedelta(minutes=(self.end - self.start) % 1440)

    def holds(self, minute: int) -> bool:
        """True for a minute of the day that lies within."""
        if self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is told: a group of readers and the channel they are told through. ``address``: mail addresses separated by
    commas, or the robot's address. Secrets are named by ``secret_env``, never stored."""

    group: str
    channel: str  # email | wecom | dingtalk | feishu | webhook | page
    address: str = ""
    secret_env: str = ""
    enabled: bool = True
    id: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> list[str]:
        """Each mail address by itself; of any other channel the only one."""
        if self.channel != "email":
            return [self.address]
        return [one.strip() for one in _BETWEEN.split(self.address) if one.strip()]
