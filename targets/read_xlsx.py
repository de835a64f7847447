"""Workbooks as lines of cells: every worksheet is a part of the document, merged cells are blank but for the first."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import openpyxl

from kpi.sheet import FlagKind
from targets.cells import LOST_SIGN
from targets.errors import SheetError
from targets.read_flags import Flags
from targets.read_html import cell_text
from targets.read_lines import Line, check_size, mask
from targets.read_package import check_package

MAX_ROWS = 20_000
_MAX_COLUMNS = 60
_MAX_SHEETS = 250
_TYPED_TARGET = re.compile(r"=\s*[0-9]+(?:\.[0-9]+)?\s*%?")
_DECIMALS = re.compile(r"0\.(0+)")
_LITERALS = re.compile(r'"([^"]*)"|\\(.)')


def xlsx_lines(name: str, content: bytes, flags: Flags) -> list[Line]:
    """The rows of all visible worksheets, numbered through; hidden worksheets are left out and told.

    A figure in a percent format reads as it shows (0.96 as 96%), a target typed as “=50%” as it was typed, a formula
    by its stored result. Raises SheetError for a file that can't be opened or is too large.
    """
    check_package(name, content)
    values = _opened(name, content, results=True)
    typed = _opened(name, content, results=False)
    if len(values.worksheets) > _MAX_SHEETS:
        raise SheetError(f"工作簿“{name}”的工作表超过 {_MAX_SHEETS} 个。请拆成几个文件后分别导入。")
    lines: list[Line] = []
    number = 0
    for segment, (sheet, formulas) in enumerate(zip(values.worksheets, typed.worksheets, strict=True)):
        if sheet.sheet_state != "visible":
            flags.add("sheet/columns", FlagKind.NOISE, f"隐藏的工作表“{sheet.title[:30]}”没有读入")
            continue
        for cells in _rows(name, sheet, formulas):
            number += 1
            check_size(number)
            if any(cells):
                lines.append(Line(number, cells, segment))
    return mask(lines)


def _opened(name: str, content: bytes, *, results: bool) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=results)
    except Exception as error:  # the library raises whatever the damage leads to
        raise SheetError(f"工作簿“{name}”已损坏,打不开。请在 Excel 或 WPS 里另存后再导入。") from error


def _rows(name: str, sheet: Any, formulas: Any) -> list[tuple[str, ...]]:
    limits = {"min_row": 1, "max_row": MAX_ROWS, "max_col": _MAX_COLUMNS}
    rows: list[tuple[str, ...]] = []
    try:
        if not hasattr(sheet, "iter_rows"):
            return []  # a sheet with a chart only
        sheet.reset_dimensions()
        formulas.reset_dimensions()
        for row, typed_row in zip_longest(sheet.iter_rows(**limits), formulas.iter_rows(**limits), fillvalue=()):
            pairs = zip_longest(row, typed_row)
            rows.append(tuple(_text(cell, typed) for cell, typed in pairs))
    except Exception as error:  # as above: the XML of this worksheet may hold anything
        title = str(sheet.title)[:30]
        raise SheetError(f"工作簿“{name}”的工作表“{title}”已损坏,读不出来。请另存后再导入。") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(cell: Any, typed: Any) -> str:
    """A cell as a person sees it."""
    value = getattr(cell, "value", None)
    source = getattr(typed, "value", None)
    if isinstance(source, str) and source.startswith("="):
        if _TYPED_TARGET.fullmatch(source):
            return "".join(source.split())
        if value is None:
            return LOST_SIGN  # a formula whose result was never stored
    if value is None:
        return ""
    if isinstance(value, str):
        return cell_text(value.replace("_x000D_", ""))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return _figure(Decimal(repr(value)), str(getattr(cell, "number_format", None) or "General"))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime, time, timedelta)):
        return str(value)
    return cell_text(str(value))


def _figure(number: Decimal, number_format: str) -> str:
    """A figure under its number format: percent, decimals, and words in quotes (0"件"); never rounded."""
    if not number.is_finite():
        return LOST_SIGN
    form = number_format.split(";", 1)[0]
    before, after = _words_of(form)
    percent = "%" in _LITERALS.sub("", form)
    exact = (number * 100 if percent else number).normalize()
    places = _DECIMALS.search(form)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and (exponent > 0 or (places and -exponent < len(places[1]))):
        exact = exact.quantize(Decimal(1).scaleb(-len(places[1]) if places else 0)) if exact.adjusted() < 20 else exact
    return f"{before}{format(exact, 'f')}{'%' if percent else ''}{after}"


def _words_of(form: str) -> tuple[str, str]:
    """The words in quotes of a number format, before and after the figure."""
    if form == "General" or "[" in form:
        return "", ""
    digits = [at for at, char in enumerate(_LITERALS.sub(lambda found: "·" * len(found[0]), form)) if char in "0#?"]
    if not digits:
        return "", ""
    words: list[list[str]] = [[], []]
    for found in _LITERALS.finditer(form):
        words[found.start() > digits[0]].append(found[1] or found[2] or "")
    return "".join(words[0]), "".join(words[1]).rstrip()
