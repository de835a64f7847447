"""Looks into the documents that were made: workbooks as cells, Word documents as texts and tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
from docx.document import Document
from docx.oxml.ns import qn


def book(content: bytes) -> Any:
    """A workbook as openpyxl has it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(content: bytes) -> list[Any]:
    """Every cell of a workbook that holds something."""
    return [cell for sheet in book(content) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def values(content: bytes) -> list[str]:
    """The texts of a workbook."""
    return [str(cell.value) for cell in cells(content)]


def beside(content: bytes, label: str, steps: int = 1) -> Any:
    """The value in the n-th filled cell to the right of the first cell with this text."""
    for sheet in book(content):
        for row in sheet.iter_rows():
            filled = [cell for cell in row if cell.value is not None]
            for index, cell in enumerate(filled):
                if cell.value == label:
                    return filled[index + steps].value
    raise KeyError(label)


def document(content: bytes) -> Document:
    """A Word document."""
    return docx.Document(io.BytesIO(content))


def paragraphs(content: bytes) -> list[str]:
    """The texts of a document's paragraphs outside its tables."""
    return [paragraph.text for paragraph in document(content).paragraphs]


def table_texts(content: bytes) -> list[list[list[str]]]:
    """Tables of a document, as rows of the texts of their own cells (merged ones once)."""
    return [[list(_row(row._tr)) for row in table.rows] for table in document(content).tables]


def _row(row: Any) -> Iterator[str]:
    for cell in row.tc_lst:
        merged = cell.tcPr.find(qn("w:vMerge")) if cell.tcPr is not None else None
        if merged is None or merged.get(qn("w:val")) == "restart":
            yield "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in cell.iter(qn("w:p")))
