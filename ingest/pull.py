"""Pulling a source: the door to what the commands, the scheduler and the pages need of this room."""

from __future__ import annotations

from ingest.gaps import fill_gaps, find_gaps
from ingest.mended_file import feed_mended
from ingest.pull_source import pull
from ingest.pull_unit import Progress, RunResult
from ingest.rejects import export_rejects

__all__ = [
    "Progress",
    "RunResult",
    "export_rejects",
    "feed_mended",
    "fill_gaps",
    "find_gaps",
    "pull",
]
