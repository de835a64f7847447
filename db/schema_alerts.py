"""The tables of alerts and reports: rules, where they stand, every change, incidents, deliveries, the archive."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
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
)

from db.schema_base import Id, metadata

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("code", String(96), primary_key=True),
    Column("name", String(256), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("reference", String(128), nullable=False, default=""),
    Column("sheet", String(64), nullable=False, default=""),
    Column("centre", String(64), nullable=False, default=""),
    Column("operator", String(2), nullable=False),
    Column("level", Float(53), nullable=False),
    Column("recover_level", Float(53)),
    Column("min_sample", Integer, nullable=False, default=0),
    Column("hold_minutes", Integer, nullable=False, default=0),
    Column("recover_minutes", Integer, nullable=False, default=0),
    Column("repeat_minutes", Integer, nullable=False, default=0),
    Column("window_days", Integer, nullable=False, default=0),
    Column("share", Float(53), nullable=False, default=0.0),
    Column("severity", String(16), nullable=False),
    Column("group", String(64), nullable=False, default=""),
    Column("escalate_minutes", Integer, nullable=False, default=0),
    Column("escalate_to", String(64), nullable=False, default=""),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("muted_until", DateTime),
    Column("note", Text, nullable=False, default=""),
    Column("author", String(64), nullable=False, default=""),
    Column("made_from", String(64), nullable=False, default=""),
    Column("updated_at", DateTime, nullable=False),
)

alert_standings = Table(
    "alert_standings",
    metadata,
    Column("rule", String(96), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("since", DateTime),
    Column("bad_since", DateTime),
    Column("fired_at", DateTime),
    Column("told_at", DateTime),
    Column("frozen", String(16)),
    Column("episode", Integer, nullable=False, default=0),
    Column("acknowledged_by", String(64), nullable=False, default=""),
    Column("acknowledged_at", DateTime),
    Column("escalated_at", DateTime),
    Column("incident_id", Id),  # the incident that the present episode belongs to
    Column("version", Integer, nullable=False, default=0),  # compared and set: two ticks never both move a rule
)

alert_transitions = Table(
    "alert_transitions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rule", String(96), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("before", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", Float(53)),
    Column("numerator", Float(53)),
    Column("denominator", Float(53)),
    Column("incident_id", Id),
    Index(None, "rule", "at"),
    Index(None, "at"),
)

alert_acks = Table(
    "alert_acks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rule", String(96), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("by", String(64), nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("at", DateTime, nullable=False),
    Index(None, "rule", "episode"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("group", String(64), nullable=False),
    Column("centre", String(64), nullable=False, default=""),
    Column("title", Text, nullable=False),
    Column("thread", String(128), nullable=False),  # the Message-ID that every later mail answers
    Column("opened_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Index(None, "opened_at"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("starts", DateTime, nullable=False),
    Column("ends", DateTime, nullable=False),
    Column("rule", String(96), nullable=False, default=""),
    Column("centre", String(64), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("author", String(64), nullable=False, default=""),
    Column("made_at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False, default=""),
    Column("secret_env", String(64), nullable=False, default=""),  # the name of a setting, never a secret
    Column("extra", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    Index(None, "group"),
)

deliveries = Table(
    "deliveries",  # recorded before it is tried, pending until the channel's own answer says delivered
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id")),
    Column("report_id", Id),
    Column("kind", String(16), nullable=False),  # fired | repeated | escalated | recovered | undone | digest …
    Column("channel", String(16), nullable=False),
    Column("contact_id", Integer),
    Column("address", Text, nullable=False),
    Column("message_id", String(128), nullable=False, unique=True),  # the same on every try
    Column("message", JSON, nullable=False),  # plain data: the channel renders it
    Column("state", String(16), nullable=False),  # held | pending | claimed | delivered | failed | cancelled
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", DateTime, nullable=False),
    Column("claimed_by", String(128), nullable=False, default=""),
    Column("claimed_until", DateTime),
    Column("created_at", DateTime, nullable=False),
    Column("delivered_at", DateTime),
    Column("error", Text),
    Column("permanent", Boolean, nullable=False, default=False),
    Index(None, "state", "not_before"),
    Index(None, "incident_id"),
)

report_schedules = Table(
    "report_schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # daily | weekly | monthly | half-year
    Column("group", String(64), nullable=False),
    Column("centre", String(64), nullable=False, default=""),
    Column("sheet", String(64), nullable=False, default=""),
    Column("weekday", SmallInteger),  # 0 Monday, weekly only
    Column("day", SmallInteger),  # of the month, monthly and half-year
    Column("minute", SmallInteger, nullable=False),  # local minute of the day
    Column("owner", Text, nullable=False, default=""),  # told when a report fails
    Column("enabled", Boolean, nullable=False, default=True),
    Column("last_period_end", Date),
)

reports = Table(
    "reports",  # what was sent can be opened again exactly as it was
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("centre", String(64), nullable=False, default=""),
    Column("sheet", String(64), nullable=False, default=""),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("built_at", DateTime, nullable=False),
    Column("state", String(16), nullable=False),  # ok | failed
    Column("title", Text, nullable=False, default=""),
    Column("sentence", Text, nullable=False, default=""),
    Column("data", JSON),
    Column("error", Text),
    Index(None, "kind", "period_end"),
)

report_files = Table(
    "report_files",
    metadata,
    Column("report_id", Id, ForeignKey("reports.id"), primary_key=True),
    Column("ending", String(8), primary_key=True),  # html | pdf | xlsx | docx
    Column("content", LargeBinary, nullable=False),
)
