"""Work orders by place, taken apart by hand: for SQL written by hand, and for tests that look at what is kept.

Written from the description of the form in ``db/order_split.py``, without its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, String, Table, text

NUMBERED = (
    "accepted", "solved_first", "accepted_closed", "accepted_on_time", "dispatched", "dispatched_on_time",
    "dispatched_right", "returned_at_fault", "due", "closed", "closed_on_time", "to_call_back", "called_back",
    "rated_orders", "satisfied_orders",
)  # fmt: skip
KEPT = ("centre_id", "day", "anchor", "source_id", "part", "run_id")
PLACE = ("department", "channel", "category")
_TABLE = Table(
    "order_lines",
    MetaData(),
    *(Column(name, Integer) for name in ("centre_id", "source_id", "run_id")),
    *(Column(name, Date) for name in ("day", "anchor")),
    *(Column(name, String(128)) for name in ("part", *PLACE)),
    *(Column(name, BigInteger) for name in NUMBERED),
    prefixes=["TEMPORARY"],
)


def taken_apart(split: bytes) -> Iterator[tuple[int, dict[str, int | None]]]:
    """(id of the place, figures) of each line."""
    width, count = split[0], split[1]
    names = [NUMBERED[number] for number in split[2 : 2 + count]]
    numbers = [
        int.from_bytes(split[at : at + width], "little", signed=True) for at in range(2 + count, len(split), width)
    ]
    nothing = -(2 ** (8 * width - 1))
    for at in range(0, len(numbers), 1 + count):
        figures = (None if number == nothing else number for number in numbers[at + 1 : at + 1 + count])
        yield numbers[at], dict(zip(names, figures, strict=True))


def order_lines(conn: Connection) -> list[dict[str, Any]]:
    """Every line: what its row is kept under, its place and its figures (None: not supplied)."""
    places = {
        row[0]: row[1:] for row in conn.execute(text("SELECT id, department, channel, category FROM order_places"))
    }
    found = []
    typed = text(f"SELECT {', '.join(KEPT)}, split FROM order_stats").columns(day=Date, anchor=Date)
    for *kept, split in conn.execute(typed):
        for place, figures in taken_apart(bytes(split)):
            where = dict(zip(KEPT, kept, strict=True)) | dict(zip(PLACE, places[place], strict=True))
            found.append(where | dict.fromkeys(NUMBERED) | figures)
    return found


def lay_out(conn: Connection) -> None:
    """Makes the temporary table ``order_lines`` of a connection."""
    _TABLE.create(conn)
    conn.execute(_TABLE.insert(), order_lines(conn))
