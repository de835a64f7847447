"""Readings of a whole file (xlsx, csv): good rows become entries, each bad row says what to put right and where."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from python_calamine import CalamineError, CalamineWorkbook
from sqlalchemy import Connection

from db.entries import add_entry, list_entries, value_problem
from db.sheets import load_sheet
from kpi.sheet import Sheet
from targets.binding_names import bare
from targets.entry_check import EntryCheck
from targets.errors import SheetError
from targets.read_package import check_package

COLUMNS: dict[str, tuple[str, ...]] = {
    "indicator": ("指标", "指标名称", "三级指标", "指标代码"),
    "day": ("日期", "填报日期", "发生日期"),
    "value": ("数值或文字", "数值", "值", "完成值", "数值/文字"),
    "text": ("文字", "结论"),
    "note": ("说明", "备注"),
    "author": ("填报人", "填报人员", "经办人"),
}
"""What a column is for → what its head may say, the name of the template first."""
HEAD_ROWS = 20
MAX_ROWS = 20_000
_NEEDED = ("indicator", "day", "value")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")

Cell = object
Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be stored. ``value`` in the unit of the indicator (percent as 96.5); ``row`` of the file, from 1."""

    key: str
    day: date
    value: float | None
    text: str
    note: str
    author: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """A row that was not taken: where it stands and what to do."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"“{self.column}”" if self.column else ""
        return f"{self.file} 第 {self.row} 行{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class EntriesRead:
    """What a file holds: entries to store, and the rows that can't be used."""

    entries: tuple[NewEntry, ...]
    problems: tuple[EntryProblem, ...]


class _Bad(Exception):
    """A row can't be used: the column and the message."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def read_entries(
    conn: Connection, sheet_code: str, name: str, content: bytes, *, author: str = "", today: date
) -> EntriesRead:
    """The entries in a file with the columns 指标, 日期, 数值或文字, 说明, 填报人 (the last two may be absent).

    An indicator is named by its key, its name, or “project/name” where several projects have one of that name.
    ``author`` stands in for an empty 填报人. A row that is stored already, exactly so, is not taken again. Raises
    SheetError where the file can't be read at all, UnknownSheetError.
    """
    sheet = load_sheet(conn, sheet_code)
    head, rows = _table(name, content)
    known = {(e.key, e.day, e.value, e.text, e.note): e.id for e in list_entries(conn, sheet_code)}
    reader = _Reader(_names(sheet), EntryCheck.of(conn, sheet_code, sheet), head, author.strip(), today)
    entries: list[NewEntry] = []
    problems: list[EntryProblem] = []
    seen: dict[tuple[object, ...], str] = {key: f"填报 {number}" for key, number in known.items()}
    for number, cells in rows:
        try:
            entry = reader.read(number, cells)
            same = entry.key, entry.day, entry.value, entry.text, entry.note
            if same in seen:
                raise _Bad("", f"与{seen[same]}完全相同,没有重复写入。确属另一次,请在“说明”里写明。")
        except _Bad as bad:
            problems.append(EntryProblem(name, number, bad.column, str(bad)))
            continue
        seen[same] = f"第 {number} 行"
        entries.append(entry)
    return EntriesRead(tuple(entries), tuple(problems))


def store_entries(conn: Connection, sheet_code: str, entries: Sequence[NewEntry], *, now: datetime) -> list[int]:
    """Stores entries and returns their ids. Raises UnknownSheetError, EntryError."""
    return [
        add_entry(
            conn, sheet_code, key=e.key, day=e.day, value=e.value, text=e.text, note=e.note, author=e.author, now=now
        )
        for e in entries
    ]


def find_indicator(sheet: Sheet, wanted: str) -> str:
    """The key of the indicator that a person means by its key, name or “project/name”. Raises SheetError."""
    try:
        return _find(_names(sheet), wanted)
    except _Bad as bad:
        raise SheetError(str(bad)) from None


def _names(sheet: Sheet) -> dict[str, list[str]]:
    """Keys by everything an indicator may be called."""
    found: dict[str, list[str]] = {}
    for project, indicator, key in sheet.indicators():
        name = bare(indicator.name)
        for called in dict.fromkeys((key, name, f"{bare(project.name)}/{name}", f"{project.no}/{name}")):
            found.setdefault(called, []).append(key)
    return found


def _find(names: Mapping[str, Sequence[str]], wanted: str) -> str:
    project, slash, name = wanted.strip().rpartition("/")
    called = f"{bare(project)}/{bare(name)}" if slash else bare(wanted)
    keys = names.get(wanted.strip()) or names.get(called) or names.get(bare(wanted)) or ()
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise _Bad("指标", f"有 {len(keys)} 个指标叫“{wanted}”,请写成“项目名/指标名”,或用指标代码({'、'.join(keys)})。")
    raise _Bad("指标", f"目标表里没有“{wanted}”。请按目标表的三级指标名称填写,或用指标代码。")


class _Reader:
    """Turns rows of a file into entries."""

    def __init__(
        self,
        names: Mapping[str, Sequence[str]],
        check: EntryCheck,
        head: Mapping[str, int],
        author: str,
        today: date,
    ) -> None:
        self._names, self._check, self._head = names, check, head
        self._author, self._today = author, today

    def read(self, number: int, cells: Sequence[Cell]) -> NewEntry:
        """The entry of a row. Raises _Bad."""
        key = _find(self._names, self._text(cells, "indicator") or self._missing("指标"))
        day = read_day(self._cell(cells, "day"))
        if day > self._today:
            raise _Bad("日期", f"{day} 还没有到。请填已经发生的日期。")
        if problem := self._check.day_problem(key, day):
            raise _Bad("日期", problem)
        typed = self._cell(cells, "value")
        value, text = read_value(typed)
        text = self._text(cells, "text") or text
        if value is None and not text:
            raise _Bad("数值或文字", "没有填写。请填数值,或文字结论(如“达标”“已完成”)。")
        if problem := value_problem(value) or self._check.value_problem(key, value, text, typed):
            raise _Bad("数值或文字", problem)
        author = self._text(cells, "author") or self._author
        if not author:
            raise _Bad("填报人", "没有填写。请写明是谁填报的。")
        return NewEntry(key, day, value, text, self._text(cells, "note"), author, number)

    def _cell(self, cells: Sequence[Cell], what: str) -> Cell:
        place = self._head.get(what)
        return cells[place] if place is not None and place < len(cells) else ""

    def _text(self, cells: Sequence[Cell], what: str) -> str:
        found = self._cell(cells, what)
        return (str(int(found)) if isinstance(found, float) and found.is_integer() else str(found or "")).strip()

    def _missing(self, column: str) -> str:
        raise _Bad(column, "没有填写。请写明是哪个指标。")


def read_day(cell: Cell) -> date:
    """A day as a workbook or a person writes it. Raises _Bad (within this module)."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell or "").strip()
    found = _DAY.fullmatch(text) or _PLAIN_DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = map(int, found.groups())
        return date(year, month, day)
    except ValueError:
        raise _Bad("日期", f"“{text}”不是日期。请写成 2026-03-01。") from None


def read_value(cell: Cell) -> tuple[float | None, str]:
    """A figure (“1,234”, “96.5%” as 96.5), or else a text."""
    if isinstance(cell, bool):
        return None, "是" if cell else "否"
    if isinstance(cell, (int, float)):
        return float(cell), ""
    text = str(cell or "").strip()
    plain = text.replace(",", "").replace(",", "").removesuffix("%").removesuffix("%").strip()
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None, text
    return (float(value), "") if value.is_finite() else (None, text)


def _table(name: str, content: bytes) -> tuple[dict[str, int], list[Row]]:
    """The places of the columns, and the filled rows below the head with their numbers."""
    rows = list(_rows(name, content))
    for place, (_, cells) in enumerate(rows[:HEAD_ROWS]):
        head = _head(cells)
        if all(what in head for what in _NEEDED):
            if len(rows) - place > MAX_ROWS:
                raise SheetError(f"{name} 超过 {MAX_ROWS:,} 行。请分成几个文件。")
            return head, rows[place + 1 :]
    raise SheetError(f"{name} 里没有找到表头。第一行请写: 指标、日期、数值或文字、说明、填报人。")


def _head(cells: Sequence[Cell]) -> dict[str, int]:
    titles = ["".join(str(cell or "").split()) for cell in cells]
    found = {}
    for what, names in COLUMNS.items():
        place = next((titles.index(title) for title in names if title in titles), None)
        if place is not None:
            found[what] = place
    return found


def _rows(name: str, content: bytes) -> Iterator[Row]:
    ending = name.lower().rpartition(".")[2]
    if ending not in ("xlsx", "csv"):
        raise SheetError(f"{name} 不是 xlsx 或 csv 文件。请另存为其中一种再导入。")
    found = _workbook(name, content) if ending == "xlsx" else _text_rows(name, content)
    for number, cells in enumerate(found, 1):
        if any(str(cell).strip() for cell in cells if cell is not None):
            yield number, cells


def _workbook(name: str, content: bytes) -> list[list[Cell]]:
    check_package(name, content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise SheetError(f"打不开 {name}: {error}。请确认是 xlsx 文件且没有加密。") from None


def _text_rows(name: str, content: bytes) -> list[list[Cell]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError(f"{name} 的编码不是 UTF-8 或 GB18030。请用 Excel 另存为 xlsx 再导入。")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise SheetError(f"{name} 不是完好的 csv: {error}。请用 Excel 另存为 xlsx 再导入。") from None
