"""The tables. Fact columns are made from ``kpi.measures``; migrations follow this file.

Times are UTC (``DateTime`` without zone), days the centre's own. Natural keys carry the source and the part (a file's
name where files of one day add up, else ''), so that one source's window is replaced without touching another's.
No caller's number, name or address has a column anywhere.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

import db.schema_alerts
import db.schema_targets  # noqa: F401 - their tables are in the same metadata
from db.schema_base import Id
from db.schema_base import metadata as metadata
from kpi.measures import of_fact
from kpi.model import Fact

WHOLE_DAY = -1  # call_stats.hour of a row that a source gives for the day as a whole


def _measures(fact: Fact) -> list[Column[int]]:
    return [Column(m.code, BigInteger) for m in of_fact(fact)]


def _key(name: str, type_: type[Integer] | type[Date] | String | type[SmallInteger]) -> Column[object]:
    return Column(name, type_, primary_key=True, autoincrement=False)


meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

centres = Table(
    "centres",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("name", String(128), nullable=False),
    Column("parent_id", Integer, ForeignKey("centres.id")),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("title", String(128), nullable=False, default=""),
    Column("checked_at", DateTime),  # last time the source answered, with or without anything new
    Column("last_error", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False),
    Column("trigger", String(16), nullable=False),  # daily | intraday | gap | manual | upload | mend | forget
    Column("window_from", Date),
    Column("window_to", Date),  # inclusive
    Column("state", String(16), nullable=False),  # running | ok | empty | failed | abandoned
    Column("rows_read", BigInteger, nullable=False, default=0),
    Column("rows_used", BigInteger, nullable=False, default=0),
    Column("rows_rejected", BigInteger, nullable=False, default=0),
    Column("started_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Column("holder", String(128), nullable=False, default=""),  # host:pid of the process that pulls
    Column("inputs", JSON),  # list of {"name", "sha256", "rows"} or {"query"} or {"url"}
    Column("warnings", JSON),  # list of Chinese sentences
    Column("error", Text),
    Index(None, "source_id", "started_at"),
    Index(None, "state"),
)

files_taken = Table(
    "files_taken",
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("mapping_version", String(64), primary_key=True),  # a changed mapping takes the file again
    Column("name", String(512), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("run_id", Id, ForeignKey("runs.id"), nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
)

call_stats = Table(
    "call_stats",
    metadata,
    _key("centre_id", Integer),
    _key("day", Date),
    _key("hour", SmallInteger),
    _key("queue", String(64)),
    _key("channel", String(64)),
    _key("source_id", Integer),
    _key("part", String(128)),
    Column("run_id", Id, nullable=False),
    *_measures(Fact.CALL),
    Index(None, "source_id", "day"),
    sqlite_with_rowid=False,  # kept in the order of the key: smaller, and a centre's days lie together
)

seat_stats = Table(
    "seat_stats",
    metadata,
    _key("centre_id", Integer),
    _key("day", Date),
    _key("seat", String(64)),
    _key("source_id", Integer),
    _key("part", String(128)),
    Column("team", String(64), nullable=False, default=""),
    Column("shift", String(32), nullable=False, default=""),
    Column("run_id", Id, nullable=False),
    *[c for c in _measures(Fact.SEAT) if c.name not in ("seat_days", "items")],
    Index(None, "source_id", "day"),
    sqlite_with_rowid=False,
)
"""``items`` and ``seat_days`` are derived over all sources (``db.totals``): two sources may both know one seat."""

order_places = Table(
    "order_places",  # the departments, channels and categories that occur together in work orders
    metadata,
    _key("id", Integer),
    Column("department", String(128), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("category", String(128), nullable=False),
    UniqueConstraint("department", "channel", "category"),
)

order_stats = Table(
    "order_stats",
    metadata,
    _key("centre_id", Integer),
    _key("day", Date),
    _key("anchor", Date),  # the acceptance day of the orders counted: what a source's window replaces
    _key("source_id", Integer),
    _key("part", String(128)),
    Column("run_id", Id, nullable=False),
    *_measures(Fact.ORDER),
    Column("split", LargeBinary, nullable=False),  # how the measures divide among places (``db.order_split``)
    Index(None, "source_id", "anchor"),
    sqlite_with_rowid=False,
)

readings = Table(
    "readings",
    metadata,
    _key("centre_id", Integer),
    _key("day", Date),
    _key("measure", String(64)),
    _key("source_id", Integer),
    _key("part", String(128)),
    Column("value", Float(53), nullable=False),
    Column("run_id", Id),
    Column("note", Text),
    Column("author", String(64)),
    Column("entered_at", DateTime),
    Index(None, "source_id", "day"),
)

month_stats = Table(
    "month_stats",
    metadata,
    _key("centre_id", Integer),
    _key("month", Date),  # the first day of the month
    _key("measure", String(64)),
    _key("source_id", Integer),
    _key("part", String(128)),
    Column("value", Float(53), nullable=False),
    Column("run_id", Id, nullable=False),
    Index(None, "source_id", "month"),
)

day_totals = Table(
    "day_totals",  # every measure over all sources, refreshed in the transaction that changes the facts
    metadata,
    _key("centre_id", Integer),
    _key("measure", String(64)),
    _key("day", Date),
    Column("value", Float(53), nullable=False),
    Column("run_id", Id),  # the run that brought this value; NULL: put right by doctor
    Column("updated_at", DateTime, nullable=False),  # when it was written, or first confirmed after the day's end
    Index(None, "centre_id", "day"),
    sqlite_with_rowid=False,
)

day_changes = Table(
    "day_changes",  # which days' figures each data version changed; NULL: of no day
    metadata,
    Column("version", Id, primary_key=True, autoincrement=False),
    Column("first_day", Date),
    Column("last_day", Date),
)

rejects = Table(
    "rejects",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", Id, ForeignKey("runs.id"), nullable=False),
    Column("source_id", Integer, ForeignKey("sources.id"), nullable=False),
    Column("file", String(512), nullable=False, default=""),
    Column("sheet", String(128), nullable=False, default=""),
    Column("row_no", BigInteger),  # as the user sees it: the header is row 1
    Column("column", String(128), nullable=False, default=""),
    Column("value", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False),
    Column("row", JSON),  # the mapped columns of the row only, as text, for mending
    Column("mended", JSON),  # the row as the user corrected it: it stands in when the source gives the old one again
    Column("state", String(16), nullable=False, default="open"),  # open | mended | superseded
    Index(None, "source_id", "state"),
    Index(None, "run_id"),
)

restatements = Table(
    "restatements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("centre_id", Integer, ForeignKey("centres.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("measure", String(64), nullable=False),
    Column("old", Float(53)),
    Column("new", Float(53)),
    Column("old_run_id", Id),
    Column("run_id", Id),  # NULL: the totals were put right by doctor
    Column("at", DateTime, nullable=False),
    Column("cause", String(16), nullable=False, server_default=""),  # '' corrected; db.first_given, db.cancelled
    Index(None, "centre_id", "day"),
)

definitions = Table(
    "definitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("centre_id", Integer, ForeignKey("centres.id")),
    Column("kpi", String(64), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("formula", String(64), nullable=False),
    Column("limit_seconds", Integer, nullable=False, default=15),
    Column("short_seconds", Integer, nullable=False, default=5),
    Column("mode", String(32), nullable=False, default="ratio_of_sums"),
    Column("note", Text, nullable=False, default=""),
    Column("changed_by", String(64), nullable=False, default=""),
    Column("changed_at", DateTime, nullable=False),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("centre_id", Integer, ForeignKey("centres.id")),
    Column("starts", DateTime, nullable=False),  # local wall time, on the hour
    Column("ends", DateTime, nullable=False),  # exclusive
    Column("category", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", String(64), nullable=False),
    Column("entered_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), nullable=False),  # working | weekend | holiday | makeup
    Column("name", String(64), nullable=False, default=""),
    Column("provisional", Boolean, nullable=False, default=False),
)

closed_days = Table(
    "closed_days",  # days on which a source is known to have nothing to give: not a gap
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reason", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("expires_at", DateTime, nullable=False),
)
