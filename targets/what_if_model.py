"""The answer to a what-if as plain data, for pages and commands."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.periods import Period
from kpi.sheet import Cell
from kpi.status import Status


@dataclass(frozen=True, slots=True)
class WhatIfEnd:
    """How a period would end. ``value`` None with ``reason`` where nothing can be said; percentages are fractions.

    ``without``: the end as it is foretold (or, without a forecast, the value to date). ``rate``: over the days to
    come. ``bounded``: more seats change nothing any more. ``seats_needed``: seats to add so that the target is just
    met, None where no number of seats does it or it was not asked.
    """

    period: Period
    target: Cell
    value: float | None
    status: Status
    without: float | None = None
    rate: float | None = None
    bounded: bool = False
    seats_needed: int | None = None
    reason: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer for both periods. ``seats``: seats at work on an average day lately; ``note``: how it was worked
    out, with its limits."""

    key: str
    name: str
    unit: str
    half: WhatIfEnd
    full: WhatIfEnd
    note: str
    seats: float | None = None
