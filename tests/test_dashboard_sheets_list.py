"""The list of target sheets and of readings: what they say before they show, and what they offer to do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from dash.development.base_component import Component

from dashboard.components import forms
from dashboard.components.entries import entry_row
from dashboard.components.evaluation import without_total
from dashboard.components.sheets import list_sentence, list_table
from db.sheets import SheetRow
from kpi.pace_model import Entry
from kpi.scoring import ScoreForm, score


def row(code: str, state: str, flags: int, centre: str | None = "district") -> SheetRow:
    at = datetime(2026, 1, 2)
    return SheetRow(1, code, "某区数据局", 2026, centre, "申报表", "standard", 1, state, flags, 1, 19, at)


def words(part: Any) -> str:
    if isinstance(part, Component):
        return words(getattr(part, "children", ""))
    return "".join(words(one) for one in part) if isinstance(part, (list, tuple)) else str(part or "")


def test_it_says_how_many_are_in_force_and_what_waits_for_a_person() -> None:
    assert list_sentence([row("a", "active", 2), row("b", "draft", 5)]) == "2 份目标表,1 份启用;还有 7 处待人校核。"
    assert list_sentence([row("a", "active", 0)]) == "1 份目标表,1 份启用;各处都已校核。"


def test_a_centre_is_called_by_its_name() -> None:
    shown = words(list_table([row("a", "active", 0), row("b", "draft", 0, None)], {"district": "江宁分中心"}))
    assert "江宁分中心" in shown and "district" not in shown and "全部中心" in shown


def test_a_file_of_a_wrong_kind_reaches_the_server_that_says_so() -> None:
    assert getattr(forms.drop("x", "文件"), "accept", None) is None


def test_a_reading_offers_to_be_taken_back_only_where_someone_listens() -> None:
    one = Entry(7, "k", date(2026, 1, 2), None, "提升", "", "甲", datetime(2026, 1, 2))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert "撤销" in words(entry_row(one, "幸福感", now))
    assert "撤销" not in words(entry_row(one, "幸福感", now, revocable=False))


def test_nothing_to_score_is_not_said_to_lack_no_rows() -> None:
    assert without_total(score(ScoreForm("空", (), ()), {})) == "没有可以计分的行,没有总分"
