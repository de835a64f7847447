"""The demo centre's call and order exports as a vendor writes them: columns of cells, then xlsx or GB18030 CSV."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import xlsxwriter

from ingest.sources.demo_calls import QUEUES, RATINGS, SPOILS, Calls
from ingest.sources.demo_orders import CHANNELS, DEPARTMENTS, KINDS, NEVER, RESULTS, Orders
from ingest.sources.demo_profile import Ints
from patience import patiently

Cell = str | int | float
EXCEL_EPOCH = date(1899, 12, 30).toordinal()
YES_NO = ("否", "是")
CALL_COLUMNS = (
    "流水号", "来电时间", "技能组", "是否接通", "等待时长(秒)", "通话时长", "话后时长",
    "工号", "录音", "评价", "号码显示", "已回拨",
)  # fmt: skip
OLD_CALL_COLUMNS = (
    "流水号", "呼入时间", "技能组", "是否接通", "等待时长", "通话时长", "话后时长",
    "坐席工号", "录音", "满意度评价", "号码显示", "已回拨",
)  # fmt: skip
ORDER_COLUMNS = (
    "工单编号", "受理时间", "受理渠道", "诉求类型", "受理工号", "直接答复", "派单时间", "及时派单",
    "承办单位", "一次派准", "有责退单", "办理时限", "办结时间", "应回访", "已回访", "回访时间", "回访结果",
)  # fmt: skip
_SPOIL_COLUMN = {"asked": 1, "answered": 3, "wait": 4, "talk": 5}
_DISPATCH_LIMIT = 1800


@dataclass(frozen=True)
class Sheet:
    """A table ready to be written: one list of cells a column. ``times``: columns of Excel date numbers."""

    header: tuple[str, ...]
    columns: Sequence[Sequence[Cell]]
    times: tuple[int, ...] = ()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that takes the place of ``path`` at the end, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield draft
        patiently(lambda: draft.replace(path))
    finally:
        draft.unlink(missing_ok=True)


def write_csv(path: Path, sheet: Sheet, encoding: str = "gb18030", delimiter: str = ",") -> None:
    """Write the cells as they are; none of them may hold the delimiter."""
    lines = [delimiter.join(sheet.header)]
    lines += [delimiter.join(row) for row in zip(*(map(str, c) for c in sheet.columns), strict=True)]
    with replacing(path) as draft:
        draft.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))


def write_xlsx(path: Path, sheet: Sheet, name: str, made: date) -> None:
    """Write one sheet; the same cells give the same bytes, so that an unchanged export is known by content."""
    with replacing(path) as draft:
        book = xlsxwriter.Workbook(str(draft), {"constant_memory": True})
        book.set_properties({"created": datetime(made.year, made.month, made.day)})
        page = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, title in enumerate(sheet.header):
            page.write_string(0, column, title, bold)
        for row, cells in enumerate(zip(*sheet.columns, strict=True), 1):
            for column, cell in enumerate(cells):
                if not isinstance(cell, str):
                    page.write_number(row, column, cell, time if column in sheet.times else None)
                elif cell:
                    page.write_string(row, column, cell)
        book.close()


@cache
def _clock() -> tuple[str, ...]:
    return tuple(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400))


def duration(seconds: int) -> str:
    """Seconds as H:MM:SS."""
    return _clock()[seconds].removeprefix("0") if seconds < 86_400 else f"{seconds // 3600}:00:00"


def _durations(seconds: Ints, shown: Sequence[bool]) -> list[str]:
    clock = _clock()
    return [clock[s][1:] if yes else "" for s, yes in zip(seconds.tolist(), shown, strict=True)]


def _yes_no(values: Sequence[bool], shown: Sequence[bool] | None = None) -> list[str]:
    if shown is None:
        return [YES_NO[v] for v in values]
    return [YES_NO[v] if yes else "" for v, yes in zip(values, shown, strict=True)]


def _call_columns(day: date, calls: Calls, old: bool) -> list[list[Cell]]:
    clock, answered = _clock(), calls.answered.tolist()
    missed = (~calls.answered).tolist()
    asked: list[Cell]
    wait: list[Cell]
    if old:
        asked = [f"{day:%Y/%m/%d} {clock[s]}" for s in calls.asked.tolist()]
        wait = list(_durations(calls.wait, [True] * len(calls)))
    else:
        asked = (day.toordinal() - EXCEL_EPOCH + calls.asked / 86_400).tolist()
        wait = calls.wait.tolist()
    prefix = f"H{day:%m%d}-"
    return [
        [f"{prefix}{n:05d}" for n in calls.number.tolist()],
        asked,
        [QUEUES[q] for q in calls.queue.tolist()],
        list(_yes_no(answered)),
        wait,
        list(_durations(calls.talk, answered)),
        list(_durations(calls.wrap, answered)),
        [str(s) if s else "" for s in calls.seat.tolist()],
        ["有" if r else "无" if a else "" for r, a in zip(calls.recorded.tolist(), answered, strict=True)],
        [RATINGS[r] if a else "" for r, a in zip(calls.rating.tolist(), answered, strict=True)],
        list(_yes_no(calls.number_known.tolist())),
        list(_yes_no(calls.returned.tolist(), missed)),
    ]


def calls_sheet(day: date, calls: Calls, old: bool = False) -> Sheet:
    """The export of a day's calls: as the platform writes it now, or as it did before the vendor renamed columns."""
    columns = _call_columns(day, calls, old)
    for row in np.flatnonzero(calls.spoil).tolist():
        field, text = SPOILS[int(calls.spoil[row]) - 1]
        columns[_SPOIL_COLUMN[field]][row] = text
    return Sheet(OLD_CALL_COLUMNS, columns) if old else Sheet(CALL_COLUMNS, columns, times=(1,))


def _known_times(times: Ints, as_of: int) -> list[str]:
    """Times up to ``as_of`` as text, those not come yet (or never) blank."""
    known = times <= as_of
    texts = np.datetime_as_string(np.where(known, times, 0).astype("datetime64[s]"), unit="s").tolist()
    return [t.replace("T", " ") if yes else "" for t, yes in zip(texts, known.tolist(), strict=True)]


def _rating_cells(orders: Orders, as_of: int) -> list[str]:
    known = orders.called_back <= as_of
    return [RESULTS[r] if yes else "" for r, yes in zip(orders.result.tolist(), known.tolist(), strict=True)]


def orders_sheet(day: date, orders: Orders, as_of: int) -> Sheet:
    """The orders accepted on a day as an export made at ``as_of`` (local seconds since 1970) shows them."""
    new = int(np.searchsorted(orders.accepted, as_of, side="right"))
    sent = (orders.dispatched <= as_of).tolist()
    in_time = (orders.dispatched - orders.accepted <= _DISPATCH_LIMIT).tolist()
    closed = (orders.closed <= as_of).tolist()
    asked_back = [a and c for a, c in zip(orders.to_call_back.tolist(), closed, strict=True)]
    due = _known_times(np.where(sent, orders.due, NEVER), int(NEVER) - 1)
    for row in np.flatnonzero(orders.spoil).tolist():
        due[row] = f"{day.year}-13-40 18:00:00"
    columns: list[list[Cell]] = [
        [f"GD-{day:%Y%m%d}-{i:04d}" for i in range(1, len(orders.accepted) + 1)],
        list(_known_times(orders.accepted, as_of)),
        [CHANNELS[c] for c in orders.channel.tolist()],
        [KINDS[k] for k in orders.kind.tolist()],
        [str(s) for s in orders.seat.tolist()],
        list(_yes_no(orders.solved_first.tolist())),
        list(_known_times(orders.dispatched, as_of)),
        list(_yes_no(in_time, sent)),
        [DEPARTMENTS[d] if s else "" for d, s in zip(orders.department.tolist(), sent, strict=True)],
        list(_yes_no(orders.dispatched_right.tolist(), sent)),
        list(_yes_no((orders.returned <= as_of).tolist(), sent)),
        list(due),
        list(_known_times(orders.closed, as_of)),
        list(_yes_no(orders.to_call_back.tolist(), closed)),
        list(_yes_no((orders.called_back <= as_of).tolist(), asked_back)),
        list(_known_times(orders.called_back, as_of)),
        list(_rating_cells(orders, as_of)),
    ]
    return Sheet(ORDER_COLUMNS, [c[:new] for c in columns])


def stacked(sheets: Sequence[Sheet]) -> Sheet:
    """Sheets with the same header one below the other. ``sheets`` must not be empty."""
    columns = [[cell for sheet in sheets for cell in sheet.columns[i]] for i in range(len(sheets[0].header))]
    return Sheet(sheets[0].header, columns, sheets[0].times)
