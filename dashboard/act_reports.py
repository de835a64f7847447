"""What a person does on 报告: schedules added, changed and removed, each in one transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dashboard.act_targets import Done, refused
from dashboard.product import ProductLike
from dashboard.texts import t
from db.alert_rules import load_contacts
from db.engine import write
from db.errors import StoreError
from db.report_store import Schedule, load_schedule, remove_schedule, save_schedule
from reports.model import Kind

_TIME = re.compile(r"([01]?\d|2[0-3])[::]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class ScheduleForm:
    """The form as typed in; ``number`` 0 adds a schedule."""

    number: int
    kind: str
    group: str
    centre: str
    sheet: str
    weekday: str
    day: str
    time: str
    owner: str
    enabled: bool


def keep_schedule(product: ProductLike, form: ScheduleForm) -> Done:
    """Stores a schedule. One that is new, of another kind, or switched on again begins with the next period."""
    clock = _TIME.fullmatch(form.time.strip())
    if clock is None:
        return refused(t("reports.bad_time"))
    if not form.group.strip():
        return refused(t("reports.need_group"))
    day = form.day.strip() or "1"
    if not day.isdigit() or not 1 <= int(day) <= 31:
        return refused(t("reports.bad_day"))
    kind = Kind(form.kind)
    wanted = Schedule(
        kind=kind.value,
        group=form.group.strip(),
        centre=form.centre,
        sheet=form.sheet,
        weekday=int(form.weekday or 0) if kind is Kind.WEEKLY else None,
        day=int(day) if kind in (Kind.MONTHLY, Kind.HALF_YEAR) else None,
        minute=int(clock[1]) * 60 + int(clock[2]),
        owner=form.owner.strip(),
        enabled=form.enabled,
        id=form.number,
    )
    try:
        readers = _store(product, wanted)
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.done") if readers else t("reports.no_readers", group=wanted.group))


def _store(product: ProductLike, wanted: Schedule) -> bool:
    """Writes it; True where the group has somebody who can be told."""
    from reports.schedule import started  # late: it costs every start of the pages a part of a second

    begun = started(wanted, product.clock(), product.tz)
    with write(product.engine) as conn:
        before = load_schedule(conn, wanted.id) if wanted.id else None
        goes_on = before is not None and before.kind == wanted.kind and (before.enabled or not wanted.enabled)
        last = before.last_period_end if before is not None and goes_on else begun
        save_schedule(conn, replace(wanted, last_period_end=last))
        return any(one.enabled for one in load_contacts(conn, wanted.group))


def drop_schedule(product: ProductLike, number: int) -> Done:
    """Takes a schedule away; the archive stays."""
    try:
        with write(product.engine) as conn:
            remove_schedule(conn, number)
    except StoreError as error:
        return refused(error)
    return Done(True, t("form.done"))
