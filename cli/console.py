"""What every command is given: the environment, where to write, and the product once it is needed."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from program import PROGRAM, program_name

if TYPE_CHECKING:
    from product import Product
    from settings import Settings


class Failure(Exception):
    """A command can't go on; the text (Chinese) says why and what to do."""


@dataclass
class Console:
    """``env`` is the process environment; ``json`` tells how to write results."""

    env: Mapping[str, str]
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    json: bool = False
    _product: Product | None = None

    def typed(self, text: str) -> str:
        """A text with the program called as the user calls it."""
        return text.replace(PROGRAM, program_name(self.env))

    def settings(self, **given: str | int | None) -> Settings:
        """The settings, with those given on the command line on top (HOST=…). Raises SettingsError."""
        from settings import PREFIX, load_settings

        over = {PREFIX + name.upper(): str(value) for name, value in given.items() if value is not None}
        return load_settings({**self.env, **over})

    def product(self, settings: Settings | None = None) -> Product:
        """The product, built at the first call. Raises what ``build_product`` raises."""
        if self._product is None:
            from product import build_product
            from settings import combined_env

            self._product = build_product(settings or self.settings(), combined_env(self.env)[0])
        return self._product

    def close(self) -> None:
        """Gives the database connections back."""
        if self._product is not None:
            self._product.engine.dispose()

    def day(self, word: str | None, default: date) -> date:
        """The day a ``day_word`` stands for, ``default`` where none was given."""
        today = self.product().today()
        if word is None:
            return default
        if word in ("today", "今天"):
            return today
        return today - timedelta(days=1) if word in ("yesterday", "昨天") else date.fromisoformat(word)

    def local(self, moment: datetime | None) -> str:
        """A stored moment (naive UTC) as the centre's wall time, '' where there is none."""
        from datetime import UTC

        if moment is None:
            return ""
        return moment.replace(tzinfo=UTC).astimezone(self.product().tz).strftime("%Y-%m-%d %H:%M:%S")

    def say(self, line: str = "") -> None:
        """A line for people; nothing where JSON was asked for."""
        if not self.json:
            print(self.typed(line), file=self.out)

    def warn(self, line: str) -> None:
        """A line beside the result, on stderr."""
        print(self.typed(line), file=self.err)

    def give(self, data: object) -> None:
        """The result as JSON, where JSON was asked for."""
        if self.json:
            print(self.typed(json.dumps(plain(data), ensure_ascii=False, indent=2)), file=self.out)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str = "没有记录。") -> None:
        """A table for people, columns aligned with Chinese characters counted as two wide."""
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        if not cells:
            self.say(empty)
            return
        numeric = [all(_is_figure(row[i]) for row in cells) for i in range(len(headers))]
        widths = [max(_width(text) for text in column) for column in zip(headers, *cells, strict=True)]
        for row in [list(headers), *cells]:
            padded = [_pad(text, width, right) for text, width, right in zip(row, widths, numeric, strict=True)]
            self.say("  ".join(padded).rstrip())


def plain(value: object) -> Any:
    """The value made of what JSON knows: dataclasses as objects, days and moments as ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _is_figure(text: str) -> bool:
    return text in ("", "—") or text.replace(",", "").replace(".", "", 1).lstrip("−-").removesuffix(" %").isdigit()
