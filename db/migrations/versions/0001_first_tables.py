"""All tables of the first release.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = depends_on = None

# The measures as they were at this revision: a later change of kpi.measures must not change the past.
CALLS = """
    entered_ivr lost_in_ivr offered answered abandoned closed_calls wait_seconds talk_seconds wrap_seconds
    recorded rated_calls satisfied_calls rating_points missed_with_number missed_returned answered_within_5
    answered_within_10 answered_within_15 answered_within_20 answered_within_25 answered_within_30
    answered_within_45 answered_within_60 answered_within_90 answered_within_120 answered_within_180
    abandoned_within_5 abandoned_within_10 abandoned_within_15 abandoned_within_20 abandoned_within_25
    abandoned_within_30 abandoned_within_45 abandoned_within_60 abandoned_within_90 abandoned_within_120
    abandoned_within_180 answered_under_10 answered_under_15 answered_under_20 answered_under_30
    abandoned_under_3 abandoned_under_5 abandoned_under_10
"""
SEATS = """
    seat_calls seat_orders seat_busy_seconds signed_in_seconds paused_seconds
"""
ORDERS = """
    accepted solved_first accepted_closed accepted_on_time dispatched dispatched_on_time dispatched_right
    returned_at_fault due closed closed_on_time to_call_back called_back rated_orders satisfied_orders
"""

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Creates everything."""
    _registry()
    _runs()
    _facts()
    _totals()
    _journal()
    _settings()
    _days_and_targets()


def downgrade() -> None:
    """Drops everything."""
    for table in (
        *("leases", "kpi_targets", "closed_days", "calendar_days", "exclusions", "definitions", "restatements"),
        *("rejects", "day_totals", "month_stats", "readings", "order_stats", "seat_stats", "call_stats"),
        *("files_taken", "runs", "sources", "centres", "meta"),
    ):
        op.drop_table(table)


def _bigints(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger) for name in names.split()]


def _texts(**lengths: int) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length), nullable=False) for name, length in lengths.items()]


def _pk(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _registry() -> None:
    op.create_table("meta", *_texts(key=64), sa.Column("value", sa.Text, nullable=False), _pk("meta", "key"))
    op.create_table(
        "centres",
        sa.Column("id", sa.Integer, nullable=False),
        *_texts(code=64, name=128),
        sa.Column("parent_id", sa.Integer),
        _pk("centres", "id"),
        _fk("centres", "parent_id", "centres"),
        sa.UniqueConstraint("code", name="uq_centres_code"),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer, nullable=False),
        *_texts(code=64, kind=32, title=128),
        sa.Column("checked_at", sa.DateTime),
        sa.Column("last_error", sa.Text),
        _pk("sources", "id"),
        sa.UniqueConstraint("code", name="uq_sources_code"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        *_texts(trigger=16),
        sa.Column("window_from", sa.Date),
        sa.Column("window_to", sa.Date),
        *_texts(state=16),
        *[sa.Column(name, sa.BigInteger, nullable=False) for name in ("rows_read", "rows_used", "rows_rejected")],
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        *_texts(holder=128),
        sa.Column("inputs", sa.JSON),
        sa.Column("warnings", sa.JSON),
        sa.Column("error", sa.Text),
        _pk("runs", "id"),
        _fk("runs", "source_id", "sources"),
    )
    op.create_index("ix_runs_source_id_started_at", "runs", ["source_id", "started_at"])
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_table(
        "files_taken",
        sa.Column("source_id", sa.Integer, nullable=False),
        *_texts(sha256=64, mapping_version=64, name=512),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("run_id", BIG_ID, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        _pk("files_taken", "source_id", "sha256", "mapping_version"),
        _fk("files_taken", "source_id", "sources"),
        _fk("files_taken", "run_id", "runs"),
    )


def _facts() -> None:
    _fact("call_stats", "day", [sa.Column("hour", sa.SmallInteger), *_texts(queue=64, channel=64)], [], CALLS)
    _fact("seat_stats", "day", _texts(seat=64), _texts(team=64, shift=32), SEATS)
    anchored: list[sa.Column[Any]] = [sa.Column("anchor", sa.Date), *_texts(department=128, channel=64, category=128)]
    _fact("order_stats", "anchor", anchored, [], ORDERS)


def _fact(
    table: str, replaced_by: str, keys: list[sa.Column[Any]], others: list[sa.Column[Any]], measures: str
) -> None:
    op.create_table(
        table,
        sa.Column("centre_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *keys,
        sa.Column("source_id", sa.Integer, nullable=False),
        *_texts(part=128),
        *others,
        sa.Column("run_id", BIG_ID, nullable=False),
        *_bigints(measures),
        _pk(table, "centre_id", "day", *(key.name for key in keys), "source_id", "part"),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{table}_source_id_{replaced_by}", table, ["source_id", replaced_by])


def _totals() -> None:
    _long(
        "readings",
        "day",
        sa.Column("run_id", BIG_ID),
        sa.Column("note", sa.Text),
        sa.Column("author", sa.String(64)),
        sa.Column("entered_at", sa.DateTime),
    )
    _long("month_stats", "month", sa.Column("run_id", BIG_ID, nullable=False))
    op.create_table(
        "day_totals",
        sa.Column("centre_id", sa.Integer, nullable=False),
        *_texts(measure=64),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.Column("run_id", BIG_ID),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        _pk("day_totals", "centre_id", "measure", "day"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_day_totals_centre_id_day", "day_totals", ["centre_id", "day"])


def _long(table: str, dated: str, *others: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("centre_id", sa.Integer, nullable=False),
        sa.Column(dated, sa.Date, nullable=False),
        *_texts(measure=64),
        sa.Column("source_id", sa.Integer, nullable=False),
        *_texts(part=128),
        sa.Column("value", sa.Float(53), nullable=False),
        *others,
        _pk(table, "centre_id", dated, "measure", "source_id", "part"),
    )
    op.create_index(f"ix_{table}_source_id_{dated}", table, ["source_id", dated])


def _journal() -> None:
    op.create_table(
        "rejects",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("run_id", BIG_ID, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        *_texts(file=512, sheet=128),
        sa.Column("row_no", sa.BigInteger),
        *_texts(column=128),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("row", sa.JSON),
        sa.Column("mended", sa.JSON),
        *_texts(state=16),
        _pk("rejects", "id"),
        _fk("rejects", "run_id", "runs"),
        _fk("rejects", "source_id", "sources"),
    )
    op.create_index("ix_rejects_source_id_state", "rejects", ["source_id", "state"])
    op.create_index("ix_rejects_run_id", "rejects", ["run_id"])
    op.create_table(
        "restatements",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("centre_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *_texts(measure=64),
        sa.Column("old", sa.Float(53)),
        sa.Column("new", sa.Float(53)),
        sa.Column("old_run_id", BIG_ID),
        sa.Column("run_id", BIG_ID),
        sa.Column("at", sa.DateTime, nullable=False),
        _pk("restatements", "id"),
        _fk("restatements", "centre_id", "centres"),
    )
    op.create_index("ix_restatements_centre_id_day", "restatements", ["centre_id", "day"])


def _settings() -> None:
    op.create_table(
        "definitions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("centre_id", sa.Integer),
        *_texts(kpi=64),
        sa.Column("valid_from", sa.Date, nullable=False),
        *_texts(formula=64),
        sa.Column("limit_seconds", sa.Integer, nullable=False),
        sa.Column("short_seconds", sa.Integer, nullable=False),
        *_texts(mode=32),
        sa.Column("note", sa.Text, nullable=False),
        *_texts(changed_by=64),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        _pk("definitions", "id"),
        _fk("definitions", "centre_id", "centres"),
    )
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("centre_id", sa.Integer),
        sa.Column("starts", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        *_texts(category=64),
        sa.Column("reason", sa.Text, nullable=False),
        *_texts(approved_by=64),
        sa.Column("entered_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        _pk("exclusions", "id"),
        _fk("exclusions", "centre_id", "centres"),
    )


def _days_and_targets() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date, nullable=False),
        *_texts(kind=16, name=64),
        sa.Column("provisional", sa.Boolean, nullable=False),
        _pk("calendar_days", "day"),
    )
    op.create_table(
        "closed_days",
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _pk("closed_days", "source_id", "day"),
        _fk("closed_days", "source_id", "sources"),
    )
    op.create_table(
        "kpi_targets",
        sa.Column("centre_id", sa.Integer, nullable=False),
        *_texts(kpi=64),
        sa.Column("year", sa.SmallInteger, nullable=False),
        sa.Column("half", sa.SmallInteger, nullable=False),
        *_texts(operator=2),
        sa.Column("value", sa.Float(53), nullable=False),
        _pk("kpi_targets", "centre_id", "kpi", "year", "half"),
    )
    op.create_table(
        "leases",
        *_texts(name=64, holder=128),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        _pk("leases", "name"),
    )
