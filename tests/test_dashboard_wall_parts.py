"""The wall's small parts: HTML, pictures, steps of a spread, files sent to the browser."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dashboard import language
from dashboard.ask_wall_work import MOST_BINS, bins_of
from dashboard.texts import TEXTS
from dashboard.theme import Tokens
from dashboard.views_wall import WallView
from dashboard.wall_asked import WallAsked
from dashboard.wall_page import SCRIPT_TEXTS, page
from dashboard.wall_parts import Html, badge, el, joined
from dashboard.wall_scenes_pace import pace_scene
from dashboard.wall_svg import Bullet, Curve, Histogram, bullet, curve, histogram
from kpi.model import Better
from kpi.pace_model import Pace, Progress, ProgressRow
from kpi.periods import Period
from kpi.sheet import BLANK, Cell, CellKind, Indicator
from kpi.status import Operator, Status

FILES = Path(__file__).resolve().parent.parent / "dashboard" / "wall_files"
WEEK = ["一", "二", "三", "四", "五", "六", "日"]


def test_it_escapes_every_text_and_attribute() -> None:
    made = el("p", '<b>"', None, [Html("<i></i>"), "&"], title='"><script>', hidden=True, cls=None)
    assert made == '<p title="&quot;&gt;&lt;script&gt;" hidden>&lt;b&gt;"<i></i>&amp;</p>'
    assert joined(["a", ["b", None]]) == "ab"


@pytest.mark.parametrize("status", list(Status))
def test_it_says_a_status_by_shape_and_word(status: Status) -> None:
    made = str(badge(status))
    assert status.value in made
    assert re.search(r"<b[^>]*>.</b>", made)


def test_a_curve_leaves_gaps_and_crosses_what_missed() -> None:
    now = [0.9, 0.8, None, 0.9, 0.95, None, None]
    drawn = curve(Curve(now, [0.9] * 7, 0.85, [value == 0.8 for value in now], WEEK, "接通率"))
    strong = re.search(r'<path d="([^"]+)" class="now">', drawn)
    assert strong is not None
    assert re.sub(r"[\d. ]+", "", strong.group(1)) == "MLML"
    assert drawn.count('class="dot"') == 3
    assert drawn.count('class="cross"') == 1
    assert drawn.count('class="level"') == 1


def test_a_week_without_figures_draws_nothing() -> None:
    assert curve(Curve([None] * 7, [0.9] * 7, 0.85, [False] * 7, WEEK, "")) == ""


def test_a_bullet_stays_within_its_scale() -> None:
    drawn = bullet(Bullet(value=2.0, low=0.0, high=1.0, target=0.5, band=(-1.0, 3.0), kind="met", label="接通率"))
    assert '<rect x="0" y="17" width="300"' in drawn
    assert '<rect x="0" y="8" width="300" height="32" class="band">' in drawn
    assert 'd="M150 2V46"' in drawn


def test_a_histogram_marks_what_is_beyond_the_target() -> None:
    drawn = histogram(Histogram([50, 60, 70], [3, 6], 60.0, "目标 ≥ 60", "分布"))
    assert drawn.count('class="bar"') == 1
    assert drawn.count('class="bar beyond"') == 1
    assert "目标 ≥\u00a060" in drawn


@pytest.mark.parametrize(
    "values",
    [[61.0], [50.0, 50.0], [0.0, 100.0], [58.9, 60.0, 60.1, 83.5], [1.0, 1000.0], [float(n) for n in range(60)]],
)
def test_a_spread_holds_every_seat_once_in_few_steps(values: list[float]) -> None:
    bins = bins_of(values)
    assert sum(one.seats for one in bins) == len(values)
    assert len(bins) <= MOST_BINS
    assert bins[0].low <= min(values) < bins[0].high
    assert bins[-1].low <= max(values) < bins[-1].high
    assert all(one.high == two.low for one, two in zip(bins, bins[1:], strict=False))


def test_a_spread_of_nothing_has_no_steps() -> None:
    assert bins_of([]) == ()


def test_its_page_can_not_be_broken_by_what_it_is_told() -> None:
    made = page(WallAsked(), {"problems": ["</script><script>alert(1)</script>"]}, "a.css", "b.js", demo=False)
    assert "<script>alert" not in made
    assert made.count("<script") == 2


def test_its_files_speak_only_from_the_catalogue_and_ask_no_other_host() -> None:
    for path in FILES.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[\u4e00-\u9fff]", text), path.name
        assert "http://" not in text and "https://" not in text, path.name
    script = (FILES / "screen.js").read_text(encoding="utf-8")
    used = set(re.findall(r'"((?:js|wall)\.[a-z_]+)"', script))
    assert used == set(SCRIPT_TEXTS) <= set(TEXTS)


def test_its_style_sheet_takes_colours_from_the_tokens_alone() -> None:
    sheet = (FILES / "screen.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![-\w]* ?[{.,:])", sheet) == []
    known = {field.name.replace("_", "-") for field in fields(Tokens)} | {"font", "face", "s", "m", "l", "n"}
    assert set(re.findall(r"var\(--([a-z-]+)", sheet)) <= known


def test_what_it_takes_stands_without_the_status_beside_it_in_both_languages() -> None:
    """“余下全部回访也只有 99.4 %”: with the status before it, the line would be cut in English."""
    day, said = date(2026, 11, 22), "已无法达标:余下全部回访也只有 99.4 %"
    target = Cell(CellKind.NUMBER, "=100%", Operator.EQUAL, Decimal(100), "%")
    pace = Pace(Period(date(2026, 1, 1), date(2026, 12, 31)), target, Status.OUT_OF_REACH, value=0.994, said=said)
    row = ProgressRow(
        "k", 1, "项目", Indicator(1, "", "", "回访率", BLANK, target), None, "%", Better.HIGHER, pace, pace
    )
    found = Progress("s", "表", 2026, day, (row,), (), "", 1)
    view = cast(WallView, SimpleNamespace(progress=found, week=SimpleNamespace(today=day)))
    assert ">余下全部回访也只有 99.4\u00a0%<" in pace_scene(view, ())
    language.use(language.ENGLISH)
    try:
        assert ">every one called back gives only 99.4\u00a0%<" in pace_scene(view, ())
    finally:
        language.use(language.CHINESE)
