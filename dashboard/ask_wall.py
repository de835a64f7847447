"""What 周报大屏 shows, asked with the weekly report's own questions: its days, its judgement, its worst days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.blame import grains_shown, worst
from dashboard.ask_overview import HEADLINE, HEADLINE_COUNT
from dashboard.ask_parts import sources_of
from dashboard.judged import Target
from dashboard.scope import Scope as PageScope
from dashboard.views import Indicator
from dashboard.views_wall import BadDay, Cause, Corrected, Tile, WallView, Week
from dashboard.wall_asked import LAST_WEEK
from db.report_reads import restated_between
from db.sheets import SheetRow
from kpi.model import Grain, Group, Kpi, KpiValue, Unit
from kpi.periods import ONE_DAY, Period, containing
from kpi.showing import Showing
from kpi.status import Operator
from reports.build_days import Miss, worst_days
from reports.build_kpis import DRAWN, SILENT
from reports.model import Kind
from reports.scope import House, Scope, Wanted, open_scope

WORST, CAUSES = 4, 2
"""So many bad days, each with so many causes."""
CORRECTED = 3
DAYS_OF_A_WEEK = 7


def sheet_of(page: PageScope, sheets: Iterable[SheetRow], wanted: str) -> SheetRow | None:
    """The sheet a wall judges by: the one wanted, else the first in force of the centre; where no centre is asked for,
    of the whole house, of the one at its top, of any."""
    rows = [one for one in sheets if one.state == "active" and one.year == (page.today - ONE_DAY).year]
    centre = page.filters.centre
    chosen = [one for one in rows if one.code == wanted]
    for place in (centre,) if centre else ("", *page.chain):
        chosen += [one for one in rows if (one.centre or "") == place]
    return next(iter(chosen or ([] if centre else rows)), None)


def ask_week(page: PageScope, tz: ZoneInfo, week: str, sheet: SheetRow | None) -> Scope:
    """The weekly report's scope: this week's whole days, on a Monday last week's; ``week`` “last”: last week's. Seats
    have no names on a wall, whatever the setting: nobody is pointed at from there."""
    house = House(page.catalogue, tz, page.min_sample, Showing.OFF)
    monday = containing(page.today, Grain.WEEK).start
    day = monday - ONE_DAY if week == LAST_WEEK else page.today - ONE_DAY
    wanted = Wanted(Kind.WEEKLY, day, page.filters.centre, sheet.code if sheet is not None else "")
    return open_scope(page.conn, house, wanted, page.today)


def build_wall(page: PageScope, tz: ZoneInfo, week: str, sheet: SheetRow | None, now: datetime) -> WallView:
    """The wall's figures, without the sheet's progress and the alerts, which their pages have asked for already."""
    from dashboard.ask_wall_work import build_orders, build_seats

    scope = ask_week(page, tz, week, sheet)
    tiles = make_tiles(scope, page, _headline(scope))
    drawn = {tile.item.kpi.code for tile in tiles}
    return WallView(
        centre_name=scope.centre_name,
        week=_week(scope, page),
        tiles=tiles,
        judged=bool(scope.judged),
        days=tuple(_bad_day(scope, one) for one in worst_days(scope)[:WORST]),
        seats=build_seats(scope, page),
        orders=build_orders(scope, page),
        corrected=_corrected(scope, now),
        rest=_rest(scope, [code for code in scope.judged if code not in drawn]),
        has_values=any(tile.item.now.value is not None for tile in tiles),
    )


def _week(scope: Scope, page: PageScope) -> Week:
    running = scope.unit.start <= page.today <= scope.unit.end
    return Week(scope.unit, scope.period, scope.before, page.today, running)


def _headline(scope: Scope) -> list[str]:
    """The headline KPIs; where the sources can't tell one, the next that is judged or usually drawn."""
    codes = list(dict.fromkeys([*HEADLINE, *scope.judged, *DRAWN]))
    found = scope.totals([code for code in codes if scope.kpi(code) is not None], scope.period)
    told = [code for code in codes if code in found and found[code].reason not in SILENT]
    return (told or [code for code in HEADLINE if code in found])[:HEADLINE_COUNT]


def make_tiles(scope: Scope, page: PageScope, codes: Sequence[str]) -> tuple[Tile, ...]:
    """KPIs of the week beside the week before; those no source tells are left out, unless all are."""
    if not codes:
        return ()
    now, then = scope.totals(codes, scope.period), scope.totals(codes, scope.before)
    today = scope.totals(codes, Period(page.today, page.today)) if page.today > scope.period.end else {}
    days, days_before = (scope.ask(codes, span, Grain.DAY) for span in (scope.period, scope.before))
    made = []
    for code in codes:
        kpi = scope.house.catalogue.kpis[code]
        item = Indicator(
            kpi=kpi,
            now=now[code],
            today=_enough(kpi, today.get(code), page.min_sample),
            before=then[code],
            target=target_of(scope, code),
            status=scope.judge(now[code]),
            sources=sources_of(page, [kpi]),
        )
        few = _few(kpi, days[code], page.min_sample)
        made.append(Tile(item, _by_weekday(days[code]), _by_weekday(days_before[code]), few))
    return tuple(made)


def _rest(scope: Scope, codes: Sequence[str]) -> tuple[Indicator, ...]:
    """The week of what is judged and has no tile, so that the wall's sentence counts all of it."""
    if not codes:
        return ()
    now = scope.totals(codes, scope.period)
    return tuple(
        Indicator(
            kpi=scope.house.catalogue.kpis[code],
            now=now[code],
            target=target_of(scope, code),
            status=scope.judge(now[code]),
        )
        for code in codes
        if code in now
    )


def _enough(kpi: Kpi, today: KpiValue | None, min_sample: int) -> KpiValue | None:
    """Today's figure where it can already be looked at: a count, or a share of enough events. What is made a day by a
    seat only shows when the day is over."""
    if today is None or kpi.is_count:
        return today
    few = (today.denominator or 0.0) < min_sample
    return None if few or kpi.unit is not Unit.PERCENT else today


def _by_weekday(values: Iterable[KpiValue]) -> tuple[float | None, ...]:
    placed: list[float | None] = [None] * DAYS_OF_A_WEEK
    for value in values:
        placed[value.start.weekday()] = value.value
    return tuple(placed)


def _few(kpi: Kpi, values: Iterable[KpiValue], min_sample: int) -> tuple[bool, ...]:
    """From Monday on, whether a day's sample is too small; of seats the items are counted, as on the seats' page."""
    placed = [False] * DAYS_OF_A_WEEK
    for value in values:
        sample = value.numerator if kpi.group is Group.SEATS else value.denominator
        placed[value.start.weekday()] = sample is not None and sample < min_sample
    return tuple(placed)


def target_of(scope: Scope, code: str) -> Target | None:
    """What the sheet holds single weeks of a KPI against; None where it does not."""
    row = scope.judged.get(code)
    target = row.due(scope.period.end).target if row is not None else None
    if target is None or target.operator is None or target.fraction is None:
        return None
    return Target(target.operator, target.fraction)


def _bad_day(scope: Scope, miss: Miss) -> BadDay:
    target = target_of(scope, miss.kpi.code) or Target(Operator.AT_LEAST, 0.0)
    day = miss.value.start
    return BadDay(
        day=day,
        name=miss.row.indicator.name,
        kpi=miss.kpi,
        value=miss.value,
        target=target,
        gap=abs(target.value - (miss.value.value or 0.0)),
        causes=_causes(scope, miss.kpi, Period(day, day)),
    )


def _causes(scope: Scope, kpi: Kpi, days: Period) -> tuple[Cause, ...]:
    """What contributed most."""
    if kpi.is_count:
        return ()
    span = (days.start, days.end)
    grains = grains_shown(scope.house.showing)
    parts = worst(scope.conn, kpi, scope.house.catalogue, scope.centre, span, CAUSES, grains)
    return tuple(Cause(one.grain, one.key, one.events, one.usual, one.share is None) for one in parts)


def _corrected(scope: Scope, now: datetime) -> tuple[Corrected, ...]:
    """What was corrected since the week began, however old the days."""
    since = datetime.combine(scope.period.start, time(), scope.house.tz)
    found = restated_between(scope.conn, scope.ids, since, now + timedelta(seconds=1))
    measures = scope.house.catalogue.measures
    told = [
        Corrected(measures[one.measure].name, one.figures, one.first, one.last)
        for one in found
        if one.measure in measures
    ]
    return tuple(told[:CORRECTED])
