"""The report as data: figures worked out by hand, equal to the page's, never a zero where there is nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import format as fmt
from dashboard import format_pace as fp
from dashboard.components.bullet import scale
from dashboard.components.parts import MARKS
from db.alert_rules import save_rules
from db.alert_states import Kept, move
from db.definitions import add_exclusion, load_calendar
from db.engine import make_engine, write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Standing, Transition
from kpi.model import Exclusion, Unit
from kpi.showing import Showing
from kpi.status import Operator, Status
from reports import words
from reports.build import build
from reports.errors import ReportError
from reports.model import Cell, Kind, Report, from_json, to_json
from reports.render import render
from reports.scope import House, Wanted, covered
from targets import said
from targets.progress import progress
from tests.dashboard_facts import fill, product
from tests.factories import at
from tests.reports_desk import MONDAY, SUNDAY, ReportDesk

TUESDAY, SATURDAY = date(2026, 3, 10), date(2026, 3, 14)


def at_work(engine: Engine) -> ReportDesk:
    """The week: Monday to Friday 970 of 1,000, Tuesday 900, Saturday missing, Sunday 490 of 500."""
    made = ReportDesk(engine)
    made.day_of_calls(MONDAY)
    made.day_of_calls(TUESDAY, answered=900)
    made.day_of_calls(date(2026, 3, 11), date(2026, 3, 13))
    made.day_of_calls(SUNDAY, offered=500, answered=490)
    return made


@pytest.fixture
def desk(sqlite_engine: Engine) -> ReportDesk:
    """The week, to be changed by the test."""
    return at_work(sqlite_engine)


@pytest.fixture(scope="module")
def still(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportDesk]:
    """The week, only to be read."""
    path = tmp_path_factory.mktemp("still") / "hotline.db"
    shutil.copy(_migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    yield at_work(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def report(still: ReportDesk) -> Report:
    """The week's report."""
    return still.report()


def line(report: Report, section: str, name: str, table: int = 0) -> tuple[Cell, ...]:
    """The row that one of its cells names."""
    rows = report.section(section).tables[table].rows
    return next(row for row in rows if name in [cell.text for cell in row])


def test_it_adds_up_the_week_and_the_one_before(report: Report) -> None:
    name, now, goal, then, moved, year, _ = line(report, "calls", "接通率")
    assert now.value == 5270 / 5500  # 970 + 900 + 3 × 970 + 490 of five thousands and a half
    assert (now.text, now.small) == ("95.82 %", "5,270 / 5,500")
    assert (then.value, then.text) == (6790 / 7000, "97.00 %")
    assert moved.text == "−1.2 个百分点"
    assert (goal.text, now.status, name.small) == ("≥ 96 %", Status.MISSED, "6/7 天有数据")
    assert (year.text, year.value, year.reason) == ("—", None, "无数据")


def test_it_never_shows_a_missing_day_as_nothing(report: Report) -> None:
    days = report.section("days")
    row = line(report, "days", "接通率", table=1)
    shown = dict(zip((c.title for c in days.tables[1].columns), row, strict=True))
    assert shown["3月10日 周二"].text == "✕ 90.00%" and shown["3月9日 周一"].text == "97.00%"
    assert (shown["3月14日 周六"].text, shown["3月14日 周六"].value) == ("—", None)
    assert days.notes == ("没有数值、不按 0 计的日子: 热线接通率 3月14日。",)
    quality = report.section("quality")
    assert "缺 1 天" in quality.finding
    assert [cell.text for cell in quality.tables[0].rows[0]][2:4] == ["6/7", "1 天: 3月14日"]


def test_it_names_the_worst_day_with_what_is_known_of_it(desk: ReportDesk) -> None:
    with write(desk.engine) as conn:
        span = datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 11)
        add_exclusion(conn, Exclusion(*span, "系统故障", "交换机重启", "主任"), desk.clock.now())
    section = desk.report().section("days")
    ((day, name, value, _goal, gap, why),) = section.tables[0].rows
    assert (day.text, name.text, value.text) == ("3月10日 周二", "热线接通率", "90.00 %")
    assert (gap.text, gap.small) == ("差 6.0 个百分点", "多漏接 60 个")  # 960 wanted, 900 answered
    assert "9–11 时已批准剔除(系统故障: 交换机重启)" in why.text
    assert "最差的是 3月10日 周二的热线接通率 90.00 %" in section.finding


def test_it_names_the_hours_that_added_most(sqlite_engine: Engine) -> None:
    made = ReportDesk(sqlite_engine)
    made.day_of_calls(MONDAY, date(2026, 3, 14))
    from tests.factories import batch, calls

    rows = [{"hour": hour, "offered": 500, "answered": got, "day": SUNDAY} for hour, got in ((9, 485), (10, 385))]
    made.desk.write(batch(calls=calls(*rows)))
    why = made.report().section("days").tables[0].rows[0][5].text
    # usually half of the misses fall into the hour: 130 × 50 % = 65 of 115
    assert why.startswith("10时漏接 115 个,占 88%(平常 50%),多出 50 个")


def test_it_says_what_changed_its_status_and_by_how_much(report: Report) -> None:
    section = report.section("changes")
    name, then, now, moved, status, _why = line(report, "changes", "热线接通率")
    assert (then.text, now.text, moved.text) == ("97.00 %", "95.82 %", "−1.2 个百分点")
    assert status.status is not None and section.finding
    assert section.notes[0] == "上周为 3月2日–8日,比较的天数相同。"


def test_its_figures_are_those_of_the_page_to_the_last_digit(sqlite_engine: Engine, tmp_path: Path) -> None:
    made = product(sqlite_engine, tmp_path)
    fill(sqlite_engine)
    house = House(made.catalogue, made.tz, 30, Showing.ON)
    with sqlite_engine.connect() as conn:
        report = build(conn, house, Wanted(Kind.WEEKLY, date(2026, 3, 12), "district"), today=date(2026, 3, 20))
        calendar = load_calendar(conn)
        page = progress(
            conn, made.catalogue, report.sheet, date(2026, 3, 15), today=date(2026, 3, 20), calendar=calendar
        )
    assert report.sentence == page.sentence
    assert report.sheet and len(page.rows) > 3
    for row in page.rows:
        pace = row.due(date(2026, 3, 15))
        status, _name, value, goal, bar, room, chance, _week = line(report, "targets", row.indicator.name)
        shown = fp.shown(pace, row.unit)
        assert value.value == pace.value and value.text == shown.spoken
        assert value.small == fp.parts(pace)
        assert goal.text == fp.target_text(pace.target)
        assert status.text == f"{MARKS[pace.status][0]} {pace.status.value}"
        assert (room.text, chance.value) == (pace.said, pace.probability)
        assert chance.text == ("" if pace.probability is None else fp.chance(pace.probability))
        ends = scale(pace, row.unit)
        if ends is not None and pace.value is not None:
            low, high = ends
            assert bar.bar is not None
            assert bar.bar.value == pytest.approx((pace.value - low) / (high - low), abs=1e-4)


def test_a_weeks_figures_are_worked_out_by_hand(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Tuesday to Friday 970 of 1,000, the weekend 580 of 600 a day; the week before was the bad one."""
    made = product(sqlite_engine, tmp_path)
    fill(sqlite_engine)
    wanted = Wanted(Kind.WEEKLY, date(2026, 3, 12), "district")
    with sqlite_engine.connect() as conn:
        report = build(conn, House(made.catalogue, made.tz, 30, Showing.ON), wanted, today=date(2026, 3, 20))
    _, now, _, then, *_ = line(report, "calls", "接通率")
    assert now.value == (4 * 970 + 2 * 580) / (4 * 1000 + 2 * 600)
    assert then.value == (5 * 930 + 2 * 550) / (5 * 1000 + 2 * 600)
    _, late, *_ = line(report, "orders", "按时办结率")
    assert late.value == 66 / 70
    assert report.section("seats").finding.startswith("月均日产能")


@pytest.mark.parametrize("unit", [*(unit.value for unit in Unit), "场", "万元", ""])
@pytest.mark.parametrize("value", [0.95996, 0.0, 1.0, 12.0, 1234.5678, 0.999999])
def test_it_writes_figures_as_the_pages_do(value: float, unit: str) -> None:
    assert words.amount(value, unit, (0.96,)) == fp.value_text(value, unit, (0.96,))
    assert words.number(value) == fmt.number(value)
    known = next((one for one in Unit if one.value == unit), None)
    if known is not None:
        assert words.difference(value, 0.5, unit) == fmt.difference(value, 0.5, known)


def test_its_marks_are_those_of_the_pages() -> None:
    assert {status: mark for status, (mark, _) in MARKS.items()} == words.MARKS


def test_the_same_data_gives_the_same_report_and_the_same_bytes(still: ReportDesk, report: Report) -> None:
    first, second = report, still.report()
    assert first == second
    assert render(first, "html") == render(second, "html")
    assert from_json(json.loads(json.dumps(to_json(first)))) == first


def test_a_period_without_data_says_so_and_nothing_else(still: ReportDesk) -> None:
    report = still.report(day=date(2026, 1, 14))
    assert report.empty
    assert report.sentence.startswith("本周(1月12日–18日)没有任何数据")
    assert [one.code for one in report.sections] == ["quality", "alerts"]
    assert report.findings == ()


def test_an_unfinished_week_is_held_against_as_many_days(still: ReportDesk) -> None:
    report = still.report(day=date(2026, 3, 11), today=date(2026, 3, 11))
    assert (report.through, report.finished) == (TUESDAY, False)
    assert report.title.endswith("周报 2026年3月9日–15日(截至 3月10日)")
    _, now, _, then, *_ = line(report, "calls", "接通率")
    assert (now.value, then.value) == (1870 / 2000, 1940 / 2000)


def test_it_covers_whole_days_only() -> None:
    def last(kind: Kind, day: str, today: str) -> str:
        return covered(kind, date.fromisoformat(day), date.fromisoformat(today))[1].end.isoformat()

    assert last(Kind.WEEKLY, "2026-03-11", "2026-03-16") == "2026-03-15"
    assert last(Kind.WEEKLY, "2026-03-09", "2026-03-09") == "2026-03-09"  # it begins today
    assert last(Kind.DAILY, "2026-03-09", "2026-03-09") == "2026-03-09"
    assert last(Kind.MONTHLY, "2026-02-10", "2026-02-28") == "2026-02-27"
    with pytest.raises(ReportError, match="还没有到"):
        covered(Kind.DAILY, date(2026, 3, 10), date(2026, 3, 9))


def test_it_tells_what_it_takes_from_here(still: ReportDesk, report: Report) -> None:
    row = still.row("热线接通率", SUNDAY, today=still.clock.today())
    name, value, goal, required, left, how = line(report, "next", "热线接通率")
    assert required.value == row.half.required and row.half.required is not None
    assert required.text == said.needed(row.half.required, row.half.operator or Operator.AT_LEAST, "%")
    assert how.text == row.half.said
    assert value.value == row.half.value
    assert report.section("next").notes == ("下周(3月16日–22日)有 5 个工作日。",)


def test_it_tells_alerts_and_how_long_they_lasted(desk: ReportDesk) -> None:
    rule = AlertRule("r", "接通率当日", AlertKind.DAY, "answer_rate")
    fired, over = at("2026-03-10 11:00"), at("2026-03-10 14:20")
    with write(desk.engine) as conn:
        save_rules(conn, [rule], fired)
        steps = ((AlertState.OK, AlertState.FIRING, fired), (AlertState.FIRING, AlertState.OK, over))
        kept: Kept | None = None
        for number, (was, now, moment) in enumerate(steps, 1):
            standing = Standing(state=now, since=moment, episode=1)
            assert move(conn, "r", kept, standing, None, Transition(was, now, moment, "越线", 0.9))
            kept = Kept(standing, None, number)
    section = desk.report().section("alerts")
    assert section.finding == "本周有 1 次告警,都已恢复;最长的历时 3 小时 20 分。"
    texts = [cell.text for cell in section.tables[0].rows[0]]
    assert texts == ["✓ 已恢复", "接通率当日", "3月10日 11:00", "3月10日 14:20", "3 小时 20 分", "没有人确认"]
    assert desk.report(day=date(2026, 3, 8)).section("alerts").finding == "本周没有告警(1 条规则在看)。"


def test_it_tells_what_was_corrected_afterwards(desk: ReportDesk) -> None:
    desk.day_of_calls(date(2026, 3, 5), answered=980)  # delivered again, at 02:30 on 6 March
    desk.desk.clock.moment = at("2026-03-12 02:30")
    from tests.factories import batch, calls

    rows = [{"day": date(2026, 3, 5), "hour": 9, "offered": 1000, "answered": 990, "abandoned": 10}]
    desk.desk.write(batch(calls=calls(*rows)))
    table = desk.report().section("quality").tables[-1]
    assert table.title == "期间更正过的数字"
    found = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert found["接通量"] == ["1 个", "3月5日", "+10 个"]
    assert found["放弃量"] == ["1 个", "3月5日", "−10 个"]


def test_a_day_is_told_by_its_hours(still: ReportDesk) -> None:
    report = still.report(Kind.DAILY, TUESDAY)
    assert report.title.endswith("日报 2026年3月10日 周二")
    section = report.section("days")
    assert [row[0].text for row in section.tables[0].rows] == ["9–10 时", "10–11 时"]
    assert section.tables[0].rows[0][2].text == "90.00 %"


def test_a_month_and_a_half_year_are_cut_into_weeks_and_months(still: ReportDesk) -> None:
    month = still.report(Kind.MONTHLY, date(2026, 2, 10))
    assert [c.title for c in month.section("days").tables[-1].columns][1:3] == ["1日", "2–8日"]
    half = still.report(Kind.HALF_YEAR, SUNDAY)
    assert [c.title for c in half.section("days").tables[-1].columns] == ["指标", "1月", "2月", "3月"]


def test_a_sheet_has_to_be_named_where_there_are_several(sqlite_engine: Engine, tmp_path: Path) -> None:
    made = product(sqlite_engine, tmp_path)
    fill(sqlite_engine)
    house = House(made.catalogue, made.tz, 30, Showing.ON)
    with sqlite_engine.connect() as conn:
        with pytest.raises(ReportError, match="请写明用哪一份"):
            build(conn, house, Wanted(Kind.WEEKLY, SUNDAY), today=date(2026, 3, 20))
        with pytest.raises(ReportError, match="没有目标表"):
            build(conn, house, Wanted(Kind.WEEKLY, SUNDAY, sheet="x"), today=date(2026, 3, 20))
        with pytest.raises(ReportError, match="没有中心"):
            build(conn, house, Wanted(Kind.WEEKLY, SUNDAY, centre="x"), today=date(2026, 3, 20))
