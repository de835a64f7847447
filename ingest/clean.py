"""Text cells → values, as DuckDB SQL: yes/no words, ratings, names, numbers, percentages.

A cell is read in two steps. The quick one takes the cell as it stands: nearly all cells of a clean file. Only where
it gives NULL is the cell made ``half`` (tidy and half-width), and the slow step takes that apart. Both give NULL
for what they can't read; ``blank`` tells an empty cell from an unreadable one. Dates and durations are in
``clean_times``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.mapping import As, RatingField, TextField, YesNoField

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000"
_NARROW = "".join(map(chr, range(0x21, 0x7F))) + " "
_SPACES = " \t\r\n\v\f\u00a0\u3000\ufeff"
_BLANK = r"(?i)-{1,3}|—{1,2}|/|\\n|null|none|nan|n/a|#n/a|nat"
"""What exports write where there is nothing. Kept as text in names only."""
NUMBER = "DECIMAL(18,6)"
PERCENT = "DECIMAL(18,10)"
POINTS = "DECIMAL(9,3)"


@dataclass(frozen=True, slots=True)
class Read:
    """How a cell is read: ``quick`` is SQL over the raw cell, ``slow`` makes SQL over its half-width text."""

    quick: str
    slow: Callable[[str], str]


def ident(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Quoted SQL strings, with commas."""
    return ", ".join(literal(text) for text in texts)


def fold(text: str) -> str:
    """A word as it is compared: without spaces around it, half-width, small letters. Matches lower(half(…))."""
    return text.translate(str.maketrans(_WIDE, _NARROW)).strip(_SPACES).lower()


def tidy(raw: str) -> str:
    """The cell without spaces around it and without Excel's ="…" wrapping, NULL where nothing is left."""
    odd = " OR ".join(f"{raw} LIKE {literal('%' + space)}" for space in (" ", "\t", "\u00a0", "\u3000"))
    unwrapped = f"regexp_replace({raw}, '^\\s*=\"(.*)\"\\s*$', '\\1')"
    return (
        f"CASE WHEN {raw} < '!' OR {_starts(raw, '=')} OR {_starts(raw, chr(0xA0))} OR {_starts(raw, chr(0x3000))} "
        f"OR {_starts(raw, chr(0xFEFF))} OR {odd} "
        f"THEN nullif(trim({unwrapped}, {literal(_SPACES)}), '') ELSE {raw} END"
    )


def _starts(raw: str, char: str) -> str:
    """Whether the text starts with a character, as two comparisons (cheaper than starts_with)."""
    return f"({raw} >= {literal(char)} AND {raw} < {literal(chr(ord(char) + 1))})"


def half(raw: str) -> str:
    """The tidy cell with full-width letters, digits and signs made half-width."""
    wide = f"regexp_matches({raw}, '[\uff01-\uff5e\u3000]')"
    narrow = f"translate({raw}, {literal(_WIDE)}, {literal(_NARROW)})"
    return f"CASE WHEN {wide} THEN nullif(trim({narrow}, {literal(_SPACES)}), '') ELSE {tidy(raw)} END"


def blank(half_text: str) -> str:
    """Whether the half-width text says nothing. (A list of words would be made a join and be read for every row.)"""
    return f"coalesce(regexp_full_match({half_text}, {literal(_BLANK)}), true)"


def number(raw: str) -> Read:
    """A number: 1234, 1,234.5, １，２３４, ¥1,234.00, 12件."""
    grouped = "'[+-]?\\d{1,3}(,\\d{3})+(\\.\\d+)?'"
    plain = "'[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,2})?'"

    def slow(text: str) -> str:
        bare = f"regexp_replace({text}, '^[¥￥]\\s*|\\s*[个件次人元张]$', '', 'g')"
        return (
            f"CASE WHEN regexp_full_match({bare}, {plain}) THEN TRY_CAST({bare} AS {NUMBER}) "
            f"WHEN regexp_full_match({bare}, {grouped}) THEN TRY_CAST(replace({bare}, ',', '') AS {NUMBER}) END"
        )

    return Read(f"TRY_CAST({raw} AS {NUMBER})", slow)


def percent(how: As) -> Read:
    """A share as a fraction: “94.01%”; without the sign 0.9401 or (``percent_points``) 94.01."""

    def slow(text: str) -> str:
        bare = f"replace({text}, ' ', '')"
        signed = f"TRY_CAST(replace({bare}, '%', '') AS DOUBLE) / 100"
        plain = f"TRY_CAST({bare} AS DOUBLE)" + (" / 100" if how is As.PERCENT_POINTS else "")
        shape = "'[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE]-\\d\\d?)?'"
        value = (
            f"CASE WHEN regexp_full_match({bare}, '[+-]?\\d+(\\.\\d+)?%') THEN {signed} "
            f"WHEN regexp_full_match({bare}, {shape}) THEN {plain} END"
        )
        return f"TRY_CAST(round({value}, 10) AS {PERCENT})"

    return Read(f"CAST(NULL AS {PERCENT})", slow)


def name(raw: str, field: TextField) -> str:
    """A name as it is written (tidy), or what ``values`` calls it."""
    text = tidy(raw)
    if not field.values:
        return text
    named = " ".join(f"WHEN {literal(old.strip())} THEN {literal(new)}" for old, new in field.values)
    return f"CASE {text} {named} ELSE {text} END"


def lookup(raw: str, pairs: Iterable[tuple[str, str]]) -> Read:
    """The SQL value paired with the cell's word, compared first as written, then folded. '' stands for a blank cell.

    Where a word is given twice, the first counts.
    """
    exact: dict[str, str] = {}
    loose: dict[str, str] = {}
    empty = ""
    for word, value in pairs:
        if fold(word):
            exact.setdefault(word, value)
            loose.setdefault(fold(word), value)
        else:
            empty = empty or value

    def arms(words: dict[str, str]) -> str:
        return " ".join(f"WHEN {literal(word)} THEN {value}" for word, value in words.items())

    def slow(text: str) -> str:
        rest = f" ELSE CASE WHEN {blank(text)} THEN {empty} END" if empty else ""
        if not loose:
            return f"CASE WHEN {blank(text)} THEN {empty or 'NULL'} END"
        return f"CASE lower({text}) {arms(loose)}{rest} END"

    return Read(f"CASE {raw} {arms(exact)} END" if exact else "NULL", slow)


def yes_no(raw: str, field: YesNoField) -> Read:
    """True or false by the field's words; ``present``: whether the cell says anything."""
    yes, no = ("false", "true") if field.invert else ("true", "false")
    if field.present:
        begins_with_digit = f"CASE WHEN {raw} >= '0' AND {raw} < ':' THEN {yes} END"
        return Read(begins_with_digit, lambda text: f"CASE WHEN {blank(text)} THEN {no} ELSE {yes} END")
    return lookup(raw, [*((word, yes) for word in field.yes), *((word, no) for word in field.no)])


def rating_points(raw: str, field: RatingField) -> Read:
    """The points of a rating: of its word, or the number written. NULL for what is not a rating."""
    none = [(word, f"CAST(NULL AS {POINTS})") for word in field.not_a_rating]
    if field.values:
        return lookup(raw, [*none, *((word, f"CAST({points} AS {POINTS})") for word, points in field.values)])
    written, said = number(raw), lookup(raw, [(word, "true") for word in field.not_a_rating])
    return Read(
        f"CASE WHEN {said.quick} IS NULL THEN TRY_CAST({written.quick} AS {POINTS}) END",
        lambda text: f"CASE WHEN {said.slow(text)} IS NULL THEN TRY_CAST({written.slow(text)} AS {POINTS}) END",
    )


def rating_word(raw: str, field: RatingField) -> Read:
    """Whether a word counts as satisfied, by the words given; NULL for any other word."""
    words = [*((word, "true") for word in field.satisfied), *((word, "false") for word in field.dissatisfied)]
    return lookup(raw, [*((word, "CAST(NULL AS BOOLEAN)") for word in field.not_a_rating), *words])


def is_no_rating(text: str, field: RatingField) -> str:
    """Whether the half-width text is blank or one of the words that are not ratings."""
    words = [literal(fold(word)) for word in field.not_a_rating if fold(word)]
    said = "".join(f" OR lower({text}) = {word}" for word in words)
    return f"({blank(text)}{said})"
