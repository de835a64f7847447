"""The sentences of the progress table, in Chinese: what it takes from here, or how it ended.

Figures are rounded here so that they never contradict what was decided on the unrounded value.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from kpi.misses import SHORT_OF, Misses
from kpi.model import Better, Kpi, NoValue, Unit
from kpi.rounding import exact, half_up, on_its_side
from kpi.sheet import Cell
from kpi.status import OPERATOR_SIGNS, Operator

PERCENT = Unit.PERCENT.value
NOT_STARTED = "期间还没有开始"
NOTHING_ASKED = "本期无要求"
TARGET_LOST = "目标值缺失,请在校核页补录"
LOCKED = "已锁定达标"
UNBOUND = "还没有绑定到数据或填报,请在绑定页选择"
NOTHING_DUE = "目标为 0,现在还不要求"
_DECIMALS = {PERCENT: 2, Unit.ITEMS_PER_SEAT_DAY.value: 1, Unit.SECONDS.value: 1, Unit.POINTS.value: 2}
REACHED_EARLY = "已提前达到全年目标"


def _scaled(value: float, unit: str) -> Decimal:
    return exact(value) * 100 if unit == PERCENT else exact(value)


def _cut(value: Decimal, decimals: int, rounding: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=rounding)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text


def _written(value: Decimal) -> str:
    return f"{value:,f}".replace("-", "−")


def amount(value: float, unit: str, bounds: Sequence[float] = ()) -> str:
    """A value with its unit, with as many decimals as it takes to stay on its side of every bound."""
    number = _scaled(value, unit)
    least = _DECIMALS.get(unit, 0 if number == number.to_integral_value() else 1)
    return _with_unit(_written(on_its_side(number, [_scaled(bound, unit) for bound in bounds], least)), unit)


def held_against(value: float, unit: str, target: Cell) -> str:
    """A value beside its target, never contradicting it."""
    return amount(value, unit, () if target.fraction is None else (target.fraction,))


def at_most_shown(value: float, unit: str, decimals: int = 1) -> str:
    """Rounded down: what is reached at best."""
    return _with_unit(f"{_cut(_scaled(value, unit), decimals, ROUND_FLOOR):,f}", unit)


def needed(value: float, operator: Operator, unit: str) -> str:
    """“≥ 96.9 %”: a rate still required, rounded to the careful side; to the nearest where it has to be met exactly."""
    careful = {Operator.AT_LEAST: ROUND_CEILING, Operator.AT_MOST: ROUND_FLOOR}.get(operator, ROUND_HALF_UP)
    return f"{OPERATOR_SIGNS[operator]} {_with_unit(f'{_cut(_scaled(value, unit), 1, careful):,f}', unit)}"


def _called(kpi: Kpi | None) -> Misses:
    """What a miss of this KPI is called; None: an indicator that none is behind."""
    return kpi.called_missing if kpi is not None else SHORT_OF


def may_still_miss(kpi: Kpi | None, left: float, allowance: float) -> str:
    """“还可漏接 1,234 个(已用 61 %)”, or by how much the allowance is overdrawn."""
    called = _called(kpi)
    if left < 0:
        return f"{called.verb}已超支 {_counted(_cut(exact(-left), 0, ROUND_CEILING), called.word)}"
    text = f"还可{called.verb} {_counted(_cut(exact(left), 0, ROUND_FLOOR), called.word)}"
    if allowance > 0:
        text += f"(已用 {half_up(exact((allowance - left) / allowance * 100), 0)} %)"
    return text


def _counted(whole: Decimal, word: str) -> str:
    return _with_unit(f"{whole:,f}", word)


def per_day(value: float, operator: Operator, unit: str, *, share: bool) -> str:
    """“此后每天需 ≥ 96.9 %”; a mean over days for what is no share."""
    return f"此后{'每天' if share else '平均'}需 {needed(value, operator, unit)}"


def out_of_reach(kpi: Kpi | None, best: float) -> str:
    """“已无法达标:余下全部接通也只有 95.2 %”."""
    luck = _called(kpi).best
    if kpi is not None and kpi.better is Better.LOWER:
        least = _cut(_scaled(best, PERCENT), 1, ROUND_CEILING)
        return f"已无法达标:余下{luck}也有 {least:,f} %"
    return f"已无法达标:余下{luck}也只有 {at_most_shown(best, PERCENT)}"


def ended(value: float, unit: str, goal: float, met: bool, *, locked: bool = False) -> str:
    """How a closed period ended."""
    shown = amount(value, unit, (goal,))
    if met:
        return f"期间已结束,{shown},达标"
    return f"期间已结束,{shown},{distance(abs(value - goal), unit)}未达标"


def level(value: float, unit: str, goal: float, met: bool) -> str:
    """Where a figure stands that can't be paced."""
    shown = amount(value, unit, (goal,))
    return f"现为 {shown},已达到" if met else f"现为 {shown},{distance(abs(value - goal), unit)}还没有达到"


def without_value(reason: NoValue | None, detail: str) -> str:
    """Why there is no figure."""
    text = (reason or NoValue.NO_DATA).value
    return f"{text}: {detail}" if detail else text


def too_few(sample: float, wanted: float) -> str:
    """“样本不足(12/30)”."""
    return f"样本不足({amount(sample, '')}/{amount(wanted, '')})"


def distance(gap: float, unit: str) -> str:
    """“差 0.30 个百分点,”: how far off, '' where it is nothing."""
    if gap <= 0:
        return ""
    if unit == PERCENT:
        return f"差 {amount(gap * 100, '', (0.0,))} 个百分点,"
    return f"差 {amount(gap, unit, (0.0,))},"


def still_needed(missing: float, daily: float | None, unit: str) -> str:
    """“还差 12 件,每个工作日 0.3 件”."""
    text = f"还差 {amount(missing, unit, (0.0,))}"
    if daily is None:
        return f"{text},期间内已没有工作日"
    return f"{text},每个工作日 {amount(daily, unit, (0.0,))}"


def may_still_come(left: float, unit: str) -> str:
    """“还剩 3 次”, “已超 2 次”."""
    return f"已超 {amount(-left, unit)}" if left < 0 else f"还剩 {amount(left, unit)}"


def against_plan(points: float) -> str:
    """“比进度慢 4.2 个百分点”."""
    shown = half_up(exact(abs(points)), 1)
    if not shown:
        return "与进度一致"
    return f"比进度{'慢' if points < 0 else '快'} {shown:f} 个百分点"


def growth(now: float, before: float) -> str:
    """“同比 +10.96 %”."""
    change = half_up(exact((now / before - 1) * 100), 2)
    return f"同比 {'+' if change > 0 else ''}{change:,f} %".replace("-", "−")
