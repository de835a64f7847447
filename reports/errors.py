"""Why a report can't be made."""

from __future__ import annotations


class ReportError(Exception):
    """The report can't be built or sent; the text (Chinese) says why and what to do."""
