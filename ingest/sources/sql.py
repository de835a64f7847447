"""The *sql* source: a window of days from any database, single calls and orders summed inside that database.

A million calls move a few hundred rows of sums, and the rows that are in doubt (see ``sql_fields``). Rows read are
those whose time lies in the window, those whose time can't be read but sorts into it, and, where the window begins
before today, up to ``MOST_ASTRAY`` rows that belong to no window: without a time, with one in the future or before
2000. Each is used or rejected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.mapping import Duplicates, MomentField, RowMapping, Shape, SourceSpec, SqlOptions
from ingest.mending import add_batch
from ingest.sources.sql_clock import Clock, Element, zone_of
from ingest.sources.sql_connect import describe, reading
from ingest.sources.sql_dialect import TextOf
from ingest.sources.sql_fields import Typed, fill
from ingest.sources.sql_frames import Reader, first_and_last, summed, tally
from ingest.sources.sql_layers import ANCHORS, Layers
from ingest.sources.sql_rows import raw_columns, read_as_text, reject_times
from ingest.sources.sql_source import Source, open_source
from ingest.sources.sql_sums import (
    Total,
    call_groups,
    call_totals,
    entered_ivr,
    order_roles,
    rating_day,
    seat_totals,
)
from ingest.sources.text_rows import keep_window

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_DOUBTFUL = 20_000
"""More rows in doubt than this in one window mean a wrong mapping: it is refused, with examples."""
MOST_ASTRAY = 1_000
MOST_SUMMED = 200_000
"""Rows of shapes days and months in one window: these move as they are."""
_YEARS_BACK = 3
_EARLY = {"closed_at": "办结时间", "dispatched_at": "派单时间"}


def read_window(spec: SourceSpec, start: date, end: date, today: date, *, tz: ZoneInfo = SHANGHAI) -> Batch:
    """What the database says of the local days ``start``…``end`` (both included) in the zone ``tz``.

    ``inputs`` tells how many rows were fetched. Raises ``SourceError`` where it can't be read or answers too late.
    """
    options = spec.options
    assert isinstance(options, SqlOptions)
    name = options.table or "query"
    with reading(options.url, options.timeout) as conn:
        reader = Reader(conn)
        source = open_source(conn, spec, options)
        years = (start.year - _YEARS_BACK, today.year + 1)
        typed = Typed(source, Clock(conn.dialect, tz, zone_of(options.time_zone), years), today)
        window = _Window(spec, start, end, today, tz, name, reader, source, typed)
        batch = window.totals() if spec.shape in (Shape.DAYS, Shape.MONTHS) else window.sums()
    batch.inputs = [{"query": f"{describe(options.url)} {name}", "rows": batch.rows_read, "fetched": reader.fetched}]
    return batch


@dataclass(slots=True)
class _Window:
    spec: SourceSpec
    start: date
    end: date
    today: date
    tz: ZoneInfo
    name: str
    reader: Reader
    source: Source
    typed: Typed

    def sums(self) -> Batch:
        """Calls or orders, summed in the database."""
        fill(self.typed, self.spec)
        self._count_copies()
        layers = Layers(self.typed, self.spec, ANCHORS[self.spec.shape], self.start, self.end)
        batch = Batch()
        doubtful = self._calls(layers, batch) if self.spec.shape is Shape.CALLS else self._orders(layers, batch)
        batch.rows_read = batch.rows_used
        if doubtful:
            add_batch(batch, self._doubtful(layers))
        self._astray(layers, batch)
        return batch

    def _calls(self, layers: Layers, batch: Batch) -> int:
        """Adds the sums of calls and seats. Returns how many rows are in doubt."""
        rows = layers.rows()
        groups = call_groups(rows)
        keys = _names(groups.c, "centre", "day", "hour", "queue", "channel")
        totals = list(call_totals(groups.c))
        if "to_person" in rows.c or "lost_in_ivr" in rows.c:
            totals.append(entered_ivr(groups.c))
        batch.calls, batch.rows_used, doubtful = summed(self.reader, groups, keys, totals)
        if "seat" in rows.c:
            c = rows.c
            seated = and_(c.doubt == 0, c.asked == 1, c.seat.is_not(None))
            batch.seats, _, _ = summed(
                self.reader, rows, _names(c, "centre", "day", "seat"), list(seat_totals(c)), seated
            )
        batch.first_day, batch.last_day = first_and_last(batch.calls, "day")
        return doubtful

    def _orders(self, layers: Layers, batch: Batch) -> int:
        """Adds the sums of orders and seats. Returns how many rows are in doubt."""
        rows = layers.rows()
        c = rows.c
        clean = c.doubt == 0
        names = _names(c, "department", "channel", "category")
        parts = Batch()
        for place, role in enumerate(order_roles(c)):
            keys = {**_names(c, "centre"), "day": role.day, "anchor": c.accepted_at_day, **names}
            frame, counted, _ = summed(self.reader, rows, keys, role.totals, and_(clean, role.day.is_not(None)))
            add_batch(parts, Batch(orders=frame))
            batch.rows_used = counted if place == 0 else batch.rows_used
        batch.orders = parts.orders
        if "seat" in c:
            keys = {**_names(c, "centre"), "day": c.accepted_at_day, "seat": c.seat}
            orders = [Total("seat_orders", func.count())]
            batch.seats, _, _ = summed(self.reader, rows, keys, orders, and_(clean, c.seat.is_not(None)))
        batch.first_day, batch.last_day = first_and_last(batch.orders, "anchor")
        found = tally(self.reader, rows, self._order_conditions(c))
        batch.warnings.extend(_order_warnings(found))
        return found["doubtful"]

    def _order_conditions(self, c: Any) -> dict[str, ColumnElement[bool]]:
        conditions = {"doubtful": c.doubt == 1}
        for name in _EARLY:
            if name in c:
                conditions[name] = and_(c.doubt == 0, c[f"{name}_day"] < c.accepted_at_day)
        if "satisfied_" in c:
            conditions["undated"] = and_(c.doubt == 0, c.satisfied_.is_not(None), rating_day(c).is_(None))
        return conditions

    def _count_copies(self) -> None:
        """Rows that may repeat each other are in doubt: the cleaning decides which one stays."""
        if self.spec.duplicates is not Duplicates.REJECT:
            return
        number = self.spec.mapping.get("id")
        cells = list(self.source.cells.values()) if number is None else [self.source.get(number.cell)]
        keys = [TextOf(found.sql) for found in cells if found is not None]
        if keys:
            self.typed.add("copies", func.count().over(partition_by=keys))

    def _doubtful(self, layers: Layers) -> Batch:
        """Rows in doubt through the ordinary cleaning; rows whose time the database can't read are rejects."""
        raw = raw_columns(self.source)
        v = layers.values(*raw)
        when = or_(and_(layers.inside(v.c), layers.doubtful(v.c)), layers.unreadable(v.c))
        chosen = select(v).where(when).order_by(v.c[layers.anchor])
        rows = self.reader.rows(chosen.limit(MOST_DOUBTFUL + 1))
        if len(rows) > MOST_DOUBTFUL:
            raise SourceError(self._too_many(rows))
        readable = [row for row in rows if row._mapping[layers.anchor] is not None]
        batch = Batch()
        if readable:
            batch = self._as_text(readable)
        unread = [row for row in rows if row._mapping[layers.anchor] is None]
        self._reject(layers, batch, unread, "‘{column}’ 不是数据库能读的时间: ‘{value}’")
        return batch

    def _as_text(self, rows: Sequence[Row[Any]]) -> Batch:
        return read_as_text(rows, self.source, self.spec, self.name, self.today, self.tz)

    def _too_many(self, rows: Sequence[Row[Any]]) -> str:
        batch = self._as_text(rows[:200])
        reasons = Counter(f"‘{reject.column}’ 如 ‘{reject.value}’" for reject in batch.rejects)
        shown = ";".join(text for text, _ in reasons.most_common(3)) or "写法数据库不能直接计算(如时长、时间写成文字)"
        return (
            f"{self.name}: 窗口内超过 {MOST_DOUBTFUL} 行不能在数据库里汇总,多半是列的对应或写法不对: {shown}。"
            "没有写入。请改正 columns,或在 query 里换算成时间和秒数"
        )

    def _reject(self, layers: Layers, batch: Batch, rows: Sequence[Row[Any]], reason: str) -> None:
        field = self.spec.mapping.get(layers.anchor)
        assert isinstance(field, MomentField)
        batch.rejects += reject_times(rows, self.source, field, self.name, reason)
        batch.rows_read += len(rows)

    def _astray(self, layers: Layers, batch: Batch) -> None:
        """Rows that belong to no window; the pull every few minutes does not tell of them again and again."""
        if self.start >= self.today:
            return
        chosen = select(*raw_columns(self.source)).select_from(self.source.relation).where(layers.astray())
        rows = self.reader.rows(chosen.limit(MOST_ASTRAY + 1))
        self._reject(layers, batch, rows[:MOST_ASTRAY], "‘{column}’ 在将来或早于 2000 年: ‘{value}’")
        if len(rows) > MOST_ASTRAY:
            batch.warnings.append(
                f"表中没有时间、时间在将来或早于 2000 年的行超过 {MOST_ASTRAY} 行,其余没有列出。"
                "如果它们本来就不该计入,请在 query 里用 WHERE 排除。"
            )

    def totals(self) -> Batch:
        """Rows that are sums already: few, and read as they are."""
        anchor = ANCHORS.get(self.spec.shape, "month")
        field = self.spec.mapping.get(anchor)
        fill(
            self.typed, replace(self.spec, centre_column=None, mapping=RowMapping(((anchor, field),) if field else ()))
        )
        layers = Layers(self.typed, self.spec, anchor, self.start, self.end)
        raw = raw_columns(self.source)
        if self.spec.shape is Shape.MONTHS:  # few rows in all, and half of a month would replace the figure of it
            chosen = select(*raw).select_from(self.source.relation)
        else:
            v = layers.values(*raw)
            chosen = select(v).where(or_(layers.inside(v.c), layers.unreadable(v.c)))
        rows = self.reader.rows(chosen.limit(MOST_SUMMED + 1))
        if len(rows) > MOST_SUMMED:
            raise SourceError(
                f"{self.name}: 窗口内超过 {MOST_SUMMED} 行。单条的话务或工单请用 shape: calls 或 orders。"
            )
        batch = self._as_text(rows) if rows else Batch()
        keep_window(batch, self.start, self.end)
        if self.spec.shape is Shape.MONTHS:
            batch.warnings = [text for text in batch.warnings if "窗口之外" not in text]  # all of history was asked for
        else:
            self._astray(layers, batch)
        return batch


def _order_warnings(found: dict[str, int]) -> Iterator[str]:
    for name, called in _EARLY.items():
        if found.get(name):
            yield f"有 {found[name]} 张工单的{called}早于受理日,已照原样计入,请核对来源。"
    if found.get("undated"):
        yield f"有 {found['undated']} 张工单有评价而没有回访时间,没有计入满意率。"


def _names(c: Any, *names: str) -> dict[str, Element | None]:
    """The key columns that are there, None for those that are not."""
    return {name: c.get(name) for name in names}
