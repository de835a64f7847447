"""The sql source says what is wrong, can only read, and does not wait for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ingest.errors import SourceError
from ingest.mapping import (
    Cell,
    DurationField,
    MomentField,
)
from ingest.sources.sql import read_window
from tests.foreign_database import (
    CALL_COLUMNS,
    CALL_FIELDS,
    END,
    START,
    TODAY,
    call_rows,
    cell,
    foreign,
    load,
    spec,
    url_of,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty foreign database."""
    yield from foreign(request, tmp_path)


def test_it_refuses_a_mapping_that_fits_almost_no_row(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.sql.MOST_DOUBTFUL", 100)
    load(database, CALL_COLUMNS, [row | {"answered": "接通了"} for row in call_rows(400)])
    with pytest.raises(SourceError, match="超过 100 行.*‘answered’ 如 ‘接通了’"):
        read_window(spec(url_of(database), CALL_FIELDS), START, END, TODAY)


def test_it_says_what_is_wrong_with_the_table_or_its_columns(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    url = url_of(database)
    with pytest.raises(SourceError, match="没有这张表"):
        read_window(spec(url, CALL_FIELDS, table="missing"), START, END, TODAY)
    with pytest.raises(SourceError, match=r"缺少列: ‘来电时间’.*asked_at"):
        read_window(spec(url, {"asked_at": MomentField(cell("来电时间"))}), START, END, TODAY)
    with pytest.raises(SourceError, match="没有这一列"):
        read_window(spec(url, CALL_FIELDS | {"wait": DurationField(Cell((), "waited"))}), START, END, TODAY)
    with pytest.raises(SourceError, match="语句写错了"):
        read_window(spec(url, CALL_FIELDS, query="SELEC 1"), START, END, TODAY)
    with pytest.raises(SourceError, match="时间列的类型不能用|不是数据库能读|是空的|请在 query 里"):
        fields = CALL_FIELDS | {"asked_at": MomentField(cell("queue"), ("%d/%m/%Y",))}
        read_window(spec(url, fields), START, END, TODAY)


def test_it_can_only_read(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    delete = {
        "sqlite": "SELECT * FROM calls) src; DELETE FROM calls; --",
        "postgresql": "SELECT c.* FROM calls c, (SELECT pg_notify('a', 'b')) n",
    }[database.dialect.name]
    if database.dialect.name == "postgresql":
        with database.begin() as conn:
            conn.execute(text("CREATE FUNCTION wipe() RETURNS integer LANGUAGE sql AS 'DELETE FROM calls RETURNING 1'"))
        delete = "SELECT c.* FROM calls c WHERE wipe() = 1"
    with pytest.raises(SourceError):
        read_window(spec(url_of(database), CALL_FIELDS, query=delete), START, END, TODAY)
    with database.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM calls")).scalar_one() == 10


def test_it_stops_a_query_that_takes_too_long(database: Engine) -> None:
    load(database, "a integer", [])
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT max(i) AS asked_at, '是' AS answered FROM n",
        "postgresql": "SELECT now() AS asked_at, '是' AS answered FROM pg_sleep(30)",
    }[database.dialect.name]
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    with pytest.raises(SourceError, match="超过 1 秒"):
        read_window(spec(url_of(database), fields, query=slow, timeout=1), START, END, TODAY)


def test_it_says_that_the_database_is_not_there(tmp_path: Path, new_postgresql: Callable[[], str]) -> None:
    with pytest.raises(SourceError, match="没有这个 SQLite 数据库文件"):
        read_window(spec(f"sqlite:///{tmp_path / 'no.db'}", CALL_FIELDS), START, END, TODAY)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("this is no database " * 100)
    with pytest.raises(SourceError, match="不是 SQLite 数据库"):
        read_window(spec(f"sqlite:///{tmp_path / 'text.db'}", CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="连接不上数据库") as caught:
        read_window(spec("postgresql://kpi:s3cret@127.0.0.1:9/hotline", CALL_FIELDS), START, END, TODAY)
    assert "s3cret" not in str(caught.value) and "127.0.0.1:9/hotline" in str(caught.value)
    with pytest.raises(SourceError, match="没有这个数据库"):
        read_window(spec(new_postgresql().replace("hotline_", "missing_"), CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="地址写错了"):
        read_window(spec("not a url", CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="不支持 nosuch 数据库"):
        read_window(spec("nosuch://host/db", CALL_FIELDS), START, END, TODAY)
