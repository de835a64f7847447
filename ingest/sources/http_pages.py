"""Pages of JSON from an API, one after the other: lists of objects as the API gave them, numbers as their text."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urljoin

from ingest.sources.http_get import FetchError, Getter, check_address, check_same_host, shown

MAX_PAGES = 10_000

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Api:
    """Where and how to ask. ``url`` may hold {from} {to} {page}; nothing else in it is replaced.

    ``rows``: dotted path to the list of records ('' where the answer is the list itself). ``next``: dotted path to
    the next page's address or cursor ('' for numbered pages). A page shorter than ``page_size`` is the last one.
    """

    url: str
    rows: str
    token: str = ""
    token_header: str = "Authorization"
    next: str = ""
    first_page: str = "1"
    page_size: int | None = None
    timeout: float = 30.0
    retries: int = 4
    allow_plain: bool = False


def fetch_pages(
    api: Api,
    start: date,
    end: date,
    *,
    sleep: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
) -> Iterator[Records]:
    """Every page of the window ``start``…``end`` (both days included). Raises ``FetchError``."""
    check_address(api.url, api.allow_plain)
    headers = {"Accept": "application/json"} | ({api.token_header: api.token} if api.token else {})
    getter = Getter(headers, timeout=api.timeout, retries=api.retries, sleep=sleep, elapsed=elapsed)
    template = api.url.replace("{from}", start.isoformat()).replace("{to}", end.isoformat())
    try:
        yield from _pages(api, template, getter)
    finally:
        getter.close()


def _pages(api: Api, template: str, getter: Getter) -> Iterator[Records]:
    page, url = api.first_page, _address(template, api.first_page)
    seen, before = {url}, b""
    for number in range(1, MAX_PAGES + 1):
        body = getter.get(url)
        answer = _parsed(body, url)
        rows = _records(answer, api.rows, url)
        fingerprint = hashlib.sha256(body).digest()
        if rows and fingerprint == before:
            if number > 2 and not api.next:
                return  # some APIs answer a page beyond the last with the last one
            raise FetchError(f"接口的相邻两页内容完全相同: {shown(url)}。分页没有起作用,请检查 url 中的 {{page}}。")
        before = fingerprint
        if rows:
            yield rows
        following = _following(api, template, answer, rows, page, url)
        if following is None:
            return
        page, url = following
        if url in seen:
            raise FetchError(f"接口的分页在绕圈: {shown(url)} 已经读过。请检查 next 的设置,或联系接口方。")
        seen.add(url)
    raise FetchError(f"接口超过 {MAX_PAGES} 页仍未结束,已停止。请缩短取数窗口,或检查分页参数。")


def _address(template: str, page: str) -> str:
    return template.replace("{page}", quote(page, safe=""))


def _following(api: Api, template: str, answer: Any, rows: Records, page: str, url: str) -> tuple[str, str] | None:
    """(page, address) of what comes next, None after the last page."""
    if api.next:
        value = _at_path(answer, api.next)
        if value is None or value is False or value == "":
            return None
        return _named(template, str(value), url)
    last = not rows or (api.page_size is not None and len(rows) < api.page_size)
    if last or "{page}" not in template:
        return None
    number = str(int(page) + 1)
    return number, _address(template, number)


def _named(template: str, value: str, url: str) -> tuple[str, str]:
    """The next page from an address or a cursor in the answer."""
    if not value.startswith(("http://", "https://", "/", "?")):
        return value, _address(template, value)
    target = urljoin(url, value)
    check_same_host(url, target, "下一页地址")
    return "", target


def _parsed(body: bytes, url: str) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FetchError(f"接口返回的不是 JSON: {shown(url)}。请用浏览器或 curl 查看它返回了什么。") from error


def _records(answer: Any, path: str, url: str) -> Records:
    rows = _at_path(answer, path)
    where = path or "最外层"
    if not isinstance(rows, list):
        known = "、".join(list(answer)[:10]) if isinstance(answer, dict) else "(不是对象)"
        raise FetchError(f"接口返回中的 {where} 不是列表: {shown(url)}。请检查 rows 的设置;最外层的键有: {known}。")
    if not all(isinstance(row, dict) for row in rows):
        raise FetchError(f"接口返回中 {where} 的成员不是对象: {shown(url)}。每条记录应是一个 JSON 对象。")
    return rows


def _at_path(answer: Any, path: str) -> Any:
    """What stands at a dotted path of keys, None where there is nothing."""
    for key in path.split(".") if path else []:
        if not isinstance(answer, dict):
            return None
        answer = answer.get(key)
    return answer
