"""Components are pure functions: what stands in them is compared on a few made rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboard import chart_tables as tables
from dashboard import findings, language, shell
from dashboard.components import calendar, contract, kpi, proof, records, states
from dashboard.components.parts import badge, figure
from dashboard.data import CentreChoice
from dashboard.filters import Filters
from dashboard.format import Shown
from dashboard.judged import MONEY_TOLERANCE, Target, judge
from dashboard.texts import t
from dashboard.views import (
    BroughtBy,
    DataPage,
    DayState,
    FormulaInForce,
    Freshness,
    Proof,
    RejectView,
    RunView,
    SourceCalendar,
    SourceState,
    SourceView,
)
from kpi.compare import Doubt, Entrant, compare
from kpi.periods import Period
from kpi.status import Operator, Status
from tests.dashboard_views import (
    AT_LEAST_96,
    CATALOGUE,
    MARCH,
    TODAY,
    by_day,
    daily,
    few,
    hourly,
    indicator,
    met,
    missed,
    overview,
    plain,
    props,
    value,
    words,
)
from tests.factories import TZ

NOW = datetime(2026, 3, 20, 14, 40, tzinfo=TZ)


@pytest.mark.parametrize("status", list(Status))
def test_it_shows_every_status_by_shape_and_word(status: Status) -> None:
    mark, word = words(badge(status)).split()
    assert word == status.value
    assert mark


def test_it_shows_no_two_statuses_by_the_same_shape() -> None:
    assert len({words(badge(s)).split()[0] for s in Status}) == len(Status)


def test_it_says_the_reason_of_no_value_aloud() -> None:
    shown = figure(Shown("—", reason="分母为 0"))
    assert words(shown) == "— 分母为 0"
    assert props(shown, "title") == ["分母为 0"]


def test_it_puts_everything_about_a_kpi_on_its_card() -> None:
    view = overview(missed())
    card = kpi.card(missed(), view, Filters(), drawn=True)
    said = words(card)
    for text in (
        "接通率",
        "✕ 未达标",
        "95.996",
        "≥ 96 %",
        "95,996 / 100,000",
        "−1.0 个百分点",
        "较上月同期",
        "19/20 天有数据",
    ):
        assert text in said
    assert "今日 96.17 %" in said
    assert props(card, "data-sources") == ["calls"]
    assert props(card, "href") == ["?kpi=answer_rate"]
    assert {"type": "provenance", "kpi": "answer_rate"} in props(card, "id")
    assert props(card, "role") == ["img", "img"]
    assert "接通率 本月: 至今 95.996 %,目标 ≥ 96 %" in props(card, "aria-label")
    assert "接通率近 4 天走势,最近一天 96.00 %" in props(card, "aria-label")


def test_it_says_nothing_of_coverage_where_the_period_is_complete() -> None:
    assert "天有数据" not in words(kpi.card(met(), overview(met()), Filters(), drawn=False))


def test_it_says_common_coverage_once_for_all_rows() -> None:
    short = replace(missed(), target=None, status=None)
    for panel, item in ((kpi.rows_panel, short), (contract.contract_panel, missed())):
        view = overview(rows=(item, item, item))
        assert words(panel(view, Filters(), "")).count("19/20 天有数据") == 1


def test_what_is_said_of_all_rows_is_true_of_all_rows() -> None:
    """One row is complete where most lack a day: it says so itself, and what stands above leaves it out."""
    short, whole = (replace(one, target=None, status=None) for one in (missed(), met()))
    reading = indicator("retention_rate", value("retention_rate", 40.0, 40.0, days=(0, 20)))
    said = words(kpi.rows_panel(overview(rows=(short, short, whole)), Filters(), ""))
    assert "按日的指标除另注外 19/20 天有数据" in said
    assert said.count("19/20 天有数据") == said.count("20/20 天有数据") == 1
    assert "除另注外 19/20" in words(kpi.rows_panel(overview(rows=(short, reading)), Filters(), ""))
    language.use(language.ENGLISH)
    try:
        assert "unless noted 19/20 days have data" in words(
            kpi.rows_panel(overview(rows=(short, short, whole)), Filters(), "")
        )
    finally:
        language.use(None)


def test_it_lists_what_no_source_tells_below_the_rows() -> None:
    view = overview(rows=(plain(),), silent=(CATALOGUE.kpis["ivr_loss_rate"],))
    said = words(kpi.rows_panel(view, Filters(), ""))
    assert "16,600" in said
    assert "1 项没有数据来源" in said
    assert "IVR呼损率" in said


def test_it_opens_with_what_is_met_and_what_is_not() -> None:
    view = overview(missed(), met(), rows=(few(), plain()))
    assert findings.overview_sentence(view) == (
        "本月 2 项有目标的指标中 1 项达标;接通率 95.996 %,距目标 ≥ 96 % 还差 0.004 个百分点。"
        "另有 1 项样本不足,暂不判断。接通率缺 1 天的数据。"
    )
    assert findings.overview_sentence(overview(met())) == "本月 1 项有目标的指标全部达标。"
    assert findings.overview_sentence(overview(missed())).startswith("本月 1 项有目标的指标都未达标:接通率")
    assert findings.overview_sentence(overview(plain())) == "本月呼入量 16,600 个;还没有设目标,只列数值。"


def test_it_says_what_the_days_show() -> None:
    assert findings.daily_finding(daily((97, 100), (95, 100), (96, 100))) == (
        "接通率 3 天中 1 天未达目标,最差 3月19日 95.00 %"
    )
    assert findings.daily_finding(daily((97, 100), None, (96, 100))) == "接通率 2 天都达到目标 ≥ 96 %"
    assert findings.daily_finding(daily(None)) == "接通率在所选期间没有按日的数据"
    assert findings.daily_finding(daily((97, 100))) == "接通率 3月20日为 97.00 %"
    assert findings.daily_finding(daily((97, 100), (95, 100), target=None)) == (
        "接通率最高 3月19日 97.00 %,最低 3月20日 95.00 %"
    )


def test_it_leaves_days_on_too_small_a_sample_out_of_what_it_says() -> None:
    chart = daily((0, 2), (97, 100), (29, 29), (95, 100), min_sample=30)
    assert findings.daily_finding(chart) == "接通率 2 天中 1 天未达目标,最差 3月20日 95.00 %"
    untargeted = daily((0, 2), (97, 100), (29, 29), (95, 100), min_sample=30, target=None)
    assert findings.daily_finding(untargeted) == "接通率最高 3月18日 97.00 %,最低 3月20日 95.00 %"
    assert findings.daily_finding(daily((0, 2), (1, 1), min_sample=30)) == ("接通率每天的样本都不足 30,只给数值,不判断")
    assert findings.daily_finding(daily((1, 2), min_sample=30)) == "接通率 3月20日的样本不足 30,只给数值,不判断"
    said = [row[-1] for row in tables.by_day(chart).rows]
    assert said == ["样本不足(2/30),不判断", "", "样本不足(29/30),不判断", ""]


def test_it_does_not_count_the_day_that_is_not_over() -> None:
    chart = daily((97, 100), (96, 100), (10, 100), today=TODAY)
    assert findings.daily_finding(chart) == "接通率 2 天都达到目标 ≥ 96 %"
    ended = daily((97, 100), (96, 100), (10, 100), today=TODAY, today_counts=True)
    assert findings.daily_finding(ended) == "接通率 3 天中 1 天未达目标,最差 3月20日 10.00 %"
    assert findings.daily_finding(daily((10, 100), today=TODAY)) == "接通率 3月20日为 10.00 %"


def test_it_calls_no_hour_on_too_small_a_sample_tight() -> None:
    assert findings.hourly_finding(hourly((2, 3), (0, 1))) == "今天各小时接通率的样本都不足 30,只给数值,不判断"
    said = [row[-1] for row in tables.by_hour(hourly((2, 3), (96, 100))).rows]
    assert said == ["样本不足(3/30),不判断", ""]


def test_it_says_which_hour_was_the_tightest() -> None:
    assert findings.hourly_finding(hourly((97, 100), (80, 100), (144, 150))) == (
        "今天 9 时最紧:接通率 80.00 %(共 100);10 时最忙"
    )
    assert findings.hourly_finding(hourly((97, 100), (160, 200))) == "今天 9 时最紧:接通率 80.00 %(共 200)"
    assert findings.hourly_finding(hourly((97, 100), (192, 200))) == "今天 2 个小时的接通率都达到目标,9 时最忙"
    assert findings.hourly_finding(hourly((9, 10), (190, 200))) == "今天 9 时最紧:接通率 95.00 %(共 200)"
    assert findings.hourly_finding(hourly()) == "今天还没有接通率的小时数据"


def test_it_proves_a_figure() -> None:
    made = Proof(
        kpi=CATALOGUE.kpis["answer_rate"],
        value=value("answer_rate", 95_996.0, 100_000.0, days=(19, 20)),
        centres=1,
        target=AT_LEAST_96,
        formulas=(FormulaInForce("接通量 ÷ 人工请求量", date(2026, 1, 1), MARCH, "ratio_of_sums", "合同", "李工"),),
        numerator=("接通量", 95_996.0),
        denominator=("人工请求量", 100_000.0),
        brought=(BroughtBy("calls", "话务平台导出", 59, NOW, ("a.csv",), date(2026, 3, 20), date(2026, 3, 20)),),
        brought_more=3,
        restated=2,
    )
    said = words(proof.proof_body(made, NOW))
    for text in (
        "95.996",
        "接通量 ÷ 人工请求量",
        "自 2026年1月1日 起 · 期间内先求和再相除 · 修改人 李工 · 合同",
        "100,000",
        "3月1日–31日 · 19/20 天有数据",
        "≥ 96 %",
        "编号 59 · 14:40",
        "a.csv",
        "另有较早的 3 次拉取",
        "2 处数字事后更正",
    ):
        assert text in said


def test_it_proves_a_count_without_a_division_and_a_reading_of_a_month_without_days() -> None:
    formula = FormulaInForce("服务投诉量", None, MARCH, "ratio_of_sums", "", "")
    made = Proof(
        kpi=CATALOGUE.kpis["service_complaints"],
        value=value("service_complaints", 1.0, days=(0, 20)),
        centres=1,
        target=None,
        formulas=(formula,),
        numerator=("服务投诉量", 1.0),
        denominator=None,
        brought=(),
        brought_more=0,
        restated=0,
    )
    said = words(proof.proof_body(made, NOW))
    assert "自始" in said
    assert "相除" not in said
    assert "天有数据" not in said


def test_it_says_no_coverage_of_a_reading_that_no_day_brought() -> None:
    item = indicator("retention_rate", value("retention_rate", 40.0, 40.0, days=(0, 20)))
    assert "天有数据" not in words(kpi.rows_panel(overview(rows=(item, plain())), Filters(), ""))


def source(state: SourceState = SourceState.OK, **more: object) -> SourceView:
    """A row of the sources table."""
    given: dict[str, object] = {
        "code": "calls",
        "title": "话务平台导出",
        "kind": "files",
        "checked_at": NOW,
        "last_ok_at": NOW,
        "last_error": "",
        "first_day": date(2026, 1, 20),
        "last_day": TODAY,
        "missing": 1,
        "rows": 600,
        "open_rejects": 2,
        "takes_files": True,
        "accepts": "inbox/*.csv",
    }
    return SourceView(state=state, **{**given, **more})  # type: ignore[arg-type]


def test_it_lists_sources_with_their_error_and_a_way_in() -> None:
    failed = source(SourceState.FAILED, last_error="连不上数据库,请检查网络。")
    said = words(records.sources_table([failed], NOW))
    for text in ("话务平台导出", "✕ 失败", "连不上数据库,请检查网络。", "1月20日–3月20日", "600", "上传"):
        assert text in said
    assert props(records.sources_table([failed], NOW), "data-upload") == ["calls"]
    assert "不收文件" in words(records.sources_table([source(takes_files=False)], NOW))


def test_it_lists_runs_with_their_details_folded() -> None:
    run = RunView(
        7, "calls", "话务平台导出", "upload", "failed", Period(TODAY, TODAY), NOW, 65.2, 100, 98, 2,
        ("a.csv",), ("少了一列",), "表头不对",
    )  # fmt: skip
    said = words(records.runs_table([run], NOW))
    for text in ("✕ 失败", "上传", "3月20日", "1 分 05 秒", "100", "98", "表头不对", "a.csv", "少了一列"):
        assert text in said
    assert words(records.runs_table([], NOW)) == t("data.no_runs")


def test_it_lists_rejects_with_the_reason_and_the_way_to_mend() -> None:
    row = RejectView("calls", "话务平台导出", "a.csv", "明细", 12, "接通时间", "25:71:00", "不是时间;请改正")
    said = words(records.rejects_table([row], 61))
    for text in ("a.csv", "明细", "12", "接通时间", "25:71:00", "不是时间;请改正", "只列出最近 1 行,共 61 行"):
        assert text in said
    actions = records.reject_actions([source(), source(open_rejects=0)])
    assert props(actions, "href") == ["/export/rejects/calls.xlsx"]
    assert records.reject_actions([source(open_rejects=0)]) is None


def test_it_makes_only_missing_days_clickable_and_says_what_to_do() -> None:
    days = {date(2026, 3, 8): DayState.DATA, date(2026, 3, 9): DayState.GAP, TODAY: DayState.TODAY}
    made = SourceCalendar("calls", "话务平台导出", "files", days, {date(2026, 3, 8): 600})
    shown = calendar.calendar(made, TODAY)
    assert props(shown, "id") == [{"type": "gap", "source": "calls", "day": "2026-03-09"}]
    assert "3月8日 周日 有数据,600 行" in props(shown, "title")
    assert "inbox/*.csv" in words(calendar.gap_detail(made, date(2026, 3, 9), TODAY, "inbox/*.csv", "x"))
    asked = SourceCalendar("db", "业务库", "sql", days, {})
    said = words(calendar.gap_detail(asked, date(2026, 3, 9), TODAY, "", "python3 start.py"))
    assert "python3 start.py pull db --from 2026-03-09 --to 2026-03-09" in said


def test_it_opens_the_data_page_with_what_has_to_be_done() -> None:
    gap = SourceCalendar("calls", "话务", "files", {date(2026, 3, 9): DayState.GAP}, {})
    page = DataPage(NOW, (source(), source(SourceState.STALE, title="工单")), (gap,), (), (None, None), (), 2, ())
    assert findings.data_sentence(page) == "2 个来源中 1 个正常;工单过时;近 90 天缺 1 天数据;2 行未能使用,待修改。"
    fine = DataPage(NOW, (source(),), (), (), (None, None), (), 0, ())
    assert findings.data_sentence(fine) == "1 个来源中 1 个正常;没有缺的天,也没有待修改的行。"


def test_it_leads_by_the_hand_on_the_first_day() -> None:
    said = words(states.first_run("python3 start.py"))
    for command in ("python3 start.py demo", "python3 start.py init", "python3 start.py doctor", "targets import"):
        assert command in said
    assert props(states.first_run("python3 start.py"), "href") == ["/data"]


def test_it_leads_back_to_days_with_data() -> None:
    shown = states.nothing_in_period(overview(), Filters(preset="today"), date(2026, 2, 14))
    assert "本月(3月1日–31日)没有数据" in words(shown)
    assert props(shown, "href") == ["?from=2026-02-01&to=2026-02-14"]


def test_it_keeps_centre_and_period_in_every_link_of_the_frame() -> None:
    filters = Filters("district", "last-week", kpi="service_level")
    pages = [{"path": "/", "module": "pages.overview", "icon": "overview"}, {"path": "/404", "module": "pages.none"}]
    (item,) = shell.menu(pages, "/", filters)
    assert props(item, "href") == ["/?centre=district&period=last-week"]
    assert props(item, "aria-current") == ["page"]
    centres = (CentreChoice("city", "市中心", 0), CentreChoice("district", "江宁分中心", 1))
    bar = shell.filter_bar(filters, centres, TODAY)
    hrefs = [href for part in bar for href in props(part, "href")]
    assert "?centre=district&period=this-year&kpi=service_level" in hrefs
    assert "?centre=city&period=last-week&kpi=service_level" in hrefs
    assert words(bar[0]).split()[0] == "江宁分中心"


def test_it_shows_no_centre_menu_for_one_centre() -> None:
    one = shell.filter_bar(Filters(), (CentreChoice("city", "市中心", 0),), TODAY)
    assert "市中心" not in " ".join(words(part) for part in one)


def test_it_shows_the_moment_of_the_data() -> None:
    fresh = Freshness(NOW, NOW.replace(minute=35), {"calls": (NOW.replace(minute=35), 30)})
    assert words(shell.freshness(fresh)) == "截至 14:35 5 分钟前"
    assert words(shell.freshness(Freshness(NOW, None, {}))) == "还没有数据"
    assert words(shell.freshness(Freshness(NOW, None, {}, broken=True))) == "数据库连不上"


def test_it_waits_for_nothing_more_in_a_period_that_is_over() -> None:
    last_month = overview(missed(), period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert props(kpi.card(missed(), last_month, Filters(), drawn=False), "data-sources") == [""]


def test_it_shows_the_figure_without_exclusions_only_where_it_differs() -> None:
    same = replace(missed(), without=missed().now)
    assert "剔除后" not in words(kpi.card(same, overview(same), Filters(), drawn=False))
    other = replace(missed(), without=value("answer_rate", 97.0, 100.0))
    assert "剔除后 97.00 %" in words(kpi.card(other, overview(other), Filters(), drawn=False))
    assert "剔除后 97.00 %" in words(contract.contract_panel(overview(rows=(other,)), Filters(), ""))


def test_it_says_which_way_a_target_was_missed() -> None:
    slow = indicator("handle_time", value("handle_time", 26_650.0, 100.0), Target(Operator.AT_MOST, 260.0))
    assert "平均处理时长 266.5 秒,超出目标(≤ 260 秒)6.5 秒" in findings.overview_sentence(overview(slow))
    off = indicator("callback_rate", value("callback_rate", 99.0, 100.0), Target(Operator.EQUAL, 1.0))
    assert "回访率 99.00 %,与目标 = 100 % 相差 1.00 个百分点" in findings.overview_sentence(overview(off))


@pytest.mark.parametrize(
    ("operator", "reached", "due", "word"),
    [
        (Operator.AT_LEAST, 0.4, False, Status.NOT_DUE),
        (Operator.AT_LEAST, 0.6, False, Status.MET),
        (Operator.AT_LEAST, 0.4, True, Status.MISSED),
        (Operator.EQUAL, 0.4, False, Status.NOT_DUE),
        (Operator.AT_MOST, 0.6, False, Status.MISSED),
        (Operator.AT_MOST, 0.4, False, Status.MET),
    ],
)
def test_it_expects_what_grows_only_at_the_end(operator: Operator, reached: float, due: bool, word: Status) -> None:
    spent = value("budget_execution_rate", reached * 1000, 1000.0)
    assert judge(spent, Target(operator, 0.5, whole=True, due=due), 30) is word


def test_it_lets_money_be_a_little_off_its_plan() -> None:
    plan = Target(Operator.EQUAL, 0.5, MONEY_TOLERANCE, whole=True)
    words_for = {
        spent: judge(value("budget_execution_rate", spent, 1000.0), plan, 30) for spent in (449.0, 451.0, 549.0, 551.0)
    }
    assert list(words_for.values()) == [Status.MISSED, Status.MET, Status.MET, Status.MISSED]


def test_it_holds_no_single_day_against_the_target_of_a_whole_period() -> None:
    plan = Target(Operator.EQUAL, 0.5, MONEY_TOLERANCE, whole=True)
    item = indicator("budget_execution_rate", value("budget_execution_rate", 500.0, 1000.0), plan)
    item = replace(item, trend=by_day("budget_execution_rate", (1, 100), (2, 100)))
    (style,) = (s for s in props(kpi.card(item, overview(item), Filters(), drawn=False), "style") if "maskImage" in s)
    assert "dasharray" not in style["maskImage"]


@pytest.mark.parametrize(("items", "word"), [(1416.0, Status.MET), (29.0, Status.TOO_FEW)])
def test_it_judges_the_output_of_a_small_centre_by_its_items(items: float, word: Status) -> None:
    """23 seats that work a day are no small sample where they handled 1,416 items."""
    output = CATALOGUE.kpis["daily_output"]
    day = value("daily_output", items, 23.0, start=TODAY, end=TODAY)
    assert judge(day, Target(Operator.AT_LEAST, 60.0), 30, output) is word
    (standing,) = compare(output, [Entrant("d", day, {})], 30)
    assert (standing.doubt is Doubt.TOO_FEW) is (word is Status.TOO_FEW)
