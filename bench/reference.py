"""The reference data: a year of a big city's hotline, written as vendor-style CSV, the same on every machine.

Full size: 3.8 million calls and 450,000 work orders of 5 centres with 120 seats each. A scale below 1 keeps the
volume of a day and takes fewer days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

FIRST_DAY = date(2025, 1, 1)
YEAR_DAYS = 365
CALLS_A_YEAR = 3_800_000
ORDERS_A_YEAR = 450_000
CENTRES = ("东城中心", "西城中心", "南城中心", "北城中心", "高新中心")
SEATS_A_CENTRE = 120
SPOILT_EVERY = 20_000
"""One call in so many has a duration no clock can show."""

_HOURS = np.array([2, 2, 1, 1, 1, 2, 4, 9, 21, 28, 26, 20, 13, 16, 23, 22, 18, 14, 10, 8, 7, 6, 4, 3], dtype=np.float64)
_CENTRES = (0.28, 0.24, 0.2, 0.16, 0.12)
_DAY = 86_400

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """The files of one scale. ``days``: how many days of the year they hold."""

    folder: Path
    days: int
    calls: int
    orders: int

    @property
    def calls_csv(self) -> Path:
        """One row a call, 11 columns."""
        return self.folder / "calls" / "话务明细.csv"

    @property
    def orders_csv(self) -> Path:
        """One row a work order."""
        return self.folder / "orders" / "工单明细.csv"

    @property
    def last_day(self) -> date:
        """The last day with data."""
        return FIRST_DAY + timedelta(days=self.days - 1)

    @property
    def calls_a_day(self) -> int:
        """How many calls a day after the year has."""
        return self.calls // self.days


def make(folder: Path, scale: float = 1.0) -> Reference:
    """The reference data below ``folder``, written if it is not there yet."""
    days = max(1, round(YEAR_DAYS * scale))
    reference = Reference(folder, days, round(CALLS_A_YEAR * days / YEAR_DAYS), round(ORDERS_A_YEAR * days / YEAR_DAYS))
    if not reference.calls_csv.exists():
        write_calls(reference.calls_csv, FIRST_DAY, days, reference.calls, seed=1)
    if not reference.orders_csv.exists():
        write_orders(reference.orders_csv, FIRST_DAY, days, reference.orders, seed=2)
    return reference


def _starts(first: date, days: int, n: int, rng: np.random.Generator) -> Ints:
    """Local seconds since 1970 of n events in order of time, by weekday and hour."""
    weekday = np.array([(first + timedelta(days=i)).weekday() for i in range(days)])
    weight = np.where(weekday >= 5, 0.55, 1.0) * np.where(weekday == 0, 1.1, 1.0)
    day = rng.choice(days, n, p=weight / weight.sum())
    hour = rng.choice(24, n, p=_HOURS / _HOURS.sum())
    offset = (first - date(1970, 1, 1)).days * _DAY
    return np.sort(offset + day * _DAY + hour * 3600 + rng.integers(0, 3600, n))


def _copy(path: Path, frame: pd.DataFrame, select: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with duckdb.connect() as con:
        con.register("rows", frame)
        con.execute(f"COPY ({select}) TO '{str(draft).replace(chr(39), chr(39) * 2)}' (HEADER, DELIMITER ',')")
    draft.replace(path)


def _pick(words: tuple[str, ...], column: str) -> str:
    return f"[{', '.join(repr(word) for word in words)}][{column} + 1]"


_CALLS = f"""
SELECT 'C' || lpad(id::VARCHAR, 8, '0') AS 流水号, {_pick(CENTRES, "centre")} AS 中心,
       strftime(make_timestamp(asked * 1000000), '%Y-%m-%d %H:%M:%S') AS 来电时间,
       {_pick(("综合受理", "企业服务", "政策咨询", "政务咨询"), "queue")} AS 技能组,
       CASE WHEN answered THEN '是' ELSE '否' END AS 是否接通, wait AS 等待时长,
       CASE WHEN id % {SPOILT_EVERY} = 0 THEN '25:71:00' WHEN answered THEN talk::VARCHAR END AS 通话时长,
       CASE WHEN answered THEN wrap END AS 话后时长, CASE WHEN answered THEN seat END AS 工号,
       CASE WHEN answered THEN CASE WHEN recorded THEN '有' ELSE '无' END END AS 录音,
       CASE WHEN answered THEN {_pick(("未评价", "非常满意", "满意", "一般", "不满意"), "rating")} END AS 评价
FROM rows
"""


def write_calls(path: Path, first: date, days: int, n: int, seed: int) -> None:
    """Write n calls of ``days`` days from ``first``."""
    rng = np.random.default_rng(seed)
    centre = rng.choice(len(CENTRES), n, p=_CENTRES)
    answered = rng.random(n) < 0.96
    rated = rng.random(n) < 0.4
    frame = pd.DataFrame(
        {
            "id": np.arange(1, n + 1),
            "asked": _starts(first, days, n, rng),
            "centre": centre,
            "queue": rng.choice(4, n, p=(0.7, 0.12, 0.1, 0.08)),
            "answered": answered,
            "wait": np.where(answered, rng.exponential(11.0, n), rng.exponential(35.0, n)).astype(np.int64),
            "talk": np.clip(rng.lognormal(5.2, 0.6, n), 5, 3000).astype(np.int64),
            "wrap": rng.integers(0, 120, n),
            "seat": 1001 + centre * 1000 + rng.integers(0, SEATS_A_CENTRE, n),
            "recorded": rng.random(n) < 0.997,
            "rating": np.where(rated, 1 + rng.choice(4, n, p=(0.7, 0.23, 0.05, 0.02)), 0),
        }
    )
    _copy(path, frame, _CALLS)


_TIME = "CASE WHEN {0} >= 0 THEN strftime(make_timestamp({0} * 1000000), '%Y-%m-%d %H:%M:%S') END"
_DEPARTMENTS = tuple(f"承办单位{i:02d}" for i in range(1, 21))
_ORDERS = f"""
SELECT 'G' || lpad(id::VARCHAR, 7, '0') AS 工单编号, {_pick(CENTRES, "centre")} AS 中心,
       {_TIME.format("accepted")} AS 受理时间,
       {_pick(("电话", "网站", "APP", "微信", "短信", "邮件"), "channel")} AS 受理渠道,
       {_pick(("咨询", "求助", "投诉", "举报", "建议"), "kind")} AS 诉求类型, seat AS 受理工号,
       CASE WHEN dispatched < 0 THEN '是' ELSE '否' END AS 直接答复,
       {_TIME.format("dispatched")} AS 派单时间,
       CASE WHEN dispatched >= 0 THEN CASE WHEN dispatched - accepted <= 1800 THEN '是' ELSE '否' END END AS 及时派单,
       CASE WHEN dispatched >= 0 THEN {_pick(_DEPARTMENTS, "department")} END AS 承办单位,
       CASE WHEN dispatched >= 0 THEN {_TIME.format("due")} END AS 办理时限,
       {_TIME.format("closed")} AS 办结时间,
       {_TIME.format("called_back")} AS 回访时间,
       CASE WHEN called_back >= 0
            THEN {_pick(("满意", "基本满意", "不满意", "未联系上", "拒绝评价"), "result")} END AS 回访结果
FROM rows
"""


def write_orders(path: Path, first: date, days: int, n: int, seed: int) -> None:
    """Write n work orders accepted on ``days`` days from ``first``, all of them settled."""
    rng = np.random.default_rng(seed)
    accepted = _starts(first, days, n, rng)
    solved = rng.random(n) < 0.58
    sent = accepted + rng.integers(60, 1860, n)
    due = (sent // _DAY + rng.choice((3, 5, 7, 14), n)) * _DAY + 64_800
    closed = sent + (rng.beta(2, 1.3, n) * 1.06 * (due - sent)).astype(np.int64)
    closed = np.where(solved, accepted + 300, closed)
    called_back = np.where(solved | (rng.random(n) < 0.03), -1, closed + rng.integers(3600, 2 * _DAY, n))
    centre = rng.choice(len(CENTRES), n, p=_CENTRES)
    frame = pd.DataFrame(
        {
            "id": np.arange(1, n + 1),
            "accepted": accepted,
            "centre": centre,
            "channel": rng.choice(6, n, p=(0.72, 0.08, 0.09, 0.08, 0.01, 0.02)),
            "kind": rng.choice(5, n, p=(0.36, 0.32, 0.21, 0.06, 0.05)),
            "seat": 1001 + centre * 1000 + rng.integers(0, SEATS_A_CENTRE, n),
            "department": rng.choice(len(_DEPARTMENTS), n),
            "dispatched": np.where(solved, -1, sent),
            "due": due,
            "closed": closed,
            "called_back": called_back,
            "result": rng.choice(5, n, p=(0.62, 0.20, 0.06, 0.09, 0.03)),
        }
    )
    _copy(path, frame, _ORDERS)
