"""forget: what would go is shown, what goes is restated, what may come back is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.installation import Place, Told

WINDOW = ("--from", "2026-03-05", "--to", "2026-03-06")


@pytest.fixture
def told(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    made = Told(Place(tmp_path / "here", engine).configured(), capsys)
    made.place.calls_file("a.csv", "2026-03-05 09:00:00,是,10", "2026-03-05 09:01:00,否,30", "2026-03-07 09:00:00,是,5")
    made.lines("pull", "calls")
    return made


def offered(told: Told) -> list[tuple[str, int]]:
    with told.place.engine.connect() as conn:
        rows = conn.execute(text("SELECT day, SUM(offered) FROM call_stats GROUP BY day ORDER BY day"))
        return [(str(day), int(count)) for day, count in rows]


def test_it_only_shows_what_would_go_until_it_is_confirmed(told: Told) -> None:
    lines = told.lines("forget", "calls", *WINDOW)
    assert lines[0] == "将清除 calls 在 2026-03-05 至 2026-03-06 的: 话务 1 天。"
    assert "--yes" in lines[1]
    assert told.json("forget", "calls", *WINDOW) == {"source": "calls", "held": {"call_stats": 1}, "forgotten": False}
    assert offered(told) == [("2026-03-05", 2), ("2026-03-07", 1)]


def test_it_takes_the_days_away_with_a_reason_and_restates_them(told: Told) -> None:
    assert "必须写明原因" in told.lines("forget", "calls", *WINDOW, "--yes", code=1)[0]
    lines = told.lines("forget", "calls", *WINDOW, "--yes", "--reason", "测试数据")
    assert lines[0].startswith("已清除 calls 的: 话务 1 天;重述 ") and "--again" in lines[1]
    assert offered(told) == [("2026-03-07", 1)]
    (run, *_) = told.json("runs")
    assert (run["trigger"], run["state"]) == ("forget", "ok") and "测试数据" in run["warnings"][0]
    assert any("2026-03-05" in line for line in told.lines("restatements"))
    assert told.lines("forget", "calls", *WINDOW)[0] == "calls 在 2026-03-05 至 2026-03-06 没有数据,什么也没有清除。"
    assert told.lines("pull", "calls") == ["没有新数据。"]


def test_files_are_read_again_where_that_is_asked_for(told: Told) -> None:
    lines = told.lines("forget", "calls", *WINDOW, "--yes", "--reason", "重读", "--again")
    assert "下次拉取会补回" in lines[1]
    told.lines("pull", "calls")
    assert offered(told) == [("2026-03-05", 2), ("2026-03-07", 1)]


def test_it_takes_one_centre_and_sources_that_are_no_longer_configured(told: Told) -> None:
    sources = (told.place.folder / "sources.yaml").read_text(encoding="utf-8")
    told.place.configured(sources.replace("code: calls", "code: newer"))
    assert told.json("forget", "calls", *WINDOW, "--centre", "district")["held"] == {}
    done = told.json("forget", "calls", *WINDOW, "--centre", "city", "--yes", "--reason", "旧系统停用")
    assert (done["held"], done["forgotten"]) == ({"call_stats": 1}, True)
    assert offered(told) == [("2026-03-07", 1)]


def test_it_says_what_is_wrong(told: Told) -> None:
    assert "没有数据源 'nope' 的数据;有数据的: calls" in told.lines("forget", "nope", *WINDOW, code=1)[0]
    assert "没有中心 'nope'" in told.lines("forget", "calls", *WINDOW, "--centre", "nope", code=1)[0]
    turned = ("--from", "2026-03-06", "--to", "2026-03-05")
    assert "晚于" in told.lines("forget", "calls", *turned, code=1)[0]
