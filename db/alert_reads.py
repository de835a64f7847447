"""What ticks and replays ask of deliveries and runs besides: held ones let go, runs of a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from db.bulk import naive_utc
from db.deliveries import HELD, PENDING
from db.engine import bump_data_version
from db.run_rows import RunRow, run_columns, to_run
from db.schema import runs, sources
from db.schema_alerts import deliveries


def let_go(conn: Connection, ids: Sequence[int], now: datetime) -> None:
    """Held deliveries become due as they are."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state == HELD)
        .values(state=PENDING, not_before=naive_utc(now))
    )
    bump_data_version(conn, None)


def runs_between(conn: Connection, source: str, start: datetime, end: datetime) -> list[RunRow]:
    """The runs of a source that began from start to before end (aware), oldest first."""
    statement = run_columns().where(
        sources.c.code == source, runs.c.started_at >= naive_utc(start), runs.c.started_at < naive_utc(end)
    )
    return [to_run(row) for row in conn.execute(statement.order_by(runs.c.id))]
