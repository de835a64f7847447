"""Mended rows on their way back: through the source's own mapping, and into every later pull that meets the same row.

A row that was mended once stays mended: when the source gives it again as it was, the corrected row takes its place.
When the source has corrected it itself, the day it gives replaces what was mended, so nothing counts twice.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
from sqlalchemy import Connection, Engine

from db.errors import OvertakenError
from db.mends import MendedRow, count_mended, mended_rows
from db.rejects_write import clean_row
from ingest.batch import CALL_KEYS, MONTH_KEYS, ORDER_KEYS, READING_KEYS, SEAT_KEYS, Batch, Reject
from ingest.day_check import ANCHORS, batch_days, month_days
from ingest.frames import to_batch
from ingest.mapping import EachFile, SourceSpec
from ingest.sources.text_rows import TextRows
from ingest.units import Place
from kpi.measures import BY_CODE
from kpi.model import Nature

KEYS = {
    "calls": CALL_KEYS,
    "seats": SEAT_KEYS,
    "orders": ORDER_KEYS,
    "readings": READING_KEYS,
    "months": MONTH_KEYS,
}
_NAMES = ("team", "shift", "note")
"""Columns beside the keys that are no sums."""
_ROUNDS = 5
"""A row may have been mended, found still bad, and mended again."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of text cells by header, and where it came from."""

    file: str
    sheet: str
    row_no: int | None
    cells: Mapping[str, str]


def read_rows(spec: SourceSpec, rows: Sequence[Row], place: Place) -> Batch:
    """The rows through the source's mapping, as one batch; rows of one file are read together. No part, no file."""
    whole = Batch()
    groups: dict[tuple[str, str, tuple[str, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.file, row.sheet, tuple(sorted(row.cells))].append(row)
    for (file, sheet, headers), ones in groups.items():
        with duckdb.connect() as con:
            table = TextRows(con, "mended", headers)
            table.add(dict(row.cells) for row in ones)
            batch = to_batch(con, table.relation(), spec, file, sheet, place.present, tz=place.tz.key)
        found = sorted(batch.rejects, key=lambda reject: reject.row_no or 0)
        batch.rejects = [_placed(reject, ones[reject.row_no - 1].row_no if reject.row_no else None) for reject in found]
        add_batch(whole, batch)
    return whole


def _placed(reject: Reject, row_no: int | None) -> Reject:
    return Reject(reject.file, reject.sheet, row_no, reject.column, reject.value, reject.reason, reject.row)


def add_batch(into: Batch, more: Batch) -> None:
    """Adds rows of the same source: sums by key, rejects, counts and warnings."""
    for name, keys in KEYS.items():
        ours, theirs = getattr(into, name), getattr(more, name)
        if theirs is not None and not (ours is not None and theirs.empty):
            setattr(into, name, theirs if ours is None or ours.empty else _summed(ours, theirs, keys))
    into.rejects += more.rejects
    into.rows_read += more.rows_read
    into.rows_used += more.rows_used
    into.warnings += [warning for warning in more.warnings if warning not in into.warnings]
    firsts = [day for day in (into.first_day, more.first_day) if day is not None]
    lasts = [day for day in (into.last_day, more.last_day) if day is not None]
    into.first_day, into.last_day = min(firsts, default=None), max(lasts, default=None)


def _summed(ours: pd.DataFrame, theirs: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Both frames by key. Blank plus blank stays blank; of a level (stock) the second reading counts."""
    both = pd.concat([ours, theirs], ignore_index=True)
    grouped = both.groupby(list(keys), sort=False, dropna=False)
    sums = [column for column in both.columns if column not in (*keys, *_NAMES)]
    result = grouped[sums].sum(min_count=1)
    for column in both.columns.intersection(list(_NAMES)):
        result[column] = grouped[column].first()
    if "measure" in keys:
        last = grouped["value"].last()
        stock = [_is_stock(str(code)) for code in result.index.get_level_values("measure")]
        result["value"] = result["value"].where(~pd.Series(stock, index=result.index), last)
    return result.reset_index()[list(both.columns)]


def _is_stock(code: str) -> bool:
    return code in BY_CODE and BY_CODE[code].nature is Nature.STOCK


def substitute_mended(
    engine: Engine, spec: SourceSpec, source_id: int, batch: Batch, place: Place
) -> Callable[[Connection], None]:
    """Rejects of the batch that were mended before give way to the corrected rows; ``batch`` is changed.

    A corrected row that belongs to a day the batch does not hold is used already, in the part it was mended into.
    Returns what has to be asked before the batch is written: whether no further row was mended meanwhile.
    """
    if not batch.rejects:
        return lambda conn: None
    with engine.connect() as conn:
        known = mended_rows(conn, source_id)
        seen = count_mended(conn, source_id)
    _substitute(spec, known, batch, place)

    def guard(conn: Connection) -> None:
        if count_mended(conn, source_id) != seen:
            raise OvertakenError("拉取期间有剔除行补录进来, 这次没有写入。下次拉取会连同补录的行重新计算。")

    return guard


def _substitute(spec: SourceSpec, known: Sequence[MendedRow], batch: Batch, place: Place) -> None:
    by_file = spec.each_file is EachFile.ADDS
    answers: dict[str, deque[Mapping[str, str]]] = defaultdict(deque)
    for one in known:
        answers[_likeness(one.file if by_file else "", one.row)].append(one.mended)
    for _ in range(_ROUNDS):
        mended = list(_take_mended(batch, answers, by_file)) if answers else []
        if not mended:
            return
        _put_in(batch, read_rows(spec, mended, place))


def _take_mended(batch: Batch, answers: Mapping[str, deque[Mapping[str, str]]], by_file: bool) -> Iterator[Row]:
    left: list[Reject] = []
    for reject in batch.rejects:
        waiting = answers.get(_likeness(reject.file if by_file else "", reject.row)) if reject.row else None
        if waiting:
            yield Row(reject.file, reject.sheet, reject.row_no, waiting.popleft())
        else:
            left.append(reject)
    batch.rows_read -= len(batch.rejects) - len(left)
    batch.rejects = left


def _likeness(file: str, row: Mapping[str, str]) -> str:
    return json.dumps([file, clean_row(row)], sort_keys=True, ensure_ascii=False)


def _put_in(batch: Batch, mended: Batch) -> None:
    """Adds to the batch's days only: a batch states the whole truth of every day that occurs in it."""
    days = batch_days(batch)
    for name, column in ANCHORS.items():
        frame: pd.DataFrame | None = getattr(mended, name)
        if frame is None or frame.empty:
            continue
        held = month_days(batch) if name == "months" else days
        inside = [day in held.get(str(centre), ()) for centre, day in zip(frame["centre"], frame[column], strict=True)]
        setattr(mended, name, frame[inside].reset_index(drop=True))
    mended.first_day = mended.last_day = None
    add_batch(batch, mended)
