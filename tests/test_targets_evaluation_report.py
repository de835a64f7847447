"""绩效自评报告: six sections, people's words kept, figures with their proof, pictures in the project's own font."""

from __future__ import annotations

import re
import struct
import warnings

import pytest
from docx.oxml.ns import qn
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from kpi.status import Status
from targets.charts import FONTS, Bar, Series, monthly_bars, monthly_path, progress_bars
from targets.evaluation_report import report_docx
from tests.documents import document, paragraphs, table_texts
from tests.evaluations import evaluation, monthly

SECTIONS = [
    "一、单位概况",
    "二、评价结论",
    "三、履职成效",
    "四、存在问题及原因分析",
    "五、有关建议",
    "六、其他需说明的情况",
]
OWN = {
    "unit": "本中心为事业单位。",
    "conclusion": "总体较好。",
    "achievements": "1.扩容。\n  2.「一键转接」 & <联动>。",
    "problems": "一是座席不足。\n\n二是高峰拥堵。",
    "advice": "增加座席。",
    "other": "无其他情况。",
}


@pytest.fixture(scope="module")
def report() -> bytes:
    """The report with everything a person writes."""
    return report_docx(evaluation(OWN))


def test_it_has_the_six_sections_as_real_headings(report: bytes) -> None:
    found = [p.text for p in document(report).paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert found == [*SECTIONS, "附件  数据来源与口径"]


def test_it_keeps_what_people_wrote_word_for_word_in_its_section(report: bytes) -> None:
    texts = paragraphs(report)
    for (_, own), title, following in zip(OWN.items(), SECTIONS, [*SECTIONS[1:], "附件  数据来源与口径"], strict=True):
        section = texts[texts.index(title) : texts.index(following)]
        assert "\n".join(section).count(own) == 1


def test_it_marks_a_section_nobody_has_written() -> None:
    found = document(report_docx(evaluation()))
    marked = [p.text for p in found.paragraphs if p.text.startswith("【请填写")]
    assert marked == [f"【请填写：{SECTIONS[index]}】" for index in (0, 2, 3, 4)]


def test_it_states_figures_with_their_change(report: bytes) -> None:
    said = next(text for text in paragraphs(report) if "来电量" in text)
    assert said == "2026年上半年，来电量1,088,812个[1]，同比上升10.96%；接通率95.996%[2]，同比上升1.90个百分点。"


def test_it_writes_a_missing_figure_as_a_dash_with_its_reason(report: bytes) -> None:
    rows = [row for table in table_texts(report) for row in table if row[0] == "满意率"]
    assert rows == [["满意率", "—（无数据）", "—（上年同期仅90/181天有数据，不作比较）", "—", "[3]"]]


def test_it_proves_every_number_it_notes(report: bytes) -> None:
    appendix = {row[0]: row for row in table_texts(report)[-1][1:]}
    body = "\n".join([*paragraphs(report), *("\n".join(row) for table in table_texts(report)[:-1] for row in table)])
    noted = set(re.findall(r"\[(\d+)\]", body))
    assert noted == set(appendix)
    assert appendix["2"][2:6] == ["95.996%", "接通量 ÷ 人工请求量", "125,391", "130,621"]


def test_it_lists_deviations_with_reasons_or_the_mark() -> None:
    found = report_docx(evaluation(reasons={"合同付款进度": "按季付款。"}))
    (table,) = [rows for rows in table_texts(found) if "原因及改进措施" in rows[0]]
    assert [(row[0], row[4].split("\n")[0]) for row in table[1:]] == [
        ("月均日产能", "【请填写偏差原因】"),
        ("热线话务接通率", "【请填写偏差原因】"),
        ("合同付款进度", "按季付款。"),
    ]
    assert "本期有2项未达到指标值、1项偏离指标值20%以上，情况如下。" in paragraphs(found)


def test_it_leaves_the_departments_fields_empty(report: bytes) -> None:
    (table,) = [rows for rows in table_texts(report) if rows[0][0] == "审核分数"]
    assert table[0] == ["审核分数", "", "核定等级", ""] and table[1] == [""]


def test_it_draws_pictures_and_describes_them(report: bytes) -> None:
    found = [d.get("descr") for d in document(report).element.iter(qn("wp:docPr"))]
    assert found == ["定量指标完成情况（虚线为指标值）", "来电量及上年同期（按月）", "接通率（按月）"]
    captions = [text for text in paragraphs(report) if text.startswith("图")]
    assert [text[:2] for text in captions] == ["图1", "图2", "图3"]


def test_it_sets_headings_and_text_in_the_fonts_of_offices(report: bytes) -> None:
    fonts = {f.get(qn("w:eastAsia")) for f in document(report).element.iter(qn("w:rFonts"))}
    assert fonts == {"仿宋", "宋体", "黑体", "楷体"}
    styles = document(report).styles
    assert styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"


def test_it_draws_every_glyph_from_fonts_it_carries() -> None:
    bars = [
        Bar("热线接通率≥≤▲℃①", 0.99996, "95.996%", "≥96%", Status.MISSED),
        Bar("甲", 3.2, "9个", "≥3个", Status.MET),
    ]
    this, last = Series("2026年", monthly(1.0, None, 3.0)), Series("2025年", monthly(1.0, 2.0, 2.5, year=2025))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph or font is a warning
        pictures = [
            progress_bars(bars, "指标完成情况"),
            monthly_bars(this, last, "受理量（件）"),
            monthly_path([this, last], (2.0, "≥2秒"), "秒", "平均接通时长（秒）"),
            progress_bars([], "没有指标"),
        ]
    for picture in pictures:
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">I", picture[16:20]) == (1260,)


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_it_carries_a_chinese_font_with_its_licence(style: str) -> None:
    path = FONTS / f"NotoSansSC-{style}.ttf"
    assert path.stat().st_size < 3_000_000
    assert FontProperties(fname=str(path)).get_name() == "Noto Sans SC"
    assert "Open Font License" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    known = FT2Font(str(path)).get_charmap()
    usual = bytes(range(0xB0, 0xD8))  # the 3,755 characters of the first level of GB 2312
    level1 = [
        bytes((high, low)).decode("gb2312") for high in usual for low in range(0xA1, 0xFF) if (high, low) < (0xD7, 0xFA)
    ]
    assert len(level1) == 3755
    assert [char for char in (*level1, *"≥≤▲▼℃①●→％：（）") if ord(char) not in known] == []
