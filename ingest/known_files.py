"""Which files of an inbox are to be taken: what is new, and what was taken before but no longer stands.

A file is known by content. The newest delivery wins: a known file whose days a later take has filled is taken again
if it was delivered again, that is, its time of change is another than when it was taken, and is after that of the
file that filled its days. So a file that comes back (A, corrected to B, then A again) counts, while an inbox that
holds A and B for ever rests at B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from db.pulls import Take
from ingest.batch import FileTaken

PartDay = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Lying:
    """A file that lies in the inbox. ``changed``: its time of change, in nanoseconds since 1970."""

    path: Path
    file: FileTaken
    changed: int


class KnownFiles:
    """The files taken from a source so far. ``by_name``: the source's files add up, so each fills days of its own."""

    def __init__(self, takes: Sequence[Take], *, by_name: bool = False) -> None:
        self._by_name = by_name
        self._takes = {(take.sha256, take.mapping_version): take for take in takes}
        self._newer: dict[int, tuple[int, str]] = {}
        latest: dict[PartDay, tuple[int, str]] = {}
        for take in sorted(takes, key=lambda one: one.run_id, reverse=True):
            days = list(self._days(take))
            later = [latest[day] for day in days if day in latest]
            if later:
                self._newer[take.run_id] = max(later)
            for day in days:
                latest[day] = max(latest.get(day, (0, "")), (take.delivered, take.sha256))

    def _days(self, take: Take) -> Iterator[PartDay]:
        if take.days is not None:
            first, last = take.days
            for number in range((last - first).days + 1):
                yield (take.name if self._by_name else "", first + timedelta(days=number))

    def take_of(self, file: FileTaken) -> Take | None:
        """When the file was taken last under the mapping of today, None for never."""
        return self._takes.get((file.sha256, file.mapping_version))

    def is_overtaken(self, one: Lying) -> bool:
        """Whether a known file was delivered again after others had filled days of it.

        Or whether it filled them itself since, under another mapping than today's.
        """
        take = self.take_of(one.file)
        newer = self._newer.get(take.run_id) if take is not None else None
        if take is None or newer is None:
            return False
        delivered, sha256 = newer
        return sha256 == take.sha256 or (one.changed != take.changed and one.changed > delivered)

    def new_ones(self, lying: Sequence[Lying]) -> list[Lying]:
        """Those never taken, and those to be taken once more; each content once."""
        return _once([one for one in lying if self.take_of(one.file) is None or self.is_overtaken(one)])

    def overtaken(self, lying: Sequence[Lying]) -> list[Lying]:
        """Those to be taken once more."""
        return _once([one for one in lying if self.is_overtaken(one)])

    def all_that_count(self, lying: Sequence[Lying]) -> list[Lying]:
        """All of them, but for known ones each day of which a newer file that lies there fills anyway."""
        filled: set[PartDay] = set()
        kept: list[Lying] = []
        for one in reversed(lying):  # the newest first
            take = self.take_of(one.file)
            days = set(self._days(take)) if take is not None else set()
            if not days or not days <= filled:
                kept.append(one)
            filled |= days
        return _once(kept[::-1])


def _once(lying: Sequence[Lying]) -> list[Lying]:
    seen: dict[str, Lying] = {}
    for one in lying:
        seen.setdefault(one.file.sha256, one)
    return list(seen.values())
