"""One GET of an API: tries again after passing faults, within limits of time and size, and never hands the token
to another host. Knows nothing of pages or JSON."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from ingest.errors import SourceError

MAX_BYTES = 256 * 1024 * 1024
"""All answers read through one ``Getter`` together may not be larger than this (unpacked)."""
LONGEST_WAIT = 60.0
"""Seconds: no pause between two tries is longer, whatever Retry-After says."""
_REDIRECTS = 5
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class FetchError(SourceError):
    """The API could not be read; the message says why and what to do, in Chinese. It never holds the token."""


class _Passing(Exception):
    """Worth trying again. ``wait``: seconds the server asked for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _SystemTrust(HTTPAdapter):
    """Trusts what the system trusts (a centre's own certificate authority), besides the public ones."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs["ssl_context"] = ssl.create_default_context()
        super().init_poolmanager(*args, **kwargs)


class Getter:
    """Reads addresses of one API with one session. ``headers`` go with every request, the token among them.

    ``timeout``: seconds for the connection, for each silence, and for one whole answer. ``retries``: further tries
    after the first. ``sleep`` and ``elapsed`` are replaced in tests.
    """

    def __init__(
        self,
        headers: dict[str, str],
        *,
        timeout: float,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout, self._retries, self._sleep, self._elapsed = timeout, retries, sleep, elapsed
        self._bytes = 0
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc, no proxy variable: nothing else may add or carry off secrets
        self._session.mount("https://", _SystemTrust())
        self._session.headers.update(headers)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def get(self, url: str) -> bytes:
        """The body of a 200 answer. Raises ``FetchError``."""
        tries = Retrying(
            stop=stop_after_attempt(self._retries + 1),
            wait=_pause,
            retry=retry_if_exception_type(_Passing),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._get_once, url)
        except _Passing as error:
            raise FetchError(
                f"接口试了 {self._retries + 1} 次都没有成功: {error}({shown(url)})。请稍后再取数,或联系接口方。"
            ) from error

    def _get_once(self, url: str) -> bytes:
        try:
            return self._follow(url)
        except requests.exceptions.SSLError as error:
            raise FetchError(
                f"接口的 https 证书无法验证: {shown(url)}。请更新证书,或把签发机构加入系统信任的证书。"
            ) from error
        except requests.exceptions.Timeout as error:
            raise _Passing(f"{self._timeout:g} 秒内没有回应") from error
        except requests.exceptions.ChunkedEncodingError as error:
            raise _Passing("回答没有传完连接就断了") from error
        except requests.exceptions.ConnectionError as error:
            raise _Passing("连接不上或中途断开") from error
        except requests.exceptions.RequestException as error:
            raise FetchError(f"接口地址或请求头不正确: {shown(url)}。请检查 url、token_header 和口令。") from error

    def _follow(self, url: str) -> bytes:
        began = self._elapsed()
        for _ in range(_REDIRECTS + 1):
            with self._session.get(url, timeout=self._timeout, stream=True, allow_redirects=False) as response:
                if not response.is_redirect:
                    _check_status(response, url)
                    return self._body(response, began)
                target = urljoin(url, response.headers["Location"])
            check_same_host(url, target, "跳转")
            url = target
        raise FetchError(f"接口跳转超过 {_REDIRECTS} 次: {shown(url)}。请把 url 改成最终地址。")

    def _body(self, response: requests.Response, began: float) -> bytes:
        parts: list[bytes] = []
        for chunk in response.iter_content(64 * 1024):
            self._bytes += len(chunk)
            if self._bytes > MAX_BYTES:
                raise FetchError(f"接口返回超过 {MAX_BYTES // 2**20} MB,已停止。请缩短取数窗口。")
            if self._elapsed() - began > self._timeout:
                raise _Passing(f"{self._timeout:g} 秒内没有传完一页")
            parts.append(chunk)
        return b"".join(parts)


def pause_before(attempt: int, asked: float | None) -> float:
    """Seconds to wait after the ``attempt``-th try (from 1): 1, 2, 4, 8 … or what the server asked for, bounded."""
    wait = asked if asked is not None else 2.0 ** (attempt - 1)
    return min(max(wait, 0.0), LONGEST_WAIT)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return pause_before(state.attempt_number, error.wait if isinstance(error, _Passing) else None)


def shown(url: str) -> str:
    """The address as it may be shown and stored: without user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path


def check_address(url: str, allow_plain: bool) -> None:
    """Raises ``FetchError`` for an address that is not https, unless it is this machine's own or ``allow_plain``."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"接口地址不完整: {shown(url)}。请写成 https://主机/路径。")
    if parts.scheme == "http" and not allow_plain and not _is_loopback(parts.hostname):
        raise FetchError(
            f"接口地址不是 https: {shown(url)}。口令会明文传输;请改用 https,确认内网可信时才设置 allow_plain: true。"
        )


def check_same_host(url: str, target: str, what: str) -> None:
    """Raises ``FetchError`` where ``target`` is on another host or port (http → https of one host is let through)."""
    ours, theirs = urlsplit(url), urlsplit(target)
    upgraded = (ours.scheme, theirs.scheme) == ("http", "https") and ours.hostname == theirs.hostname
    if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc) and not upgraded:
        raise FetchError(f"接口的{what}指向另一台主机 {theirs.netloc},为保护口令没有跟随。请把 url 改成最终地址。")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_status(response: requests.Response, url: str) -> None:
    code = response.status_code
    if code in _PASSING:
        raise _Passing(f"HTTP {code}", _retry_after(response))
    if code in (401, 403):
        raise FetchError(
            f"接口拒绝访问(HTTP {code}): {shown(url)}。请检查 token_env 所指环境变量中的口令是否正确、是否过期。"
        )
    if code == 404:
        raise FetchError(f"接口地址不存在(HTTP 404): {shown(url)}。请检查 url 是否写对。")
    if code != 200:
        raise FetchError(f"接口回答 HTTP {code}: {shown(url)}。请检查 url 和参数。")


def _retry_after(response: requests.Response) -> float | None:
    """Seconds from a Retry-After header; a date is taken relative to the server's own clock."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return (parsedate_to_datetime(value) - parsedate_to_datetime(response.headers["Date"])).total_seconds()
    except (ValueError, TypeError, KeyError):
        return None
