"""Figures of the performance contract as text: values in any unit a form prints, under the same rules as ``format``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard import format as fmt
from kpi.model import Unit
from kpi.pace_model import Pace, ProgressRow
from kpi.sheet import Cell, CellKind
from kpi.status import Operator
from targets import said

_KNOWN = {unit.value: unit for unit in Unit}


def value_text(value: float | None, unit: str, bounds: tuple[float, ...] = ()) -> str:
    """A value with its unit: “95.71 %”, “63.2 件/坐席/天”, “3 次”; “—” for none."""
    text = bare(value, unit, bounds)
    return text if value is None or not unit else f"{text} {unit}"


def brief_text(value: float | None, unit: str, bounds: tuple[float, ...] = ()) -> str:
    """The same without a unit that stands beside it anyway: “63.2”, “95.71 %”."""
    text = bare(value, unit, bounds)
    return text if value is None else f"{text} {again(unit)}".strip()


def again(unit: str) -> str:
    """A unit where one stands beside it anyway: “%” alone is written again."""
    return unit if unit == Unit.PERCENT.value else ""


def bare(value: float | None, unit: str, bounds: tuple[float, ...] = ()) -> str:
    """The value alone, on its side of every bound."""
    if value is None:
        return fmt.DASH
    known = _KNOWN.get(unit)
    if known is not None:
        return fmt.rounded(value, known, bounds)
    return fmt.rounded(value, Unit.TIMES, bounds)


def target_bounds(pace: Pace) -> tuple[float, ...]:
    """The target as a bound that rounding must not cross."""
    level = pace.target.fraction if pace.target.is_number else None
    return () if level is None else (level,)


def shown(pace: Pace, unit: str) -> fmt.Shown:
    """The value of a period as shown, or “—” with its reason; a text (grade, milestone) as it is."""
    if pace.value is not None:
        return fmt.Shown(bare(pace.value, unit, target_bounds(pace)), unit)
    if pace.text:
        return fmt.Shown(pace.text)
    reason = pace.reason.value if pace.reason else pace.status.value
    return fmt.Shown(fmt.DASH, reason=f"{reason}({pace.detail})" if pace.detail else reason)


def target_text(cell: Cell) -> str:
    """“≥ 96 %”, “充分”; “—” where the form leaves it blank."""
    if cell.kind is CellKind.BLANK:
        return fmt.DASH
    if cell.number is None:
        return cell.shown
    return " ".join(part for part in (cell.sign, fmt.level(float(cell.number)), cell.unit) if part)


def target_brief(cell: Cell) -> str:
    """The same without a unit that stands beside it anyway: “≥ 60”, “≥ 96 %”."""
    return target_text(replace(cell, unit=again(cell.unit)))


def chance(probability: float | None) -> str:
    """A probability: “38 %”, “> 99 %”, “< 1 %”; “—” for none."""
    if probability is None:
        return fmt.DASH
    if probability > 0.99:
        return "> 99 %"
    if probability < 0.01:
        return "< 1 %"
    return f"{round(probability * 100)} %"


def interval(pace: Pace, unit: str) -> str:
    """“95.2 % ~ 96.1 %”, '' without one."""
    if pace.low is None or pace.high is None:
        return ""
    return f"{bare(pace.low, unit)} ~ {value_text(pace.high, unit)}"


def required(pace: Pace, unit: str) -> str:
    """“≥ 96.9 %”: the rate still required, on the careful side of rounding."""
    if pace.required is None:
        return ""
    return said.needed(pace.required, pace.operator or Operator.AT_LEAST, unit)


def parts(pace: Pace) -> str:
    """“12,345 / 12,898”, '' where it was not divided."""
    if pace.numerator is None or pace.denominator is None:
        return ""
    return f"{fmt.number(pace.numerator)} / {fmt.number(pace.denominator)}"


def newest(row: ProgressRow, today: date) -> str:
    """The last day with data: “11月20日”, '' without."""
    return "" if row.newest is None else fmt.day(row.newest, today)
