"""A foreign database with made-up calls and orders, and the same rows as a file would give them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, text

from ingest.batch import Batch
from ingest.frames import to_batch
from ingest.mapping import (
    As,
    Cell,
    DurationField,
    Kind,
    MomentField,
    RatingField,
    RowField,
    RowMapping,
    Shape,
    SourceSpec,
    SqlOptions,
    TextField,
    YesNoField,
)
from ingest.sources.text_rows import TextRows

START, END, TODAY = date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 9)


YES, NO = ("是", "1", "true"), ("否", "0", "false")


Row = dict[str, Any]


def spec(url: str, fields: dict[str, RowField], *, shape: Shape = Shape.CALLS, **more: Any) -> SourceSpec:
    """A source of kind sql; table ``calls`` unless ``table`` or ``query`` says otherwise."""
    options: dict[str, Any] = {
        name: more.pop(name) for name in ("table", "query", "timeout", "time_zone") if name in more
    }
    if "query" not in options:
        options.setdefault("table", "calls")
    mapping = RowMapping(tuple(fields.items()), more.pop("measures", ()))
    more.setdefault("centre", "city")
    return SourceSpec("db", "话务库", Kind.SQL, shape, SqlOptions(url=url, **options), mapping=mapping, **more)


def cell(name: str) -> Cell:
    return Cell((name,))


CALL_FIELDS: dict[str, RowField] = {
    "asked_at": MomentField(cell("asked_at")),
    "answered": YesNoField(cell("answered"), YES, NO),
    "wait": DurationField(cell("wait")),
    "talk": DurationField(cell("talk")),
    "wrap": DurationField(cell("wrap"), As.SECONDS),
    "seat": TextField(cell("seat")),
    "queue": TextField(cell("queue"), (("6", "综合"),)),
    "channel": TextField(cell("channel")),
    "rating": RatingField(cell("rating"), (("满意", 5.0), ("一般", 3.0)), 4.0, (), (), ("未评价",)),
    "recorded": YesNoField(cell("recorded"), YES, NO),
    "to_person": YesNoField(cell("to_person"), YES, NO),
    "lost_in_ivr": YesNoField(cell("lost_in_ivr"), YES, NO),
    "number_known": YesNoField(cell("number_known"), (), (), False, True),
    "returned": YesNoField(cell("returned"), YES, NO),
}


CALL_COLUMNS = (
    "asked_at timestamp, answered varchar(9), wait numeric(9,2), talk integer, wrap double precision, "
    "seat varchar(200), queue varchar(20), channel varchar(20), rating varchar(20), recorded integer, "
    "to_person varchar(9), lost_in_ivr varchar(9), number_known varchar(20), returned varchar(9)"
)


def call_rows(count: int, seed: int = 1) -> list[Row]:
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        answered = chance.random() < 0.8
        moment = datetime(2026, 3, 1) + timedelta(seconds=chance.randrange(9 * 86400))
        in_ivr = chance.random() < 0.1
        rows.append(
            {
                "asked_at": moment,
                "answered": "是" if answered else "否",
                "wait": chance.choice([None, 0, 5, 10.5, 15, 15.01, 20, 61]),
                "talk": chance.randrange(1, 600) if answered else None,
                "wrap": chance.choice([None, 0.25, 30.5]) if answered else None,
                "seat": f"s{chance.randrange(6)}" if answered else None,
                "queue": chance.choice(["6", "7", None]),
                "channel": chance.choice(["电话", "  APP ", ""]),
                "rating": chance.choice(["满意", "一般", "未评价", None, ""]) if answered else None,
                "recorded": chance.choice([1, 0, None]) if answered else None,
                "to_person": "否" if in_ivr else "是",
                "lost_in_ivr": chance.choice(["是", "否"]) if in_ivr else "否",
                "number_known": chance.choice(["有", None]),
                "returned": chance.choice(["是", "否"]),
            }
        )
    return rows


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def load(engine: Engine, columns: str, rows: Sequence[Row], table: str = "calls") -> None:
    with engine.begin() as conn:
        conn.execute(text(f"CREATE TABLE {table} ({columns})"))
        if rows:
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            stored = [dict(row) for row in rows]
            if engine.dialect.name == "sqlite":
                stored = [{k: str(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]
            conn.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"), stored)


def as_file(
    rows: Sequence[Row], source: SourceSpec, start: date = START, end: date = END, by: str = "asked_at"
) -> Batch:
    """The rows of the window as a file would give them, through the ordinary cleaning and roll-up."""
    inside = [row for row in rows if start <= row[by].date() <= end]
    with duckdb.connect() as con:
        table = TextRows(con, "rows", list(rows[0]))
        table.add({name: None if value is None else str(value) for name, value in row.items()} for row in inside)
        return to_batch(con, "rows", source, "f", "", TODAY)


def same(one: pd.DataFrame | None, other: pd.DataFrame | None, keys: Sequence[str]) -> None:
    assert one is not None and other is not None
    assert set(one.columns) == set(other.columns)
    plain = (frame.astype(dict.fromkeys(keys, object)) for frame in (one, other))  # some frames have them as categories
    left, right = (frame.sort_values(list(keys)).reset_index(drop=True)[list(other.columns)] for frame in plain)
    pd.testing.assert_frame_equal(left, right, check_dtype=False)
    assert [str(left[c].dtype) for c in left if c not in keys] == [str(right[c].dtype) for c in right if c not in keys]


ORDER_FIELDS: dict[str, RowField] = {
    "accepted_at": MomentField(cell("accepted_at")),
    "dispatched_at": MomentField(cell("dispatched_at")),
    "due_at": MomentField(cell("due_at")),
    "closed_at": MomentField(cell("closed_at")),
    "called_back_at": MomentField(cell("called_back_at")),
    "dispatch_on_time": YesNoField(cell("in_time"), YES, NO),
    "dispatched_right": YesNoField(cell("right_first"), YES, NO),
    "returned_at_fault": YesNoField(cell("returned"), YES, NO),
    "solved_first": YesNoField(cell("solved"), YES, NO),
    "rating": RatingField(cell("rating"), (), None, ("满意",), ("不满意",), ("未评价",)),
    "department": TextField(cell("department")),
    "category": TextField(cell("category")),
    "seat": TextField(cell("seat")),
}


ORDER_COLUMNS = (
    "accepted_at timestamp, dispatched_at timestamp, due_at timestamp, closed_at timestamp, called_back_at timestamp, "
    "in_time varchar(9), right_first varchar(9), returned varchar(9), solved varchar(9), rating varchar(9), "
    "department varchar(20), category varchar(20), seat varchar(9)"
)


def due_of(accepted: datetime, chance: random.Random) -> datetime | None:
    """Five days later, for some to the day (its midnight), for some nothing."""
    share = chance.random()
    due = accepted + timedelta(days=5)
    return None if share > 0.8 else due if share > 0.3 else datetime(due.year, due.month, due.day) - timedelta(days=4)


def order_rows(count: int) -> list[Row]:
    chance = random.Random(11)
    rows = []
    for _ in range(count):
        accepted = datetime(2026, 2, 27) + timedelta(seconds=chance.randrange(10 * 86400))

        def later(share: float, start: datetime = accepted) -> datetime | None:
            moment = start + timedelta(seconds=chance.randrange(3 * 86400))
            return min(moment, datetime(2026, 3, 9, 12)) if chance.random() < share else None

        rows.append(
            {
                "accepted_at": accepted,
                "dispatched_at": later(0.9),
                "due_at": due_of(accepted, chance),
                "closed_at": later(0.7),
                "called_back_at": later(0.4),
                "in_time": chance.choice(["是", "否", None]),
                "right_first": chance.choice(["是", "否"]),
                "returned": None,
                "solved": chance.choice(["1", "0"]),
                "rating": chance.choice(["满意", "不满意", "未评价", None]),
                "department": chance.choice(["城管局", "交通局", None]),
                "category": chance.choice(["投诉", "咨询"]),
                "seat": chance.choice(["s1", "s2", None]),
            }
        )
    return rows


def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the kind that the fixture's parameter names: sqlite or postgresql."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'foreign.db'}"
    else:
        url = request.getfixturevalue("new_postgresql")()
    engine = create_engine(url)
    yield engine
    engine.dispose()
