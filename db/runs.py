"""Runs (one pull each) and what they belong to: centres and sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, Table, delete, exists, insert, select, update

from db.bulk import naive_utc
from db.engine import bump_data_version, transact
from db.errors import RunClosedError, UnknownSourceError
from db.rejects_write import clean_text
from db.schema import centres, files_taken, runs, sources

RUNNING, OK, EMPTY, FAILED, ABANDONED = "running", "ok", "empty", "failed", "abandoned"
MEND, FORGET = "mend", "forget"
TRIGGERS = ("daily", "intraday", "gap", "manual", "upload", MEND, FORGET)


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre as configured; ``parent`` is the code of the centre above."""

    code: str
    name: str
    parent: str | None = None


def sync_centres(engine: Engine, rows: Sequence[CentreRow]) -> dict[str, int]:
    """Makes the database know these centres (names and parents follow the rows) and returns their ids by code.

    Centres not named stay: facts belong to them. Raises ValueError for an unknown parent, a repeated code or a ring.
    """
    _check_tree(rows)
    return transact(engine, lambda conn: _sync_centres(conn, rows))


def _check_tree(rows: Sequence[CentreRow]) -> None:
    parents = {row.code: row.parent for row in rows}
    if len(parents) != len(rows):
        raise ValueError("centres 中有重复的 code, 请改成各不相同。")
    for code in parents:
        seen, above = {code}, parents[code]
        while above is not None:
            if above not in parents:
                raise ValueError(f"中心 {code} 的上级 {above} 没有登记, 请在 centres 中登记它, 或改正 parent。")
            if above in seen:
                raise ValueError(f"中心 {code} 的上级关系成了环, 请改正 parent。")
            seen.add(above)
            above = parents[above]


def _sync_centres(conn: Connection, rows: Sequence[CentreRow]) -> dict[str, int]:
    known = {r.code: r for r in conn.execute(select(centres))}
    ids = {code: int(r.id) for code, r in known.items()}
    changed = False
    for row in rows:
        if row.code not in known:
            ids[row.code] = _add(conn, centres, {"code": row.code, "name": row.name})
    for row in rows:
        parent_id = ids[row.parent] if row.parent is not None else None
        old = known.get(row.code)
        if old is None or (old.name, old.parent_id) != (row.name, parent_id):
            conn.execute(
                update(centres).where(centres.c.id == ids[row.code]).values(name=row.name, parent_id=parent_id)
            )
            changed = True
    if changed:
        bump_data_version(conn)
    return {row.code: ids[row.code] for row in rows}


def _add(conn: Connection, table: Table, values: Mapping[str, object]) -> int:
    return int(conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def sync_source(engine: Engine, code: str, kind: str, title: str) -> int:
    """Makes the database know a source and returns its id."""

    def work(conn: Connection) -> int:
        known = conn.execute(select(sources).where(sources.c.code == code)).one_or_none()
        if known is None:
            return _add(conn, sources, {"code": code, "kind": kind, "title": title})
        if (known.kind, known.title) != (kind, title):
            conn.execute(update(sources).where(sources.c.id == known.id).values(kind=kind, title=title))
        return int(known.id)

    return transact(engine, work)


def source_id_of(conn: Connection, code: str) -> int:
    """The id of a source. Raises UnknownSourceError naming the sources there are."""
    known = {found: int(id_) for found, id_ in conn.execute(select(sources.c.code, sources.c.id))}
    if code not in known:
        raise UnknownSourceError(f"没有来源 {code!r}; 可用: {', '.join(sorted(known)) or '(还没有来源)'}")
    return known[code]


def open_run(
    engine: Engine, source_id: int, trigger: str, window: tuple[date, date] | None, now: datetime, holder: str
) -> int:
    """Records that a pull begins and returns its id. ``window``: first and last day, inclusive.

    ``holder`` names the process (host:pid …) so that a dead one can be found. Raises ValueError for an unknown trigger.
    """
    if trigger not in TRIGGERS:
        raise ValueError(f"unknown trigger {trigger!r}; known: {', '.join(TRIGGERS)}")
    first, last = window or (None, None)

    values = {
        "source_id": source_id,
        "trigger": trigger,
        "window_from": first,
        "window_to": last,
        "state": RUNNING,
        "started_at": naive_utc(now),
        "holder": holder[:128],
    }
    return transact(engine, lambda conn: _add(conn, runs, values))


def close_run(conn: Connection, run_id: int, state: str, now: datetime, values: Mapping[str, object]) -> None:
    """Ends a run inside the caller's transaction, by compare-and-set. Raises RunClosedError if it is not running."""
    changed = conn.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == RUNNING)
        .values(state=state, ended_at=naive_utc(now), **values)
    )
    if changed.rowcount != 1:
        found = conn.scalar(select(runs.c.state).where(runs.c.id == run_id))
        raise RunClosedError(
            f"运行 {run_id} 已经结束(状态 {found or '不存在'}), 它的数据没有写入。若仍需要, 请重新拉取这个时段。"
        )


def fail_run(engine: Engine, run_id: int, error: str, now: datetime, *, warnings: Sequence[str] = ()) -> None:
    """Records that a pull failed and why; nothing of it was written. Raises RunClosedError if it is not running."""
    text = clean_text(error)

    def work(conn: Connection) -> None:
        close_run(conn, run_id, FAILED, now, {"error": text, "warnings": list(warnings)})
        mine = select(runs.c.source_id).where(runs.c.id == run_id).scalar_subquery()
        conn.execute(update(sources).where(sources.c.id == mine).values(last_error=text))

    transact(engine, work)


def abandon_dead_runs(engine: Engine, alive: Callable[[str], bool], now: datetime) -> int:
    """Closes running runs whose holder is not alive any more and returns how many. Nothing of them was written.

    Writes, and waits for other writers, only where there are any: this is asked every half a minute.
    """
    running = select(runs.c.id, runs.c.holder).where(runs.c.state == RUNNING)
    with engine.connect() as conn:
        left = conn.execute(running).all()
    dead = [id_ for id_, holder in left if not alive(holder)]
    if not dead:
        return 0

    def work(conn: Connection) -> int:
        still = [id_ for id_, _ in conn.execute(running.where(runs.c.id.in_(dead)))]
        for run_id in still:
            text = "拉取的程序中途停止, 这次没有写入任何数据。下次拉取会自动补上。"
            close_run(conn, run_id, ABANDONED, now, {"error": text})
        return len(still)

    return transact(engine, work)


def is_taken(conn: Connection, source_id: int, sha256: str, mapping_version: str) -> bool:
    """True where a file of this content was already taken from this source under this mapping."""
    f = files_taken.c
    found = exists().where(f.source_id == source_id, f.sha256 == sha256, f.mapping_version == mapping_version)
    return bool(conn.scalar(select(found)))


def take_file(conn: Connection, source_id: int, run_id: int, values: Mapping[str, object]) -> None:
    """Records a file as taken (columns of ``files_taken`` in ``values``), in place of an earlier take of it."""
    f = files_taken.c
    conn.execute(
        delete(files_taken).where(
            f.source_id == source_id,
            f.sha256 == values["sha256"],
            f.mapping_version == values["mapping_version"],
        )
    )
    conn.execute(insert(files_taken).values(source_id=source_id, run_id=run_id, **values))


def mark_checked(engine: Engine, source_id: int, now: datetime, error: str | None) -> None:
    """Records that the source was asked: it answered (``error`` None), or why it did not.

    Only an answer moves ``checked_at``: it says how fresh the figures can be.
    """
    values: dict[str, object] = {"last_error": None if error is None else clean_text(error)}
    if error is None:
        values["checked_at"] = naive_utc(now)
    transact(engine, lambda conn: conn.execute(update(sources).where(sources.c.id == source_id).values(**values)))
