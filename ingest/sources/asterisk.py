"""The *asterisk* source: a window of days from ``queue_log`` files -> calls and seats.

Lines from the day before the window to the day after it are followed, so that a call or a shift over midnight is
whole; only calls that asked on a day of the window are counted. Rows read are the lines whose time lies in the
window, of whatever event; each is used, or rejected: lines that are no event, and the ENTERQUEUE of a call that has
had no outcome for four hours. Younger calls without an outcome wait for the next pull.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from ingest.batch import Batch, Reject
from ingest.errors import SourceError
from ingest.frames import to_batch
from ingest.frames_rejects import REJECT_LIMIT
from ingest.mapping import (
    As,
    AsteriskOptions,
    Cell,
    DurationField,
    MomentField,
    RowMapping,
    Shape,
    SourceSpec,
    TextField,
    YesNoField,
)
from ingest.sources.queue_files import Line, LogsMoved, OpenLog, close_logs, open_logs, read_lines
from ingest.sources.queue_log import KNOWN_EVENTS, NO_OUTCOME_LIMIT, SEAT_EVENTS, CallRow, CallTracker
from ingest.sources.queue_seats import SeatTracker, midnight
from ingest.sources.text_rows import TextRows

SHANGHAI = ZoneInfo("Asia/Shanghai")
_ATTEMPTS = 5
_CHUNK = 20_000
_COLUMNS = ("asked_at", "answered", "wait", "talk", "seat", "queue")
_MAPPING = RowMapping(
    (
        ("asked_at", MomentField(Cell(("asked_at",)), ("%Y-%m-%d %H:%M:%S",))),
        ("answered", YesNoField(Cell(("answered",)), ("1",), ("0",))),
        ("wait", DurationField(Cell(("wait",)), As.SECONDS)),
        ("talk", DurationField(Cell(("talk",)), As.SECONDS)),
        ("seat", TextField(Cell(("seat",)))),
        ("queue", TextField(Cell(("queue",)))),
    )
)


def read_window(
    spec: SourceSpec,
    base_dir: Path,
    start: date,
    end: date,
    today: date,
    *,
    tz: ZoneInfo = SHANGHAI,
    sleep: Callable[[float], None] = time.sleep,
) -> Batch:
    """What the logs say of the local days ``start``…``end`` (both included) in the zone ``tz``.

    Files rotated while they are read are read again. Raises ``SourceError`` where there are none, or where they
    never hold still.
    """
    options = spec.options
    assert isinstance(options, AsteriskOptions)
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(0.2 * 2**attempt)
        logs: list[OpenLog] = []
        try:
            logs = open_logs(base_dir, options.path)
            if not logs:
                raise SourceError(f"没有找到 queue_log 文件: {options.path}。请检查 path 和数据目录,以及读取权限。")
            with duckdb.connect() as con:
                return _Window(spec, options, start, end, today, tz, con).read(logs)
        except LogsMoved:
            continue
        finally:
            close_logs(logs)
    raise SourceError(f"queue_log 文件读取时一直在变动(轮转): {options.path}。稍后会再试;请检查日志轮转是否过于频繁。")


@dataclass(slots=True)
class _Window:
    """One reading of the window from files that are open."""

    spec: SourceSpec
    options: AsteriskOptions
    start: date
    end: date
    today: date
    tz: ZoneInfo
    con: duckdb.DuckDBPyConnection
    calls: CallTracker = field(default_factory=CallTracker)
    seats: SeatTracker = field(default_factory=SeatTracker)
    rejects: list[Reject] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    origins: list[int] = field(default_factory=list)
    pending: list[dict[str, str | None]] = field(default_factory=list)
    read_count: int = 0
    last_at: float = 0.0
    endless: int = 0

    def read(self, logs: list[OpenLog]) -> Batch:
        """The batch. Raises ``LogsMoved`` where a file is cut short meanwhile."""
        rows = TextRows(self.con, "calls", _COLUMNS)
        self._follow(logs, rows)
        left = self._finish(logs, rows)
        mapped = replace(self.spec, shape=Shape.CALLS, mapping=_MAPPING)
        batch = to_batch(self.con, "calls", mapped, self.options.path, "", self.today) if rows.count else Batch()
        batch.rejects = [*self.rejects, *(self._placed(reject, logs) for reject in batch.rejects)]
        batch.rows_read = self.read_count
        batch.rows_used = self.read_count - len(batch.rejects)
        batch.seats = self._with_sign_ins(batch.seats)
        _state_days(batch)
        batch.inputs = [{"name": log.path.name, "rows": log.lines} for log in logs if log.lines]
        batch.warnings += self._warnings(logs, left)
        return batch

    def _follow(self, logs: list[OpenLog], rows: TextRows) -> None:
        day = timedelta(days=1)
        first, last = midnight(self.start, self.tz), midnight(self.end + day, self.tz)
        earliest, latest = midnight(self.start - day, self.tz), midnight(self.end + 2 * day, self.tz)
        places = {id(log): place for place, log in enumerate(logs)}
        seats = dict(self.options.seats)
        for line in read_lines(logs, earliest, latest, not_after=midnight(self.today + 2 * day, self.tz)):
            within = first <= line.at < last
            self.read_count += within
            event = line.event
            if event is None:
                if within:
                    self._reject_line(line)
                continue
            self.last_at = max(self.last_at, event.at)
            if within and event.name not in KNOWN_EVENTS:
                self.unknown[event.name] += 1
            if event.name in SEAT_EVENTS and event.agent in seats:
                event = replace(event, agent=seats[event.agent])
            self.seats.feed(event)
            origin = places[id(line.log)] << 40 | line.number_from
            self._keep(self.calls.feed(event, origin, note_orphan=within), first, last, rows)

    def _keep(self, found: Iterable[CallRow], first: float, last: float, rows: TextRows) -> None:
        """Rows of the window go on to the table, in chunks."""
        seats, queues = dict(self.options.seats), dict(self.options.queues)
        for row in found:
            if not first <= row.asked_at < last:
                continue
            self.endless += row.answered and not row.ended and row.asked_at < self.last_at - NO_OUTCOME_LIMIT
            self.origins.append(row.origin)
            self.pending.append(
                {
                    "asked_at": datetime.fromtimestamp(row.asked_at, self.tz).strftime("%Y-%m-%d %H:%M:%S"),
                    "answered": "1" if row.answered else "0",
                    "wait": None if row.wait is None else str(row.wait),
                    "talk": None if row.talk is None else str(row.talk),
                    "seat": seats.get(row.seat, row.seat) or None,
                    "queue": queues.get(row.queue, row.queue),
                }
            )
        if len(self.pending) >= _CHUNK:
            self._flush(rows)

    def _flush(self, rows: TextRows) -> None:
        rows.add(self.pending)
        self.pending.clear()

    def _finish(self, logs: list[OpenLog], rows: TextRows) -> int:
        """What is still open at the end of the log. Returns how many calls are left for the next pull."""
        first, last = midnight(self.start, self.tz), midnight(self.end + timedelta(days=1), self.tz)
        self._keep(self.calls.finish(), first, last, rows)
        self._flush(rows)
        left = 0
        now = max(self.last_at, midnight(self.today, self.tz))
        for row in self.calls.waiting():
            if not first <= row.asked_at < last:
                continue
            if now - row.asked_at <= NO_OUTCOME_LIMIT:
                left += 1
                continue
            log, number = _place(row.origin, logs)
            reason = "来电进入队列 4 小时后仍没有接通、放弃或离开的记录,无法判断结果,未计入。请核对日志是否完整"
            self.rejects.append(Reject(log.path.name, "", number, "ENTERQUEUE", row.callid[:200], reason, {}))
        return left

    def _reject_line(self, line: Line) -> None:
        if len(self.rejects) >= REJECT_LIMIT:
            raise SourceError(
                f"{line.log.path.name}: 超过 {REJECT_LIMIT} 行不是 queue_log 的格式,没有写入。请检查 path 指向的文件。"
            )
        reason = f"{line.reason}。这一行没有计入;请核对日志文件"
        self.rejects.append(Reject(line.log.path.name, "", line.number, "", line.shown, reason, {}))

    def _placed(self, reject: Reject, logs: list[OpenLog]) -> Reject:
        """A call's reject, told by the line in which it entered the queue."""
        log, number = _place(self.origins[(reject.row_no or 1) - 1], logs)
        return replace(reject, file=log.path.name, row_no=number, row={})

    def _with_sign_ins(self, seats: pd.DataFrame | None) -> pd.DataFrame | None:
        """The seats of answered calls, and those that were signed in; both facts of one seat and day in one row."""
        days = self.seats.days(self.start, self.end, self.tz, self.last_at)
        if not days:
            return seats
        signed = pd.DataFrame(
            {
                "centre": [self.spec.centre] * len(days),
                "day": [item.day for item in days],
                "seat": [item.seat for item in days],
                "signed_in_seconds": pd.array([item.signed_in_seconds for item in days], dtype="Int64"),
                "paused_seconds": pd.array([item.paused_seconds for item in days], dtype="Int64"),
            }
        )
        if seats is None or seats.empty:
            return signed.assign(seat_calls=pd.array([0] * len(signed), dtype="Int64"))
        both = seats.merge(signed, on=["centre", "day", "seat"], how="outer", sort=True, indicator=True)
        for name in ("seat_calls", "seat_busy_seconds"):
            if name in both:  # signed in without an answered call: known to be none
                both[name] = both[name].mask(both["_merge"] == "right_only", 0)
        return both.drop(columns="_merge")

    def _warnings(self, logs: list[OpenLog], left: int) -> Iterable[str]:
        if self.calls.orphans:
            yield (
                f"有 {len(self.calls.orphans)} 通来电只有后半段记录(日志中没有它进入队列的 ENTERQUEUE),没有计入。"
                "请核对更早的日志文件是否还在目录中。"
            )
        if left:
            yield f"有 {left} 通来电还没有结果(正在排队),留待下次取数。"
        if self.endless:
            yield f"有 {self.endless} 通已接通的来电没有结束记录(COMPLETE 或 TRANSFER),通话时长未计。"
        if self.unknown:
            names = "、".join(name for name, _ in self.unknown.most_common(5))
            yield f"有 {self.unknown.total()} 行是未识别的事件({names}),不影响计算,已略过。"
        for log in logs:
            if log.size and log.first_at is None:
                yield f"文件 {log.path.name} 不是 queue_log 的格式,没有读取。请调整 path 或移走该文件。"
            elif log.tail_left:
                yield f"文件 {log.path.name} 的最后一行还没有写完(没有换行),留待下次取数。"


def _place(origin: int, logs: list[OpenLog]) -> tuple[OpenLog, int]:
    log = logs[origin >> 40]
    return log, log.lines_skipped() + (origin & (1 << 40) - 1)


def _state_days(batch: Batch) -> None:
    days = {day for frame in (batch.calls, batch.seats) if frame is not None for day in frame["day"]}
    batch.first_day, batch.last_day = min(days, default=None), max(days, default=None)
