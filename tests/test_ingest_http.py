"""The http source against a real server on this machine that misbehaves in every way servers do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ingest.sources import http_pages
from ingest.sources.http_get import FetchError, check_address, pause_before, shown
from ingest.sources.http_pages import Api, fetch_pages
from tests.json_server import Reply, Server, says, serve

START, END = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


@pytest.fixture
def other_server() -> Iterator[Server]:
    yield from serve()


def fetch(api: Api, pauses: list[float] | None = None) -> list[dict[str, Any]]:
    sleep = (pauses if pauses is not None else []).append
    return [row for page in fetch_pages(api, START, END, sleep=sleep) for row in page]


def test_it_puts_only_the_window_and_the_page_into_the_address(server: Server) -> None:
    server.answer = lambda path, query, n: says({"data": {"items": [{"n": n}] if n < 3 else []}})
    rows = fetch(Api(server.url + "/calls?a={from}&b={to}&p={page}&keep={other}", "data.items"))
    assert rows == [{"n": "1"}, {"n": "2"}]
    assert [query for _, query, _ in server.asked] == [
        {"a": "2026-03-02", "b": "2026-03-03", "p": str(page), "keep": "{other}"} for page in (1, 2, 3)
    ]


def test_it_asks_once_where_there_are_no_pages(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"a": 1.50, "b": True, "c": None}])
    assert fetch(Api(server.url + "/all", "")) == [{"a": "1.5", "b": True, "c": None}]
    assert len(server.asked) == 1


def test_it_stops_at_a_page_that_is_not_full(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"n": [n, i]} for i in range(3 if n < 3 else 1)])
    assert len(fetch(Api(server.url + "/?p={page}", "", page_size=3))) == 7
    assert len(server.asked) == 3


@pytest.mark.parametrize("as_link", ["absolute", "path", "query", "cursor"])
def test_it_follows_the_next_page_that_the_answer_names(server: Server, as_link: str) -> None:
    def answer(path: str, query: dict[str, str], n: int) -> Reply:
        names = {"absolute": f"{server.url}/r?c={n}x", "path": f"/r?c={n}x", "query": f"?c={n}x", "cursor": f"{n}x"}
        return says({"rows": [{"c": query["c"]}], "paging": {"next": names[as_link] if n < 3 else None}})

    server.answer = answer
    rows = fetch(Api(server.url + "/r?c={page}", "rows", next="paging.next", first_page=""))
    assert rows == [{"c": ""}, {"c": "1x"}, {"c": "2x"}]


def test_it_sends_the_token_in_its_header(server: Server) -> None:
    fetch(Api(server.url + "/", "", token="s3cret", token_header="X-Token"))
    assert server.asked[0][2]["X-Token"] == "s3cret"


def test_it_tries_again_after_two_server_errors_with_growing_pauses(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"ok": 1}]) if n > 2 else says({}, 500)
    pauses: list[float] = []
    assert fetch(Api(server.url + "/", ""), pauses) == [{"ok": "1"}]
    assert pauses == [1.0, 2.0]


def test_it_waits_as_long_as_the_server_asks_within_a_bound(server: Server) -> None:
    replies = {
        1: says({}, 429, Retry_After="7"),
        2: says({}, 503, Retry_After="86400"),
        3: says({}, 503, Retry_After="Mon, 02 Mar 2026 08:00:09 GMT", Date="Mon, 02 Mar 2026 08:00:00 GMT"),
    }
    server.answer = lambda path, query, n: replies.get(n, says([]))
    pauses: list[float] = []
    fetch(Api(server.url + "/", ""), pauses)
    assert pauses[:2] == [7.0, 60.0]
    assert 0 <= pauses[2] <= 60.0


def test_it_knows_its_pauses_beforehand() -> None:
    assert [pause_before(n, None) for n in (1, 2, 3, 4, 7, 9)] == [1, 2, 4, 8, 60, 60]
    assert pause_before(1, -5) == 0


def test_it_gives_up_after_the_last_try_and_says_how_often_it_tried(server: Server) -> None:
    server.answer = lambda path, query, n: says({}, 502)
    with pytest.raises(FetchError, match="试了 3 次.*HTTP 502"):
        fetch(Api(server.url + "/", "", retries=2))
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (says({}, 401), "拒绝访问.*token_env"),
        (says({}, 403), "拒绝访问"),
        (says({}, 404), "不存在.*url"),
        (says({}, 418), "HTTP 418"),
        ((200, {}, b"<html>login</html>"), "不是 JSON"),
        ((200, {}, b"\xff\xfe\x00"), "不是 JSON"),
        ((200, {}, b"[" * 100_000), "不是 JSON"),
        (says({"data": {"list": []}}), "data.items 不是列表.*data"),
        (says({"data": {"items": {"a": 1}}}), "data.items 不是列表"),
        (says({"data": {"items": [1, 2]}}), "成员不是对象"),
        (says("text"), "不是列表"),
    ],
)
def test_it_says_at_once_what_no_further_try_would_mend(server: Server, reply: Reply, message: str) -> None:
    server.answer = lambda path, query, n: reply
    with pytest.raises(FetchError, match=message):
        fetch(Api(server.url + "/", "data.items"))
    assert len(server.asked) == 1


def test_it_never_takes_half_a_body(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"n": i} for i in range(50)])
    server.cut_after = 200
    with pytest.raises(FetchError, match="没有传完|中途断开"):
        fetch(Api(server.url + "/", "", retries=1))
    assert len(server.asked) == 2


def test_it_does_not_wait_for_a_silent_server_for_ever(server: Server) -> None:
    server.delay = 0.6
    with pytest.raises(FetchError, match="没有回应"):
        fetch(Api(server.url + "/", "", timeout=0.1, retries=1))


def test_it_does_not_wait_for_a_dripping_server_for_ever(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"n": "x" * 300_000}])
    clock = iter(range(0, 100_000, 20))
    with pytest.raises(FetchError, match="没有传完一页"):
        list(
            fetch_pages(
                Api(server.url + "/", "", retries=1), START, END, sleep=lambda s: None, elapsed=lambda: next(clock)
            )
        )


def test_it_says_that_nobody_is_there() -> None:
    with pytest.raises(FetchError, match="连接不上"):
        fetch(Api("http://127.0.0.1:9/", "", retries=1))


def test_it_stops_at_an_answer_that_is_too_large(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.http_get.MAX_BYTES", 1000)
    server.answer = lambda path, query, n: says([{"n": "x" * 600, "page": n}])
    with pytest.raises(FetchError, match="已停止"):
        fetch(Api(server.url + "/?p={page}", ""))


def test_it_notices_pages_that_never_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pages, "MAX_PAGES", 25)
    server.answer = lambda path, query, n: says([{"n": n}])
    with pytest.raises(FetchError, match="超过 25 页"):
        fetch(Api(server.url + "/?p={page}", ""))


def test_it_notices_an_api_that_ignores_the_page(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"n": 1}])
    with pytest.raises(FetchError, match="内容完全相同"):
        fetch(Api(server.url + "/?p={page}", ""))
    assert len(server.asked) == 2


def test_it_takes_a_last_page_that_is_repeated_as_the_end(server: Server) -> None:
    server.answer = lambda path, query, n: says([{"n": min(n, 3)}])
    assert fetch(Api(server.url + "/?p={page}", "")) == [{"n": "1"}, {"n": "2"}, {"n": "3"}]


def test_it_notices_next_links_that_go_in_a_circle(server: Server) -> None:
    server.answer = lambda path, query, n: says({"rows": [{"n": n}], "next": f"/?p={n % 2}"})
    with pytest.raises(FetchError, match="绕圈"):
        fetch(Api(server.url + "/?p={page}", "rows", next="next"))


def test_it_follows_a_redirect_on_the_same_host(server: Server) -> None:
    server.answer = lambda path, query, n: says({}, 302, Location="/new") if path == "/old" else says([{"p": path}])
    assert fetch(Api(server.url + "/old", "", token="s3cret")) == [{"p": "/new"}]


@pytest.mark.parametrize("how", ["redirect", "next"])
def test_it_never_shows_the_token_to_another_host(server: Server, other_server: Server, how: str) -> None:
    if how == "redirect":
        server.answer = lambda path, query, n: says({}, 307, Location=f"{other_server.url}/x")
    else:
        server.answer = lambda path, query, n: says({"rows": [{"n": 1}], "next": f"{other_server.url}/x"})
    with pytest.raises(FetchError, match="另一台主机"):
        fetch(Api(server.url + "/", "rows", next="next", token="s3cret"))
    assert other_server.asked == []


def test_it_stops_following_redirects(server: Server) -> None:
    server.answer = lambda path, query, n: says({}, 302, Location=f"/{n}")
    with pytest.raises(FetchError, match="跳转超过 5 次"):
        fetch(Api(server.url + "/", ""))


@pytest.mark.parametrize("url", ["http://10.0.0.8/api", "http://api.example.gov.cn/", "ftp://x/", "example.com/api"])
def test_it_sends_no_token_over_plain_http_to_other_machines(url: str) -> None:
    with pytest.raises(FetchError, match="https"):
        check_address(url, allow_plain=False)


@pytest.mark.parametrize("url", ["https://10.0.0.8/", "http://127.0.0.1:8000/", "http://localhost/", "http://[::1]/"])
def test_it_allows_https_and_this_machine(url: str) -> None:
    check_address(url, allow_plain=False)


def test_it_allows_plain_http_where_the_user_says_so() -> None:
    check_address("http://10.0.0.8/", allow_plain=True)


def test_it_keeps_passwords_and_keys_in_addresses_to_itself(server: Server) -> None:
    assert shown("https://user:pw@host:8443/a/b?key=s3cret&from={from}") == "https://host:8443/a/b"
    server.answer = lambda path, query, n: says({}, 401)
    with pytest.raises(FetchError) as caught:
        fetch(Api(server.url + "/?key=s3cret", "", token="hush"))
    assert "s3cret" not in str(caught.value) and "hush" not in str(caught.value)
