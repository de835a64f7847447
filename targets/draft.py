"""Reads a target sheet from a file or from pasted text: the one door of every import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from kpi.sheet import Sheet
from targets.errors import SheetError
from targets.read_csv import as_forms, csv_lines, decoded
from targets.read_docx import docx_lines
from targets.read_flags import Flags
from targets.read_labels import plain
from targets.read_lines import Line, text_lines
from targets.read_report import read_report
from targets.read_shanghai import read_shanghai
from targets.read_standard import StandardReader
from targets.read_xlsx import xlsx_lines
from targets.read_zhongshan import read_zhongshan

MAX_BYTES = 20 * 2**20
FORMS = {
    "standard": "绩效目标申报表",
    "shanghai": "上海绩效目标申报表",
    "zhongshan": "中山绩效自评表",
    "report": "绩效自评报告",
}
"""Layout -> its name; also the values that ``hint`` may have."""
_ENDINGS = ".xlsx、.docx、.csv、.txt、.md"
_OLD = {".xls": ".xlsx", ".doc": ".docx", ".et": ".xlsx", ".wps": ".docx"}


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: the sheet, and the source with names and phone numbers masked, one line a ``Flag.line``."""

    sheet: Sheet
    source: str


def read_document(name: str, content: bytes, *, hint: str = "") -> Sheet:
    """The sheet in a file. ``name``: its file name; ``hint``: its layout (a key of FORMS), '' to find it out.

    Raises SheetError where nothing can be read; what is doubtful is in ``Sheet.flags``.
    """
    return read_with_source(name, content, hint=hint).sheet


def read_text(text: str, name: str = "粘贴的文本") -> Sheet:
    """The sheet in pasted text, in the same way."""
    return read_with_source(name, text.encode("utf-8", "replace"), hint="").sheet


def read_with_source(name: str, content: bytes, *, hint: str = "") -> Document:
    """The sheet together with its source, masked, for the review page and for keeping."""
    if len(content) > MAX_BYTES:
        raise SheetError(f"文件“{name}”有 {len(content) / 2**20:.0f} MB,超过 20 MB。请只保留申报表后再导入。")
    if hint and hint not in FORMS:
        raise SheetError(f"不认识的表样“{hint}”。可选:{'、'.join(FORMS)}。")
    lines, notes = _lines(name, content)
    if not lines:
        raise SheetError(f"文件“{name}”里没有文字。扫描件或图片请先识别成文字,再粘贴或导入。")
    flags = Flags(list(notes.found))
    sheet = _READERS[hint or layout_of(lines)](lines, flags)
    return Document(sheet, _source(lines))


def layout_of(lines: Sequence[Line]) -> str:
    """Which layout the lines are in, told by words that only one of them prints."""
    found: set[str] = set()
    for line in lines:
        for token in line.tokens:
            found.add(plain(token.text[:60]))
    if "分解目标" in found or "分解目标内容" in found:
        return "shanghai"
    if any("单位自评表" in text for text in found) or {"完成值", "自评得分"} <= found:
        return "zhongshan"
    if "三级指标" in found or "项目名称" in found:
        return "standard"
    if any(text.endswith(("自我评价报告", "自评报告", "绩效评价报告")) for text in found):
        return "report"
    return "standard"


def _lines(name: str, content: bytes) -> tuple[list[Line], Flags]:
    ending = PurePath(name).suffix.lower()
    flags = Flags()
    if content.startswith(b"PK\x03\x04"):
        if ending == ".docx" or (ending != ".xlsx" and b"word/document.xml" in content):
            return docx_lines(name, content), flags
        return xlsx_lines(name, content, flags), flags
    if ending in (".xlsx", ".docx"):
        raise SheetError(
            f"文件“{name}”不是有效的 {ending} 文件(可能有密码或已损坏)。请在 Office 或 WPS 里另存后再导入。"
        )
    if ending in _OLD or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError(
            f"文件“{name}”是旧格式。请在 Office 或 WPS 里另存为 {_OLD.get(ending, '.xlsx 或 .docx')} 后再导入。"
        )
    if content.startswith(b"%PDF"):
        raise SheetError(f"文件“{name}”是 PDF。请另存为 .docx,或把表格复制出来粘贴。可用的格式:{_ENDINGS}。")
    text = decoded(name, content)
    if ending == ".csv":
        return as_forms(csv_lines(name, text), flags), flags
    return as_forms(text_lines(text), flags), flags


def _standard(lines: Sequence[Line], flags: Flags) -> Sheet:
    return StandardReader(flags).read(lines)


_READERS: dict[str, Callable[[Sequence[Line], Flags], Sheet]] = {
    "standard": _standard,
    "shanghai": read_shanghai,
    "zhongshan": read_zhongshan,
    "report": read_report,
}


def _source(lines: Sequence[Line]) -> str:
    """The masked lines under their own numbers; lines that were blank stay blank."""
    rows = [""] * max(line.number for line in lines)
    for line in lines:
        rows[line.number - 1] = line.source
    return "\n".join(rows)
