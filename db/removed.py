"""Definitions that were taken back before they were ever in force: gone from the definitions, kept on record."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from db.engine import bump_data_version
from db.meta import set_meta
from db.schema import centres, definitions, meta
from kpi.model import Definition

PREFIX = "definition_removed:"
"""Records are kept in ``meta`` under this and the moment."""


@dataclass(frozen=True, slots=True)
class RemovedDefinition:
    """A definition that no longer counts, who took it back, why, and when (naive UTC)."""

    definition: Definition
    removed_by: str
    reason: str
    removed_at: datetime


def remove_definition(conn: Connection, definition: Definition, by: str, reason: str, now: datetime) -> None:
    """Takes a stored definition back and records it. The caller commits. Raises KeyError where it is not stored."""
    d = definitions.c
    centre_id = select(centres.c.id).where(centres.c.code == definition.centre).scalar_subquery()
    here = d.centre_id == centre_id if definition.centre is not None else d.centre_id.is_(None)
    gone = conn.execute(delete(definitions).where(d.kpi == definition.kpi, d.valid_from == definition.valid_from, here))
    if not gone.rowcount:
        raise KeyError(f"没有自 {definition.valid_from} 起的口径")
    bump_data_version(conn)
    at = now.replace(tzinfo=None).isoformat()
    record = {**asdict(definition), "valid_from": definition.valid_from.isoformat()}
    said = {"definition": record, "removed_by": by, "reason": reason, "removed_at": at}
    set_meta(conn, f"{PREFIX}{at}", json.dumps(said, ensure_ascii=False))


def list_removed(conn: Connection) -> list[RemovedDefinition]:
    """What was taken back, in order of time."""
    rows = conn.execute(select(meta.c.value).where(meta.c.key.startswith(PREFIX)).order_by(meta.c.key))
    return [_read(json.loads(row.value)) for row in rows]


def _read(said: dict[str, object]) -> RemovedDefinition:
    record = said["definition"]
    assert isinstance(record, dict)  # written above
    definition = replace(Definition(**record), valid_from=date.fromisoformat(record["valid_from"]))
    at = datetime.fromisoformat(str(said["removed_at"]))
    return RemovedDefinition(definition, str(said["removed_by"]), str(said["reason"]), at)
