"""Small facts about the installation itself: the ``meta`` table."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from db.schema import meta


def get_meta(conn: Connection, key: str) -> str | None:
    """The value kept under this key, None where there is none."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == key))


def set_meta(conn: Connection, key: str, value: str) -> None:
    """Keeps the value under this key. The caller commits."""
    changed = conn.execute(update(meta).where(meta.c.key == key).values(value=value))
    if not changed.rowcount:
        conn.execute(insert(meta).values(key=key, value=value))
