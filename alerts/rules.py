"""The states of an alert rule (RULES 5): one pure function from where it stands and what was seen to where it stands.

    ok ──bad──▶ pending ──hold time──▶ firing ──good──▶ recovering ──recovery time──▶ ok
                   └──good──▶ ok          ▲──────bad─────┘
    any ──no data──▶ no_data (frozen) ──data──▶ where it was

A value is bad on the wrong side of ``level``, good on the right side of ``recover_level``; between the two nothing
changes. Fewer than ``min_sample`` is no data.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kpi.alert_model import AlertRule, AlertState, Observation, Standing, Step, Tell, Transition

_ALERTING = (AlertState.FIRING, AlertState.RECOVERING)


def is_bad(rule: AlertRule, value: float) -> bool:
    """True where the value is on the wrong side of the rule's level."""
    return value < rule.level if rule.operator == ">=" else value > rule.level


def is_good(rule: AlertRule, value: float) -> bool:
    """True where the value counts as recovered: on the right side of the recovery level, and not bad."""
    level = rule.level if rule.recover_level is None else rule.recover_level
    well = value >= level if rule.operator == ">=" else value <= level
    return well and not is_bad(rule, value)


def next_state(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    """Where the rule stands after seeing this at ``now`` (aware UTC). The same arguments give the same answer.

    A moment before the standing's own is a clock set back: it counts as that moment, so no state is lost or gained.
    """
    now = max(now, standing.since) if standing.since else now
    if seen.value is None or (rule.min_sample and (seen.sample or 0) < rule.min_sample):
        return _frozen(rule, standing, seen, now)
    if standing.state is AlertState.NO_DATA:
        back = standing.frozen or AlertState.OK
        thawed = replace(standing, state=back, since=now, frozen=None)
        step = _moved(rule, thawed, seen, now)
        after = step.standing.state
        return replace(step, transition=_change(AlertState.NO_DATA, after, seen, now, "数据恢复"))
    return _moved(rule, standing, seen, now)


def _frozen(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    if standing.state is AlertState.NO_DATA:
        return Step(standing)
    few = seen.value is not None
    why = f"样本不足({seen.sample or 0:g} / {rule.min_sample})" if few else seen.reason or "没有数据"
    after = replace(standing, state=AlertState.NO_DATA, since=now, frozen=standing.state)
    return Step(after, _change(standing.state, AlertState.NO_DATA, seen, now, why))


def _moved(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    assert seen.value is not None
    bad, good = is_bad(rule, seen.value), is_good(rule, seen.value)
    match standing.state:
        case AlertState.OK:
            return _turned_bad(rule, standing, seen, now) if bad else Step(standing)
        case AlertState.PENDING:
            if good:
                return _to(AlertState.OK, replace(standing, bad_since=None), seen, now, "在等待期内恢复")
            return _held(rule, standing, seen, now) if bad else Step(standing)
        case AlertState.FIRING:
            return _turned_good(rule, standing, seen, now) if good else _reminded(rule, standing, now)
        case AlertState.RECOVERING:
            if bad:
                return _to(AlertState.FIRING, standing, seen, now, "恢复期内再次越线")
            return _recovered(rule, standing, seen, now) if good else Step(standing)
        case AlertState.NO_DATA:  # pragma: no cover - thawed before
            raise AssertionError("no_data is thawed first")


def _turned_bad(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    waiting = replace(standing, bad_since=now)
    if rule.hold_minutes <= 0:
        return _fire(waiting, seen, now, "越线")
    return _to(AlertState.PENDING, waiting, seen, now, f"越线,持续 {rule.hold_minutes} 分钟后告警")


def _held(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    since = standing.bad_since or standing.since or now
    if now - since < timedelta(minutes=rule.hold_minutes):
        return Step(standing)
    return _fire(standing, seen, now, f"越线已持续 {rule.hold_minutes} 分钟")


def _fire(standing: Standing, seen: Observation, now: datetime, why: str) -> Step:
    fired = replace(
        standing,
        fired_at=now,
        told_at=now,
        episode=standing.episode + 1,
        acknowledged_by="",
        acknowledged_at=None,
        escalated_at=None,
    )
    return replace(_to(AlertState.FIRING, fired, seen, now, why), tell=Tell.FIRED)


def _turned_good(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    if rule.recover_minutes <= 0:
        return _over(standing, seen, now, "已恢复")
    return _to(AlertState.RECOVERING, standing, seen, now, f"回到线内,持续 {rule.recover_minutes} 分钟后解除")


def _recovered(rule: AlertRule, standing: Standing, seen: Observation, now: datetime) -> Step:
    if now - (standing.since or now) < timedelta(minutes=rule.recover_minutes):
        return Step(standing)
    return _over(standing, seen, now, f"恢复已持续 {rule.recover_minutes} 分钟")


def _over(standing: Standing, seen: Observation, now: datetime, why: str) -> Step:
    calm = replace(standing, bad_since=None, told_at=now)
    return replace(_to(AlertState.OK, calm, seen, now, why), tell=Tell.RECOVERED)


def _reminded(rule: AlertRule, standing: Standing, now: datetime) -> Step:
    """Still firing: escalated once when nobody acknowledged, repeated until somebody does."""
    if standing.acknowledged_at is not None:
        return Step(standing)
    due = timedelta(minutes=rule.escalate_minutes)
    if rule.escalate_minutes and standing.escalated_at is None and standing.fired_at and now - standing.fired_at >= due:
        return Step(replace(standing, escalated_at=now, told_at=now), tell=Tell.ESCALATED)
    if rule.repeat_minutes and standing.told_at and now - standing.told_at >= timedelta(minutes=rule.repeat_minutes):
        return Step(replace(standing, told_at=now), tell=Tell.REPEATED)
    return Step(standing)


def undone(standing: Standing, seen: Observation, now: datetime) -> Step:
    """A late correction shows that what fired was no breach: the episode ends at once and says so."""
    if standing.state not in _ALERTING and standing.frozen not in _ALERTING:
        return Step(standing)
    calm = replace(standing, bad_since=None, told_at=now, frozen=None)
    return replace(_to(AlertState.OK, calm, seen, now, "数据更正后不再越线"), tell=Tell.UNDONE)


def acknowledged(standing: Standing, by: str, now: datetime) -> Standing:
    """Somebody has seen it: no more repeats, no escalation. Raises ValueError where nothing is firing."""
    if standing.state not in _ALERTING and standing.frozen not in _ALERTING:
        raise ValueError("这条规则现在没有告警,不需要确认。")
    return replace(standing, acknowledged_by=by, acknowledged_at=now)


def _to(state: AlertState, standing: Standing, seen: Observation, now: datetime, why: str) -> Step:
    after = replace(standing, state=state, since=now)
    return Step(after, _change(standing.state, state, seen, now, why))


def _change(before: AlertState, after: AlertState, seen: Observation, now: datetime, why: str) -> Transition:
    return Transition(before, after, now, why, seen.value, seen.numerator, seen.denominator)


def burn_factor(share: float, window_days: int, period_days: int) -> float:
    """How many times faster than even ``share`` of the allowance in ``window_days`` is."""
    return share * period_days / window_days


def check_burn(target: float, share: float, window_days: int, period_days: int) -> str:
    """'' for a burn-rate rule that can fire, else why it never could (RULES 5): even when every single event misses,
    the allowance can't burn faster than 1 / (1 − τ) times even."""
    if not 0 < share <= 1 or not 0 < window_days <= period_days:
        return "消耗比例须在 0 与 100% 之间,窗口须在 1 天与整个期间之间。"
    if target >= 1:
        return "目标是 100%,没有余量可消耗;请改用“当日值低于目标”。"
    factor, most = burn_factor(share, window_days, period_days), 1 / (1 - target)
    if factor > most:
        return (
            f"这条规则永远不会告警:{window_days} 天用掉 {share:.0%} 的余量相当于平均速度的 {factor:.1f} 倍,"
            f"而目标 {target:.2%} 下即使全部不达标也只有 {most:.1f} 倍。请放长窗口或调低比例。"
        )
    return ""
