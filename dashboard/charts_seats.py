"""The charts of 坐席产能: what each says, its figures as a table, its formula, where it leads."""

from __future__ import annotations

from dashboard import chart_tables as tables
from dashboard import findings
from dashboard import format as fmt
from dashboard.figures.seats import ranking_range
from dashboard.filters import Filters
from dashboard.texts import t
from dashboard.views_charts import ChartTable, ChartView
from dashboard.views_seats import GroupLine, GroupView, Ranking, SeatLine, SeatsView
from kpi.model import Unit
from kpi.seats import Against

ITEMS = Unit.ITEMS_PER_SEAT_DAY
Interval = tuple[float, float]


def charts_of(view: SeatsView, filters: Filters) -> dict[str, ChartView]:
    """All charts of the page by name."""
    made = [calendar_view(view, filters), spread_view(view, filters)]
    if view.ranking is not None:
        made.append(ranking_view(view.ranking, view, filters))
    made += [group_view(name, group, view, filters) for name, group in view.groups.items()]
    return {chart.name: chart for chart in made}


def sentence(view: SeatsView) -> str:
    """How much was handled by whom, against the target, and how far seats differ."""
    now = next(one for one in view.figures if one.kpi is view.kpi)
    value = fmt.figure(now.now, view.kpi.unit, view.target).spoken
    made = {"label": view.scope.label, "name": view.kpi.name, "value": value}
    text = t("seats.output_is", **made)
    if view.target is not None:
        text = t("seats.output_target", **made, target=fmt.target_text(view.target, view.kpi.unit, brief=True))
    days, items = fmt.number(view.seat_days), fmt.number(view.calls + view.orders)
    parts = [
        t("finding.comma_plain").join((text, t("seats.made_by", seats=fmt.number(view.seats), days=days, items=items)))
    ]
    if view.ranking is not None and view.ranking.ranked:
        parts.append(apart(view.ranking, "seats.standing"))
    return t("finding.semicolon").join(parts) + t("finding.stop")


def apart(ranking: Ranking, key: str = "seats.apart") -> str:
    """How many seats are clearly above or below, and how many can't be told from it."""
    above, below, unclear = (ranking.count(where) for where in (Against.ABOVE, Against.BELOW, Against.UNCLEAR))
    against = t("seats.the_target" if ranking.to_target else "seats.the_centre")
    return t(key, n=len(ranking.ranked), above=above, below=below, unclear=unclear, against=against)


def output(value: float, level: float | None = None) -> str:
    """Items a seat-day as shown: “61.2”, on its side of the level it is held against."""
    return fmt.rounded(value, ITEMS, () if level is None else (level,))


def interval_text(interval: Interval | None, level: float | None = None) -> str:
    """“57.2 ~ 66.0”, “—” where there is none."""
    return fmt.DASH if interval is None else " ~ ".join(output(end, level) for end in interval)


def place_text(place: tuple[int, int, int] | None) -> str:
    """“3(1–9)”: the place and those it may as well be; “—” without one."""
    if place is None:
        return fmt.DASH
    own, best, worst = place
    return t("seats.place_is", place=own, best=best, worst=worst) if best < worst else str(own)


def against_text(where: Against | None, *, to_target: bool) -> str:
    """“高于目标”, “分不出”, '' where it is not compared."""
    if where is None:
        return ""
    return t(f"seats.{where.value}", against=t("seats.the_target" if to_target else "seats.the_centre"))


def few_text(ranking: Ranking) -> str:
    """What it takes to be ranked."""
    return t("seats.least", items=ranking.least_items, days=ranking.least_days)


def ranking_view(ranking: Ranking, view: SeatsView, filters: Filters) -> ChartView:
    """The seats by output, with intervals and the places they may have."""
    titles = [t("seats.seat"), t("seats.place"), tables.with_unit(view.kpi), t("seats.interval"), t("seats.against")]
    more = (
        t("seats.items"),
        t("seats.seat_days"),
        t("seats.calls"),
        t("seats.orders"),
        tables.with_unit(view.occupancy),
    )
    titles += more if ranking.named else ()
    numeric = (1, 2, 3, *range(5, 5 + len(more))) if ranking.named else (1, 2, 3)
    rows = [_seat_cells(line, view, ranking) for line in ranking.lines]
    ranked = len(ranking.ranked)
    low, _high = ranking_range(ranking)
    notes = [t("seats.ranking_note"), few_text(ranking)]
    notes += [t("seats.axis_from", low=fmt.level(low))] if low else []
    notes += [t("seats.by_chance", n=ranked, out=output(ranked / 20))] if ranked > 1 else []
    notes += [t("seats.few_hidden", n=ranking.few)] if ranking.few and not ranking.named else []
    finding = apart(ranking) if ranked else t("seats.none_ranked", least=few_text(ranking))
    return ChartView(
        "ranking",
        t("seats.ranking"),
        finding,
        ChartTable(tables.titled(*titles, t("chart.reason"), numeric=numeric), tuple(rows)),
        notes=" · ".join(notes),
        basis=(*tables.basis_of(view.scope, view.kpi, view.figures[0].now), *_how()),
        links=tables.made_of(filters, view.kpi)[1:],
        empty="" if ranked else t("seats.none_ranked_hint", least=few_text(ranking)),
        sources=view.scope.sources,
    )


def _how() -> tables.Pairs:
    keys = ("interval", "place", "rates")
    return tuple((t(f"seats.{key}"), t(f"seats.{key}_how")) for key in keys)


def _seat_cells(line: SeatLine, view: SeatsView, ranking: Ranking) -> tuple[str, ...]:
    cells = [
        line.name,
        place_text(line.place),
        tables.shown(line.value, view.kpi, view.target),
        interval_text(line.interval, ranking.level),
    ]
    cells.append(against_text(line.against, to_target=ranking.to_target))
    if ranking.named:
        cells += [*tables.sides(line.value), fmt.number(line.calls), fmt.number(line.orders)]
        cells.append(tables.shown(line.occupancy, view.occupancy) if line.occupancy else fmt.DASH)
    return (*cells, "" if line.place else t("seats.too_few"))


def spread_view(view: SeatsView, filters: Filters) -> ChartView:
    """Seat-days by how many items they have."""
    spread = view.spread
    titles = tables.titled(t("seats.items_of_day"), t("seats.seat_days"), t("seats.share"), numeric=(1, 2))
    rows = [
        (f"{low}–{below - 1}" if below - low > 1 else str(low), fmt.number(n), tables.bare_percent(n / spread.count))
        for low, below, n in spread.bins
    ]
    low, median, high = (fmt.number(round(value, 1)) for value in (spread.low, spread.median, spread.high))
    finding = t("seats.spread_is" if spread.count else "seats.spread_none", median=median, low=low, high=high)
    if view.target is not None and spread.count:
        share = tables.percent(spread.share_below(view.target.value))
        finding += t("seats.spread_below", share=share, target=fmt.level(view.target.value))
    return ChartView(
        "spread",
        t("seats.spread"),
        finding,
        ChartTable(titles, tuple(rows)),
        notes=t("seats.spread_note"),
        basis=tables.basis_of(view.scope, view.kpi, view.figures[0].now, t("seats.day_how")),
        links=tables.made_of(filters, view.kpi),
        empty="" if spread.count else t("seats.spread_none"),
        sources=view.scope.sources,
    )


def calendar_view(view: SeatsView, filters: Filters) -> ChartView:
    """The centre's output by day, as a calendar."""
    chart = view.calendar
    known = any(value.value is not None for value in chart.values)
    return ChartView(
        "calendar",
        t("seats.calendar"),
        findings.daily_finding(chart),
        tables.by_day(chart),
        notes=t("seats.calendar_target" if chart.target else "seats.calendar_note"),
        basis=tables.basis_of(view.scope, view.kpi, view.figures[0].now),
        links=tables.made_of(filters, view.kpi),
        empty="" if known else t("chart.none_by_day", name=view.kpi.name),
        sources=view.scope.sources,
    )


def group_view(name: str, group: GroupView, view: SeatsView, filters: Filters) -> ChartView:
    """Seat-days by team, shift or centre."""
    titles = [
        t(f"seats.{name}"), t("seats.seats"), tables.with_unit(view.kpi), t("seats.interval"), t("seats.items"),
        t("seats.seat_days"), tables.with_unit(view.occupancy),
    ]  # fmt: skip
    rows = [_group_cells(line, view) for line in group.lines]
    notes = [t("seats.group_note")]
    notes += [t("seats.untold", n=fmt.number(group.untold), kind=t(f"seats.{name}"))] if group.untold else []
    notes += [t("seats.hidden", n=group.hidden)] if group.hidden else []
    return ChartView(
        name,
        t(f"seats.by_{name}"),
        _group_finding(group, view) if rows else t("group.not_given", kind=t(f"seats.by_{name}")),
        ChartTable(tables.titled(*titles, numeric=range(1, len(titles))), tuple(rows)),
        notes=" · ".join(notes) if rows else "",
        basis=(*tables.basis_of(view.scope, view.kpi), _how()[0]),
        links=tables.made_of(filters, view.kpi)[1:],
        empty="" if rows else t(f"seats.none_{name}"),
        sources=view.scope.sources,
    )


def _level(view: SeatsView) -> float | None:
    return view.target.value if view.target else None


def _group_cells(line: GroupLine, view: SeatsView) -> tuple[str, ...]:
    shown = tables.shown(line.value, view.kpi, view.target), interval_text(line.interval, _level(view))
    share = tables.shown(line.occupancy, view.occupancy) if line.occupancy else fmt.DASH
    return (line.name, fmt.number(line.seats), *shown, *tables.sides(line.value), share)


def _group_finding(group: GroupView, view: SeatsView) -> str:
    most, least = group.lines[0], group.lines[-1]
    high, low = (output(line.value.value or 0.0, _level(view)) for line in (most, least))
    if most is least:
        return t("seats.group_only", who=most.name, value=high)
    ends = most.interval, least.interval
    far = ends[0] is not None and ends[1] is not None and ends[1][1] < ends[0][0]
    key = "seats.group_apart" if far else "seats.group_alike"
    return t(key, most=most.name, high=high, least=least.name, low=low)
