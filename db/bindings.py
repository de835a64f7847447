"""What each indicator of a sheet is bound to, as stored."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from db.bulk import naive_utc
from db.day_memory import settled
from db.engine import bump_data_version
from db.schema_targets import bindings
from db.sheets import sheet_row
from kpi.pace_model import Binding, BoundTo, PaceClass, Schedule


def load_bindings(conn: Connection, sheet_code: str) -> dict[str, Binding]:
    """Bindings by indicator key. ``confirmed_at`` is UTC without zone. Raises UnknownSheetError."""
    return dict(settled(conn, ("bindings", sheet_code), lambda: _load(conn, sheet_code)))


def _load(conn: Connection, sheet_code: str) -> dict[str, Binding]:
    rows = conn.execute(select(bindings).where(bindings.c.sheet_id == sheet_row(conn, sheet_code).id))
    return {
        r.key: Binding(
            bound_to=BoundTo(r.bound_to),
            pace=PaceClass(r.pace),
            reference=r.reference,
            schedule=Schedule(r.schedule),
            plan=tuple((int(month), float(weight)) for month, weight in r.plan),
            tolerance=r.tolerance,
            min_sample=r.min_sample,
            note=r.note,
            confirmed_by=r.confirmed_by,
            confirmed_at=r.confirmed_at,
        )
        for r in rows
    }


def save_binding(conn: Connection, sheet_code: str, key: str, binding: Binding) -> None:
    """Stores one binding over what the indicator was bound to before. Raises UnknownSheetError."""
    save_bindings(conn, sheet_code, {key: binding})


def save_bindings(conn: Connection, sheet_code: str, found: Mapping[str, Binding], *, replace: bool = True) -> None:
    """Stores several; without ``replace`` those of indicators that are bound already are left alone."""
    sheet_id = sheet_row(conn, sheet_code).id
    known = set() if replace else set(load_bindings(conn, sheet_code))
    rows = [
        {
            "sheet_id": sheet_id,
            "key": key,
            "bound_to": one.bound_to.value,
            "pace": one.pace.value,
            "reference": one.reference,
            "schedule": one.schedule.value,
            "plan": [list(pair) for pair in one.plan],
            "tolerance": one.tolerance,
            "min_sample": one.min_sample,
            "note": one.note,
            "confirmed_by": one.confirmed_by,
            "confirmed_at": naive_utc(one.confirmed_at) if one.confirmed_at and one.confirmed_at.tzinfo else None,
        }
        for key, one in found.items()
        if key not in known
    ]
    if not rows:
        return
    conn.execute(delete(bindings).where(bindings.c.sheet_id == sheet_id, bindings.c.key.in_([r["key"] for r in rows])))
    conn.execute(insert(bindings), rows)
    bump_data_version(conn)


def remove_binding(conn: Connection, sheet_code: str, key: str) -> None:
    """Unbinds an indicator; nothing happens where it was not bound."""
    conn.execute(delete(bindings).where(bindings.c.sheet_id == sheet_row(conn, sheet_code).id, bindings.c.key == key))
    bump_data_version(conn)
