"""Which formula was in force on which day (RULES 2): a change never rewrites the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from kpi.measures import ANSWER_LIMITS, SHORT_LIMITS, STRICT_LIMITS
from kpi.model import Definition, Kpi, Terms
from kpi.periods import Period

BEGINNING = date(1, 1, 1)
MODES = ("ratio_of_sums", "mean_of_months")


def resolve(terms: Terms, definition: Definition) -> Mapping[str, int]:
    """The terms with this definition's T and short-abandon limit filled in: {measure code: factor}."""
    return _resolved(terms, definition.limit, definition.short)


@lru_cache(maxsize=1024)
def _resolved(terms: Terms, limit: int, short: int) -> Mapping[str, int]:
    return MappingProxyType({code.format(limit=limit, short=short): sign for code, sign in terms})


def formula_text(kpi: Kpi, definition: Definition) -> str:
    """The formula in force, in Chinese, with its limits filled in."""
    return kpi.formula(definition.formula).text.format(limit=definition.limit, short=definition.short)


def check(definition: Definition, kpi: Kpi) -> None:
    """Raises ValueError in Chinese where the definition names a formula, limit or mode that there is not."""
    try:
        formula = kpi.formula(definition.formula)
    except KeyError as error:
        raise ValueError(str(error.args[0])) from None
    codes = " ".join(code for code, _ in (*formula.numerator, *formula.denominator))
    if "_within_{limit}" in codes and definition.limit not in ANSWER_LIMITS:
        raise ValueError(f"T={definition.limit} 秒不在可选值 {ANSWER_LIMITS} 之中")
    if "_under_{limit}" in codes and definition.limit not in STRICT_LIMITS:
        raise ValueError(f"“不足 T 秒”的 T={definition.limit} 不在可选值 {STRICT_LIMITS} 之中")
    if "{short}" in codes and definition.short not in SHORT_LIMITS:
        raise ValueError(f"短时放弃上限 {definition.short} 秒不在可选值 {SHORT_LIMITS} 之中")
    if definition.mode not in MODES:
        raise ValueError(f"汇总方式 {definition.mode!r} 不是 {' 或 '.join(MODES)}")


@dataclass(frozen=True, slots=True)
class Segment:
    """Days under one definition."""

    period: Period
    definition: Definition


class Definitions:
    """All definitions of an installation."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._all = sorted(definitions, key=lambda d: d.valid_from)
        self._of: dict[str, list[Definition]] = {}
        for one in self._all:
            self._of.setdefault(one.kpi, []).append(one)

    def __iter__(self) -> Iterator[Definition]:
        return iter(self._all)

    def in_force(self, kpi: Kpi, chain: Sequence[str], day: date) -> Definition:
        """The definition for a centre on a day. ``chain`` is the centre's code, then its parents'.

        The nearest centre in the chain that has one wins, then the one for all centres, then the default.
        """
        own = self._of.get(kpi.code, ())
        for centre in (*chain, None) if own else ():
            valid = [d for d in own if d.centre == centre and d.valid_from <= day]
            if valid:
                return valid[-1]
        return Definition(kpi.code, BEGINNING, kpi.formulas[0].code)

    def depends_on_centre(self, kpi: Kpi) -> bool:
        """True where a centre may have a definition of its own."""
        return any(one.centre is not None for one in self._of.get(kpi.code, ()))

    def without(self, definition: Definition) -> Definitions:
        """All but one."""
        return Definitions(d for d in self._all if d != definition)

    def segments(self, kpi: Kpi, chain: Sequence[str], period: Period, formula: str | None = None) -> list[Segment]:
        """The period cut where the definition changes. ``formula`` asks for another formula with the same limits."""
        own = self._of.get(kpi.code, ())
        changes = {d.valid_from for d in own if period.start < d.valid_from <= period.end}
        starts = [period.start, *sorted(changes)]
        ends = [*(start - timedelta(days=1) for start in starts[1:]), period.end]
        segments: list[Segment] = []
        for start, end in zip(starts, ends, strict=True):
            definition = self.in_force(kpi, chain, start)
            if formula is not None:
                definition = replace(definition, formula=kpi.formula(formula).code)
            if segments and segments[-1].definition == definition:
                segments[-1] = Segment(Period(segments[-1].period.start, end), definition)
            else:
                segments.append(Segment(Period(start, end), definition))
        return segments
