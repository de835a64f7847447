"""Looks into an Office file (a zip of XML) before a library unpacks it."""

from __future__ import annotations

import io
import zipfile
import zlib

from targets.errors import SheetError

MAX_PARTS = 2_000
MAX_XML = 32 * 2**20
"""The XML of a set of forms is far smaller than so many bytes."""
_DECLARED = 100 * 2**20


def check_package(name: str, content: bytes) -> None:
    """Raises SheetError for a file that is damaged, unpacks to far too much, or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > _DECLARED:
                raise SheetError(f"文件“{name}”解压后过大,不像申报表,没有打开。请只保留申报表后再导入。")
            left = MAX_XML
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    left -= _check_part(name, package, part, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError(f"文件“{name}”已损坏或有密码,打不开。请在 Office 或 WPS 里另存后再导入。") from error


def _check_part(name: str, package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpacks one part with a limit that does not trust what the file declares; returns its size."""
    with package.open(part) as stream:
        data = stream.read(left + 1)
    if len(data) > left:
        raise SheetError(f"文件“{name}”解压后过大,不像申报表,没有打开。请只保留申报表后再导入。")
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise SheetError(f"文件“{name}”含有不安全的声明,没有打开。请在 Office 或 WPS 里另存后再导入。")
    return len(data)
