"""A Word document as offices write it: A4, Chinese fonts named for East Asian text, page numbers at the foot."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from targets.grid import clean

FORM_FONT, HEITI, FANGSONG, KAITI = "宋体", "黑体", "仿宋", "楷体"
LATIN = "Times New Roman"
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An element of WordprocessingML with its attributes, all in the w namespace."""
    made: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_fonts(owner: Run | ParagraphStyle, east_asian: str) -> None:
    """Names the font of Chinese text, and Times New Roman for the rest."""
    owner.font.name = LATIN
    fonts = owner.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def new_document(title: str, made_at: datetime | None) -> DocumentObject:
    """An empty A4 document with page numbers. ``made_at`` (aware) is kept in its properties, where given."""
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(18)
    section.footer_distance = Mm(9)
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    set_fonts(normal, FORM_FONT)
    normal.font.size = Pt(10.5)
    normal.element.get_or_add_rPr().append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    _page_numbers(section.footer.paragraphs[0])
    properties = made.core_properties
    for child in list(properties._element):  # the template's author and dates are not ours
        properties._element.remove(child)
    properties.title = clean(title)[:250]
    properties.language = "zh-CN"
    if made_at is not None:
        properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    return made


def saved(made: DocumentObject) -> bytes:
    """The document as a file."""
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def add_line(
    made: DocumentObject,
    text: str,
    *,
    font: str,
    points: float,
    align: str,
    keep: bool = False,
    low: bool = False,
    before: float = 0.0,
) -> Paragraph:
    """A paragraph at the end of the document. ``keep``: on one page with the next; ``low``: as good as no height."""
    paragraph = made.add_paragraph()
    layout = paragraph.paragraph_format
    paragraph.alignment = _ALIGN[align]
    layout.space_before = Pt(before)
    layout.space_after = Pt(0 if low else 4)
    layout.keep_with_next = keep
    if low:
        layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = Pt(1)
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(points)
    set_fonts(run, font)
    return paragraph


def break_page(paragraph: Paragraph) -> None:
    """The paragraph begins a page."""
    paragraph.paragraph_format.page_break_before = True


def _page_numbers(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        _letters(paragraph.add_run(text))
        if field:
            for part in _field(field):
                run = paragraph.add_run()
                _letters(run)
                run._r.append(part)


def _letters(run: Run) -> None:
    run.font.size = Pt(9)
    set_fonts(run, FORM_FONT)


def _field(code: str) -> tuple[BaseOxmlElement, ...]:
    instruction = element("w:instrText")
    instruction.text = code
    shown = element("w:t")
    shown.text = "1"
    begin, separate, end = (element("w:fldChar", fldCharType=kind) for kind in ("begin", "separate", "end"))
    return begin, instruction, separate, shown, end
