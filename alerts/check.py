"""The tick: what is seen moves the rules' states and is told, all in one transaction.

Of two ticks at once the second finds the rules moved already; a process that dies leaves nothing half done. What is
told is only recorded here: ``alerts.deliver`` brings it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from alerts.blame import causes
from alerts.late import Corrections, dated, is_alerting
from alerts.observe import look
from alerts.post import Post
from alerts.rules import next_state, undone
from alerts.seen import KPI_KINDS, Seen
from alerts.tell import Happening, tell_all
from alerts.words import Told
from db.alert_rules import load_rules, load_silences
from db.alert_states import Kept, close_incident, list_incidents, load_standings, move
from db.centres import tree
from db.engine import transact
from kpi.alert_model import AlertRule, AlertState, QuietHours, Silence, Standing, Step, Tell, Transition
from kpi.catalogue import Catalogue
from kpi.showing import Showing
from kpi.workdays import WorkCalendar

Link = Callable[[AlertRule], str]


@dataclass(frozen=True, slots=True)
class TickResult:
    """What a tick did. ``moved``: changes of state; ``told``: rules told about by kind; ``deliveries`` recorded."""

    rules: int
    moved: tuple[tuple[str, Transition], ...]
    told: tuple[tuple[str, Tell], ...]
    deliveries: int
    digests: int


def tick(
    engine: Engine,
    catalogue: Catalogue,
    *,
    now: datetime,
    tz: ZoneInfo,
    calendar: WorkCalendar,
    link: Link,
    host: str,
    showing: Showing,
    quiet: QuietHours | None = None,
    min_sample: int = 0,
) -> TickResult:
    """Looks at every rule once. ``now`` aware UTC; ``link`` gives a rule's page, '' without one; ``host`` ends the
    Message-IDs; ``showing``: how far single seats may be named; ``quiet`` None: people may always be disturbed."""

    def work(conn: Connection) -> TickResult:
        desk = _Desk(conn, catalogue, now, tz, calendar, link, host, showing, quiet or QuietHours(), min_sample)
        return desk.tick()

    return transact(engine, work)


@dataclass
class _Desk:
    """One tick. Everything it does is in the transaction of ``conn``."""

    conn: Connection
    catalogue: Catalogue
    now: datetime
    tz: ZoneInfo
    calendar: WorkCalendar
    link: Link
    host: str
    showing: Showing
    quiet: QuietHours
    min_sample: int

    def tick(self) -> TickResult:
        """The whole of it."""
        stored = load_rules(self.conn)
        kept = load_standings(self.conn)
        moved = self._stop_disabled([rule for rule in stored if not rule.enabled], kept)
        rules = [rule for rule in stored if rule.enabled]
        seen = look(
            self.conn, self.catalogue, rules,
            now=self.now, tz=self.tz, calendar=self.calendar, min_sample=self.min_sample,
        )  # fmt: skip
        silences = load_silences(self.conn, since=self.now)
        happenings = [self._happening(rule, seen[rule.code], kept.get(rule.code), silences) for rule in rules]
        post = Post(self.conn, self.now, self.tz, self.host, self.quiet, self._picture)
        count = tell_all(post, happenings, self._told)
        moved += [(one.rule.code, one.step.transition) for one in happenings if one.moves and one.step.transition]
        self._close_what_is_over()
        told = tuple((one.rule.code, one.step.tell) for one in happenings if one.moves and one.tells and one.step.tell)
        return TickResult(len(rules), tuple(moved), told, count, post.digest())

    def _stop_disabled(self, rules: Sequence[AlertRule], kept: dict[str, Kept]) -> list[tuple[str, Transition]]:
        """A rule that is switched off while it fires ends quietly: whoever did it knows."""
        moved = []
        for rule in rules:
            before = kept.get(rule.code)
            if before is None or not is_alerting(before):
                continue
            change = Transition(before.standing.state, AlertState.OK, self.now, "规则已停用")
            calm = replace(before.standing, state=AlertState.OK, since=self.now, bad_since=None, frozen=None)
            if move(self.conn, rule.code, before, calm, before.incident, change):
                moved.append((rule.code, change))
        return moved

    def _happening(self, rule: AlertRule, seen: Seen, kept: Kept | None, silences: Sequence[Silence]) -> Happening:
        quiet_until = _quiet_until(rule, seen, silences, self.now)
        step, seen = self._step(rule, seen, kept)
        if step.transition is not None and step.tell is not None:
            step = replace(step, transition=dated(step.transition, seen.observation.day))
        if quiet_until is not None and step.tell in (Tell.REPEATED, Tell.ESCALATED):
            step = Step(kept.standing if kept else step.standing)  # its turn comes when the silence ends
        late = kept is not None and kept.incident is None and step.standing.state is AlertState.FIRING
        if late and quiet_until is None and step.tell is not Tell.FIRED:
            # It fired while nobody was to be told, and still does: for people it begins now.
            step = replace(step, standing=replace(step.standing, fired_at=self.now, told_at=self.now), tell=Tell.FIRED)
        return Happening(rule, seen, kept, step, quiet_until)

    def _step(self, rule: AlertRule, seen: Seen, kept: Kept | None) -> tuple[Step, Seen]:
        if kept is not None and is_alerting(kept):
            corrections = Corrections(self.conn, self.catalogue, tree(self.conn), self.tz, self.calendar)
            again = corrections.undoing(rule, kept, seen.subject)
            if again is not None:
                return undone(kept.standing, again.observation, self.now), again
        from_where = kept.standing if kept is not None else Standing()
        return next_state(rule, from_where, seen.observation, self.now), seen

    def _told(self, one: Happening) -> Told:
        """What a message needs to know; of an episode that is over the standing as it was."""
        over = one.step.tell in (Tell.RECOVERED, Tell.UNDONE)
        standing = one.kept.standing if over and one.kept is not None else one.step.standing
        why = () if over else causes(self.conn, self.catalogue, one.seen.subject, self.showing)
        return Told(one.rule, one.seen, standing, why, self.link(one.rule))

    def _picture(self, told: Sequence[Told]) -> bytes | None:
        from alerts.picture import picture  # drawing is slow to load, and seldom needed

        today = self.now.astimezone(self.tz).date()
        made = (picture(self.conn, self.catalogue, one.seen.subject, *_line(one), today) for one in told)
        return next((png for png in made if png is not None), None)

    def _close_what_is_over(self) -> None:
        """An incident ends when none of its rules is firing any more."""
        open_ones = list_incidents(self.conn, only_open=True, limit=10_000)
        if not open_ones:
            return
        busy = {kept.incident for kept in load_standings(self.conn).values() if is_alerting(kept)}
        for incident in open_ones:
            if incident.id not in busy:
                close_incident(self.conn, incident.id, self.now)


def _line(told: Told) -> tuple[float | None, str]:
    """The line of the picture and its name: the target, else the level at which a rule about a KPI fires."""
    target = told.seen.subject.target
    if target is not None and target.fraction is not None:
        return target.fraction, "目标"
    return (told.rule.level, "告警线") if told.rule.kind in KPI_KINDS else (None, "")


def _quiet_until(rule: AlertRule, seen: Seen, silences: Sequence[Silence], now: datetime) -> datetime | None:
    """Until when nobody is to be told of a rule, None where people may be told."""
    placed = replace(rule, centre=rule.centre or seen.subject.centre)
    ends = [silence.ends for silence in silences if silence.covers(placed, now) or silence.covers(rule, now)]
    if rule.muted_until is not None and rule.muted_until > now:
        ends.append(rule.muted_until)
    return max(ends, default=None)
