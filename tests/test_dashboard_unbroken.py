"""A number and its unit stay on one line, on pages and walls, in both languages; what is typed into forms is left."""

from __future__ import annotations

import pytest
from dash import dcc, html

from dashboard import language
from dashboard.sections import marked, plain
from dashboard.unbroken import tree_unbroken, unbroken
from dashboard.wall_parts import el


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("此后每天需 ≥ 92.7 %;还可不合格 294 件(已用 57 %)", "此后每天需 ≥_92.7_%;还可不合格 294_件(已用 57_%)"),
        ("达成概率 > 99 %", "达成概率 >_99_%"),
        ("−1.0 个百分点 较上月同期", "−1.0_个百分点 较上月同期"),
        ("12,345 / 12,898", "12,345 / 12,898"),
        ("required: ≥ 95.2 %, 41.0 items/seat/day", "required: ≥_95.2_%, 41.0_items/seat/day"),
        ("4 of 5 KPIs meet it", "4 of 5 KPIs meet it"),
    ],
)
def test_only_a_number_and_what_it_counts_are_held_together(text: str, kept: str) -> None:
    assert unbroken(text).replace("\u00a0", "_") == kept


def test_a_page_is_sent_so_and_a_field_keeps_what_was_typed() -> None:
    sent = plain(html.Div(["至今 96.1 %", html.P("3 次", title="3 次"), dcc.Input(value="3 次", placeholder="3 次")]))
    first, line, field = sent["props"]["children"]
    assert (first, line["props"]["children"]) == ("至今 96.1\u00a0%", "3\u00a0次")
    assert (line["props"]["title"], field["props"]["value"]) == ("3 次", "3 次")


def test_english_is_put_right_after_it_is_english() -> None:
    """The templates that put Chinese into English know plain spaces only."""
    language.use(language.ENGLISH)
    try:
        assert marked({"part": html.P("还可漏接 3 个")}).sections["part"]["props"]["children"] == "还可漏接 3 个"
    finally:
        language.use(language.CHINESE)
    tree = tree_unbroken({"props": {"children": ["3 calls", {"props": {"children": "≤ 6 %", "value": "6 %"}}]}})
    assert tree == {"props": {"children": ["3\u00a0calls", {"props": {"children": "≤\u00a06\u00a0%", "value": "6 %"}}]}}


def test_a_wall_too() -> None:
    assert str(el("p", "还可漏接 3,952 个")) == "<p>还可漏接 3,952\u00a0个</p>"
