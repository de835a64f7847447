"""The sentence each page and chart opens with: computed, in plain Chinese (LOOK: sentence first)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dashboard import format as fmt
from dashboard.judged import WORST_FIRST, shortfall, worry
from dashboard.language import spoken
from dashboard.texts import t
from dashboard.views import DailyChart, DataPage, Indicator, Overview, SourceState
from dashboard.views_live import HourlyChart, RestOfDay
from kpi.model import Grain, KpiValue
from kpi.periods import unit_of
from kpi.status import Operator, Status

MOST_NAMED = 3
_JUDGED = (Status.MET, Status.AT_RISK, Status.MISSED, Status.OUT_OF_REACH)
_LOST = (Status.MISSED, Status.OUT_OF_REACH)
_MISSED = {
    Operator.AT_LEAST: "finding.below",
    Operator.AT_MOST: "finding.above",
    Operator.EQUAL: "finding.off",
}


def overview_sentence(view: Overview) -> str:
    """How things stand over the period: what is met, what is not and by how much."""
    items = _each_once((*view.headline, *view.rows))
    here = [i for i in items if i.judged_over is None]
    judged = [i for i in here if i.status in _JUDGED]
    missed = [i for i in judged if i.status in _LOST]
    few = [i for i in here if i.status is Status.TOO_FEW]
    by_pace = _by_pace(items, alone=not judged)
    if not judged:
        sentence = "" if by_pace else _without_targets(view, items)
    elif any(i.status not in (Status.MET, Status.MISSED) for i in judged):
        sentence = _paced(view, judged)
    elif missed:
        named = t("finding.comma").join(_miss(i) for i in missed[:MOST_NAMED])
        more = t("finding.and_more", n=len(missed)) if len(missed) > MOST_NAMED else ""
        key = "finding.some_missed" if len(missed) < len(judged) else "finding.all_missed"
        met = len(judged) - len(missed)
        sentence = t(key, label=view.label, n=len(judged), met=met, named=named, more=more)
    else:
        sentence = t("finding.all_met", label=view.label, n=len(judged))
    unsure = t("finding.few_plain" if by_pace else "finding.few", n=len(few)) if few else ""
    return sentence + by_pace + unsure + _coverage(view)


def _by_pace(items: Sequence[Indicator], *, alone: bool) -> str:
    """How those stand that only the half-year or the year can judge: counts and amounts. ``alone``: nothing else is.
    What follows the first is told as “另有” only once."""
    said = ""
    for grain, name in ((Grain.HALF, "half"), (Grain.YEAR, "full")):
        found = [i for i in items if i.judged_over is not None and unit_of(i.judged_over) is grain]
        if found:
            key = f"finding.only_by_{name}" if alone != bool(said) else f"finding.by_{name}"
            said += t(key, n=len(found), counts=t("finding.comma").join(counted(_by_status(found))))
    return said


def _by_status(items: Sequence[Indicator]) -> list[tuple[Status, list[str]]]:
    return [(status, [i.kpi.name for i in items if i.status is status]) for status in WORST_FIRST]


def counted(found: Iterable[tuple[Status, Sequence[str]]]) -> Iterator[str]:
    """“1 项有风险(预算执行率)” of names by status; what is as it should be goes without names."""
    for status, names in found:
        if names and status is Status.MET:
            yield t("finding.count", n=len(names), status=_word(status))
        elif names:
            named = t("finding.comma").join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")
            yield t("finding.count_named", n=len(names), status=_word(status), names=named)


def _word(status: Status) -> str:
    """The status within a sentence."""
    return spoken(status.value).lower()


def _paced(view: Overview, judged: Sequence[Indicator]) -> str:
    """How many stand how, in the order of worry reversed; and by how much the worst are off."""
    counts = Counter(i.status for i in judged)
    ranked = sorted((i for i in judged if i.status in _LOST), key=lambda i: worry(i.status))
    off = [_miss(i) for i in ranked if i.target is not None and shortfall(i.now, i.target)]
    more = t("finding.and_others", n=len(ranked)) if len(ranked) > MOST_NAMED else ""
    return t(
        "finding.paced",
        label=view.label,
        n=len(judged),
        counts=t("finding.comma").join(
            t("finding.count", n=counts[status], status=_word(status)) for status in _JUDGED if counts[status]
        ),
        named=t("finding.semicolon") + t("finding.comma").join(off[:MOST_NAMED]) + more if off else "",
    )


def _each_once(items: Iterable[Indicator]) -> list[Indicator]:
    return list({i.kpi.code: i for i in items}.values())


def _miss(item: Indicator) -> str:
    assert item.target is not None  # judged, so there is one
    gap = shortfall(item.now, item.target) or 0.0
    shown = fmt.figure(item.now, item.kpi.unit, item.target).spoken
    apart = fmt.distance(gap, item.kpi.unit)
    target = fmt.target_text(item.target, item.kpi.unit)
    return t(_MISSED[item.target.operator], name=item.kpi.name, value=shown, target=target, gap=apart)


def _without_targets(view: Overview, items: Sequence[Indicator]) -> str:
    first = next((i for i in items if i.now.value is not None), None)
    if first is None:
        return t("finding.no_values", label=view.label)
    shown = fmt.figure(first.now, first.kpi.unit).spoken
    hours = first.same_hours
    now, then = (first.part or first.now, first.before) if hours is None else (hours.now, hours.before)
    change = fmt.change(now, then, first.kpi.unit)
    key = "finding.versus_so_far" if first.part is not None else "finding.versus"
    versus = t(key, compared=view.compared_with, change=change) if change else ""
    return t("finding.no_targets", label=view.label, name=first.kpi.name, value=shown, versus=versus)


def _coverage(view: Overview) -> str:
    gaps = [(i, fmt.missing(i.now)) for i in view.headline if i.now.value is not None]
    worst = max(gaps, key=lambda pair: pair[1], default=None)
    if worst is None or worst[1] <= 0:
        return ""
    unit = t("unit.days") if view.centres <= 1 else t("unit.centre_days")
    return t("finding.coverage", name=worst[0].kpi.name, n=worst[1], unit=unit)


def daily_finding(chart: DailyChart) -> str:
    """What the days of the period say about a KPI."""
    name, unit = chart.kpi.name, chart.kpi.unit
    told = [v for v in chart.values if v.value is not None and chart.period.start <= v.start <= chart.period.end]
    if not told:
        return t("finding.daily_none", name=name)
    known = [v for v in told if chart.counts(v)]
    if not known and any(chart.is_few(v) for v in told):
        key = "finding.daily_few" if len(told) > 1 else "finding.daily_few_one"
        return t(key, name=name, day=fmt.day(told[0].start, chart.today), least=chart.min_sample)
    if len(known or told) == 1:
        known = known or told
        return t("finding.daily_one", name=name, day=fmt.day(known[0].start, chart.today), value=_text(known[0], chart))
    lowest, highest = min(known, key=_value), max(known, key=_value)
    if chart.target is None or chart.target.operator == "=":
        low, high = (_at(v, chart) for v in (lowest, highest))
        return t("finding.daily_range", name=name, high=high, low=low)
    missed = [v for v in known if chart.misses(v)]
    if not missed:
        return t("finding.daily_met", name=name, n=len(known), target=fmt.target_text(chart.target, unit))
    worst = lowest if chart.target.operator == ">=" else highest
    return t("finding.daily_missed", name=name, n=len(known), missed=len(missed), worst=_at(worst, chart))


def _value(value: KpiValue) -> float:
    return value.value if value.value is not None else 0.0


def _text(value: KpiValue, chart: DailyChart | HourlyChart) -> str:
    return fmt.figure(value, chart.kpi.unit, chart.target).spoken


def _at(value: KpiValue, chart: DailyChart) -> str:
    return f"{fmt.day(value.start, chart.today)} {_text(value, chart)}"


def hourly_finding(chart: HourlyChart) -> str:
    """Which hour of today was the tightest, and what it takes to end the day on target."""
    return t("finding.semicolon").join(filter(None, (_tightest(chart), _rest(chart.rest))))


def _rest(rest: RestOfDay | None) -> str:
    if rest is None:
        return ""
    if rest.locked:
        return t("finding.day_locked")
    if rest.lost:
        return t("finding.day_lost")
    if not rest.required:
        return ""
    ahead = fmt.number(round(rest.ahead))
    if rest.left is None:
        return t("finding.day_needs", n=ahead, required=rest.required)
    return t("finding.day_needs_left", n=ahead, required=rest.required, n2=fmt.number(math.floor(rest.left)))


def _tightest(chart: HourlyChart) -> str:
    every = [v for v in chart.values if v.value is not None]
    if not every:
        return t("finding.hourly_none", name=chart.kpi.name)
    known = [v for v in every if not chart.is_few(v)]
    if not known:
        return t("finding.hourly_few", name=chart.kpi.name, least=chart.min_sample)
    is_worst = max if chart.kpi.better == "lower" else min
    worst = is_worst(known, key=_value)
    busiest = max(known, key=lambda v: v.denominator or 0.0)
    if chart.target is not None and not any(chart.misses(v) for v in known):
        return t("finding.hourly_met", name=chart.kpi.name, n=len(known), busiest=int(busiest.key))
    return t(
        "finding.hourly_busiest" if (busiest.denominator or 0.0) > (worst.denominator or 0.0) else "finding.hourly",
        name=chart.kpi.name,
        hour=int(worst.key),
        value=_text(worst, chart),
        n=fmt.number(worst.denominator or 0.0),
        busiest=int(busiest.key),
    )


def data_sentence(page: DataPage) -> str:
    """How the sources are: what works, what has to be done."""
    ok = sum(s.state is SourceState.OK for s in page.sources)
    parts = [t("finding.sources", n=len(page.sources), ok=ok)]
    troubled = [s for s in page.sources if s.state in (SourceState.FAILED, SourceState.STALE, SourceState.NEVER)]
    parts += [t("finding.source_state", title=s.title, state=s.state.value) for s in troubled[:MOST_NAMED]]
    missing = sum(len(c.gaps) for c in page.calendars)
    if missing:
        parts.append(t("finding.gaps", n=missing))
    if page.reject_count:
        parts.append(t("finding.rejects", n=fmt.number(page.reject_count)))
    if len(parts) == 1 and ok == len(page.sources):
        parts.append(t("finding.data_fine"))
    return t("finding.semicolon").join(parts) + t("finding.stop")
