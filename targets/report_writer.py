"""Writes a report as offices set it: headings in 黑体 and 楷体, text in 仿宋, numbered tables and pictures, and after
every figure the number of its line in 数据来源与口径."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from targets.docx_base import (
    FANGSONG,
    FORM_FONT,
    HEITI,
    KAITI,
    add_line,
    break_page,
    element,
    new_document,
    saved,
    set_fonts,
)
from targets.grid import Block, Row, clean
from targets.grid_docx import add_table

TEXT_WIDTH = 156.0
"""Millimetres between the margins of a report."""
_BLACK = RGBColor(0, 0, 0)
_RED = RGBColor(0x9C, 0x00, 0x06)
_HEADINGS = (("Title", FORM_FONT, 22.0), ("Heading 1", HEITI, 16.0), ("Heading 2", KAITI, 16.0))

Part = str | int
"""A piece of a sentence: words, or the number of the trace that proves the figure before it."""


class Writer:
    """A report being written from top to bottom."""

    def __init__(self, title: str, made_at: datetime | None) -> None:
        self._made = new_document(title, made_at)
        section = self._made.sections[0]
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.top_margin, section.bottom_margin = Mm(30), Mm(28)
        section.footer_distance = Mm(18)
        for name, font, points in _HEADINGS:
            _set_style(self._style(name), font, points)
        self._style("Title").paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._tables = self._pictures = 0

    def title(self, lines: Sequence[str]) -> None:
        """The title and, under it, smaller lines."""
        paragraph = self._made.add_paragraph(clean(lines[0]), style="Title")
        paragraph.paragraph_format.space_after = Pt(6)
        for text in lines[1:]:
            add_line(self._made, text, font=KAITI, points=14, align="center")
        self._made.paragraphs[-1].paragraph_format.space_after = Pt(16)

    def heading(self, text: str, level: int = 1, *, new_page: bool = False) -> None:
        """A heading that Word's navigation knows."""
        paragraph = self._made.add_paragraph(clean(text), style=f"Heading {level}")
        if new_page:
            break_page(paragraph)

    def say(self, *parts: Part) -> None:
        """A paragraph made of words and of notes."""
        paragraph = self._body()
        for part in parts:
            run = paragraph.add_run(f"[{part}]" if isinstance(part, int) else clean(part))
            run.font.size = Pt(16)
            run.font.superscript = isinstance(part, int) or None
            set_fonts(run, FANGSONG)

    def own_text(self, text: str) -> None:
        """What a person wrote, word for word: a paragraph for each of its lines."""
        for line in clean(text).split("\n"):
            self.say(line)

    def ask(self, text: str) -> None:
        """A mark that a person has to write something here."""
        run = self._body().add_run(clean(text))
        run.bold = True
        run.font.size = Pt(16)
        run.font.color.rgb = _RED
        set_fonts(run, FANGSONG)
        run._r.get_or_add_rPr().append(element("w:shd", val="clear", color="auto", fill="FFF2CC"))

    def table(self, caption: str, rows: Sequence[Row], widths: Sequence[float], points: float = 10.0) -> None:
        """A numbered table whose first row is repeated on every page."""
        self._tables += 1
        self._caption(f"表{self._tables}  {caption}", keep=True)
        self.boxes(rows, widths, points, heads=1)

    def boxes(self, rows: Sequence[Row], widths: Sequence[float], points: float = 10.0, *, heads: int = 0) -> None:
        """A table without a number."""
        add_table(self._made, Block(tuple(rows), heads), widths, points, TEXT_WIDTH)
        self._made.paragraphs[-1].paragraph_format.space_after = Pt(8)

    def picture(self, caption: str, png: bytes) -> None:
        """A numbered picture over the width of the text; its caption is also its description."""
        paragraph = self._made.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(6)
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(TEXT_WIDTH))
        shape._inline.docPr.set("descr", caption)
        self._pictures += 1
        self._caption(f"图{self._pictures}  {caption}", keep=False)

    def content(self) -> bytes:
        """The document as a file."""
        return saved(self._made)

    def _style(self, name: str) -> ParagraphStyle:
        style = self._made.styles[name]
        assert isinstance(style, ParagraphStyle)
        return style

    def _body(self) -> Paragraph:
        paragraph = self._made.add_paragraph()
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = Pt(28)
        layout.first_line_indent = Pt(32)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        return paragraph

    def _caption(self, text: str, *, keep: bool) -> None:
        line = add_line(self._made, text, font=HEITI, points=10.5, align="center", keep=keep, before=6.0)
        line.paragraph_format.space_after = Pt(4 if keep else 8)


def _set_style(style: ParagraphStyle, font: str, points: float) -> None:
    set_fonts(style, font)
    style.font.size, style.font.bold, style.font.italic = Pt(points), style.name == "Title", False
    style.font.color.rgb = _BLACK
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(8), Pt(4)
    layout.keep_with_next = True
    if style.name != "Title":
        layout.first_line_indent = Pt(32)
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
