"""What the ingest room raises when a source, or a file of it, can't be used at all."""

from __future__ import annotations


class SourceError(Exception):
    """A source or a file that can't be read; the text is Chinese and says what to do next.

    Rows that can't be used are no error: they come back as rejects in the batch.
    """
