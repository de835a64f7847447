"""How a row of a self-evaluation earns its points (RULES 6): rules as data, and the one function that applies them.

Everything is exact: decimals come in, fractions are worked with, nothing is rounded here. A percentage is a number
of percent (98.5 for 98.5 %), as the forms print it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class RowInput:
    """What is known of one row. Everything not known stays None: a missing figure is never 0.

    ``value`` in the row's unit; ``completion`` in percent, for rows judged by a person; ``grade`` the word chosen;
    ``deduction`` points taken off (0 where nothing happened); ``vetoed`` whether the veto applies.
    ``reported``/``reported_score`` are what a form itself prints as achieved; they are compared, never used.
    ``basis`` is how ``value`` was worked out; ``remark`` and ``reason`` (偏差原因) are the person's own words.
    """

    value: Decimal | None = None
    reported: Decimal | None = None
    grade: str = ""
    completion: Decimal | None = None
    deduction: Decimal | None = None
    vetoed: bool | None = None
    reported_score: Decimal | None = None
    basis: str = ""
    remark: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One interval of values and the points it earns; an end that is None is open to infinity."""

    points: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    low_closed: bool = True
    high_closed: bool = False

    def holds(self, value: Decimal) -> bool:
        """True where the value lies in the interval."""
        above = self.low is None or value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below

    @property
    def text(self) -> str:
        """The interval in signs: “90≤值<98”, “值≥98”."""
        if self.low is not None and self.high is not None:
            return f"{self.low}{'≤' if self.low_closed else '<'}值{'≤' if self.high_closed else '<'}{self.high}"
        if self.low is not None:
            return f"值{'≥' if self.low_closed else '>'}{self.low}"
        if self.high is not None:
            return f"值{'≤' if self.high_closed else '<'}{self.high}"
        return "任何值"


@dataclass(frozen=True, slots=True)
class BandRule:
    """分档: the points of the first band that holds the value."""

    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """完成率 × 权重: value ÷ target, or target ÷ value where less is better; at most ``cap`` percent.

    A value of 0 where less is better is full completion. With a target of 0: complete where the value meets it, else
    0. Without a target (or a value) the completion a person gives is taken.
    """

    target: Decimal | None = None
    lower_is_better: bool = False
    cap: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class LinearRule:
    """线性: nothing at ``floor`` and beyond, everything at ``target`` and beyond, straight between.

    ``floor`` above ``target`` means that less is better.
    """

    floor: Decimal
    target: Decimal


@dataclass(frozen=True, slots=True)
class StepRule:
    """每差 ``step`` 扣 ``points``: from the target on, for each full step missed (or each started one)."""

    target: Decimal
    step: Decimal
    points: Decimal
    lower_is_better: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class GradeRule:
    """等级: a word chosen by a person and the percent of the weight it earns."""

    grades: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class DeductionRule:
    """扣分: points taken off the total, at most ``limit``; the row has no weight of its own."""

    limit: Decimal


@dataclass(frozen=True, slots=True)
class VetoRule:
    """一票否决: earns nothing, takes nothing; where it applies the whole form gets this grade."""

    grade: str = "差"


Rule = BandRule | CompletionRule | LinearRule | StepRule | GradeRule | DeductionRule | VetoRule


@dataclass(frozen=True, slots=True)
class Earned:
    """Points before rounding, None with ``missing`` saying what is needed; ``completion`` in percent."""

    points: Fraction | None
    proof: str = ""
    completion: Fraction | None = None
    missing: str = ""


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """Rounded half-up (away from zero) from the exact fraction: 0.005 is 0.01, -0.005 is -0.01."""
    scale = 10**places
    whole = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def round_like(value: Decimal, printed: Decimal) -> Decimal:
    """A value rounded half-up to as many places as a printed figure has."""
    exponent = printed.as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0), ROUND_HALF_UP)


def shown(value: Fraction | Decimal) -> str:
    """A figure for a proof, with at most four places."""
    if isinstance(value, Fraction) or -int(value.as_tuple().exponent) > 4:
        value = half_up(Fraction(value), 4)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def apply(rule: Rule, weight: Fraction, given: RowInput) -> Earned:
    """What a row with this weight earns."""
    match rule:
        case GradeRule():
            return _graded(rule, weight, given)
        case DeductionRule():
            return _deducted(rule, given)
        case VetoRule():
            return _vetoed(rule, given)
        case CompletionRule():
            return _completed(rule, weight, given)
    if given.value is None:
        return Earned(None, missing="完成值")
    match rule:
        case BandRule():
            return _banded(rule, given.value)
        case LinearRule():
            return _linear(rule, weight, Fraction(given.value))
        case StepRule():
            return _stepped(rule, weight, Fraction(given.value))


def completion(rule: CompletionRule, given: RowInput) -> Fraction | None:
    """The completion in percent before the cap, None where it can't be had."""
    if given.value is None or rule.target is None:
        return None if given.completion is None else Fraction(given.completion)
    value, target = Fraction(given.value), Fraction(rule.target)
    if rule.lower_is_better:
        met = value <= target
        return target / value * HUNDRED if value > 0 and target > 0 else HUNDRED if met else Fraction(0)
    if target == 0:
        return HUNDRED if value >= 0 else Fraction(0)
    return value / target * HUNDRED


def _completed(rule: CompletionRule, weight: Fraction, given: RowInput) -> Earned:
    done = completion(rule, given)
    if done is None:
        return Earned(None, missing="完成率" if rule.target is None else "完成值")
    counted = max(Fraction(0), min(done, Fraction(rule.cap)))
    capped = f"(按上限 {shown(rule.cap)}% 计)" if done > counted else ""
    if given.value is None or rule.target is None:
        how = f"完成率 {shown(done)}%"
    else:
        top, bottom = (rule.target, given.value) if rule.lower_is_better else (given.value, rule.target)
        how = f"完成率 {shown(top)} ÷ {shown(bottom)} = {shown(done)}%"
        if bottom == 0 or (rule.lower_is_better and rule.target == 0):
            how = f"完成值 {shown(given.value)} 对目标 {shown(rule.target)},完成率 {shown(done)}%"
    proof = f"{how}{capped} × 权重 {shown(weight)}"
    return Earned(weight * counted / HUNDRED, proof, done)


def _banded(rule: BandRule, value: Decimal) -> Earned:
    for band in rule.bands:
        if band.holds(value):
            return Earned(Fraction(band.points), f"{shown(value)} 落在“{band.text}”,得 {shown(band.points)} 分")
    return Earned(None, missing=f"覆盖完成值 {shown(value)} 的区间")


def _linear(rule: LinearRule, weight: Fraction, value: Fraction) -> Earned:
    floor, target = Fraction(rule.floor), Fraction(rule.target)
    share = max(Fraction(0), min(Fraction(1), (value - floor) / (target - floor)))
    proof = f"({shown(value)} − {shown(floor)}) ÷ ({shown(target)} − {shown(floor)}) 取 0 至 1,= {shown(share)}"
    return Earned(weight * share, f"{proof} × 权重 {shown(weight)}", share * HUNDRED)


def _stepped(rule: StepRule, weight: Fraction, value: Fraction) -> Earned:
    target = Fraction(rule.target)
    short = max(Fraction(0), value - target if rule.lower_is_better else target - value)
    parts = short / Fraction(rule.step)
    steps = -(-parts.numerator // parts.denominator) if rule.started else parts.numerator // parts.denominator
    lost = steps * Fraction(rule.points)
    proof = f"差 {shown(short)},计 {steps} 个 {shown(rule.step)},扣 {shown(min(lost, weight))} 分"
    return Earned(max(Fraction(0), weight - lost), proof)


def _graded(rule: GradeRule, weight: Fraction, given: RowInput) -> Earned:
    if not given.grade:
        return Earned(None, missing="等级")
    share = dict(rule.grades).get(given.grade)
    if share is None:
        return Earned(None, missing=f"认得的等级(填的是“{given.grade}”,可选:{'、'.join(n for n, _ in rule.grades)})")
    proof = f"“{given.grade}”得权重的 {shown(share)}% × {shown(weight)}"
    return Earned(weight * Fraction(share) / HUNDRED, proof, Fraction(share))


def _deducted(rule: DeductionRule, given: RowInput) -> Earned:
    if given.deduction is None:
        return Earned(None, missing="扣分(没有扣分请填 0)")
    lost = max(Decimal(0), min(abs(given.deduction), rule.limit))
    return Earned(-Fraction(lost), f"扣 {shown(lost)} 分(至多 {shown(rule.limit)} 分)")


def _vetoed(rule: VetoRule, given: RowInput) -> Earned:
    if given.vetoed is None:
        return Earned(None, missing="是否一票否决")
    return Earned(Fraction(0), f"一票否决,等级直接为“{rule.grade}”" if given.vetoed else "未发生一票否决")
