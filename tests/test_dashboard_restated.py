"""Corrections as they are shown: what they mean for the KPIs, the measures folded below."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboard import format as fmt
from dashboard.components import records, restated
from dashboard.views_restated import GrowthView, RestatedFigure, RestatedMeasure, RestatedView
from kpi.model import NoValue, Unit
from tests.dashboard_views import CATALOGUE, props, value, words
from tests.factories import TZ

NOW = datetime(2026, 3, 20, 14, 40, tzinfo=TZ)


def test_it_lists_what_changed_afterwards() -> None:
    day = date(2026, 3, 18)
    old, new = (value("answer_rate", n, 2000.0, start=day, end=day) for n in (1914.2, 1913.6))
    made = RestatedView(
        NOW,
        "市中心",
        day,
        8,
        (RestatedFigure(CATALOGUE.kpis["answer_rate"], old, new),),
        (RestatedMeasure("满意量", 35.0, None),),
    )
    said = words(restated.restatements_table([made], NOW, "python3 start.py"))
    assert "14:40 市中心 3月18日 接通率 95.71 % → 95.68 % 1 项计量 满意量 35 → — 8" in said
    alone = words(restated.restatements_table([replace(made, figures=())], NOW, "x", more_exist=True))
    assert "没有用到它们的指标" in alone
    assert "全部见命令 x restatements" in alone


def test_it_folds_what_only_grew_with_a_new_source() -> None:
    assert restated.growth_table((), NOW) is None
    grown = GrowthView(NOW, "市中心", "工单", "座席人天", date(2026, 3, 5), date(2026, 3, 9), 4, 1205.0, 8)
    said = words(restated.growth_table([grown], NOW))
    assert "另有 1 项合计因来源首次给出某些天而增加(不是更正)" in said
    assert "14:40 市中心 工单 座席人天 3月5日–9日 4 +1,205 8" in said


def test_it_says_that_there_are_not_so_many_pages() -> None:
    assert words(records.no_such_page()) == "没有这么多页。 回到第一页"
    assert props(records.no_such_page(), "href") == ["/data"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ((9571, 10000), (9568, 10000), "95.71 % → 95.68 %"),
        ((95712, 100000), (95713, 100000), "95.712 % → 95.713 %"),
        ((85, 85), (86, 86), "100.00 % 不变(85 / 85 → 86 / 86)"),
        ((None, None), (9, 10), "—(无数据) → 90.00 %"),
    ],
)
def test_it_shows_a_change_so_that_it_can_be_seen(
    old: tuple[float | None, float | None], new: tuple[float, float], said: str
) -> None:
    before = value("answer_rate", *old, reason=NoValue.NO_DATA if old[0] is None else None)
    assert fmt.restated(before, value("answer_rate", *new), Unit.PERCENT) == said
