"""What is wrong with a rule: told to the person who writes it, on a page or in a file, before it is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerts.observe_sheets import burn_window
from alerts.rules import check_burn
from alerts.seen import KPI_KINDS, SHEET_KINDS
from db.bindings import load_bindings
from db.centres import tree
from db.errors import StoreError
from db.journal import source_states
from db.sheets import load_sheet
from kpi.alert_model import AlertKind, AlertRule
from kpi.catalogue import Catalogue
from kpi.pace_model import BoundTo
from kpi.periods import Period
from kpi.sheet import Indicator, Sheet
from targets.pace_base import goal_of

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
SHARES = (AlertKind.PROJECTED_MISS, AlertKind.CAP, AlertKind.REJECT_SHARE, AlertKind.BURN_RATE)


@dataclass(frozen=True)
class Known:
    """What rules may name: read once for a whole file."""

    catalogue: Catalogue
    centres: frozenset[str]
    sources: frozenset[str]
    sheets: Mapping[str, Sheet]
    conn: Connection


def known_of(conn: Connection, catalogue: Catalogue, sheets: Sequence[str]) -> Known:
    """What there is. Of the sheets named those that exist."""
    found: dict[str, Sheet] = {}
    for code in dict.fromkeys(sheets):
        try:
            found[code] = load_sheet(conn, code)
        except StoreError:
            continue
    centres = frozenset(tree(conn).by_code)
    return Known(catalogue, centres, frozenset(state.code for state in source_states(conn)), found, conn)


def problems(rule: AlertRule, known: Known) -> list[tuple[str, str]]:
    """(field, Chinese sentence) of everything wrong; nothing for a rule that can be stored."""
    found = [*_of_itself(rule), *_of_subject(rule, known)]
    if rule.kind is AlertKind.BURN_RATE and not found:
        found += [("share", text) for text in _never(rule, known)]
    return found


def _of_itself(rule: AlertRule) -> list[tuple[str, str]]:
    found = []
    if not CODE.fullmatch(rule.code):
        found.append(("code", f"代码 {rule.code!r} 不行: 只用字母、数字、. - _,最多 96 个"))
    if rule.operator not in (">=", "<="):
        found.append(("operator", "只能是 >= 或 <=,即数值怎样才算正常"))
    if rule.recover_level is not None:
        wrong = rule.recover_level < rule.level if rule.operator == ">=" else rule.recover_level > rule.level
        if wrong:
            found.append(("recover_level", "恢复线要在告警线的好的一侧,否则会反复告警"))
    for name in ("hold_minutes", "recover_minutes", "repeat_minutes", "escalate_minutes", "min_sample", "window_days"):
        if getattr(rule, name) < 0:
            found.append((name, "不能是负数"))
    if rule.kind in SHARES and not 0 <= rule.level <= 1:
        found.append(("level", "这类规则的告警线在 0 与 1 之间,例如 50% 写成 50% 或 0.5"))
    if not rule.group.strip():
        found.append(("group", "请写明通知哪个组"))
    return found


def _of_subject(rule: AlertRule, known: Known) -> list[tuple[str, str]]:
    if rule.centre and rule.centre not in known.centres:
        return [("centre", f"没有中心 {rule.centre!r};现有: {'、'.join(sorted(known.centres)) or '(还没有)'}")]
    if rule.kind in KPI_KINDS:
        if rule.reference in known.catalogue.kpis:
            return []
        return [("reference", f"指标目录里没有 {rule.reference!r};运行 kpi --list 查看")]
    if rule.kind in SHEET_KINDS:
        sheet = known.sheets.get(rule.sheet)
        if sheet is None:
            return [("sheet", f"没有目标表 {rule.sheet!r};运行 targets list 查看")]
        if indicator_of(sheet, rule.reference) is None:
            return [("reference", f"目标表 {rule.sheet} 里没有代码为 {rule.reference!r} 的指标;也可以写指标名称")]
        return []
    if rule.reference not in known.sources:
        return [("reference", f"没有数据源 {rule.reference!r};现有: {'、'.join(sorted(known.sources)) or '(还没有)'}")]
    return []


def indicator_of(sheet: Sheet, key: str) -> Indicator | None:
    """The indicator with this key."""
    return next((indicator for _project, indicator, own in sheet.indicators() if own == key), None)


def key_of(sheet: Sheet, name: str) -> str | None:
    """The key of the only indicator with this key or name."""
    keys = [key for _project, one, key in sheet.indicators() if name in (key, one.name)]
    return keys[0] if len(keys) == 1 else None


def _never(rule: AlertRule, known: Known) -> list[str]:
    """Why a burn rate could never fire, in whichever period has a target."""
    sheet = known.sheets[rule.sheet]
    indicator, binding = indicator_of(sheet, rule.reference), load_bindings(known.conn, rule.sheet).get(rule.reference)
    if binding is None or binding.bound_to is not BoundTo.KPI or binding.reference not in known.catalogue.kpis:
        return ["只有绑定到业务数据的比率才有余量,这个指标没有"]
    assert indicator is not None
    kpi, first = known.catalogue.kpis[binding.reference], date(sheet.year, 1, 1)
    found = []
    ends = ((indicator.half, date(sheet.year, 6, 30)), (indicator.full, date(sheet.year, 12, 31)))
    for cell, end in ends:
        if cell.is_number:
            goal, period = goal_of(cell, binding.pace, kpi.better, kpi), Period(first, end)
            target = goal.value if goal.operator.value == ">=" else 1 - goal.value
            found.append(check_burn(target, rule.share, burn_window(rule, period), period.days))
    return [text for text in found[:1] if text] if found else ["这个指标没有数值目标,没有余量可消耗"]
