"""The charts of 话务: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard import chart_tables as tables
from dashboard import format as fmt
from dashboard.charts_parts import day_view, group_view, within_limit
from dashboard.filters import Filters
from dashboard.reference import Kind, nothing_then
from dashboard.texts import t
from dashboard.views_calls import CallsView, Compared, Heat, PageScope, Versus, Waits
from dashboard.views_charts import ChartTable, ChartView
from kpi.model import Better, KpiValue

HOURS = range(24)
WEEKDAYS = range(1, 8)
HEAT_NAMES = {
    "offered_volume": "heat-volume",
    "answer_rate": "heat-answer",
    "speed_of_answer": "heat-wait",
    "abandon_rate": "heat-abandon",
}


def charts_of(view: CallsView, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    made = [*(heat_view(heat, view, filters) for heat in view.heats), waits_view(view, filters), six_view(view)]
    made.append(_rolling_view(view, filters))
    abandoned = tables.basis_of(view.scope, view.abandoned.kpi, _now(view, "abandon_rate"))
    made.append(day_view("abandoned", t("calls.abandoned"), view.abandoned, view.scope, filters, basis=abandoned))
    made += [versus_view(view.versus, view, filters)] if view.versus is not None else []
    made += [group_view(name, table, view.scope) for name, table in view.groups.items()]
    return {chart.name: chart for chart in made}


def _rolling_view(view: CallsView, filters: Filters) -> ChartView:
    """接通率 over 24 hours, under a name of its own: it leads to the KPI it is made of."""
    made = day_view("rolling", t("calls.rolling"), view.rolling, view.scope, filters, t("calls.rolling_note"))
    kpi = next(one.kpi for one in view.figures if one.kpi.code == view.rolling.kpi.code)
    return replace(made, links=tables.made_of(filters, kpi))


def _now(view: CallsView, code: str) -> KpiValue | None:
    return next((one.now for one in view.figures if one.kpi.code == code), None)


def sentence(view: CallsView) -> str:
    """How the calls of the period went, and when it was tight."""
    known = {one.kpi.code: one for one in view.figures if one.now.value is not None}
    parts = [t("calls.volume_is", label=view.scope.label, value=_spoken(known["offered_volume"]))]
    parts += [_against(known[code], view.scope) for code in ("answer_rate", "service_level") if code in known]
    text = t("finding.comma_plain").join(parts)
    worst = next((heat for heat in view.heats if heat.kpi.code == "answer_rate"), None)
    at = _worst(worst) if worst else None
    if worst is not None and at is not None:
        low = t("calls.tightest", hour=hour_text(*at), value=fmt.figure(worst.values[at], worst.kpi.unit).spoken)
        text = t("finding.semicolon").join((text, low))
    return text + t("finding.stop")


def _spoken(one: Compared) -> str:
    return fmt.figure(one.now, one.kpi.unit, one.target).spoken


def _against(one: Compared, scope: PageScope) -> str:
    then, compared = _other(one, scope)
    change = fmt.change(one.held, then, one.kpi.unit)
    text = f"{one.kpi.name} {_spoken(one)}"
    key = "calls.than_so_far" if scope.to_yesterday else "calls.than"
    return t(key, text=text, compared=compared, change=change) if change else text


def _other(one: Compared, scope: PageScope) -> tuple[KpiValue | None, str]:
    """What the sentence holds a figure against: days of one's own, else the year before; with its words."""
    own = scope.against is Kind.DAYS
    return (one.before, scope.compared_with) if own else (one.last_year, t("calls.to_last_year"))


def hour_text(weekday: int, hour: int) -> str:
    """“周一 10 时”."""
    return t("calls.hour", day=t(f"weekday.{weekday}"), hour=hour)


def heat_view(heat: Heat, view: CallsView, filters: Filters) -> ChartView:
    """A KPI by weekday and hour."""
    kpi = heat.kpi
    titles = tables.titled(t("chart.hour"), *(t(f"weekday.{day}") for day in WEEKDAYS), numeric=range(1, 8))
    rows = [(f"{hour}:00", *(_cell(heat, day, hour) for day in WEEKDAYS)) for hour in HOURS]
    unit = t("calls.heat_mean") if kpi.is_count else t("calls.heat_unit", unit=kpi.unit.value)
    few = t("calls.heat_few", n=view.scope.min_sample) if heat.few else ""
    return ChartView(
        HEAT_NAMES[kpi.code],
        t("calls.heat", name=kpi.name),
        _heat_finding(heat),
        ChartTable(titles, tuple(rows)),
        notes=" · ".join(text for text in (unit, few) if text),
        basis=tables.basis_of(view.scope, kpi, _now(view, kpi.code)),
        links=tables.made_of(filters, kpi),
        empty="" if heat.values else t("calls.heat_none"),
        sources=view.scope.sources,
    )


def _cell(heat: Heat, day: int, hour: int) -> str:
    value = heat.values.get((day, hour))
    if value is None or (day, hour) in heat.few:
        return fmt.DASH
    return fmt.rounded(value.value, heat.kpi.unit, least=1) if value.value is not None else fmt.DASH


def _known(heat: Heat) -> dict[tuple[int, int], float]:
    found = {at: value.value for at, value in heat.values.items() if at not in heat.few}
    return {at: value for at, value in found.items() if value is not None}


def _worst(heat: Heat) -> tuple[int, int] | None:
    """The hour of the week at the wrong end; of a count the busiest."""
    known = _known(heat)
    if not known:
        return None
    pick = min if heat.kpi.better is Better.HIGHER else max
    return pick(known, key=lambda at: known[at])


def _heat_finding(heat: Heat) -> str:
    worst = _worst(heat)
    if worst is None:
        return t("calls.heat_too_few", name=heat.kpi.name)
    known = _known(heat)
    if heat.kpi.is_count:
        quiet = min(known, key=lambda at: known[at])
        busy, still = (fmt.rounded(known[at], heat.kpi.unit, least=1) for at in (worst, quiet))
        return t("calls.heat_busiest", hour=hour_text(*worst), value=busy, quiet=hour_text(*quiet), least=still)
    value = heat.values[worst]
    key = "calls.heat_lowest" if heat.kpi.better is Better.HIGHER else "calls.heat_highest"
    shown = fmt.figure(value, heat.kpi.unit, heat.target).spoken
    return t(key, hour=hour_text(*worst), name=heat.kpi.name, value=shown, n=fmt.reading(value.denominator))


def waits_view(view: CallsView, filters: Filters) -> ChartView:
    """How long callers waited, those answered and those who gave up."""
    titles = tables.titled(
        t("calls.kind"), t("calls.bucket"), t("calls.count"), t("calls.share"), t("calls.cumulated"), numeric=(2, 3, 4)
    )
    rows = [row for kind, waits in view.waits.items() for row in _wait_rows(kind, waits)]
    kpi = next(one.kpi for one in view.figures if one.kpi.code == "service_level")
    return ChartView(
        "waits",
        t("calls.waits"),
        _waits_finding(view),
        ChartTable(titles, tuple(rows)),
        notes=t("calls.waits_note"),
        basis=((t("calls.waits_how"), t("calls.waits_basis")), *_wait_days(view)),
        links=tables.made_of(filters, kpi),
        empty="" if rows else t("calls.waits_none"),
        sources=view.scope.sources,
    )


def _wait_days(view: CallsView) -> Sequence[tuple[str, str]]:
    return [
        (t(f"calls.wait_{kind}"), t("calls.waits_days", n=fmt.number(w.total), days=w.days, passed=w.passed))
        for kind, w in view.waits.items()
    ]


def bucket_text(over: int, upto: int | None) -> str:
    """“≤ 5 秒”, “5–10 秒”, “> 180 秒”."""
    if upto is None:
        return t("calls.bucket_over", over=over)
    return t("calls.bucket_between", over=over, upto=upto) if over else t("calls.bucket_upto", upto=upto)


def _wait_rows(kind: str, waits: Waits) -> list[tuple[str, ...]]:
    rows = []
    for bucket in waits.buckets:
        reached = waits.within.get(bucket.upto or 0, 1.0)
        figures = (fmt.number(bucket.calls), *(tables.bare_percent(share) for share in (bucket.share, reached)))
        rows.append((t(f"calls.wait_{kind}"), bucket_text(bucket.over, bucket.upto), *figures))
    return rows


def _waits_finding(view: CallsView) -> str:
    parts = []
    for kind, waits in view.waits.items():
        found = within_limit(waits.within, view.limit)
        if found is not None:
            parts.append(t(f"calls.waits_{kind}", limit=found[0], share=tables.percent(found[1])))
    return t("finding.semicolon").join(parts) if parts else t("calls.waits_none")


def six_view(view: CallsView) -> ChartView:
    """15秒接通率 under each formula."""
    one = next(one for one in view.figures if one.kpi.code == "service_level")
    excluding = any(line.without for line in view.six)
    titles = [t("calls.formula"), t("calls.in_force"), tables.with_unit(one.kpi)]
    titles += [t("calls.without")] if excluding else []
    titles += [t("chart.numerator"), t("chart.denominator"), t("chart.reason")]
    rows = []
    for line in view.six:
        figures = [tables.shown(line.value, one.kpi, one.target)]
        figures += [_without(line.without, one)] if excluding else []
        marked = t("calls.yes") if line.in_force else ""
        rows.append((line.text, marked, *figures, *tables.sides(line.value), tables.reason(line.value, one.kpi)))
    return ChartView(
        "six",
        t("calls.six"),
        _six_finding(view, one),
        ChartTable(tables.titled(*titles, numeric=range(2, len(titles) - 1)), tuple(rows)),
        notes=t("calls.six_note"),
        basis=tables.basis_of(view.scope, one.kpi, one.now),
        links=tables.made_of(Filters(), one.kpi)[1:],
        sources=view.scope.sources,
    )


def _six_finding(view: CallsView, one: Compared) -> str:
    known = [line.value for line in view.six if line.value.value is not None]
    in_force = [line.value for line in view.six if line.in_force and line.value.value is not None]
    if not known or not in_force:
        return t("calls.six_none", name=one.kpi.name)
    low, high = (pick(known, key=lambda v: v.value or 0.0) for pick in (min, max))
    ends = (fmt.figure(v, one.kpi.unit, one.target).spoken for v in (low, high))
    value = fmt.figure(in_force[-1], one.kpi.unit, one.target).spoken
    return t("calls.six_apart", n=len(known), value=value, low=next(ends), high=next(ends))


def _without(value: KpiValue | None, one: Compared) -> str:
    return fmt.DASH if value is None else tables.shown(value, one.kpi, one.target)


def versus_view(versus: Versus, view: CallsView, filters: Filters) -> ChartView:
    """Calls by day beside the days they are held against."""
    own = view.scope.against is Kind.DAYS
    one = next(one for one in view.figures if one.kpi.code == versus.kpi.code)
    titles = tables.titled(t("chart.day"), t("calls.this_period"), versus.then_words, numeric=(1, 2))
    days = zip(versus.days, versus.now, versus.then, strict=True)
    rows = tuple((day.isoformat(), fmt.reading(now), fmt.reading(then)) for day, now, then in days)
    since = fmt.day(versus.then_start)
    told = {day for day, now in zip(versus.days, versus.now, strict=True) if now is not None}
    running = [t("chart.running_legend")] if view.scope.today in told and not versus.hour else []
    note = "reference.volume_by_day" if own else "calls.versus_note"
    if versus.hour:
        note = "calls.versus_hours_note"
    return ChartView(
        "versus",
        t("reference.volume_with_days" if own else "calls.versus"),
        _versus_finding(one, view.scope, versus.hour),
        ChartTable(titles, rows),
        notes=" · ".join((t(note, day=since, hour=versus.hour), *running)),
        basis=tables.basis_of(view.scope, one.kpi, one.now),
        links=tables.made_of(filters, one.kpi),
        empty="" if any(v is not None for v in versus.now) else t("calls.versus_none"),
        sources=view.scope.sources,
    )


def _versus_finding(one: Compared, scope: PageScope, hour: int) -> str:
    then, compared = _other(one, scope)
    made = {"label": scope.label, "value": _spoken(one)}
    change = fmt.change(one.held, then, one.kpi.unit)
    if change and hour:
        held = fmt.figure(one.held, one.kpi.unit, one.target).spoken
        return t("calls.versus_hours", label=scope.label, hour=hour, value=held, compared=compared, change=change)
    if change:
        key = "calls.versus_so_far" if scope.to_yesterday else "calls.versus_change"
        return t(key, **made, compared=compared, change=change)
    if scope.against is Kind.DAYS and (why := nothing_then(scope.against, then)):
        return t("reference.volume_alone", **made, why=why)
    return t("calls.versus_alone", **made)
