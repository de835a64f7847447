"""What goes wrong with a target sheet as a whole."""

from __future__ import annotations


class SheetError(ValueError):
    """A document can't be read at all, or is refused. The message is Chinese and says what to do next."""
