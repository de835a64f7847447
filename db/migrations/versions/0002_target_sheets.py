"""target sheets

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None


def _sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=256), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_sheets_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("code", name=op.f("uq_sheets_code")),
    )


def _bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("bound_to", sa.String(length=16), nullable=False),
        sa.Column("pace", sa.String(length=2), nullable=False),
        sa.Column("reference", sa.String(length=512), nullable=False),
        sa.Column("schedule", sa.String(length=16), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("tolerance", sa.Float(precision=53), nullable=False),
        sa.Column("min_sample", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_bindings_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "key", name=op.f("pk_bindings")),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_entries_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entries_sheet_id_key_day"), ["sheet_id", "key", "day"], unique=False)


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("form", sa.JSON(), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_evaluations_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "period", name=op.f("pk_evaluations")),
    )


def _sheet_revisions() -> None:
    op.create_table(
        "sheet_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("source_name", sa.String(length=256), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("statistics", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("score_form", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_sheet_revisions_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_revisions")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_revisions_sheet_id_number")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_evidence_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_entry_id"), ["entry_id"], unique=False)


def _sheet_flags() -> None:
    op.create_table(
        "sheet_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["sheet_revisions.id"], name=op.f("fk_sheet_flags_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_flags")),
    )
    with op.batch_alter_table("sheet_flags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_flags_revision_id"), ["revision_id"], unique=False)


def _sheet_indicators() -> None:
    op.create_table(
        "sheet_indicators",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("project_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("level1", sa.String(length=128), nullable=False),
        sa.Column("level2", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight", sa.String(length=40), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("half_kind", sa.String(length=16), nullable=False),
        sa.Column("half_text", sa.Text(), nullable=True),
        sa.Column("half_operator", sa.String(length=2), nullable=True),
        sa.Column("half_number", sa.String(length=40), nullable=True),
        sa.Column("half_unit", sa.String(length=32), nullable=True),
        sa.Column("full_kind", sa.String(length=16), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=True),
        sa.Column("full_operator", sa.String(length=2), nullable=True),
        sa.Column("full_number", sa.String(length=40), nullable=True),
        sa.Column("full_unit", sa.String(length=32), nullable=True),
        sa.Column("reported_kind", sa.String(length=16), nullable=True),
        sa.Column("reported_text", sa.Text(), nullable=True),
        sa.Column("reported_operator", sa.String(length=2), nullable=True),
        sa.Column("reported_number", sa.String(length=40), nullable=True),
        sa.Column("reported_unit", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["sheet_revisions.id"], name=op.f("fk_sheet_indicators_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", "project_no", "no", name=op.f("pk_sheet_indicators")),
    )
    with op.batch_alter_table("sheet_indicators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_indicators_revision_id_key"), ["revision_id", "key"], unique=False)


def _sheet_money() -> None:
    op.create_table(
        "sheet_money",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("project_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("half_kind", sa.String(length=16), nullable=True),
        sa.Column("half_text", sa.Text(), nullable=True),
        sa.Column("half_operator", sa.String(length=2), nullable=True),
        sa.Column("half_number", sa.String(length=40), nullable=True),
        sa.Column("half_unit", sa.String(length=32), nullable=True),
        sa.Column("full_kind", sa.String(length=16), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=True),
        sa.Column("full_operator", sa.String(length=2), nullable=True),
        sa.Column("full_number", sa.String(length=40), nullable=True),
        sa.Column("full_unit", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["sheet_revisions.id"], name=op.f("fk_sheet_money_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", "project_no", "no", "kind", name=op.f("pk_sheet_money")),
    )


def _sheet_projects() -> None:
    op.create_table(
        "sheet_projects",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=256), nullable=False),
        sa.Column("starts", sa.String(length=32), nullable=False),
        sa.Column("ends", sa.String(length=32), nullable=False),
        sa.Column("money_unit", sa.String(length=8), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["sheet_revisions.id"], name=op.f("fk_sheet_projects_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", "no", name=op.f("pk_sheet_projects")),
    )


def upgrade() -> None:
    """To this revision."""
    _sheets()
    _bindings()
    _entries()
    _evaluations()
    _sheet_revisions()
    _evidence()
    _sheet_flags()
    _sheet_indicators()
    _sheet_money()
    _sheet_projects()
    op.drop_table("kpi_targets")


def downgrade() -> None:
    """From this revision."""
    for table in (
        "sheet_projects",
        "sheet_money",
        "sheet_indicators",
        "sheet_flags",
        "evidence",
        "sheet_revisions",
        "evaluations",
        "entries",
        "bindings",
        "sheets",
    ):
        op.drop_table(table)
    op.create_table(
        "kpi_targets",
        sa.Column("centre_id", sa.INTEGER(), nullable=False),
        sa.Column("kpi", sa.VARCHAR(length=64), nullable=False),
        sa.Column("year", sa.SMALLINT(), nullable=False),
        sa.Column("half", sa.SMALLINT(), nullable=False),
        sa.Column("operator", sa.VARCHAR(length=2), nullable=False),
        sa.Column("value", sa.FLOAT(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "kpi", "year", "half", name=op.f("pk_kpi_targets")),
    )
