"""Checks of a source that need more than one key: opening hours, date formats, what a shape asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

import duckdb

from ingest.config_nodes import At
from ingest.mapping import HourField, Kind, MomentField, OpeningHours, RowMapping, Shape
from kpi.measures import BY_CODE
from kpi.model import Fact

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = ((0, 1440),)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_DERIVED = ("items", "seat_days")


def read_opening_hours(at: At) -> OpeningHours | None:
    """“08:00-18:00”, “08:00-12:00, 14:00-18:00” (every day) or a mapping of weekdays to these."""
    days: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    if at.is_map:
        for label, item in at.pairs().items():
            for day in _weekdays(label, item):
                _add_spans(days, day, item)
    else:
        for day in range(7):
            _add_spans(days, day, at)
    return OpeningHours(tuple(tuple(sorted(spans)) for spans in days)) if any(days) else None


def _weekdays(label: str, at: At) -> list[int]:
    found: list[int] = []
    for part in label.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            at.problem(f"不认识的星期 ‘{part}’;写 mon-fri、sat-sun 或 {', '.join(_DAYS)}")
            continue
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found.extend(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    return found


def _add_spans(days: list[list[tuple[int, int]]], day: int, at: At) -> None:
    for part in at.text().split(","):
        match = _SPAN.fullmatch(part.strip())
        start, end = _minutes(match) if match else (0, 0)
        if match is None or start == end or max(start, end) > 1440:
            at.problem(f"开放时间要写成 08:00-18:00 的样子,现在是 ‘{part.strip()}’")
            return
        if start < end:
            days[day].append((start, end))
        else:  # over midnight
            days[day].append((start, 1440))
            if end:
                days[(day + 1) % 7].append((0, end))


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    hour1, minute1, hour2, minute2 = (int(part) for part in match.groups())
    if minute1 > 59 or minute2 > 59:
        return 0, 0
    return hour1 * 60 + minute1, hour2 * 60 + minute2


def check_formats(mapping: RowMapping, places: Mapping[str, At]) -> None:
    """Notes date formats that are none, lack a part, or would read one text as two different days."""
    for name, found in mapping.fields:
        if isinstance(found, MomentField | HourField) and found.formats and name in places:
            at, seen = places[name], dict[str, str]()
            for text in found.formats:
                complaint = _format_complaint(text, with_day=name != "month" and isinstance(found, MomentField))
                if complaint:
                    at.problem(f"日期格式 ‘{text}’ {complaint}")
                shape, order = _date_order(text)
                if seen.setdefault(shape, order) != order:
                    at.problem(
                        "同时写了“月在前”和“日在前”的格式,03/04 会被读成两个不同的日子;"
                        "请只留一种,把另一种文件分成另一个来源"
                    )


def _format_complaint(text: str, *, with_day: bool) -> str:
    if re.search(r"%[zZ]", text):
        return "里不要写时区:请导出本地时间,或在来源系统里换算好"
    if not _is_format(text):
        return "不是有效的格式;例: %Y-%m-%d %H:%M:%S (年 %Y 月 %m 日 %d 时 %H 分 %M 秒 %S)"
    parts = set(re.findall(r"%-?([a-zA-Z])", text))
    if with_day and not (parts & set("Yy") and (parts & set("mbB") and "d" in parts or "j" in parts)):
        return "缺少年 (%Y)、月 (%m) 或日 (%d)"
    return ""


@lru_cache(maxsize=256)
def _is_format(text: str) -> bool:
    """Whether the engine reads dates by it. Kept: to ask takes longer than to read all else of a file of sources."""
    with duckdb.connect() as con:
        try:
            con.execute("SELECT try_strptime('', ?)", [text])
        except duckdb.Error:
            return False
    return True


def _date_order(text: str) -> tuple[str, str]:
    """The date part of a format with its directives masked, and the order of day and month in it."""
    day_part = re.split(r"[ T]", text.strip())[0].replace("%-", "%")
    return re.sub(r"%[mdy]", "%n", day_part), "".join(re.findall(r"%([mdy])", day_part))


def check_shape(at: At, shape: Shape, kind: Kind, mapping: RowMapping, *, start_date: bool) -> None:
    """Notes what the shape of a source asks for and is not there."""
    if kind is Kind.ASTERISK:
        return
    names, codes = dict(mapping.fields), [code for code, _ in mapping.measures]
    if shape in (Shape.DAYS, Shape.MONTHS):
        if not codes:
            at.problem("要在 measures 里写出每个计量取自哪一列")
    elif codes:
        at.problem(f"shape: {shape} 的来源由每行算出计量,不写 measures;已经汇总的数据请用 shape: days")
    if shape is Shape.DAYS:
        if ("day" in names) == start_date:
            at.problem("要写日期列 columns.day;源文件没有日期列时改写 start_date (第一行是哪一天),二者取一")
        if start_date and kind is not Kind.FILES:
            at.problem("start_date 只用于文件来源")
        _check_day_measures(at, codes, "seat" in names)
        _check_seat_texts(at, names)
    elif start_date:
        at.problem("start_date 只用于 shape: days")
    if shape is Shape.CALLS and "returned" in names and "number_known" not in names:
        at.problem("写了 returned (已回拨) 就还要写 number_known (漏接有号码)")


def _check_seat_texts(at: At, names: Collection[str]) -> None:
    for name in ("team", "shift"):
        if name in names and "seat" not in names:
            at.problem(f"写了 {name} 就还要写 seat (工号列): 班组与班次是坐席的")


def _check_day_measures(at: At, codes: list[str], with_seat: bool) -> None:
    for code in codes:
        if code in _DERIVED:
            at.problem(f"‘{code}’ 是由座席数据推算的,请改写 seat_calls、seat_orders 或 signed_in_seconds")
        elif code in BY_CODE and BY_CODE[code].fact is Fact.SEAT and not with_seat:
            at.problem(f"‘{code}’ 按座席统计,要在 columns 里写出 seat (工号列)")
