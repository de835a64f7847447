"""The demo centre's work orders accepted on one day, with all that will ever happen to them.

What an export shows depends on when it is made: see ``demo_files.orders_table``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from ingest.sources.demo_calls import Bools, draw_seats
from ingest.sources.demo_profile import (
    HOUR_SHARE,
    Floats,
    Ints,
    Stream,
    add_working_days,
    generator,
    plan,
    roster,
)

KINDS = ("咨询", "求助", "投诉", "举报", "建议", "感谢")
CHANNELS = ("电话", "网站", "APP", "微信", "短信", "邮件")
DEPARTMENTS = (
    "住房和建设局", "城市管理局", "公安分局", "人力资源和社会保障局", "交通运输局", "教育局",
    "卫生健康委员会", "市场监督管理局", "水务局", "生态环境局", "东片区街道", "西片区街道",
)  # fmt: skip
RESULTS = ("满意", "基本满意", "不满意", "未联系上", "拒绝评价")
SETTLED_AFTER = timedelta(days=50)
"""How long after its acceptance an order can still change."""
NEVER = np.int64(2**62)

_SOLVED = np.array([0.97, 0.50, 0.25, 0.06, 0.45, 1.0])
_WORKING_DAYS = np.array([2, 3, 5, 10, 5, 3])
_DEPARTMENT_SHARE = (0.15, 0.17, 0.09, 0.12, 0.10, 0.06, 0.05, 0.08, 0.05, 0.04, 0.05, 0.04)
_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Orders:
    """Orders in the order of acceptance. Times are local seconds since 1970, NEVER for what never happens;
    ``department`` -1 and ``result`` -1 where there is none; ``spoil``: the due date is spoilt in the export."""

    accepted: Ints
    kind: Ints
    channel: Ints
    seat: Ints
    solved_first: Bools
    dispatched: Ints
    department: Ints
    dispatched_right: Bools
    returned: Ints
    due: Ints
    closed: Ints
    to_call_back: Bools
    called_back: Ints
    result: Ints
    spoil: Bools


def _in_office_hours(times: Ints, rng: np.random.Generator) -> Ints:
    """The same days at a time between 08:40 and 17:50."""
    return times // _DAY * _DAY + rng.integers(31_200, 64_200, len(times))


def _closing(dispatched: Ints, due: Ints, rng: np.random.Generator) -> Ints:
    """When orders are closed: nearly all in time, a few some days late, hardly any never."""
    n = len(due)
    closed = dispatched + (rng.beta(2.2, 1.2, n) * (due - dispatched)).astype(np.int64)
    closed = np.maximum(_in_office_hours(closed, rng), dispatched + 1200)
    closed = np.where(closed > due, due - rng.integers(0, 7200, n), closed)
    late = due + np.minimum(1 + rng.exponential(1.6 * _DAY, n), 14 * _DAY).astype(np.int64)
    fate = rng.random(n)
    times: Ints = np.where(fate < 0.014, late, closed)
    return np.where(fate > 0.9985, NEVER, times)


def _results(late: Bools, rng: np.random.Generator) -> Ints:
    n = len(late)
    said = np.searchsorted(np.array([0.70, 0.923]), rng.random(n) + np.where(late, 0.12, 0.0))
    reached = rng.random(n)
    results: Ints = np.where(reached < 0.09, 3, np.where(reached < 0.12, 4, said)).astype(np.int64)
    return results


def _acceptance(day: date, rng: np.random.Generator) -> Ints:
    hours = rng.choice(24, plan(day).orders, p=HOUR_SHARE)
    return np.sort(hours * 3600 + rng.integers(0, 3600, len(hours)))


def _dispatch_lag(n: int, rng: np.random.Generator) -> Floats:
    """Seconds from acceptance to dispatch; beyond 30 minutes is late."""
    return np.where(rng.random(n) < 0.012, rng.uniform(1860, 14_400, n), rng.uniform(120, 1740, n))


@lru_cache(maxsize=64)
def orders_of(day: date) -> Orders:
    """All orders accepted on a day."""
    rng = generator(day, Stream.ORDERS)
    seconds = _acceptance(day, rng)
    n = len(seconds)
    accepted = seconds + (day.toordinal() - _EPOCH) * _DAY
    kind = rng.choice(len(KINDS), n, p=(0.34, 0.30, 0.22, 0.06, 0.05, 0.03))
    solved = rng.random(n) < _SOLVED[kind]
    sent = accepted + _dispatch_lag(n, rng).astype(np.int64)
    last_day = add_working_days(sent // _DAY + _EPOCH, _WORKING_DAYS[kind]) - _EPOCH
    due = last_day * _DAY + 18 * 3600
    closed = np.where(solved, accepted + rng.integers(60, 900, n), _closing(sent, due, rng))
    to_call_back = ~solved & (closed < NEVER) & (rng.random(n) < 0.96)
    rung = _in_office_hours(closed + rng.integers(_DAY // 6, 2 * _DAY, n), rng)
    rung = np.maximum(rung, closed + 1800)
    called_back = np.where(to_call_back & (rng.random(n) < 0.997), rung, NEVER)
    returned = np.where(rng.random(n) < 0.008, sent + rng.integers(3600, 2 * _DAY, n), NEVER)
    return Orders(
        accepted=accepted,
        kind=kind,
        channel=rng.choice(len(CHANNELS), n, p=(0.72, 0.08, 0.09, 0.08, 0.01, 0.02)),
        seat=draw_seats(seconds, np.ones(n, dtype=np.bool_), roster(day), rng),
        solved_first=solved,
        dispatched=np.where(solved, NEVER, sent),
        department=np.where(solved, -1, rng.choice(len(DEPARTMENTS), n, p=_DEPARTMENT_SHARE)),
        dispatched_right=rng.random(n) < 0.975,
        returned=np.where(solved, NEVER, returned),
        due=np.where(solved, NEVER, due),
        closed=closed,
        to_call_back=to_call_back,
        called_back=called_back,
        result=np.where(called_back < NEVER, _results(closed > due, rng), -1),
        spoil=rng.random(n) < 0.0004,
    )
