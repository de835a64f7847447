"""Who was signed in when, from the member events of an Asterisk ``queue_log``. Pure: no clock, no files.

A seat is signed in while it is a member of at least one queue (ADDMEMBER ... REMOVEMEMBER), or logged in
(AGENTLOGIN ... AGENTLOGOFF); time in several queues counts once. It is paused while it is signed in and paused in
every queue it is signed in to. The log's two ends stand in for what is not in it: a seat removed without having
been added was signed in from the log's first event on (AGENTLOGOFF states its own login time), one never removed
is signed in to the log's last event. QUEUESTART ends nothing: dynamic members persist over a restart by default.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from ingest.sources.queue_log import Event

Spans = list[tuple[float, float]]
"""Spans of time as (start, end) in seconds since 1970, in order, apart from each other."""

_LOGIN = "NONE"  # the queue of AGENTLOGIN: a login that is not to one queue
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class SeatDay:
    """One seat on one local day, whole seconds."""

    seat: str
    day: date
    signed_in_seconds: int
    paused_seconds: int


@dataclass(slots=True)
class _Seat:
    joined: dict[str, float] = field(default_factory=dict)  # queue -> since
    paused: dict[str, float] = field(default_factory=dict)
    signed_in: dict[str, Spans] = field(default_factory=lambda: defaultdict(list))
    breaks: dict[str, Spans] = field(default_factory=lambda: defaultdict(list))


class SeatTracker:
    """Follows sign-ins and pauses through events given in time order; memory holds spans, not events."""

    def __init__(self) -> None:
        self._seats: dict[str, _Seat] = defaultdict(_Seat)
        self._first: float | None = None

    def feed(self, event: Event) -> None:
        """Take note of one event; those that are not about members only move the ends of the log."""
        if self._first is None:
            self._first = event.at
        if event.name == "ADDMEMBER":
            self._join(event, paused="PAUSED" in event.data)
        elif event.name in ("AGENTLOGIN", "AGENTCALLBACKLOGIN"):
            self._seats[event.agent].joined.setdefault(_LOGIN, event.at)
        elif event.name == "REMOVEMEMBER":
            self._leave(event, event.queue, self._first)
        elif event.name in ("AGENTLOGOFF", "AGENTCALLBACKLOGOFF"):
            self._leave(event, _LOGIN, _login_time(event, self._first))
        elif event.name == "PAUSE":
            self._seats[event.agent].paused.setdefault(event.queue, event.at)
        elif event.name == "PAUSEALL":
            seat = self._seats[event.agent]
            for queue in seat.joined:
                seat.paused.setdefault(queue, event.at)
        elif event.name in ("UNPAUSE", "UNPAUSEALL"):
            self._unpause(event, None if event.name == "UNPAUSEALL" else event.queue)

    def _join(self, event: Event, *, paused: bool) -> None:
        seat = self._seats[event.agent]
        seat.joined.setdefault(event.queue, event.at)
        if paused:
            seat.paused.setdefault(event.queue, event.at)

    def _leave(self, event: Event, queue: str, otherwise_since: float) -> None:
        seat = self._seats[event.agent]
        since = seat.joined.pop(queue, otherwise_since)
        seat.signed_in[queue].append((since, event.at))
        self._unpause(event, queue)

    def _unpause(self, event: Event, queue: str | None) -> None:
        seat = self._seats[event.agent]
        for name in list(seat.paused) if queue is None else [queue]:
            since = seat.paused.pop(name, None)
            if since is not None:
                seat.breaks[name].append((since, event.at))

    def days(self, first: date, last: date, tz: ZoneInfo, log_end: float) -> list[SeatDay]:
        """Every seat that was signed in on a day from ``first`` to ``last``, cut at local midnight."""
        found: list[SeatDay] = []
        for name, seat in self._seats.items():
            signed_in = _closed(seat.signed_in, seat.joined, log_end)
            breaks = _closed(seat.breaks, seat.paused, log_end)
            union = merged(span for spans in signed_in.values() for span in spans)
            free = merged(span for queue in signed_in for span in _available(queue, signed_in, breaks))
            worked = _by_day(free, first, last, tz)
            for day, present in _by_day(union, first, last, tz).items():
                found.append(SeatDay(name, day, round(present), round(present - worked.get(day, 0.0))))
        return found


def _login_time(event: Event, log_start: float) -> float:
    """When a seat that now logs off had logged in: the event's second field says for how long it was in."""
    if len(event.data) > 1 and _NUMBER.fullmatch(event.data[1].strip()):
        return event.at - int(event.data[1])
    return log_start


def _closed(spans: dict[str, Spans], still_open: dict[str, float], log_end: float) -> dict[str, Spans]:
    result = {queue: list(ended) for queue, ended in spans.items()}
    for queue, since in still_open.items():
        result.setdefault(queue, []).append((since, max(since, log_end)))
    return {queue: merged(ended) for queue, ended in result.items()}


def _available(queue: str, signed_in: dict[str, Spans], breaks: dict[str, Spans]) -> Spans:
    """When the seat was in the queue and not paused there; a login to no queue in particular heeds every pause."""
    if queue == _LOGIN:
        return without(signed_in[queue], merged(span for spans in breaks.values() for span in spans))
    return without(signed_in[queue], breaks.get(queue, []))


def merged(spans: Iterable[tuple[float, float]]) -> Spans:
    """The union of spans, in order; spans that end before they start are dropped."""
    result: Spans = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(spans: Spans, holes: Spans) -> Spans:
    """``spans`` less ``holes``; both merged."""
    result: Spans = []
    nearest = 0
    for span_start, end in spans:
        start = span_start
        while nearest < len(holes) and holes[nearest][1] <= start:
            nearest += 1
        for hole_start, hole_end in islice(holes, nearest, None):
            if hole_start >= end:
                break
            if hole_start > start:
                result.append((start, hole_start))
            start = max(start, hole_end)
        if start < end:
            result.append((start, end))
    return result


def _by_day(spans: Spans, first: date, last: date, tz: ZoneInfo) -> dict[date, float]:
    """Seconds on each local day from ``first`` to ``last`` that the spans touch."""
    earliest, latest = midnight(first, tz), midnight(last + timedelta(days=1), tz)
    result: dict[date, float] = {}
    for span_start, span_end in spans:
        start, end = max(span_start, earliest), min(span_end, latest)
        while start < end:
            day = datetime.fromtimestamp(start, tz).date()
            stop = min(end, midnight(day + timedelta(days=1), tz))
            result[day] = result.get(day, 0.0) + stop - start
            start = stop
    return result


def midnight(day: date, tz: ZoneInfo) -> float:
    """The local midnight that begins ``day``, in seconds since 1970."""
    return datetime.combine(day, time.min, tz).timestamp()
