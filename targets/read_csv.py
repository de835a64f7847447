"""CSV files, and lists with one indicator a line, as the lines of a form."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from kpi.sheet import FlagKind
from targets.errors import SheetError
from targets.read_flags import Flags
from targets.read_html import cell_text
from targets.read_labels import TEXTS, field_of, plain, value_head
from targets.read_lines import MAX_COLUMNS, Line, check_size, mask

_LEVELS = ("一级指标", "二级指标", "三级指标")
_TABLE_HEAD = (*_LEVELS, "半年(程)指标值", "全年(程)指标值")


def decoded(name: str, content: bytes) -> str:
    """A text file as text: by its byte-order mark, else UTF-8, else GB 18030. Raises SheetError for anything else."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\x00" in content[:4096]:
        raise SheetError(f"文件“{name}”不是文本。请导入 .xlsx、.docx、.csv、.txt 或 .md 文件。")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(f"文件“{name}”的编码认不出来。请另存为 UTF-8 后再导入。")


def csv_lines(name: str, text: str) -> list[Line]:
    """The rows of a CSV file with comma, semicolon or tab."""
    sample = text[:20_000]
    delimiter = max(",;\t", key=sample.count)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    lines = []
    try:
        for number, row in enumerate(reader, start=1):
            check_size(number)
            if any(cell.strip() for cell in row):
                lines.append(Line(number, tuple(cell_text(cell) for cell in row[:MAX_COLUMNS])))
    except csv.Error as error:
        raise SheetError(
            f"文件“{name}”第 {reader.line_num} 行不是有效的 CSV:{error}。请检查这一行的引号后再导入。"
        ) from error
    return mask(lines)


def as_forms(lines: list[Line], flags: Flags) -> list[Line]:
    """A list with one line of heads (三级指标, 半年指标值, 全年指标值 …, fields of the project) as the lines of forms.

    One project comes after the other; other documents stay as they are.
    """
    if not lines:
        return lines
    heads = {"".join(token.text.split()): token.column for token in lines[0].tokens}
    if not set(_LEVELS) <= set(heads):
        return lines
    columns = _columns(heads, lines[0], flags)
    made: list[Line] = []
    project: tuple[str, ...] | None = None
    for line in lines[1:]:
        cells = {name: line.cells[column] for name, column in columns.items() if column < len(line.cells)}
        identity = (cells.get("项目名称", ""),)
        if project is None or (identity != project and identity != ("",)):
            project = identity
            made += _project_head(line, cells, columns, len(made) + 1)
        row = (*(cells.get(level, "") for level in _LEVELS), cells.get("half", ""), cells.get("full", ""))
        made.append(Line(line.number, row, made[-1].segment, line.masked))
    return made


def _columns(heads: Mapping[str, int], head: Line, flags: Flags) -> dict[str, int]:
    """What is read -> its column; columns that mean nothing here are told."""
    columns: dict[str, int] = {}
    for text, column in heads.items():
        name = value_head(text) or plain(text)
        known = name in (*_LEVELS, "half", "full") or field_of(text) or name in TEXTS
        if known and name not in columns:
            columns[name] = column
        else:
            flags.add("sheet/columns", FlagKind.NOISE, f"“{text[:30]}”一列没有读入", head)
    return columns


def _project_head(line: Line, cells: Mapping[str, str], columns: Mapping[str, int], segment: int) -> list[Line]:
    """The lines of a form above its table, made of the first row of a project."""
    fields = ["项目名称", *(name for name in columns if name != "项目名称" and (field_of(name) or name in TEXTS))]
    head = [
        Line(
            line.number,
            (name, cells.get(name, "")),
            segment,
            frozenset({1}) if columns.get(name) in line.masked else frozenset(),
        )
        for name in fields
        if name in columns
    ]
    return [*head, Line(line.number, _TABLE_HEAD, segment)]
