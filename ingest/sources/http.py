"""The *http* source: a window of days from a JSON API, page by page, through the ordinary mapping and cleaning."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

import duckdb

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.frames import to_batch
from ingest.mapping import HttpOptions, SourceSpec
from ingest.sources.http_get import shown
from ingest.sources.http_pages import Api, fetch_pages
from ingest.sources.text_rows import TextRows, keep_window, mapped_columns

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read_window(
    spec: SourceSpec,
    start: date,
    end: date,
    today: date,
    *,
    tz: ZoneInfo = SHANGHAI,
    sleep: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
) -> Batch:
    """What the API says of ``start``…``end`` (both included). Records are numbered from 1 in the order they came.

    Times that carry a UTC offset become wall time of ``tz``; others are taken for wall time as they are.

    Raises ``SourceError`` where the API can't be read to its end: half a window is never taken.
    """
    options = spec.options
    assert isinstance(options, HttpOptions)
    name = shown(options.url)
    with duckdb.connect() as con:
        rows = TextRows(con, "records", mapped_columns(spec))
        for page in fetch_pages(_api(options), start, end, sleep=sleep, elapsed=elapsed):
            rows.add(page)
        batch = to_batch(con, rows.relation(), spec, name, "", today, tz=tz.key) if rows.count else Batch()
    keep_window(batch, start, end)
    batch.inputs = [{"url": name, "rows": rows.count}]
    return batch


def _api(options: HttpOptions) -> Api:
    if options.token_env and not options.token:
        raise SourceError(f"环境变量 {options.token_env} 没有设置或是空的。请把接口的口令放进去,再重新取数。")
    return Api(
        url=options.url,
        rows=options.rows,
        token=_credential(options),
        token_header=options.token_header,
        next=options.next,
        first_page="" if options.next else "1",  # the first page of a cursor has none
        page_size=options.page_size,
        timeout=options.timeout,
        retries=options.retries,
        allow_plain=options.allow_plain,
    )


def _credential(options: HttpOptions) -> str:
    """The header's value: an Authorization header needs a scheme, Bearer where the token has none of its own."""
    token = options.token.strip()
    bare = options.token_header.lower() == "authorization" and token and " " not in token
    return f"Bearer {token}" if bare else token
