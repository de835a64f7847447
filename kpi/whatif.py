"""What if, from tomorrow: a rate held, or seats added (RULES 4). Plain arithmetic, no forecast."""

from __future__ import annotations

from dataclasses import dataclass

SEATS_NOTE = (
    "按每个坐席每天接起的量不变推算: 坐席增加几成, 接起能力增加几成, 最高到 100%。"
    "没有考虑忙闲时段与排队, 新增坐席不在高峰上岗时达不到这个数, 请当作上限看。"
)


def hold_rate(numerator: float, denominator: float, remaining: float, rate: float) -> float | None:
    """End value if ``rate`` holds over the ``remaining`` denominator; None where there is no denominator at all.

    Raises ValueError for a negative remaining denominator.
    """
    if remaining < 0:
        raise ValueError("剩余分母不能为负数")
    whole = denominator + remaining
    return (numerator + rate * remaining) / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class SeatsEffect:
    """``rate``: over the rest of the period with the seats added; ``value``: at its end. ``bounded``: the ceiling was
    reached, more seats change nothing. ``note``: how it was worked out, for the page."""

    rate: float
    value: float | None
    bounded: bool
    note: str = SEATS_NOTE


def add_seats(
    numerator: float,
    denominator: float,
    remaining: float,
    rate: float,
    seats: float,
    added: float,
    *,
    ceiling: float = 1.0,
) -> SeatsEffect:
    """An answered share when ``added`` seats join (or, negative, leave) ``seats``.

    ``rate``: share expected without them. What is answered scales with the seats: rate × (seats + added) ÷ seats,
    between 0 and ``ceiling`` (a share can't pass 1; the best month on record is a more careful ceiling). A rate above
    the ceiling already is kept when seats join. Raises ValueError where there are no seats, or fewer than leave.
    """
    if seats <= 0 or seats + added < 0:
        raise ValueError("现有坐席必须大于 0, 减少的坐席不能超过现有坐席")
    scaled = rate * (seats + added) / seats
    most = max(ceiling, rate) if added >= 0 else ceiling
    reached = min(max(scaled, 0.0), most)
    return SeatsEffect(reached, hold_rate(numerator, denominator, remaining, reached), scaled > most)
