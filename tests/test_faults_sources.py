"""Sources that are gone, slow or half there: a failed run with a sentence, and the facts as they were."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.pull import RunResult
from tests.json_server import Server, says, serve
from tests.pulling import SQL_YAML, Exchange, Hotline, calls_of

DAY5 = date(2026, 3, 5)

HTTP_YAML = """
centres:
  - {code: city, name: 市中心}
sources:
  - code: calls
    title: 话务接口
    kind: http
    shape: calls
    centre: city
    url: %s/calls?from={from}&to={to}&page={page}
    token_env: HOTLINE_TEST_TOKEN
    rows: items
    timeout: 1
    retries: 1
    columns:
      asked_at: {column: asked, format: ["%%Y-%%m-%%d %%H:%%M:%%S"]}
      answered: {column: answered, yes: [是], no: [否]}
      wait: {column: wait, as: seconds}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


@pytest.fixture
def hotline(sqlite_engine: Engine, tmp_path: Path) -> Hotline:
    """A hotline that has pulled a day from a foreign database."""
    exchange = Exchange(tmp_path / "exchange.db")
    exchange.add(DAY5, 20)
    made = Hotline(sqlite_engine, tmp_path, SQL_YAML % exchange.path)
    assert [result.state for result in made.pull()] == ["ok"]
    made.clock.advance(minutes=5)
    return made


def failed(hotline: Hotline, said: str) -> RunResult:
    """One pull, which fails with these words and changes nothing but the error told."""
    before = hotline.rows("SELECT checked_at FROM sources")
    (result,) = hotline.pull()
    assert result.state == "failed" and result.error is not None and said in result.error
    assert hotline.totals() == {"2026-03-05": 20}
    assert hotline.rows("SELECT state, error FROM runs ORDER BY id DESC LIMIT 1") == [("failed", result.error)]
    assert hotline.rows("SELECT last_error FROM sources") == [(result.error,)]
    assert hotline.rows("SELECT checked_at FROM sources") == before  # not fresher than it was
    return result


def test_it_says_that_the_database_file_is_gone(hotline: Hotline) -> None:
    (hotline.folder / "exchange.db").rename(hotline.folder / "elsewhere.db")
    failed(hotline, "请")
    (hotline.folder / "elsewhere.db").rename(hotline.folder / "exchange.db")
    (result,) = hotline.pull()
    assert result.state == "ok"
    assert hotline.rows("SELECT last_error FROM sources") == [(None,)]


def test_it_says_that_the_database_server_is_gone_and_keeps_the_password(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_TEST_URL", "postgresql://reader:geheim77@127.0.0.1:9/calls")
    hotline.configure((SQL_YAML % "x").replace("url: sqlite:///x", "url_env: HOTLINE_TEST_URL"))
    result = failed(hotline, "请")
    assert "geheim77" not in str(result) + str(hotline.rows("SELECT * FROM runs"))


def test_it_does_not_wait_for_a_slow_query_for_ever(hotline: Hotline) -> None:
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
        "SELECT asked, answered, wait FROM calls WHERE (SELECT count(*) FROM n) > 0"
    )
    path = hotline.folder / "exchange.db"
    hotline.configure((SQL_YAML % path).replace("table: calls", f'query: "{slow}"\n    timeout: 1'))
    begun = time.monotonic()
    failed(hotline, "请")
    assert time.monotonic() - begun < 20


def test_it_says_which_column_was_renamed(hotline: Hotline) -> None:
    with sqlite3.connect(hotline.folder / "exchange.db") as conn:
        conn.execute("ALTER TABLE calls RENAME COLUMN wait TO waited")
    conn.close()
    failed(hotline, "缺少列: ‘wait’")


@pytest.fixture
def api(hotline: Hotline, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The same source has become an API with a token."""
    monkeypatch.setenv("HOTLINE_TEST_TOKEN", "s3cret-token")
    hotline.configure(HTTP_YAML % server.url)
    return server


def test_it_takes_an_api_that_answers(hotline: Hotline, api: Server) -> None:
    rows = [dict(zip(("asked", "answered", "wait"), line, strict=False)) for line in calls_of(DAY5, 21)]
    api.answer = lambda path, query, n: says({"items": rows if n == 1 else []})
    assert [result.state for result in hotline.pull()] == ["ok"]
    assert hotline.totals() == {"2026-03-05": 21}


def test_it_says_that_an_api_has_broken_down(hotline: Hotline, api: Server) -> None:
    api.answer = lambda path, query, n: says({"error": "down"}, code=503)
    result = failed(hotline, "503")
    assert "s3cret" not in str(result)


def test_it_never_takes_half_a_window_of_an_api(hotline: Hotline, api: Server) -> None:
    rows = [dict(zip(("asked", "answered", "wait"), line, strict=False)) for line in calls_of(DAY5, 3)]
    api.answer = lambda path, query, n: says({"items": rows}) if n == 1 else says({}, code=500)
    failed(hotline, "500")


def test_it_says_that_nobody_answers(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TEST_TOKEN", "s3cret-token")
    hotline.configure(HTTP_YAML % "http://127.0.0.1:9")
    failed(hotline, "请")


def test_it_says_that_there_are_no_logs(hotline: Hotline) -> None:
    hotline.configure(
        "centres: [{code: city, name: 市中心}]\n"
        "sources: [{code: calls, title: 日志, kind: asterisk, centre: city, path: logs/queue_log*}]\n"
    )
    failed(hotline, "没有找到 queue_log 文件: logs/queue_log*。请检查")


def test_it_does_not_ask_a_hopeless_source_for_every_window(hotline: Hotline) -> None:
    """Eleven windows; after three that fail alike the others are left, and that is said. One that recovers goes on."""
    gone = hotline.folder / "elsewhere.db"
    (hotline.folder / "exchange.db").rename(gone)
    year = (date(2025, 4, 1), date(2026, 3, 5))
    results = hotline.pull(window=year)
    assert [result.state for result in results] == ["failed"] * 3
    assert results[-1].warnings[0].startswith("连续 3 个时段因同样的原因失败, 其余 8 个时段没有再试。")
    gone.rename(hotline.folder / "exchange.db")
    assert [result.state for result in hotline.pull(window=year)] == ["empty"] * 10 + ["ok"]
