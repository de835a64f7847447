"""The tables of the performance contract: sheets with their revisions, bindings, entries and self-evaluations.

Amounts and target numbers are kept as text (exact decimals as printed): they are shown, never summed in the database.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
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

from db.schema_base import Id, metadata

sheets = Table(
    "sheets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("centre_id", Integer, ForeignKey("centres.id")),  # whose facts its KPIs are asked of; NULL: all centres
    Column("unit", String(256), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("retired_at", DateTime),
)

sheet_revisions = Table(
    "sheet_revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheets.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # draft | active | superseded
    Column("title", String(256), nullable=False),
    Column("form", String(32), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("author", String(64), nullable=False, default=""),
    Column("at", DateTime, nullable=False),
    Column("source_name", String(256), nullable=False, default=""),
    Column("source_text", Text, nullable=False, default=""),  # names and numbers of persons masked
    Column("statistics", JSON, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("score_form", JSON),
    UniqueConstraint("sheet_id", "number"),
)

sheet_projects = Table(
    "sheet_projects",
    metadata,
    Column("revision_id", Integer, ForeignKey("sheet_revisions.id"), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("name", String(512), nullable=False),
    Column("type", String(16), nullable=False),
    Column("unit", String(256), nullable=False, default=""),
    Column("starts", String(32), nullable=False, default=""),
    Column("ends", String(32), nullable=False, default=""),
    Column("money_unit", String(8), nullable=False),
    Column("texts", JSON, nullable=False),  # [[label, text], …] in the form's order
    Column("extra", JSON, nullable=False),
)


def _cell(prefix: str, *, nullable: bool = False) -> list[Column[object]]:
    """A cell as five columns."""
    return [
        Column(f"{prefix}_kind", String(16), nullable=nullable),
        Column(f"{prefix}_text", Text),
        Column(f"{prefix}_operator", String(2)),
        Column(f"{prefix}_number", String(40)),
        Column(f"{prefix}_unit", String(32)),
    ]


def _line(*others: Column[object]) -> list[Column[object]]:
    return [
        Column("revision_id", Integer, ForeignKey("sheet_revisions.id"), primary_key=True),
        Column("project_no", Integer, primary_key=True, autoincrement=False),
        Column("no", Integer, primary_key=True, autoincrement=False),
        *others,
    ]


sheet_money = Table(
    "sheet_money",  # funds, expenditure lines and the costs of other years
    metadata,
    *_line(
        Column("kind", String(24), primary_key=True),  # fund | expense | a YearCost.kind
        Column("name", String(512), nullable=False),
        Column("level", SmallInteger, nullable=False, default=1),
        Column("year", SmallInteger),
        *_cell("half", nullable=True),
        *_cell("full"),
    ),
)

sheet_indicators = Table(
    "sheet_indicators",
    metadata,
    *_line(
        Column("key", String(16), nullable=False),
        Column("row", Integer, nullable=False),
        Column("part", SmallInteger, nullable=False),
        Column("section", String(64), nullable=False, default=""),
        Column("level1", String(128), nullable=False),
        Column("level2", String(128), nullable=False),
        Column("name", Text, nullable=False),
        Column("weight", String(40)),
        Column("line", Integer),
        *_cell("half"),
        *_cell("full"),
        *_cell("reported", nullable=True),
    ),
    Index(None, "revision_id", "key"),
)

sheet_flags = Table(
    "sheet_flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision_id", Integer, ForeignKey("sheet_revisions.id"), nullable=False, index=True),
    Column("place", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("line", Integer),
    Column("source", Text, nullable=False, default=""),
    Column("suggestion", Text, nullable=False, default=""),
    Column("resolved_at", DateTime),
    Column("resolved_by", String(64), nullable=False, default=""),
    Column("resolution", Text, nullable=False, default=""),
)

bindings = Table(
    "bindings",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheets.id"), primary_key=True),
    Column("key", String(16), primary_key=True),
    Column("bound_to", String(16), nullable=False),
    Column("pace", String(2), nullable=False),
    Column("reference", String(512), nullable=False, default=""),
    Column("schedule", String(16), nullable=False, default="calendar"),
    Column("plan", JSON, nullable=False),
    Column("tolerance", Float(53), nullable=False, default=5.0),
    Column("min_sample", Integer, nullable=False, default=0),
    Column("note", Text, nullable=False, default=""),
    Column("confirmed_by", String(64), nullable=False, default=""),
    Column("confirmed_at", DateTime),
)

entries = Table(
    "entries",  # 手工填报; never changed, only revoked
    metadata,
    Column("id", Id, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheets.id"), nullable=False),
    Column("key", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Column("value", Float(53)),
    Column("text", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("author", String(64), nullable=False),
    Column("entered_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
    Column("revoked_by", String(64), nullable=False, default=""),
    Index(None, "sheet_id", "key", "day"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False, index=True),
    Column("name", String(256), nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

evaluations = Table(
    "evaluations",  # one self-evaluation: the rules it is scored by and what a person wrote into it
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheets.id"), primary_key=True),
    Column("period", String(8), primary_key=True),  # half | full
    Column("form", JSON),  # the score form as data, NULL: the preset of the sheet's form
    Column("inputs", JSON, nullable=False),  # row key -> what a person put in: value, grade, remark, reason (偏差原因)
    Column("texts", JSON, nullable=False),  # section key -> the person's own text
    Column("author", String(64), nullable=False, default=""),
    Column("updated_at", DateTime, nullable=False),
)
