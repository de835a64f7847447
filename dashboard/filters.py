"""What a page is asked to show, to and from the address: any view can be bookmarked, shared and opened as it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from dashboard import format as fmt
from dashboard.reference import NAMED, Kind, Reference
from dashboard.texts import t
from kpi.periods import PRESETS, Comparison, Period, compared_until

CUSTOM = "custom"
DEFAULT_PRESET = "this-month"
IN_HEADER = ("today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-half", "this-year")
"""The named periods offered in the header; the others stand in the panel of free periods."""

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_DAYS = 3 * 366
_CODE = re.compile(r"[\w.\-]{1,64}")
_SEAT = re.compile(r"[^\x00-\x1f<>]{1,129}")


@dataclass(frozen=True, slots=True)
class Filters:
    """The choices in the address. ``centre`` '' means all centres; ``kpi`` is the one drawn by day; ``seat`` the one
    whose page is shown; ``centres`` those held against one another, () being all there are; ``start`` and ``end`` are
    set only where ``preset`` is ``custom``; ``compare`` is what changes are measured against."""

    centre: str = ""
    preset: str = DEFAULT_PRESET
    start: date | None = None
    end: date | None = None
    kpi: str = ""
    seat: str = ""
    centres: tuple[str, ...] = ()
    compare: Reference = Reference()

    def period(self, today: date) -> Period:
        """The days asked for."""
        if self.preset == CUSTOM and self.start and self.end:
            return Period(self.start, self.end)
        return PRESETS[self.preset][1](today)

    def label(self) -> str:
        """“本月”; “所选期间” for a free one."""
        return PRESETS[self.preset][0] if self.preset in PRESETS else "所选期间"

    def comparison(self, today: date) -> Comparison | None:
        """The period against what was chosen, over a like length; None also where only today of it has begun."""
        period = self.period(today)
        return self.compare.comparison(period, compared_until(period, today), today)

    def is_to_yesterday(self, today: date) -> bool:
        """True where whole days are compared, and today, which has only begun, is left out."""
        period = self.period(today)
        return period.start <= compared_until(period, today) < today <= period.end

    def compared_with(self, today: date) -> str:
        """“较上月同期”: what the change is measured against; ``is_to_yesterday`` says until when."""
        return self.compare.words(self.preset, self.period(today), today)

    def said_comparison(self, today: date) -> str:
        """“对比上年同期 2025年3月1日–19日”, for a page printed or passed on; or why not; '' of what is usual."""
        if self.compare.kind is Kind.PREVIOUS:
            return ""
        found = self.comparison(today)
        if found is None:
            why = self.compare.obstacle(self.period(today), today)
            return t("reference.none") if self.compare.kind is Kind.NONE else why
        return t(f"reference.said_{self.compare.kind}", days=fmt.period(found.before, today))

    def pairs(self) -> dict[str, str]:
        """What differs from the default, by its word in the address."""
        pairs: dict[str, str] = {}
        if self.centre:
            pairs["centre"] = self.centre
        if self.preset == CUSTOM and self.start and self.end:
            pairs |= {"from": self.start.isoformat(), "to": self.end.isoformat()}
        elif self.preset != DEFAULT_PRESET:
            pairs["period"] = self.preset
        if self.kpi:
            pairs["kpi"] = self.kpi
        if self.seat:
            pairs["seat"] = self.seat
        if self.centres:
            pairs["centres"] = ",".join(self.centres)
        if self.compare.code:
            pairs["compare"] = self.compare.code
        return pairs

    def query(self) -> str:
        """The address's query, with its question mark; '' where everything is as by default."""
        pairs = self.pairs()
        return "?" + urlencode(pairs, safe=",") if pairs else ""

    def place(self) -> tuple[tuple[str, str], ...]:
        """Centre, period and what changes are held against, for an address of a page that has other choices."""
        return tuple(self.with_kpi("").with_seat("").with_centres(()).pairs().items())

    def with_preset(self, preset: str) -> Filters:
        """The same view over a named period."""
        return replace(self, preset=preset, start=None, end=None)

    def with_days(self, start: date, end: date) -> Filters:
        """The same view over a free period."""
        return replace(self, preset=CUSTOM, start=start, end=end)

    def with_centre(self, centre: str) -> Filters:
        """The same view of another centre."""
        return replace(self, centre=centre)

    def with_kpi(self, kpi: str) -> Filters:
        """The same view with another KPI drawn."""
        return replace(self, kpi=kpi)

    def with_seat(self, seat: str) -> Filters:
        """The same view of one seat, “centre code/seat”; '' of all."""
        return replace(self, seat=seat)

    def with_centres(self, centres: Iterable[str]) -> Filters:
        """The same view with these centres held against one another."""
        return replace(self, centres=tuple(centres))

    def with_compare(self, compare: Reference) -> Filters:
        """The same view held against something else."""
        return replace(self, compare=compare)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Filters as read, and what in the address could not be used (Chinese sentences)."""

    filters: Filters
    problems: tuple[str, ...] = ()


def _text(value: object) -> str:
    last = value[-1] if isinstance(value, list) and value else value
    return last.strip()[:64] if isinstance(last, str) else ""


def day_of(text: str) -> date | None:
    """A day written 2026-01-31, None where it is none or out of bounds."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def read_days(first: object, last: object) -> tuple[date, date] | None:
    """Two days as written in an address, None where they are no usable period."""
    start, end = day_of(_text(first)), day_of(_text(last))
    if start is None or end is None or end < start or (end - start).days >= LONGEST_DAYS:
        return None
    return start, end


def read_search(search: str | None) -> dict[str, str]:
    """The query of an address as a dict; the last of repeated keys counts."""
    return dict(parse_qsl((search or "")[:2000].removeprefix("?"), keep_blank_values=True))


def read_compare(text: str) -> Reference | None:
    """What “compare” in an address means; None where it is nothing known."""
    if text in NAMED:
        return Reference(Kind(text))
    start = day_of(text)
    return Reference(Kind.DAYS, start) if start else None


def _over_days(query: Mapping[str, object]) -> tuple[Filters, list[str]]:
    """The days asked for, and what about them could not be used: said with the period that is shown instead."""
    filters, problems = Filters(), []
    preset = _text(query.get("period"))
    if preset in PRESETS:
        filters = filters.with_preset(preset)
    days = read_days(query.get("from"), query.get("to"))
    if days:
        filters = filters.with_days(*days)
    if preset and preset not in PRESETS:
        problems.append(f"地址里的期间无法识别,已改为{filters.label()}。")
    if not days and ("from" in query or "to" in query):
        problems.append(f"地址里的起止日期无法使用,已改为{filters.label()};日期写成 2026-01-31,跨度不超过三年。")
    return filters, problems


def parse(query: Mapping[str, object], centres: Collection[str] = (), kpis: Collection[str] = ()) -> Parsed:
    """Filters from a page's query. What is unknown or out of bounds gives way to the default and is said so."""
    filters, problems = _over_days(query)
    for key, known, what, put in (
        ("centre", centres, "中心", Filters.with_centre),
        ("kpi", kpis, "指标", Filters.with_kpi),
    ):
        code = _text(query.get(key))
        if code and code in known and _CODE.fullmatch(code):
            filters = put(filters, code)
        elif code:
            problems.append(f"没有地址里的{what},已显示默认的{what}。")
    seat = query.get("seat")
    if isinstance(seat, str) and _SEAT.fullmatch(seat.strip()):
        filters = filters.with_seat(seat.strip())
    named = query.get("centres")
    if isinstance(named, str):
        codes = [code for code in dict.fromkeys(named[:2000].split(",")) if code]
        filters = filters.with_centres(code for code in codes if code in centres)
        if unknown := [code for code in codes if code not in centres]:
            problems.append(f"地址里的 centres 有 {len(unknown)} 个中心不存在,没有参加对比。")
    if compare := _text(query.get("compare")):
        reference = read_compare(compare)
        filters = filters.with_compare(reference or Reference())
        if reference is None:
            problems.append("地址里的对比方式无法识别,已改为与上一时段对比;日期写成 2026-01-31。")
    return Parsed(filters, tuple(problems))
