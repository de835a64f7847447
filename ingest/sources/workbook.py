"""Excel files: the sheet and header are found, cells become text, and the rows go the way of a CSV file."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingest.batch import Batch
from ingest.errors import SourceError
from ingest.frames import Reading
from ingest.frames_load import CsvForm, csv_relation
from ingest.headers import bind, find, unique
from ingest.mapping import FilesOptions, SourceSpec
from ingest.sources.csv_rows import clean_row
from ingest.sources.fingerprints import taken

MAX_UNPACKED = 2**30
"""An xlsx that unpacks to more bytes than this is refused."""
MAX_RATIO = 200
"""So is one that unpacks to more than this many times its size, from RATIO_FROM bytes up."""
RATIO_FROM = 50 * 2**20
MAX_CELLS = 20_000_000
"""The rectangle of a sheet may have so many cells: the reader makes room for all of them, filled or not."""
HEADER_SEARCH = 30
LOCKED = "工作簿有密码。请去掉密码后另存,再放进来"
_BLOCK = 2**20
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,4})(\d{1,9})")
_EPOCH = datetime(1899, 12, 31)

Cell = int | float | str | bool | time | date | datetime | timedelta


def cell_text(value: Cell) -> str:
    """A cell as text: whole numbers without “.0”, days and times in ISO form, lengths of time as H:MM:SS."""
    match value:
        case str():
            return value.replace("\r\n", "\n").replace("_x000D_\n", "\n").replace("\x00", "␀")
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            rounded = value + timedelta(microseconds=500_000)
            return _clock(value - _EPOCH) if value.year < 1904 else rounded.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            if value.year < 1904:
                return _clock(datetime(value.year, value.month, value.day) - _EPOCH)
            return value.isoformat()
        case time():
            return _clock(
                timedelta(hours=value.hour, minutes=value.minute, seconds=value.second + value.microsecond / 1e6)
            )
        case timedelta():
            return _clock(value)
    return str(value)


def _clock(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def check_package(path: Path) -> None:
    """Raises SourceError for an xlsx that is damaged, unpacks to too much or spreads over too many cells."""
    with _damage_told(path.name), zipfile.ZipFile(path) as package:
        members = package.infolist()
        unpacked = sum(member.file_size for member in members)
        if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * path.stat().st_size):
            raise SourceError(
                f"{path.name}: 解压后有 {unpacked / 2**20:.0f} MB,大得不正常(压缩炸弹?),没有读取。"
                "请按月分开导出,或导出为 CSV"
            )
        if not any(member.filename == "xl/workbook.xml" for member in members):
            raise SourceError(f"{path.name}: 不是 .xlsx 工作簿(可能是压缩包或别的格式)。请另存为 .xlsx 或 CSV")
        for member in members:
            _check_member(package, member, path.name)


def _check_member(package: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Unpacks one member in a stream: its true size and sum are checked, and the places of a sheet's cells."""
    is_sheet = member.filename.startswith("xl/worksheets/")
    rows = columns = 0
    tail = b""
    with package.open(member) as handle:
        while block := handle.read(_BLOCK):
            if is_sheet:
                found = _PLACE.findall(tail + block)
                rows = max([rows, *(int(digits) for _, digits in found)])
                columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in found})])
                tail = block[-40:]
    if rows * max(columns, 1) > MAX_CELLS:
        raise SourceError(
            f"{name}: 工作表的范围有 {rows} 行 × {columns} 列,大得不正常,没有读取。"
            "请删去远处的空单元格后另存,或导出为 CSV"
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """Makes a SourceError of whatever the libraries raise for a damaged file (a dozen kinds, Rust panics too)."""
    try:
        yield
    except SourceError:
        raise
    except PasswordError:
        raise SourceError(f"{name}: {LOCKED}") from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"{name}: 工作簿打不开,文件可能损坏或没有传完({error})。请重新导出") from None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header: ``row`` as the user sees it (1-based), ``headers`` by column."""

    sheet: CalamineSheet
    row: int
    headers: tuple[str, ...]


def read_workbook(reading: Reading, path: Path, folder: Path, options: FilesOptions, kind: str) -> Batch:
    """The batch of an Excel file. Raises SourceError where it can't be read at all."""
    if kind == "xlsx":
        check_package(path)
    if kind == "xls" and _holds_encrypted(path):
        raise SourceError(f"{path.name}: {LOCKED}")
    clean = folder / "clean.csv"
    with _damage_told(path.name), CalamineWorkbook.from_path(str(path)) as book:
        table = find_table(reading.spec, options, book, path.name)
        written = _write_rows(table, clean)
        sheet = table.sheet.name
    form = CsvForm(clean, table.headers, ",", numbered=True)
    batch = reading.batch(csv_relation(reading.con, form), path.name, sheet=sheet, expected=written)
    batch.file = taken(path, reading.spec)
    return batch


def _holds_encrypted(path: Path) -> bool:
    """Whether an OLE file is the wrapping of an encrypted xlsx."""
    name = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            if name in tail + block:
                return True
            tail = block[-len(name) :]
    return False


def find_table(spec: SourceSpec, options: FilesOptions, book: CalamineWorkbook, name: str) -> Table:
    """The sheet asked for, or the first visible one under whose headers the mapped columns are found."""
    best: tuple[int, Table] | None = None
    for sheet in _sheets(options, book, name):
        for table in _tables(options, sheet):
            found, missing = find(spec, table.headers)
            if not missing and found:
                return table
            if best is None or len(found) > best[0]:
                best = (len(found), table)
    sheets = "、".join(book.sheet_names)
    if best is None:
        where = f"第 {options.header_row} 行没有内容" if options.header_row else "工作表里没有内容"
        raise SourceError(f"{name}: 找不到表头,{where}。工作簿里的工作表: {sheets}。请检查 sheet 和 header_row")
    bind(spec, best[1].headers, f"{name} 的工作表 ‘{best[1].sheet.name}’(共有工作表: {sheets})")
    return best[1]


def _sheets(options: FilesOptions, book: CalamineWorkbook, name: str) -> Iterator[CalamineSheet]:
    names = book.sheet_names
    wanted = options.sheet
    if isinstance(wanted, int):
        if wanted > len(names):
            raise SourceError(f"{name}: 没有第 {wanted} 张工作表,只有: {'、'.join(names)}。请改 sources.yaml 的 sheet")
        yield book.get_sheet_by_index(wanted - 1)
    elif wanted is not None:
        match = next((sheet for sheet in names if sheet.strip() == wanted.strip()), None)
        if match is None:
            raise SourceError(f"{name}: 没有工作表 ‘{wanted}’,只有: {'、'.join(names)}。请改 sources.yaml 的 sheet")
        yield book.get_sheet_by_name(match)
    else:
        for sheet in book.sheets_metadata:
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible:
                yield book.get_sheet_by_name(sheet.name)


def _tables(options: FilesOptions, sheet: CalamineSheet) -> Iterator[Table]:
    """Every row near the top as a header."""
    first = options.header_row or 1
    last = options.header_row or HEADER_SEARCH
    for number, cells in enumerate(islice(sheet.iter_rows(), first - 1, last), first):
        texts = [cell_text(cell) for cell in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            yield Table(sheet, number, unique(texts))


def _write_rows(table: Table, target: Path) -> int:
    """Writes the rows below the header as a clean CSV (see ``csv_rows``); returns how many. Blank ones are left out."""
    written, width = 0, len(table.headers)
    with target.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n").writerow
        for number, cells in enumerate(islice(table.sheet.iter_rows(), table.row, None), table.row + 1):
            texts = [cell_text(cell) for cell in cells[:width]]
            if any(texts):
                write(clean_row(number, "", texts, width))
                written += 1
    return written
