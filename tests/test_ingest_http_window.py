"""The http source from the API to the batch: what is kept of a record, and which days are taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.mapping import (
    Cell,
    DurationField,
    HttpOptions,
    Kind,
    MomentField,
    RowMapping,
    Shape,
    SourceSpec,
    TextField,
    YesNoField,
)
from ingest.sources.http import read_window
from tests.json_server import Server, says, serve

START, END, TODAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


def spec(url: str, **options: Any) -> SourceSpec:
    mapping = RowMapping(
        (
            ("asked_at", MomentField(Cell(("time.asked",)))),
            ("answered", YesNoField(Cell(("answered",)), ("true", "1"), ("false", "0"))),
            ("wait", DurationField(Cell(("wait",)))),
            ("queue", TextField(Cell(("queue", "skill"), optional=True))),
        )
    )
    kept = {"rows": "data.items", "token": "s3cret", "token_env": "API_TOKEN"} | options
    return SourceSpec("api", "接口", Kind.HTTP, Shape.CALLS, HttpOptions(url, **kept), centre="city", mapping=mapping)


def record(asked: str, answered: bool, wait: Any, **more: Any) -> dict[str, Any]:
    return {"time": {"asked": asked}, "answered": answered, "wait": wait, "caller": "13812345678"} | more


def pages(server: Server, *found: list[dict[str, Any]]) -> None:
    server.answer = lambda path, query, n: says({"data": {"items": found[n - 1] if n <= len(found) else []}})


def read(server: Server, **options: Any) -> Batch:
    batch = read_window(spec(server.url + "/v1/calls?key=hush&p={page}", **options), START, END, TODAY)
    assert batch.rows_used + len(batch.rejects) == batch.rows_read
    return batch


def test_it_sums_the_records_of_all_pages(server: Server) -> None:
    pages(
        server,
        [record("2026-03-02 08:00:00", True, 10, queue="综合"), record("2026-03-02 08:10:00", False, 4, queue="综合")],
        [record("2026-03-03 09:00:00", True, 15.0, queue="英语")],
    )
    batch = read(server)
    assert batch.calls is not None
    columns = ["centre", "day", "hour", "queue", "offered", "answered", "wait_seconds", "abandoned_under_5"]
    assert sorted(batch.calls[columns].itertuples(index=False, name=None)) == [
        ("city", START, 8, "综合", 2, 1, 10, 1),
        ("city", END, 9, "英语", 1, 1, 15, 0),
    ]
    assert batch.inputs == [{"url": f"{server.url}/v1/calls", "rows": 3}]
    assert [headers["Authorization"] for _, _, headers in server.asked] == ["Bearer s3cret"] * 3


def test_it_keeps_bad_records_as_rejects_without_columns_that_are_not_mapped(server: Server) -> None:
    pages(
        server, [record("2026-03-02 08:00:00", True, 1), record("soon", True, 2), record("2026-03-02 09:00", True, -1)]
    )
    batch = read(server)
    assert [(reject.row_no, reject.column, reject.value) for reject in batch.rejects] == [
        (2, "time.asked", "soon"),
        (3, "wait", "-1"),
    ]
    assert set(batch.rejects[0].row) == {"time.asked", "answered", "wait"}
    assert "13812345678" not in str(batch.rejects) and "hush" not in str(batch)


def test_it_turns_times_with_an_offset_into_local_ones(server: Server) -> None:
    pages(server, [record("2026-03-01T16:30:00Z", True, 1), record("2026-03-02T02:00:00+09:00", True, 1)])
    calls = read(server).calls
    assert calls is not None and sorted(zip(calls["day"], calls["hour"], strict=True)) == [(START, 0), (START, 1)]


def test_it_takes_no_day_outside_the_window(server: Server) -> None:
    pages(server, [record("2026-03-01 23:59:59", True, 1), record("2026-03-02 00:00:00", True, 1)])
    batch = read(server)
    assert batch.calls is not None and list(batch.calls["day"]) == [START]
    assert (batch.first_day, batch.last_day) == (START, START)
    assert "窗口之外 1 天" in batch.warnings[0]


def test_it_gives_an_empty_batch_for_an_empty_list(server: Server) -> None:
    pages(server)
    batch = read(server)
    assert (batch.rows_read, batch.calls, batch.first_day) == (0, None, None)


def test_it_names_the_fields_that_records_lack(server: Server) -> None:
    pages(server, [{"time": {"asked": "2026-03-02 08:00:00"}, "wait": 1}])
    with pytest.raises(SourceError, match="缺少列: ‘answered’"):
        read(server)


def test_it_asks_for_the_token_that_is_not_set(server: Server) -> None:
    with pytest.raises(SourceError, match="环境变量 API_TOKEN 没有设置"):
        read(server, token="")
    assert server.asked == []


def test_it_begins_a_cursor_with_nothing(server: Server) -> None:
    server.answer = lambda path, query, n: says(
        {"data": {"items": [record("2026-03-02 08:00:00", True, n)]}, "next": "abc" if n == 1 else None}
    )
    assert read(server, next="next").rows_read == 2
    assert [query.get("p") for _, query, _ in server.asked] == ["", "abc"]
