"""backtest: the command that says how far the forecast may be believed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.batch import Batch
from tests.factories import Desk, batch, calls
from tests.installation import Place, Told

FIRST = date(2025, 1, 1)
TO = ("--to", "2025-12-31")


def year_of_calls(centre: str, days: int = 365) -> Batch:
    """100 requests a day; 90 answered on the first 90 days, then 95; all within 15 seconds."""
    rows = [
        {"day": FIRST + timedelta(days=i), "offered": 100, "answered": n, "abandoned": 100 - n, "answered_within_15": n}
        for i, n in ((i, 90 if i < 90 else 95) for i in range(days))
    ]
    return batch(calls=calls(*rows, centre=centre))


@pytest.fixture
def told(sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    desk = Desk(sqlite_engine)
    desk.write(year_of_calls("city"))
    return Told(Place(tmp_path / "here", sqlite_engine).configured(), capsys)


def test_it_gives_origins_coverage_errors_and_both_rivals_as_json(told: Told) -> None:
    found = told.json("backtest", "--kpi", "接通率", "service_level", *TO)
    assert [kpi["kpi"] for kpi in found["kpis"]] == ["answer_rate", "service_level"]
    rate = found["kpis"][0]
    assert (rate["origins"], rate["unit"], rate["name"]) == (10, "%", "接通率")
    april = next(row for row in rate["rows"] if row["origin"] == "2025-04-30")
    # 90 days at 90 %, then 95 %: by 30 April 30 days were at 95 %
    assert april["actual"] == pytest.approx((90 * 90 + 91 * 95) / 18_100)
    assert april["value_to_date"] == pytest.approx((90 * 90 + 30 * 95) / 12_000)
    assert april["last_28_days"] == pytest.approx(april["actual"])
    held = sum(row["low"] <= row["actual"] <= row["high"] for row in rate["rows"])
    assert (rate["held"], rate["coverage"]) == (held, held / 10)
    errors = [abs(row["value"] - row["actual"]) for row in rate["rows"]]
    to_date = [abs(row["value_to_date"] - row["actual"]) for row in rate["rows"]]
    assert rate["mae"] == pytest.approx(sum(errors) / 10)
    assert rate["ratio_to_date"] == pytest.approx(sum(errors) / sum(to_date))
    assert (found["origins"], found["held"]) == (20, sum(kpi["held"] for kpi in found["kpis"]))


def test_it_prints_a_table_of_all_rates_and_what_has_too_little_history(told: Told) -> None:
    lines = told.lines("backtest", *TO)
    assert lines[0].split()[:4] == ["指标", "起点", "区间成立", "覆盖率"]
    (rate,) = (line for line in lines if line.startswith("接通率"))
    assert rate.split()[2] == "10" and rate.split()[3].endswith("/10") and rate.split()[-1] == "百分点"
    assert any(line.startswith("全部起点: ") and "应在 75 %—85 %" in line for line in lines)
    (short,) = (line for line in lines if line.startswith("历史太短"))
    assert "满意率" in short and "接通率" not in short.split("(")[0]


def test_it_lists_every_origin_of_a_single_kpi(told: Told) -> None:
    lines = told.lines("backtest", "--kpi", "answer_rate", *TO)
    assert lines[0] == "接通率 (answer_rate)"
    assert sum("2025-07-01—2025-12-31" in line for line in lines) == 5
    assert any(line.startswith("80% 区间: 10 次中 ") for line in lines)


def test_it_keeps_to_the_days_and_the_centre_asked_for(told: Told) -> None:
    found = told.json("backtest", "--kpi", "answer_rate", "--from", "2025-03-01", *TO)
    assert {row["period_start"] for row in found["kpis"][0]["rows"]} == {"2025-07-01"}
    assert told.json("backtest", "--centre", "district", *TO)["kpis"] == []


@pytest.mark.parametrize("words", [("--to", "2025-05-31"), ("--centre", "district", "--to", "2025-12-31")])
def test_it_says_so_where_there_is_too_little_history(told: Told, words: tuple[str, ...]) -> None:
    (line,) = told.lines("backtest", *words)
    assert line.startswith("历史太短, 没有可回测的半年") and "14 天" in line and "--from" in line
    found = told.json("backtest", *words)
    assert (found["origins"], found["coverage"]) == (0, None)
    assert "answer_rate" in found["too_little_history"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--kpi", "nope"), "nope"),
        (("--kpi", "service_complaints"), "服务投诉量 不是由每日数据相除而得的比率"),
        (("--kpi", "budget_execution_rate"), "预算执行率 不是"),
        (("--centre", "nowhere"), "nowhere"),
        (("--from", "2025-02-01", "--to", "2025-01-01"), "对调"),
    ],
)
def test_it_refuses_what_can_not_be_foretold(told: Told, words: tuple[str, ...], expected: str) -> None:
    lines = told.lines("backtest", *words, code=1)
    assert expected in "".join(lines)
