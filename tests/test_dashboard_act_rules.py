"""The table that scoring rules are edited in: what is typed becomes the rules, or is refused by row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import act_evaluation as scoring
from dashboard import act_targets as act
from dashboard.act_evaluation import TypedRow
from db.evaluations import load_evaluation
from db.sheets import load_sheet
from kpi.scoring import FormError, ScoreForm, StepRule
from kpi.scoring_text import rule_line
from targets.score_inputs import score_form
from tests.dashboard_facts import FakeProduct, product

ZHONGSHAN, JIANGNING = scoring.Place("zhongshan-2022", "full"), scoring.Place("jiangning-2026", "half")


@pytest.fixture
def desk(sqlite_engine: Engine, tmp_path: Path) -> FakeProduct:
    made = product(sqlite_engine, tmp_path)
    assert act.use_preset(made, ZHONGSHAN.sheet, "district", "甲").ok
    assert act.use_preset(made, JIANGNING.sheet, "district", "甲").ok
    return made


def form_of(desk: FakeProduct, place: scoring.Place) -> ScoreForm:
    with desk.engine.connect() as conn:
        stored = load_evaluation(conn, place.sheet, place.period)
        return score_form(load_sheet(conn, place.sheet), stored, place.period)


def typed_of(form: ScoreForm) -> dict[str, TypedRow]:
    """The table as it is drawn."""
    weights = {row.key: "" if row.weight is None else str(row.weight) for row in form.rows}
    return {row.key: TypedRow(weights[row.key], rule_line(row.rule)) for row in form.rows}


def key_of(form: ScoreForm, name: str) -> str:
    return next(row.key for row in form.rows if row.name == name)


@pytest.mark.parametrize("place", [ZHONGSHAN, JIANGNING])
def test_a_table_left_as_it_is_keeps_every_rule(desk: FakeProduct, place: scoring.Place) -> None:
    form = form_of(desk, place)
    assert scoring.save_typed(desk, place, typed_of(form), "甲").ok
    assert form_of(desk, place) == form


def test_a_weight_and_a_rule_are_changed_and_nothing_else(desk: FakeProduct) -> None:
    form = form_of(desk, JIANGNING)
    key = key_of(form, "热线话务接通率")
    typed = typed_of(form) | {key: TypedRow(" 12 分", "目标 96,每差 0.5 扣 1,不足一步也扣")}
    assert "经办人" in scoring.save_typed(desk, JIANGNING, typed, " ").text
    assert form_of(desk, JIANGNING) == form
    with desk.engine.connect() as conn:
        text = scoring.typed_rules(conn, JIANGNING, typed)
        assert str(scoring.preview(desk, conn, JIANGNING, text).row(key).weight) == "12.00"
    assert form_of(desk, JIANGNING) == form
    assert scoring.save_typed(desk, JIANGNING, typed, "甲").ok
    changed = form_of(desk, JIANGNING)
    row = next(row for row in changed.rows if row.key == key)
    assert (str(row.weight), row.rule) == ("12", StepRule(Decimal(96), Decimal("0.5"), Decimal(1), started=True))
    assert [one for one in changed.rows if one.key != key] == [one for one in form.rows if one.key != key]
    assert replace(changed, rows=form.rows) == form


def test_every_wrong_row_is_named_with_an_example(desk: FakeProduct) -> None:
    form = form_of(desk, JIANGNING)
    first, second, third = form.rows[0], form.rows[1], form.rows[2]
    wrong = {
        first.key: TypedRow("很多", "完成率"),
        second.key: TypedRow("", "目标 98 每差 1"),
        third.key: TypedRow("", "≥98 得 1;<97 得 0"),
    }
    with desk.engine.connect() as conn, pytest.raises(FormError) as caught:
        scoring.typed_rules(conn, JIANGNING, typed_of(form) | wrong)
    assert caught.value.problems == (
        f"第 1 行“{first.name}”:权重“很多”不是数字,例 13.33;留空则均分。",
        f"第 2 行“{second.name}”:缺少“扣”。例:目标 98 每差 1 扣 2",
        f"第 3 行“{third.name}”的“区间”“值<97”与“值≥98”之间有空隙,请补上。",
    )
    assert "第 2 行" in scoring.save_typed(desk, JIANGNING, typed_of(form) | wrong, "甲").text
    assert form_of(desk, JIANGNING) == form


def test_weights_that_do_not_fit_their_section_are_refused(desk: FakeProduct) -> None:
    form = form_of(desk, JIANGNING)
    key = key_of(form, "热线话务接通率")
    done = scoring.save_typed(desk, JIANGNING, typed_of(form) | {key: TypedRow("31", "完成率 目标 96")}, "甲")
    assert not done.ok and "部分“产出”各行的权重合计超过满分 30 分" in done.text


def test_a_table_of_other_rows_is_not_mixed_in(desk: FakeProduct) -> None:
    typed = typed_of(form_of(desk, JIANGNING))
    typed.popitem()
    done = scoring.save_typed(desk, JIANGNING, typed, "甲")
    assert not done.ok and "请刷新页面" in done.text
