"""Who is told what after a tick: rules that fire together are one incident, and an incident is one thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts.late import is_alerting
from alerts.post import Post
from alerts.seen import Seen
from alerts.words import Told, lead, title
from db.alert_states import Incident, Kept, load_incident, move, open_incident
from kpi.alert_model import AlertRule, Step, Tell

OVER = (Tell.RECOVERED, Tell.UNDONE)


@dataclass
class Happening:
    """One rule in one tick. ``quiet_until``: nobody is to be told before. ``moves`` False once another tick proved
    quicker."""

    rule: AlertRule
    seen: Seen
    kept: Kept | None
    step: Step
    quiet_until: datetime | None
    moves: bool = True

    @property
    def changed(self) -> bool:
        """True where the standing is another than before."""
        return self.kept is None or self.step.standing != self.kept.standing

    @property
    def incident(self) -> int | None:
        """The incident of the episode, None where nobody was told of it."""
        return self.kept.incident if self.kept is not None else None

    @property
    def tells(self) -> bool:
        """True where people are told, now or when the silence ends: of an end only those who knew of the beginning."""
        if self.step.tell is None:
            return False
        return self.incident is not None if self.step.tell in OVER else self.quiet_until is None


def tell_all(post: Post, happenings: Sequence[Happening], told: Callable[[Happening], Told]) -> int:
    """Moves every rule, opens incidents and records deliveries; returns how many were recorded."""
    fired, others = [], []
    for one in happenings:
        if one.tells and one.step.tell is Tell.FIRED:
            fired.append(one)
            continue
        # An episode that nobody is told of has no incident, so that it can be told when the silence ends.
        incident = None if one.step.tell is Tell.FIRED else one.incident
        if one.changed:
            one.moves = move(post.conn, one.rule.code, one.kept, one.step.standing, incident, one.step.transition)
        if one.tells and one.moves:
            others.append(one)
    return _tell_fired(post, fired, happenings, told) + _tell_others(post, others, told)


def _tell_fired(
    post: Post, fired: Sequence[Happening], everything: Sequence[Happening], told: Callable[[Happening], Told]
) -> int:
    """Rules that fire in one tick for one group and centre are one incident and one message."""
    count = 0
    groups: dict[tuple[str, str], list[Happening]] = {}
    for one in fired:
        groups.setdefault((one.rule.group, one.seen.subject.centre), []).append(one)
    for (group, centre), own in groups.items():
        facts = [told(one) for one in own]
        incident = _open_about(post.conn, group, own, everything)
        if incident is None:
            thread = post.thread(post.stem(lead(facts), Tell.FIRED))
            name = title(Tell.FIRED, facts, post.now.astimezone(post.tz).date())
            number = open_incident(post.conn, group, centre, name, thread, post.now)
            incident = Incident(number, group, centre, name, thread, post.now, None)
        for one in own:
            one.moves = move(post.conn, one.rule.code, one.kept, one.step.standing, incident.id, one.step.transition)
        moved = [fact for one, fact in zip(own, facts, strict=True) if one.moves]
        if moved:
            count += post.tell(Tell.FIRED, moved, incident.id, incident.thread, [group])
    return count


def _open_about(
    conn: Connection, group: str, own: Sequence[Happening], everything: Sequence[Happening]
) -> Incident | None:
    """The incident under way about the same thing: an hour that is bad, then the day, then the week are one."""
    about = {one.seen.subject.key for one in own}
    open_ones = {
        one.incident
        for one in everything
        if one.incident is not None and is_alerting(one.kept) and one.rule.group == group
        if one.seen.subject.key in about
    }
    return load_incident(conn, max(open_ones)) if open_ones else None


def _tell_others(post: Post, happenings: Sequence[Happening], told: Callable[[Happening], Told]) -> int:
    """Repeats, escalations, recoveries and what was undone answer the thread of their incident."""
    groups: dict[tuple[int, Tell, datetime | None], list[Happening]] = {}
    for one in happenings:
        if one.incident is not None and one.step.tell is not None:
            after = one.quiet_until if one.step.tell in OVER else None
            groups.setdefault((one.incident, one.step.tell, after), []).append(one)
    count = 0
    for (number, tell, after), own in groups.items():
        incident = load_incident(post.conn, number)
        readers = [name for one in own for name in _readers(one, tell)]
        count += post.tell(tell, [told(one) for one in own], number, incident.thread, readers, after)
    return count


def _readers(one: Happening, tell: Tell) -> list[str]:
    """The groups that are told. Who was drawn in by an escalation hears of the end too."""
    rule = one.rule
    if tell is Tell.ESCALATED:
        return [rule.escalate_to or rule.group]
    drawn_in = one.kept is not None and one.kept.standing.escalated_at is not None and rule.escalate_to
    return [rule.group, rule.escalate_to] if tell in OVER and drawn_in else [rule.group]
