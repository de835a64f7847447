"""The language of the interface: Chinese, or English for those who chose it (a cookie, one request at a time)."""

from __future__ import annotations

from contextvars import ContextVar

from flask import Flask, request

COOKIE = "lang"
CHINESE = "zh-CN"
ENGLISH = "en"
Pairs = tuple[tuple[str, str], ...]

_current: ContextVar[str] = ContextVar("language", default=CHINESE)
_given: ContextVar[Pairs] = ContextVar("own words", default=())


def known(name: str | None) -> str:
    """The language of that name; Chinese for any other."""
    return ENGLISH if name == ENGLISH else CHINESE


def current() -> str:
    """The language in which the current request is answered; Chinese outside of one."""
    return _current.get()


def use(name: str | None) -> None:
    """Answers in a language from here on, in this thread."""
    _current.set(known(name))


def own_words() -> Pairs:
    """What the installation of the current request calls its own KPIs and measures: (Chinese, English)."""
    return _given.get()


def spoken(text: str) -> str:
    """A text of the rooms below, which are Chinese, in the language of the request: for one that is cut short, of which
    nobody could tell later what it says."""
    if current() != ENGLISH:
        return text
    from dashboard.english.phrases import to_english  # late: most centres never need it

    return to_english(text)


def install(server: Flask, own: Pairs = ()) -> None:
    """Every request is answered in the language its cookie names. ``own``: (Chinese, English) of the installation."""

    def begin() -> None:
        use(request.cookies.get(COOKIE))
        _given.set(own)

    def end(_error: BaseException | None) -> None:  # what follows in this thread is no longer for this reader
        use(None)
        _given.set(())

    server.before_request(begin)
    server.teardown_request(end)
