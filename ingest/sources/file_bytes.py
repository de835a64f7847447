"""What a file is, by its bytes: its kind, its encoding, its lines. Read in a stream, never whole."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ingest.errors import SourceError

MAX_FILE_BYTES = 4 * 2**30
"""A file above this is refused unread."""
HEAD = 64 * 2**10
_BLOCK = 2**20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("utf-8", "gb18030")


def check_size(path: Path) -> int:
    """The size in bytes. Raises SourceError for an empty file, a file too big, and what is no file."""
    if not path.is_file():
        raise SourceError(f"{path.name}: 文件不在了。放回文件后会再次读取")
    size = path.stat().st_size
    if size == 0:
        raise SourceError(f"{path.name}: 文件是空的(0 字节)。请重新导出")
    if size > MAX_FILE_BYTES:
        raise SourceError(
            f"{path.name}: 文件有 {size / 2**30:.1f} GB,超过上限 {MAX_FILE_BYTES // 2**30} GB,没有读取。"
            "请按月或按周分开导出"
        )
    return size


def kind_of(path: Path) -> str:
    """``xlsx``, ``xls`` or ``text``, by content. Raises SourceError for what is none of them."""
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "xlsx"
    if head.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        return "xls"
    if not head.strip(b"\x00"):
        raise SourceError(f"{path.name}: 文件开头全是空字节,多半是复制没有完成。请重新复制或导出")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise SourceError(f"{path.name}: 内容其实是网页(HTML),不是表格。请用 Excel 打开后另存为 .xlsx 再放进来")
    if start.startswith(b"<?xml"):
        raise SourceError(f"{path.name}: 内容是 XML,不是 CSV 或 Excel 文件。请用 Excel 打开后另存为 .xlsx 再放进来")
    for magic, name in (
        (b"\x1f\x8b", "gzip 压缩包"),
        (b"%pdf", "PDF"),
        (b"rar!", "RAR 压缩包"),
        (b"7z\xbc", "7z 压缩包"),
    ):
        if start.startswith(magic):
            raise SourceError(f"{path.name}: 这是 {name},不能直接读取。请解压或另存为 CSV、xlsx 后再放进来")
    return "text"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@dataclass(slots=True)
class Lines:
    """What the lines of a UTF-8 text look like, told block by block."""

    newlines: int = 0
    records: int = 0
    has_nul: bool = False
    _returns: int = 0
    _pairs: int = 0
    _odd: bool = False
    _trailing: int = 0
    _last: bytes = b""

    def feed(self, block: bytes) -> None:
        """Takes the next block."""
        if not block:
            return
        self.has_nul = self.has_nul or b"\x00" in block
        newlines = block.count(b"\n")
        self.newlines += newlines
        if b"\r" in block or self._last == b"\r":
            self._returns += block.count(b"\r")
            self._pairs += block.count(b"\r\n") + (self._last == b"\r" and block.startswith(b"\n"))
        text = len(block.rstrip(b"\r\n"))
        if text:
            self._trailing = 0
        self._trailing += block.count(b"\n", text)
        self.records += self._outside(block) if self._odd or b'"' in block else newlines
        self._last = block[-1:]

    def _outside(self, block: bytes) -> int:
        """The line ends that are not inside quotes."""
        view = np.frombuffer(block, dtype=np.uint8)
        inside = (np.cumsum(view == 34, dtype=np.uint8) + np.uint8(self._odd)) & 1
        self._odd = bool(inside[-1])
        return int(np.count_nonzero((view == 10) & (inside == 0)))

    @property
    def regular(self) -> bool:
        """Whether every line end is of one kind, every quote has its pair and no byte is NUL."""
        uniform = self._returns == self._pairs and self._pairs in (0, self.newlines)
        return uniform and not self.has_nul and not self._odd

    @property
    def count(self) -> int:
        """The number of records of a regular text. Blank lines count, but for those at the end."""
        return self.records - max(self._trailing - 1, 0) + (0 if self._trailing else 1)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file made UTF-8 (the file itself, or a copy), with its lines."""

    path: Path
    encoding: str
    lines: Lines = field(repr=False)


def as_utf8(path: Path, declared: str | None, folder: Path) -> TextFile:
    """The text in UTF-8. Encoding: the declared one, else by byte-order mark, else UTF-8, else GB18030, all strict.

    Raises SourceError where none fits.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    mark = next((encoding for bom, encoding in _BOMS if head.startswith(bom)), None)
    if declared is not None and mark is None:
        tried: tuple[str, ...] = ({"gbk": "gb18030", "gb2312": "gb18030"}.get(declared, declared),)
    else:
        tried = (mark,) if mark is not None else _GUESSES
    if mark is None and declared is None and head.count(0) > max(8, len(head) // 50):
        raise SourceError(
            f"{path.name}: 文件开头有许多空字节,不是文本文件,也可能是没有标记的 UTF-16。"
            "请重新导出为 UTF-8,或在 sources.yaml 的 csv.encoding 里写明编码(如 utf-16-le)"
        )
    failed: list[str] = []
    for encoding in tried:
        try:
            if encoding in ("utf-8", "utf-8-sig"):
                return _check_utf8(path, encoding)
            return _copy_as_utf8(path, encoding, folder)
        except UnicodeError as error:
            failed.append(f"{encoding}({_place(path, encoding, error)})")
    raise SourceError(
        f"{path.name}: 读不出文字编码,试过 {'、'.join(failed)}。文件可能损坏,或混用了两种编码;"
        "请重新导出为 UTF-8,或在 sources.yaml 的 csv.encoding 里写明编码"
    )


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            yield block


def _check_utf8(path: Path, encoding: str) -> TextFile:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    lines = Lines()
    for block in _blocks(path):
        decoder.decode(block)
        lines.feed(block)
    decoder.decode(b"", final=True)
    return TextFile(path, encoding, lines)


def _copy_as_utf8(path: Path, encoding: str, folder: Path) -> TextFile:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = Lines()
    copy = folder / "utf8.csv"
    with copy.open("wb") as out:
        for block in _blocks(path):
            text = decoder.decode(block).encode("utf-8")
            lines.feed(text)
            out.write(text)
        text = decoder.decode(b"", final=True).encode("utf-8")
        lines.feed(text)
        out.write(text)
    return TextFile(copy, encoding, lines)


def _place(path: Path, encoding: str, error: UnicodeError) -> str:
    """The line of the first byte that does not fit, for the message."""
    decoder, line = codecs.getincrementaldecoder(encoding)("strict"), 1
    try:
        for block in _blocks(path):
            line += decoder.decode(block).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as found:
        before = found.object[: found.start].decode(encoding, "ignore")
        return f"第 {line + before.count(chr(10))} 行附近不符"
    except UnicodeError:
        return f"第 {line} 行附近不符"
    return str(error)
