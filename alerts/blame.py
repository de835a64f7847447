"""What contributed most: hours, queues, seats, categories against their usual share, in events.

Of a share the events are those that missed; each place's usual share of them is that of the four weeks before, so
“10 时多出 21 个” means: 21 more than that hour would have had of as many misses on a usual day. Of a mean (seconds,
items a seat) the events are what the value is made of, against the place's own usual mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from alerts.seen import Subject
from db.answers import evaluate
from kpi.catalogue import BUILTIN, Catalogue
from kpi.misses import HAPPENED, SHORT_OF
from kpi.model import Ask, Better, Grain, Kpi, KpiValue, Unit
from kpi.periods import ONE_DAY
from kpi.showing import Showing

USUAL_DAYS = 28
MOST = 3
LEAST_EVENTS = 3.0
LEAST_SHARE = 0.05
"""A place that adds less than this part of all events is not named."""

GRAINS = (Grain.HOUR, Grain.QUEUE, Grain.CHANNEL, Grain.SEAT, Grain.DEPARTMENT, Grain.CATEGORY)
_NAMES = {
    Grain.HOUR: "{}时", Grain.QUEUE: "技能组“{}”", Grain.CHANNEL: "渠道“{}”", Grain.SEAT: "座席 {}",
    Grain.DEPARTMENT: "承办单位“{}”", Grain.CATEGORY: "类别“{}”",
}  # fmt: skip
SOMEBODY = ("有一个座席", "另有一个座席")
"""What the first and any further seat is called where seats go without names."""
MORE, LESS = "比平常多", "比平常少"
_MISSES = (SHORT_OF, HAPPENED, *(kpi.misses for kpi in BUILTIN if kpi.misses is not None))
_VERBS = (MORE, LESS, *(f"{one.verb} [0-9]" for one in _MISSES))
_A_SEAT = re.compile(rf"座席 .+?(?={'|'.join(_VERBS)})")
"""A sentence's seat, up to what it did."""


@dataclass(frozen=True, slots=True)
class Part:
    """One place's part. ``events`` in the span, ``usual`` as many as it would have had, ``share`` and
    ``usual_share`` of all (None for a mean)."""

    grain: Grain
    key: str
    events: float
    usual: float
    share: float | None = None
    usual_share: float | None = None

    @property
    def more(self) -> float:
        """By how much it was worse than usual, in events."""
        return self.events - self.usual


def causes(conn: Connection, catalogue: Catalogue, subject: Subject, showing: Showing) -> tuple[str, ...]:
    """Sentences naming what contributed most, the worst first; none where no KPI is behind the subject or nothing
    stands out. ``showing``: how far single seats may be named."""
    kpi = catalogue.kpis.get(subject.kpi)
    if kpi is None or subject.span is None or kpi.is_count:
        return ()
    found = worst(conn, kpi, catalogue, subject.centre, subject.span, grains=grains_shown(showing))
    return as_shown([sentence(kpi, part) for part in found], showing)


def grains_shown(showing: Showing) -> tuple[Grain, ...]:
    """What may be looked at for causes."""
    return tuple(grain for grain in GRAINS if grain is not Grain.SEAT or showing is not Showing.OFF)


def as_shown(sentences: Iterable[str], showing: Showing) -> tuple[str, ...]:
    """Sentences of ``causes`` as they may be read now, though they were made when seats were shown otherwise."""
    return tuple(sentences) if showing is Showing.ON else tuple(_nameless(sentences, showing))


def _nameless(sentences: Iterable[str], showing: Showing) -> Iterator[str]:
    seats = 0
    for text in sentences:
        if not text.startswith(("座席 ", *SOMEBODY)):
            yield text
        elif showing is Showing.ANONYMOUS and (text.startswith(SOMEBODY) or _A_SEAT.match(text)):
            yield _A_SEAT.sub(SOMEBODY[min(seats, 1)], text, count=1)
            seats += 1


def worst(
    conn: Connection,
    kpi: Kpi,
    catalogue: Catalogue,
    centre: str,
    span: tuple[date, date],
    most: int = MOST,
    grains: Sequence[Grain] = GRAINS,
) -> list[Part]:
    """The parts that add most beyond the usual, at most two of a kind."""
    centres = (centre,) if centre else ()
    found: list[Part] = []
    for grain in grains:
        now = _ask(conn, catalogue, kpi, centres, span, grain)
        if len(now) < 2:
            continue
        before = (span[0] - timedelta(days=USUAL_DAYS), span[0] - ONE_DAY)
        usual = _ask(conn, catalogue, kpi, centres, before, grain)
        found += sorted(parts_of(kpi, grain, now, usual), key=lambda part: -part.more)[:2]
    return sorted(found, key=lambda part: -part.more)[:most]


def _ask(
    conn: Connection, catalogue: Catalogue, kpi: Kpi, centres: tuple[str, ...], span: tuple[date, date], by: Grain
) -> dict[str, KpiValue]:
    ask = Ask((kpi.code,), centres, span[0], span[1], span[1], by)
    return {value.key: value for value in evaluate(conn, catalogue, ask).values[kpi.code] if value.key}


def parts_of(kpi: Kpi, grain: Grain, now: Mapping[str, KpiValue], usual: Mapping[str, KpiValue]) -> list[Part]:
    """The places that had more events than usual, worth naming. ``now`` and ``usual`` by key."""
    if kpi.unit is not Unit.PERCENT:
        return _of_a_mean(kpi, grain, now, usual)
    events = {key: _missed(kpi, value) for key, value in now.items()}
    total = sum(events.values())
    before = {key: _missed(kpi, usual[key]) for key in now if key in usual}
    all_before = sum(before.values())
    if total <= 0 or all_before <= 0:
        return []
    found = []
    for key, count in events.items():
        usual_share = before.get(key, 0.0) / all_before
        found.append(Part(grain, key, count, usual_share * total, count / total, usual_share))
    return [part for part in found if part.more >= max(LEAST_EVENTS, LEAST_SHARE * total)]


def _of_a_mean(kpi: Kpi, grain: Grain, now: Mapping[str, KpiValue], usual: Mapping[str, KpiValue]) -> list[Part]:
    """Against each place's own usual mean; of what should be high, what is lacking counts."""
    sign = -1.0 if kpi.better is Better.HIGHER else 1.0
    found = []
    for key, value in now.items():
        mean = usual[key].value if key in usual else None
        if mean is None or value.numerator is None or value.denominator is None:
            continue
        usually = mean * value.denominator
        found.append(Part(grain, key, sign * value.numerator, sign * usually))
    total = sum(abs(part.events) for part in found)
    return [part for part in found if part.more >= max(LEAST_EVENTS, LEAST_SHARE * total / max(len(found), 1))]


def _missed(kpi: Kpi, value: KpiValue) -> float:
    above, below = value.numerator or 0.0, value.denominator or 0.0
    return above if kpi.better is Better.LOWER else below - above


def sentence(kpi: Kpi, part: Part) -> str:
    """“10时漏接 45 个,占 90%(平常 40%),多出 25 个”; of a mean “座席 1001比平常少 40 件”."""
    key = part.key.rpartition("/")[2] if part.grain is Grain.SEAT else part.key
    place = _NAMES[part.grain].format(int(key) if part.grain is Grain.HOUR else key)
    if part.share is None or part.usual_share is None:
        what = LESS if kpi.better is Better.HIGHER else MORE
        unit = "秒" if kpi.unit is Unit.SECONDS else "件"
        return f"{place}{what} {part.more:,.0f} {unit}"
    called = kpi.called_missing
    more = f"{part.more:,.0f} {called.word}".rstrip()
    count = f"{part.events:,.0f} {called.word}".rstrip()
    return f"{place}{called.verb} {count},占 {part.share:.0%}(平常 {part.usual_share:.0%}),多出 {more}"
