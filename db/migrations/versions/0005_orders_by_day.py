"""work orders: one row a day and acceptance day, with how it divides among places

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

# As they were at this revision; a measure's number in a division is its place here.
MEASURES = (
    *("accepted", "solved_first", "accepted_closed", "accepted_on_time"),
    *("dispatched", "dispatched_on_time", "dispatched_right", "returned_at_fault"),
    *("due", "closed", "closed_on_time", "to_call_back", "called_back", "rated_orders", "satisfied_orders"),
)
PLACE = ("department", "channel", "category")
WHOLE = ("centre_id", "day", "anchor", "source_id", "part", "run_id")
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ROWS_AT_ONCE = 5_000
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    **{"centre_id": sa.Integer(), "day": sa.Date(), "anchor": sa.Date(), "source_id": sa.Integer()},
    **{"part": sa.String(128), "department": sa.String(128), "channel": sa.String(64), "category": sa.String(128)},
}


def upgrade() -> None:
    """To this revision."""
    conn = op.get_bind()
    old = _renamed("order_stats_old")
    op.create_table(
        "order_places",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        *(sa.Column(name, TYPES[name], nullable=False) for name in PLACE),
        sa.PrimaryKeyConstraint("id", name="pk_order_places"),
        sa.UniqueConstraint(*PLACE, name="uq_order_places_department_channel_category"),
    )
    new = _made(
        ["centre_id", "day", "anchor", "source_id", "part"], [sa.Column("split", sa.LargeBinary, nullable=False)]
    )
    places = sa.table("order_places", *(sa.column(name) for name in ("id", *PLACE)))
    names = conn.execute(sa.select(*(old.c[name] for name in PLACE)).distinct()).all()
    ids = {tuple(row): number for number, row in enumerate(sorted(map(tuple, names)), 1)}
    _insert(conn, places, ({"id": number, **dict(zip(PLACE, row, strict=True))} for row, number in ids.items()))
    for rows in _centre_days(conn, old):
        _insert(conn, new, (_whole(key, list(lines), ids) for key, lines in groupby(rows, key=_key)))
    op.drop_table("order_stats_old")
    op.create_index("ix_order_stats_source_id_anchor", "order_stats", ["source_id", "anchor"])


def downgrade() -> None:
    """From this revision."""
    conn = op.get_bind()
    old = _renamed("order_stats_new", sa.column("split", sa.LargeBinary))
    new = _made(["centre_id", "day", "anchor", *PLACE, "source_id", "part"], [])
    places = sa.table("order_places", *(sa.column(name) for name in ("id", *PLACE)))
    texts = {row[0]: tuple(row[1:]) for row in conn.execute(sa.select(*places.c))}
    for rows in _centre_days(conn, old):
        _insert(conn, new, (line for row in rows for line in _lines(row, texts)))
    op.drop_table("order_stats_new")
    op.drop_table("order_places")
    op.create_index("ix_order_stats_source_id_anchor", "order_stats", ["source_id", "anchor"])


def _renamed(name: str, *more: sa.ColumnClause[Any]) -> sa.TableClause:
    """Makes way for the table of the other form; returns the one there is."""
    op.drop_index("ix_order_stats_source_id_anchor", "order_stats")
    op.rename_table("order_stats", name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX pk_order_stats RENAME TO pk_{name}")
    own = more or tuple(sa.column(text, TYPES[text]) for text in PLACE)
    whole = (sa.column(text, TYPES.get(text)) for text in WHOLE)
    return sa.table(name, *whole, *own, *(sa.column(code, sa.BigInteger) for code in MEASURES))


def _made(key: Sequence[str], more: Sequence[sa.Column[Any]]) -> sa.Table:
    return op.create_table(
        "order_stats",
        *(sa.Column(name, TYPES[name], nullable=False) for name in key),
        sa.Column("run_id", BIG_ID, nullable=False),
        *(sa.Column(code, sa.BigInteger) for code in MEASURES),
        *more,
        sa.PrimaryKeyConstraint(*key, name="pk_order_stats"),
        sqlite_with_rowid=False,
    )


def _centre_days(conn: sa.Connection, table: sa.TableClause) -> Iterator[Sequence[sa.Row[Any]]]:
    """The rows of each centre's days: few enough to be held at once."""
    days = conn.execute(sa.select(table.c.centre_id, table.c.day).distinct().order_by("centre_id", "day")).all()
    for centre_id, day in days:
        mine = sa.select(*table.c).where(table.c.centre_id == centre_id, table.c.day == day)
        yield sorted(conn.execute(mine).all(), key=_key)


def _insert(conn: sa.Connection, table: sa.FromClause, rows: Iterable[dict[str, Any]]) -> None:
    waiting = list(rows)
    for start in range(0, len(waiting), ROWS_AT_ONCE):
        conn.execute(sa.insert(table), waiting[start : start + ROWS_AT_ONCE])  # type: ignore[arg-type]


def _key(row: sa.Row[Any]) -> tuple[Any, ...]:
    return tuple(row._mapping[name] for name in WHOLE[:-1])


def _whole(key: tuple[Any, ...], lines: list[sa.Row[Any]], ids: dict[tuple[Any, ...], int]) -> dict[str, Any]:
    """Rows of one day and acceptance day as one: their sums, and the division."""
    columns = [[line._mapping[code] for line in lines] for code in MEASURES]
    sums = [None if all(v is None for v in column) else sum(v or 0 for v in column) for column in columns]
    numbers = [n for n, total in enumerate(sums) if total is not None]
    table = [
        [ids[tuple(line._mapping[name] for name in PLACE)], *(columns[n][at] for n in numbers)]
        for at, line in enumerate(lines)
    ]
    most = max(abs(v) for row in table for v in row if v is not None)
    width = next(w for w in (1, 2, 4, 8) if most < 1 << 8 * w - 1)
    nothing = -(1 << 8 * width - 1)
    cells = (nothing if v is None else int(v) for row in table for v in row)
    body = b"".join(cell.to_bytes(width, "little", signed=True) for cell in cells)
    run_id = max(line._mapping["run_id"] for line in lines)
    split = bytes([width, len(numbers), *numbers]) + body
    return dict(zip(WHOLE, (*key, run_id), strict=True)) | dict(zip(MEASURES, sums, strict=True)) | {"split": split}


def _lines(row: sa.Row[Any], texts: dict[int, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """A row of today's form as the rows it was."""
    split = bytes(row._mapping["split"])
    width, measures = split[0], split[2 : 2 + split[1]]
    line, nothing = (1 + len(measures)) * width, -(1 << 8 * width - 1)
    for begin in range(2 + len(measures), len(split), line):
        place, *values = (
            int.from_bytes(split[at : at + width], "little", signed=True) for at in range(begin, begin + line, width)
        )
        figures = {MEASURES[n]: None if v == nothing else v for n, v in zip(measures, values, strict=True)}
        own = {name: row._mapping[name] for name in WHOLE} | dict(zip(PLACE, texts[place], strict=True))
        yield own | dict.fromkeys(MEASURES) | figures
