"""What one cell says: operator, number, unit; a grade, a date, 序时进度; blank, 无, nought and lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.sheet import Cell, CellKind
from kpi.status import Operator
from targets.cells import doubt, known_unit, read_cell

LEAST, MOST, EQUAL = Operator.AT_LEAST, Operator.AT_MOST, Operator.EQUAL


@pytest.mark.parametrize(
    ("text", "operator", "number", "unit"),
    [
        ("≥60 件/坐席/天", LEAST, "60", "件/坐席/天"),
        ("≤42人/套", MOST, "42", "人/套"),
        ("=0%", EQUAL, "0", "%"),
        ("＝100％", EQUAL, "100", "%"),
        ("=50%", EQUAL, "50", "%"),
        ("94.90%", None, "94.90", "%"),
        ("100%", None, "100", "%"),
        ("0次", None, "0", "次"),
        ("0", None, "0", ""),
        ("362.5", None, "362.5", ""),
        ("17,160,681.00", None, "17160681.00", ""),
        ("≧ 3 天", LEAST, "3", "天"),
        (">= 3天", LEAST, "3", "天"),
        ("<=3天", MOST, "3", "天"),
        ("不低于95％", LEAST, "95", "%"),
        ("不少于 4 次", LEAST, "4", "次"),
        ("不超过0.3%", MOST, "0.3", "%"),
        ("至少2场次", LEAST, "2", "场次"),
        ("3次以上", LEAST, "3", "次"),
        ("5%以内", MOST, "5", "%"),
        (r"$\geq 88\%$", LEAST, "88", "%"),
        (r"$\leq 0.3\%$", MOST, "0.3", "%"),
        (r"\(\ge 4 \text{次}\)", LEAST, "4", "次"),
        (r"$\leqslant 7\%$", MOST, "7", "%"),
        ("≥80人次", LEAST, "80", "人次"),
        ("379.8万个", None, "379.8", "万个"),
        ("12个月", None, "12", "个月"),
        ("−0.5个百分点", None, "-0.5", "个百分点"),
        ("153.33秒。", None, "153.33", "秒"),
    ],
)
def test_it_reads_a_figure(text: str, operator: Operator | None, number: str, unit: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.operator, cell.number, cell.unit) == (CellKind.NUMBER, operator, Decimal(number), unit)
    assert str(cell.number) == number
    assert doubt(cell) == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", CellKind.BLANK),
        ("  \n\t　", CellKind.BLANK),
        (None, CellKind.BLANK),
        ("无", CellKind.NONE),
        ("0", CellKind.NUMBER),
        ("〔缺失〕", CellKind.LOST),
        ("#REF!", CellKind.LOST),
        ("#######", CellKind.LOST),
        ("≥", CellKind.LOST),  # an operator whose figure was left out is no judgement in words
        ("$\\geq \\%$", CellKind.LOST),
        ("≤次", CellKind.LOST),
        ("不低于", CellKind.LOST),
        ("%", CellKind.LOST),
        ("≥良好", CellKind.GRADE),
        ("超过上年", CellKind.GRADE),
        ("序时进度", CellKind.SCHEDULE),
        ("按序时进度", CellKind.SCHEDULE),
        ("当年12月底之前完成", CellKind.DATE),
        ("6月底前完成", CellKind.DATE),
        ("年底前完成", CellKind.DATE),
        ("2024年12月", CellKind.DATE),
        ("2024-12-31", CellKind.DATE),
        ("第四季度", CellKind.DATE),
        ("充分", CellKind.GRADE),
        ("按时推进", CellKind.GRADE),
        ("及时", CellKind.GRADE),
        ("推动", CellKind.GRADE),
        ("质量高", CellKind.GRADE),
        ("规范、安全、高效", CellKind.GRADE),
        ("完成", CellKind.GRADE),
        ("年", CellKind.GRADE),
    ],
)
def test_it_tells_the_kinds_apart(text: str | None, kind: CellKind) -> None:
    cell = read_cell(text)
    assert cell.kind is kind
    assert doubt(cell) == ""


@pytest.mark.parametrize(
    "text",
    [
        "80-90%",
        "3~5次",
        "95%左右",
        "提升5%",
        "接听电话379.8万个，网站和手机受理28.1万件",
        "≥5次以内",
        "2024年度短信平台使用费",
        "7*24小时",
        "12345热线受理平台",
        "2023-2025年",
    ],
)
def test_it_does_not_make_a_figure_of_what_is_none(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.number, cell.text) == (CellKind.GRADE, None, text)
    assert doubt(cell)


def test_more_than_and_less_than_are_kept_and_told() -> None:
    cell = read_cell("＞95%")
    assert (cell.operator, cell.number, cell.strict, cell.shown) == (LEAST, Decimal(95), True, ">95%")
    assert "边界" in doubt(cell)
    assert read_cell("低于3次").shown == "<3次"


def test_a_dash_reads_as_none_but_is_asked_about() -> None:
    assert read_cell("—").kind is CellKind.NONE
    assert doubt(read_cell("—"))


def test_an_unknown_unit_is_kept_and_asked_about() -> None:
    cell = read_cell("≥3坨")
    assert (cell.number, cell.unit) == (Decimal(3), "坨")
    assert "坨" in doubt(cell)


def test_a_note_behind_the_figure_stays_in_its_text() -> None:
    cell = read_cell(r"$\geq 88\%$ （年）")
    assert (cell.shown, cell.text, cell.unit) == ("≥88%", "≥88%(年)", "%")


def test_compound_units_are_known_by_their_parts() -> None:
    assert known_unit("件/坐席/天")
    assert known_unit("万件")
    assert known_unit("次/月")
    assert not known_unit("件/坨")


@given(st.text(max_size=60))
def test_any_text_gives_a_cell(text: str) -> None:
    cell = read_cell(text)
    assert isinstance(cell, Cell)
    assert (cell.kind is CellKind.BLANK) == (not " ".join(text.split()))
    doubt(cell)


@given(
    st.sampled_from(["", "≥", "≤", "=", ">", "<"]),
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(["", "%", "件/坐席/天", "人/套", "万件", "人次", "元"]),
)
def test_what_is_shown_reads_back_the_same(sign: str, number: Decimal, unit: str) -> None:
    cell = read_cell(f"{sign}{number}{unit}")
    assert (cell.number, cell.unit) == (number, unit)
    assert read_cell(cell.shown) == cell
