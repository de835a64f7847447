"""Asterisk ``queue_log``: one line of text -> one event, and events in time order -> one row a call and queue.

A line is ``epoch|callid|queue|agent|event|data1|data2|...``; the epoch may carry a fraction. No clock, no files.

What becomes of a call (key: call id and queue, the row belongs to the first time the call asked for that queue):

* CONNECT answers it; COMPLETEAGENT, COMPLETECALLER and the three TRANSFER events bring the talking time. A
  COMPLETE without its CONNECT still proves an answer.
* ABANDON ends it unanswered. EXITWITHTIMEOUT, EXITWITHKEY, EXITEMPTY, AGENTDUMP and SYSCOMPAT leave it unanswered
  unless the same call is connected in the same queue later; coming back before that is still the same call, and
  its wait then runs from the first entry.
* A call that an agent answered and that is put back into the same queue is still that one call: answered, with the
  wait and the seat of the first answer and the talking time of all its conversations.
* FULL, JOINEMPTY and JOINUNAVAIL turn the caller away at the door: asked, not answered, wait unknown.
* RINGNOANSWER, RINGCANCELED and all other events are no outcome.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

NO_OUTCOME_LIMIT = 4 * 3600
"""Seconds after which a call without an outcome is given up (and one that left the queue can no longer come back)."""

ENTER = "ENTERQUEUE"
CONNECT = "CONNECT"
ABANDON = "ABANDON"
_WAIT_OF_EXIT = {"EXITWITHTIMEOUT": 2, "EXITWITHKEY": 3, "EXITEMPTY": 2}  # index of waittime; older logs lack it
_EXITS = frozenset(_WAIT_OF_EXIT) | {"AGENTDUMP", "SYSCOMPAT"}
_TURNED_AWAY = frozenset({"FULL", "JOINEMPTY", "JOINUNAVAIL"})
_COMPLETES = frozenset({"COMPLETEAGENT", "COMPLETECALLER"})
_TRANSFERS = frozenset({"TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
_ENDS = _COMPLETES | _TRANSFERS
CALL_EVENTS = frozenset({ENTER, CONNECT, ABANDON}) | _EXITS | _TURNED_AWAY | _ENDS

SEAT_EVENTS = frozenset(
    {"ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL"}
    | {"AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF"}
)
_OTHER_EVENTS = frozenset(
    {"RINGNOANSWER", "RINGCANCELED", "QUEUESTART", "CONFIGRELOAD", "DID", "INFO"}
    | {"MEMBERPENALTY", "PENALTY", "RINGINUSE", "PAUSEREASON"}
)
KNOWN_EVENTS = CALL_EVENTS | SEAT_EVENTS | _OTHER_EVENTS

_EVENT_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?")
_EARLIEST = 946684800.0  # the year 2000: before it, a clock that had not been set
_LATEST = 32503680000.0  # the year 3000


class BadLine(ValueError):
    """A line that is no event; the message is the reason, in Chinese."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log. ``at`` is seconds since 1970 (UTC); ``data`` the fields after the event's name."""

    at: float
    callid: str
    queue: str
    agent: str
    name: str
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call in one queue. ``asked_at`` as ``Event.at``; ``wait`` and ``talk`` in whole seconds, None: unknown.

    ``origin`` is what the caller of ``CallTracker.feed`` gave along with the event that opened the row. ``ended``:
    False while it waits or is talked to.
    """

    callid: str
    queue: str
    asked_at: float
    answered: bool
    wait: int | None
    talk: int | None
    seat: str
    origin: int
    ended: bool = True


def parse_line(text: str) -> Event:
    """One line as an event. Raises ``BadLine``; a call event with an impossible duration is a bad line too."""
    parts = text.rstrip("\r\n").split("|")
    if len(parts) < 5:
        raise BadLine("不是 queue_log 的格式(时间|通话编号|队列|座席|事件|…),这一行不完整")
    try:
        at = float(parts[0])
    except ValueError:
        raise BadLine("行首不是时间戳") from None
    if not (math.isfinite(at) and _EARLIEST < at < _LATEST):
        raise BadLine("行首的时间戳超出合理范围")
    name = parts[4]
    if name not in KNOWN_EVENTS and not _EVENT_NAME.fullmatch(name):
        raise BadLine("事件名无法识别")
    while len(parts) > 5 and not parts[-1].strip():
        parts.pop()  # logs kept through a database are padded to five data fields
    event = Event(at, parts[1], parts[2], parts[3], name, tuple(parts[5:]))
    if name in CALL_EVENTS:
        _check_call(event)
    elif name in SEAT_EVENTS and not event.agent:
        raise BadLine(f"{name} 缺少座席")
    return event


def _check_call(event: Event) -> None:
    if not event.callid or event.callid == "NONE" or not event.queue or event.queue == "NONE":
        raise BadLine(f"{event.name} 缺少通话编号或队列")
    for text in _durations(event):
        if text and not _SECONDS.fullmatch(text):
            raise BadLine(f"{event.name} 的秒数不是数字")


def _durations(event: Event) -> tuple[str, str]:
    """(hold, talk) as text, '' where the event has none or an older version did not write it."""
    data = event.data
    if event.name == CONNECT:
        return _field(data, 0), ""
    if event.name in _COMPLETES:
        return _field(data, 0), _field(data, 1)
    if event.name == ABANDON:
        return _field(data, 2), ""
    if event.name in _WAIT_OF_EXIT:
        return _field(data, _WAIT_OF_EXIT[event.name]), ""
    if event.name == "ATTENDEDTRANSFER":
        # One to three fields say how it was transferred, then hold, talk, position: count from the end.
        return (data[-3].strip(), data[-2].strip()) if len(data) >= 4 else ("", "")
    if event.name in _TRANSFERS:  # extension, context, hold, talk (the first versions end after context)
        return _field(data, 2), _field(data, 3)
    return "", ""


def _field(data: tuple[str, ...], index: int) -> str:
    return data[index].strip() if index < len(data) else ""


def _whole(text: str) -> int | None:
    return int(float(text)) if text else None


@dataclass(slots=True)
class _Open:
    """A call in a queue that may still change. ``left_at``: it has left the queue, and may come back.

    ``again``: it was answered and waits once more.
    """

    event: Event
    origin: int
    left_at: float | None = None
    wait: int | None = None
    came_back: bool = False
    seat: str | None = None  # not None: answered
    talk: int | None = None
    again: bool = False

    def row(self) -> CallRow:
        event, ended = self.event, self.left_at is not None
        place = (event.callid, event.queue, event.at)
        return CallRow(*place, self.seat is not None, self.wait, self.talk, self.seat or "", self.origin, ended)


class CallTracker:
    """Follows calls through events given in time order; memory holds the calls that are still open.

    ``orphans`` collects (call id, queue) of outcomes whose ENTERQUEUE is not in the log.
    """

    def __init__(self) -> None:
        self.orphans: set[tuple[str, str]] = set()
        self._open: dict[tuple[str, str], _Open] = {}
        self._settled_at = 0.0

    def feed(self, event: Event, origin: int, *, note_orphan: bool = True) -> list[CallRow]:
        """The rows that this event completes (mostly none or one). ``origin`` comes back on the row it opens."""
        rows = self._settle(event.at)
        if event.name not in CALL_EVENTS:
            return rows
        key = (event.callid, event.queue)
        call = self._open.get(key)
        if event.name == ENTER:
            if call is not None and call.left_at is not None and event.at - call.left_at > NO_OUTCOME_LIMIT:
                rows.append(call.row())  # whenever it was last looked for such calls: every window gives the same
                call = None
            self._enter(key, call, event, origin)
        elif call is not None and call.seat is not None:
            _go_on_answered(call, event)
        elif call is not None:
            rows += self._go_on(key, call, event)
        elif event.name in _TURNED_AWAY:
            self._open[key] = _Open(event, origin, left_at=event.at)
        elif note_orphan:
            self.orphans.add(key)
        return rows

    def _go_on(self, key: tuple[str, str], call: _Open, event: Event) -> list[CallRow]:
        """What becomes of a call that nobody has answered yet."""
        name = event.name
        if name == CONNECT or name in _ENDS:
            call.wait = _waited(call, event)
            call.seat = event.agent if event.agent != "NONE" else ""
            call.left_at = None
            _go_on_answered(call, event)
        elif name == ABANDON:
            _leave(call, event)
            return [self._open.pop(key).row()]
        elif name not in _TURNED_AWAY:
            _leave(call, event)
        return []

    def _enter(self, key: tuple[str, str], call: _Open | None, event: Event, origin: int) -> None:
        if call is None:
            self._open[key] = _Open(event, origin)
            return
        call.came_back = call.came_back or call.left_at is not None
        call.again = call.seat is not None
        call.left_at = None

    def _settle(self, now: float) -> list[CallRow]:
        """Calls that left so long ago that they won't come back; looked for every half hour."""
        if now - self._settled_at < 1800:
            return []
        self._settled_at = now
        gone = [k for k, c in self._open.items() if c.left_at is not None and now - c.left_at > NO_OUTCOME_LIMIT]
        return [self._open.pop(key).row() for key in gone]

    def finish(self) -> Iterator[CallRow]:
        """At the end of the log: calls that were answered (talk perhaps unknown as yet), and those that left."""
        for key, call in list(self._open.items()):
            if call.seat is not None or call.left_at is not None:
                del self._open[key]
                yield call.row()

    def waiting(self) -> list[CallRow]:
        """After ``finish``: the calls without any outcome, as unanswered rows of unknown wait."""
        return [call.row() for call in self._open.values()]


def _go_on_answered(call: _Open, event: Event) -> None:
    """What becomes of a call that was answered: its conversation ends, or it was put back and waits once more."""
    name = event.name
    if call.left_at is not None:
        return  # it has hung up: only ENTERQUEUE brings it back
    if name in _ENDS:
        talk = _whole(_durations(event)[1])
        call.talk = talk if call.talk is None else call.talk + (talk or 0)
    elif name == CONNECT or not call.again:
        call.again = False
        return
    elif name in _TURNED_AWAY:
        return
    call.left_at = event.at


def _leave(call: _Open, event: Event) -> None:
    call.wait = _waited(call, event)
    call.left_at = event.at


def _waited(call: _Open, event: Event) -> int | None:
    """The wait as the log states it; for a call that came back, or where no wait was written, from first entry."""
    stated = _whole(_durations(event)[0])
    if stated is not None and not call.came_back:
        return stated
    if call.event.name in _TURNED_AWAY and not call.came_back:
        return None
    end = event.at
    if event.name in _COMPLETES or event.name in _TRANSFERS:
        end -= _whole(_durations(event)[1]) or 0  # these are written at the end of the conversation
    return max(0, int(end - call.event.at))
