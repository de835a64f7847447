"""Findings about seats and people that are named in two places: texts against targets, one project against another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpi.scoring_rules import shown
from kpi.sheet import Indicator, Project, Sheet
from targets.find_model import Finding, FindingKind, Severity, cell_place, named, number, quoted, squeezed

_LINE_SEATS = re.compile(r"(?<!\d)(\d{5})热线座席资源(?:为|共)?(\d+)席")
_ITEM_PEOPLE = re.compile(r"(\d+)个座席(\d+)(?:名|人)")
_NAMED_PEOPLE = re.compile(r"([^。;,:、.\d]{2,30}(?:座席)?人员数量):(?:维持|保持|控制在)?(\d+)人")
_ITEM = re.compile(r"(?:^|(?<=[。;]))(?:\d{1,2}[、.]|\(\d{1,2}\))([^:。]{2,40}):")
_OWN_LINE = "12345"


@dataclass(frozen=True, slots=True)
class _Said:
    """A head-count or seat-count in a text. ``subject`` is a line's number (12329), a heading or a name."""

    project: Project
    label: str
    subject: str
    count: int


def seat_findings(sheet: Sheet) -> Iterator[Finding]:
    """Seats and people that contradict each other; what only repeats is no finding."""
    seats: dict[str, _Said] = {}
    people: dict[tuple[str, int], _Said] = {}
    for project in sheet.projects:
        for label, text in project.texts:
            plain_text = squeezed(re.sub(r"<[^>]+>|\n", "。", text))
            seats |= {s.subject: s for s in _seats(project, label, plain_text)}
            people |= {(s.subject, s.count): s for s in _people(project, label, plain_text)}
    yield from _sums(seats)
    counted = [(p, i) for p in sheet.projects for i in p.indicators if _counts_people(i)]
    for project, indicator in counted:
        yield from _fewer_than_seats(project, indicator, seats)
        for said in people.values():
            if said.subject in squeezed(indicator.name):
                yield from _other_head_count(project, indicator, said)


def _seats(project: Project, label: str, text: str) -> Iterator[_Said]:
    for match in _LINE_SEATS.finditer(text):
        yield _Said(project, label, match[1], int(match[2]))


def _people(project: Project, label: str, text: str) -> Iterator[_Said]:
    for match in _NAMED_PEOPLE.finditer(text):
        yield _Said(project, label, match[1], int(match[2]))
    items = list(_ITEM.finditer(text))
    for item, following in zip(items, [*items[1:], None], strict=False):
        part = text[item.end() : following.start() if following else len(text)]
        for match in _ITEM_PEOPLE.finditer(part):
            yield _Said(project, label, item[1], int(match[2]))


def _counts_people(indicator: Indicator) -> bool:
    return "人员数量" in indicator.name and indicator.full.unit == "人" and number(indicator.full) is not None


def _sums(seats: dict[str, _Said]) -> Iterator[Finding]:
    """The seats of the lines against the seat target of the project whose text names them."""
    for project in {s.project.no: s.project for s in seats.values()}.values():
        mine = [s for s in seats.values() if s.project is project]
        total = sum(s.count for s in mine)
        for indicator in project.indicators:
            target = number(indicator.full)
            if target is None or indicator.full.unit != "席" or "座席" not in indicator.name or target == total:
                continue
            yield Finding(
                FindingKind.SEATS,
                cell_place(project, indicator, "full"),
                f"{named(project)}的{mine[0].label}写 {_list(mine)},合计 {total} 席;"
                f"指标{quoted(indicator.name)}的目标是 {indicator.full.shown}。",
                f"{' + '.join(str(s.count) for s in mine)} = {total} ≠ {shown(target)}",
            )


def _fewer_than_seats(project: Project, indicator: Indicator, seats: dict[str, _Said]) -> Iterator[Finding]:
    """More seats rented for some lines than people who may sit on them (shifts need more people, never fewer)."""
    lines = [line for line in re.findall(r"(?<!\d)\d{5}(?!\d)", indicator.name) if line != _OWN_LINE]
    limit = number(indicator.full)
    if not lines or limit is None or any(line not in seats for line in lines):
        return
    mine = [seats[line] for line in lines]
    total = sum(s.count for s in mine)
    if total > limit:
        yield Finding(
            FindingKind.SEATS,
            cell_place(project, indicator, "full"),
            f"{named(mine[0].project)}的{mine[0].label}为 {_list(mine)},共 {total} 席;而{named(project)}"
            f"指标{quoted(indicator.name)}的目标是 {indicator.full.shown},座席比人多 {shown(total - limit)} 个。",
            f"{' + '.join(str(s.count) for s in mine)} = {total} 席 > {shown(limit)} 人",
            Severity.DOUBT,
        )


def _other_head_count(project: Project, indicator: Indicator, said: _Said) -> Iterator[Finding]:
    half, full = number(indicator.half), number(indicator.full)
    if full is None or said.count in (half, full):
        return
    yield Finding(
        FindingKind.SEATS,
        cell_place(project, indicator, "full"),
        f"{named(said.project)}的{said.label}写{quoted(said.subject)}{said.count} 人,"
        f"指标{quoted(indicator.name)}的目标是半年 {indicator.half.shown}、全年 {indicator.full.shown}。",
        f"{said.count} ≠ {shown(full)}" + (f",{said.count} ≠ {shown(half)}" if half is not None else ""),
    )


def _list(said: list[_Said]) -> str:
    return "、".join(f"{s.subject} 热线 {s.count} 席" for s in said)
