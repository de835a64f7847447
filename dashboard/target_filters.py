"""What the pages of the performance contract are asked to show, to and from the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from dashboard.filters import day_of
from kpi.pace_model import PaceClass, ProgressRow
from kpi.status import Status

STATUS_CODES = {status.name.lower().replace("_", "-"): status for status in Status}
ONLY_NUMBERS = "numbers"
PLACE = ("centre", "period", "from", "to", "compare")
"""What ``Filters.place`` writes into an address."""
_PLAIN = re.compile(r"[\w.\-]{1,64}")


@dataclass(frozen=True, slots=True)
class TargetFilters:
    """``sheet`` '' : the first there is. ``as_of`` None: today. ``status`` '' and ``project`` 0: all of them.
    ``only`` “numbers”: indicators with a figure alone. ``unknown``: the sheet the address named, where there is none of
    that name and another is shown. ``place``: centre and period of the page one came from, which a sheet has of its
    own: they stay in the address for the pages one goes to."""

    sheet: str = ""
    as_of: date | None = None
    status: str = ""
    project: int = 0
    only: str = ""
    unknown: str = ""
    place: tuple[tuple[str, str], ...] = ()

    def query(self, **more: str) -> str:
        """The address's query with its question mark, '' where everything is as by default."""
        pairs = {
            "sheet": self.sheet,
            "asof": self.as_of.isoformat() if self.as_of else "",
            "status": self.status,
            "project": str(self.project) if self.project else "",
            "only": self.only,
        }
        pairs |= {**more, **dict(self.place)}
        kept = {name: value for name, value in pairs.items() if value}
        return "?" + urlencode(kept) if kept else ""

    def with_(self, **changes: object) -> TargetFilters:
        """The same view with something else chosen."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def of_sheet(self) -> TargetFilters:
        """The same sheet on the same day, with nothing left out."""
        return replace(self, status="", project=0, only="")

    def keeps(self, row: ProgressRow, as_of: date) -> bool:
        """True for an indicator that the filters let through."""
        if self.project and row.project != self.project:
            return False
        if self.only == ONLY_NUMBERS and (row.binding is None or row.binding.pace is PaceClass.GRADE):
            return False
        wanted = STATUS_CODES.get(self.status)
        return wanted is None or row.due(as_of).status is wanted


def parse(query: Mapping[str, object], sheets: tuple[str, ...], today: date) -> TargetFilters:
    """Filters from an address; what is unknown or out of bounds gives way to the default."""

    def word(name: str) -> str:
        value = query.get(name)
        return value.strip()[:64] if isinstance(value, str) else ""

    as_of = day_of(word("asof"))
    project = word("project")
    return TargetFilters(
        sheet=word("sheet") if word("sheet") in sheets else (sheets[0] if sheets else ""),
        as_of=as_of if as_of is not None and as_of < today else None,
        status=word("status") if word("status") in STATUS_CODES else "",
        project=int(project) if project.isascii() and project.isdigit() and len(project) < 5 else 0,
        only=ONLY_NUMBERS if word("only") == ONLY_NUMBERS else "",
        unknown=word("sheet") if sheets and word("sheet") not in ("", *sheets) else "",
        place=tuple((name, word(name)) for name in PLACE if _PLAIN.fullmatch(word(name))),
    )
