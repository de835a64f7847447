"""why a figure was restated

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("restatements", sa.Column("cause", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    """From this revision."""
    op.drop_column("restatements", "cause")
