"""How long callers waited: counts within each limit that the facts keep, over the days that tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection

from db.day_series import day_grid
from kpi.measures import ANSWER_LIMITS

ANSWERED, ABANDONED = "answered", "abandoned"


@dataclass(frozen=True, slots=True)
class WaitSums:
    """Calls of one kind. ``within``: limit in seconds (inclusive) → calls that waited no longer; ``total``: all of
    them, over the ``days`` (centre-days) that tell every one of these limits; ``passed``: centre-days with calls."""

    total: float
    within: Mapping[int, float]
    days: int
    passed: int


def wait_sums(conn: Connection, centres: Sequence[int], start: date, end: date) -> dict[str, WaitSums]:
    """Answered and abandoned calls by how long they waited. Limits that hardly any day tells are left out."""
    codes = [kind if limit is None else f"{kind}_within_{limit}" for kind in _KINDS for limit in (None, *ANSWER_LIMITS)]
    grid = day_grid(conn, codes, centres, start, end)
    width = len(ANSWER_LIMITS) + 1
    return {kind: _summed(grid[:, at * width : (at + 1) * width]) for at, kind in enumerate(_KINDS)}


_KINDS = (ANSWERED, ABANDONED)


def _summed(block: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> WaitSums:
    """``block``: (centre, total and limits, day). The limits told on the most days count, and those days alone."""
    given = ~np.isnan(block)
    told = [int((given[:, 0] & given[:, at]).sum()) for at in range(1, block.shape[1])]
    most = max(told, default=0)
    passed = int(given[:, 0].sum())
    if not most:
        return WaitSums(0.0, {}, 0, passed)
    kept = [at for at, days in enumerate(told, start=1) if days == most]
    covered = given[:, [0, *kept]].all(axis=1)
    sums = {ANSWER_LIMITS[at - 1]: float(block[:, at][covered].sum()) for at in kept}
    return WaitSums(float(block[:, 0][covered].sum()), sums, int(covered.sum()), passed)
