"""Processor time in seconds of one reference machine, so that a limit means the same on a slow or a shared one.

A limit in plain seconds fails where the processor is slower or another process shares its core. The work of a known
length is done right before and after every try, and the try is divided by how much slower than the reference it went.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np

REFERENCE_SECONDS = 0.012
"""What :func:`known_work` takes on the reference machine: two cores of a small rented server, nothing else running."""

_VALUES = np.arange(60_000, dtype=np.float64)


def known_work() -> int:
    """Objects, text and arrays in about the mix the product has."""
    rows = [{"day": n, "name": str(n), "value": n * 0.5} for n in range(6_000)]
    again = json.loads(json.dumps(rows))
    total: int = sum(row["day"] for row in again if row["name"] != "7")
    return total + int(np.sort(np.sin(_VALUES)).sum())


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def slowness() -> float:
    """How many times slower than the reference this machine is right now."""
    return min(_spent(known_work) for _ in range(3)) / REFERENCE_SECONDS


def weigh(work: Callable[[], object], tries: int) -> float:
    """The best of several tries, in seconds of the reference machine."""
    found = []
    for _ in range(tries):
        before = slowness()
        spent = _spent(work)
        found.append(spent / max(before, slowness(), 1.0))
    return min(found)
