"""The scenes of what was promised and what went wrong: pace of the sheet, worst days with causes, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard.components import bullet as bars
from dashboard.components.parts import MARKS
from dashboard.judged import worry
from dashboard.language import spoken as said
from dashboard.texts import t
from dashboard.views_wall import BadDay, Cause, OpenAlert, WallView, Week
from dashboard.wall_parts import Html, badge, el, mark_badge
from dashboard.wall_scenes import days_of, label_of, scene
from dashboard.wall_svg import Bullet, bullet
from db.notices import Notice
from kpi.alert_model import Severity
from kpi.model import Better, Grain, Unit
from kpi.pace_model import BoundTo, Pace, Progress, ProgressRow
from kpi.periods import Period
from kpi.status import Status

ROWS, ALERTS = 6, 4


def pace_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """How far the sheet's indicators have come, the worst first."""
    found, today = view.progress, view.week.today
    if found is None:
        return scene(t("wall.half"), t("wall.pace_none"), el("p", t("wall.pace_how"), cls="line"))
    paces = [row.due(found.as_of) for row in found.rows]
    first_half = bool(found.rows) and paces[0] is found.rows[0].half
    title = t("wall.half") if first_half else t("wall.year")
    eyebrow = t("wall.pace_of", title=title, day=fmt.day(found.as_of, today), sheet=found.title)
    rows = ranked(found)
    rest = [row for row in found.rows if row not in rows[:ROWS]]
    more = t("wall.pace_rest", n=len(rest), counts=_counts(row.due(found.as_of) for row in rest)) if rest else None
    counts = t("wall.counts", n=len(found.rows), counts=_counts(paces))
    lines = [_pace_row(row, row.due(found.as_of)) for row in rows[:ROWS]]
    return scene(eyebrow, counts, el("div", lines, cls="paces"), el("p", more, cls="line"))


def ranked(found: Progress) -> list[ProgressRow]:
    """The indicators with figures, the worst first; judgements of people come after."""

    def key(row: ProgressRow) -> tuple[int, bool, bool, float]:
        pace = row.due(found.as_of)
        graded = row.binding is not None and row.binding.bound_to is BoundTo.GRADE
        chance = pace.probability if pace.probability is not None else 1.0
        return worry(pace.status), graded, pace.value is None, chance

    return sorted(found.rows, key=key)


def _counts(paces: Iterable[Pace]) -> str:
    counted = Counter(pace.status for pace in paces)
    return t("finding.comma").join(
        t("wall.count", n=counted[status], status=said(status.value).lower()) for status in Status if counted[status]
    )


def _pace_row(row: ProgressRow, pace: Pace) -> Html:
    shown = fp.shown(pace, row.unit)
    name = row.indicator.name
    return el(
        "div",
        badge(pace.status),
        el("span", name, cls="name"),
        el("span", shown.text, el("small", shown.unit) if 0 < len(shown.unit) <= 2 else None, cls="value"),
        el("span", fp.target_text(pace.target), cls="goal-text"),
        _bullet(pace, row.unit, name),
        el("span", _need(pace), cls="need"),
        cls=f"pace is-{MARKS[pace.status][1]}",
    )


def _need(pace: Pace) -> str:
    """The first thing it takes, without the status word that stands beside it."""
    first, word = said(pace.said.split(";")[0]), said(pace.status.value)
    return (first[len(word) :] if first.lower().startswith(word.lower()) else first).lstrip(": ")


def _bullet(pace: Pace, unit: str, name: str) -> Html:
    ends = bars.scale(pace, unit)
    if ends is None or pace.value is None:
        return el("span")
    band = (pace.low, pace.high) if pace.low is not None and pace.high is not None else None
    return bullet(
        Bullet(
            pace.value,
            *ends,
            target=pace.target.fraction,
            expected=pace.expected,
            band=band,
            kind=MARKS[pace.status][1],
            label=f"{name}: {bars.spoken(pace, unit)}",
        )
    )


def days_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """The worst days of the week and why."""
    week = view.week
    eyebrow = t("wall.days", label=label_of(week), days=days_of(week))
    if not view.judged:
        return scene(eyebrow, t("wall.days_none"), el("p", t("wall.pace_how"), cls="line"))
    if not view.days:
        key = "wall.days_good" if view.has_values else "wall.no_values"
        return scene(eyebrow, t(key, label=label_of(week), days=days_of(week)))
    return scene(eyebrow, _days_sentence(view), el("div", [_bad_day(one, week) for one in view.days], cls="days"))


def _days_sentence(view: WallView) -> str:
    """How many days of the week missed something, and the worst of all."""
    first = view.days[0]
    return t(
        "wall.days_worst",
        day=_day_name(first, view.week),
        name=first.name,
        value=fmt.figure(first.value, first.kpi.unit, first.target).spoken,
        gap=fmt.distance(first.gap, first.kpi.unit),
    )


def _day_name(one: BadDay, week: Week) -> str:
    return f"{fmt.day(one.day, week.today)} {fmt.weekday(one.day)}"


def _bad_day(one: BadDay, week: Week) -> Html:
    shown = fmt.figure(one.value, one.kpi.unit, one.target)
    why = [cause_text(cause, one) for cause in one.causes] or [t("wall.nothing_stands_out")]
    mark, kind = MARKS[Status.MISSED]
    return el(
        "div",
        el("p", el("b", mark, cls=f"mark mark-{kind}", aria_hidden="true"), _day_name(one, week), cls="day"),
        el("p", one.name, cls="name"),
        el("p", shown.text, el("small", shown.unit) if one.kpi.unit is Unit.PERCENT else None, cls="value"),
        el("p", t("wall.to", target=fmt.target_text(one.target, one.kpi.unit, brief=True)), cls="goal-text"),
        el("ul", [el("li", text) for text in why], cls="why"),
        cls="bad-day",
    )


def cause_text(cause: Cause, day: BadDay) -> str:
    """“10 时漏接 45 个,平常 18 个”."""
    key = str(int(cause.key)) if cause.grain is Grain.HOUR else cause.key
    place = t(f"wall.place_{cause.grain.value}", name=key)
    if cause.mean:
        less = day.kpi.better is Better.HIGHER
        word = t("wall.seconds") if day.kpi.unit is Unit.SECONDS else t("wall.items")
        more = fmt.number(round(cause.events - cause.usual))
        return t("wall.cause_less" if less else "wall.cause_more", place=place, n=more, word=word)
    miss, usual = day.kpi.called_missing, fmt.number(round(cause.usual))
    return t("wall.cause", place=place, verb=miss.verb, n=fmt.number(round(cause.events)), word=miss.word, usual=usual)


def alerts_scene(view: WallView, _notices: Sequence[Notice]) -> Html:
    """Alerts that have not recovered, and past figures that were corrected."""
    found = view.alerts
    urgent = sum(one.severity is Severity.URGENT for one in found)
    if found:
        key = "wall.alerts_urgent" if urgent else "wall.alerts_open"
        sentence = t(key, n=len(found), urgent=urgent)
    else:
        sentence = t("wall.alerts_none", n=view.rules) if view.rules else t("wall.alerts_no_rules")
    more = t("wall.alerts_more", n=len(found) - ALERTS) if len(found) > ALERTS else None
    rows = [*(_alert(one) for one in found[:ALERTS]), el("p", more, cls="line"), *_corrections(view)]
    return scene(t("wall.alerts"), sentence, el("div", rows, cls="alerts"))


def _alert(one: OpenAlert) -> Html:
    mark, kind = MARKS[Status.MISSED if one.severity is Severity.URGENT else Status.AT_RISK]
    return el(
        "div",
        mark_badge(mark, one.severity.value, kind),
        el("p", one.name, cls="name"),
        el("p", t("wall.since", at=one.since), cls="when"),
        el("p", one.reason, cls="line reason"),
        cls="alert",
    )


def _corrections(view: WallView) -> list[Html]:
    """What was corrected this week, a row a measure."""
    if not view.corrected:
        return [el("p", t("wall.corrected_none", label=label_of(view.week)), cls="line alone-line")]
    return [
        el(
            "div",
            mark_badge("≠", t("wall.correction"), "none"),
            el("p", t("wall.corrected", name=one.name, n=fmt.number(one.figures)), cls="name"),
            el("p", fmt.period(Period(one.first, one.last), view.week.today), cls="when"),
            cls="alert",
        )
        for one in view.corrected
    ]
