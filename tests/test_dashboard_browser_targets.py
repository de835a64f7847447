"""The performance contract in a real browser: from no sheet to a signed self-evaluation."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.entries import list_entries
from db.sheets import list_flags, list_sheets, load_sheet
from tests.dashboard_browser import PHONE, Site, Visitor, chromium, installation, serving, visitor
from tests.dashboard_facts import FIRST, MISSING, TODAY, answered_of

PASTED = """\
某区项目预算绩效目标申报表
2026 年度
项目名称\t热线运营
项目类型\t常年安排项目
单位\t某区数据局
项目资金 (万元)\t收入\t资金总额\t全年(程) 预算数
\t\t小计\t3.2
\t支出\t项目支出明细\t半年(程) 计划执行数 (万元)\t全年(程) 预算数 (万元)
\t\t培训\t1.6\t3.2
一级指标\t二级指标\t三级指标\t半年(程) 指标值\t全年(程) 指标值
过程\t资金管理\t预算执行率\t=50%\t=100%
产出指标\t数量指标\t培训场次\t≥2场\t≥4场
\t时效指标\t热线话务接通率\t≥96%\t≥96%
效益指标\t社会效益\t社会公众幸福感\t提升\t提升
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with installation(tmp_path, targets=False) as made, serving(made) as running:
        yield running


@pytest.fixture
def someone(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site) as come:
        yield come


def start_from_preset(someone: Visitor) -> Page:
    """江宁 2026 in force for the district, every proposal confirmed."""
    page = someone.open("/sheets")
    page.get_by_label("中心", exact=False).first.wait_for()
    page.locator("#import-field-centre").click(force=True)
    page.get_by_title("江宁分中心", exact=True).click()
    page.locator("#import-field-author").fill("绩效专员")
    page.locator(".presets li", has_text="江宁 2026").get_by_role("button").click()
    page.wait_for_url("**/review?sheet=jiangning-2026")
    page.locator("#review-field-author").fill("绩效专员")
    page.get_by_role("button", name="确认全部建议").click()
    expect(page.locator("#review-answer")).to_contain_text("已确认 19 项绑定")
    expect(page.locator(".page")).to_contain_text("绩效专员 已确认")  # redrawn: a click meanwhile would be lost
    page.get_by_role("button", name="启用这一版").click()
    expect(page.locator("#review-answer")).to_contain_text("已启用第 1 版")
    expect(page.locator("h1")).to_contain_text("启用中")
    return page


def by_hand(until: date) -> tuple[int, int]:
    """Answered and offered of the district from the first day on record, added up from how the facts are made."""
    days = [FIRST + timedelta(days=i) for i in range((until - FIRST).days + 1)]
    known = [answered_of(day) for day in days if day not in (MISSING, TODAY)]
    return sum(answered // 10 * 10 for _, answered in known), sum(offered for offered, _ in known)


def test_without_a_sheet_every_page_leads_to_the_import(someone: Visitor) -> None:
    for path in ("/targets", "/evaluation", "/entries", "/review", "/indicator"):
        page = someone.open(path)
        expect(page.locator(".page")).to_contain_text("目标表" if path != "/indicator" else "没有这个指标")
    someone.open("/targets")
    page.get_by_role("link", name="去导入目标表").click()
    page.wait_for_url("**/sheets")
    assert someone.troubles == []


def test_a_preset_becomes_a_tracked_sheet_with_the_figures_of_the_facts(someone: Visitor) -> None:
    start_from_preset(someone)
    page = someone.open("/targets?sheet=jiangning-2026&asof=2026-03-19")
    expect(page.locator(".progress-table tbody tr")).to_have_count(19)
    row = page.locator("tr", has_text="热线话务接通率")
    answered, offered = by_hand(date(2026, 3, 19))
    expect(row).to_contain_text(f"{answered:,} / {offered:,}")
    expect(row).to_contain_text(f"{answered / offered * 100:.2f}")
    expect(page.locator(".notice")).to_contain_text("截至 3月19日")
    page.get_by_role("link", name="无数据").click()
    expect(page.locator("tr", has_text="热线话务接通率")).to_have_count(0)
    assert "status=no-data" in page.url
    page.go_back()
    expect(page.locator(".progress-table tbody tr")).to_have_count(19)
    row.get_by_role("link", name="热线话务接通率").click()
    page.wait_for_url("**/indicator?**")
    expect(page.locator("h1")).to_contain_text("热线话务接通率")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.locator(".part-proof")).to_contain_text("接通量 ÷ 人工请求量")
    assert someone.troubles == []


def test_it_says_what_would_be_if_a_rate_held(someone: Visitor) -> None:
    page = start_from_preset(someone)
    page = someone.open("/targets?sheet=jiangning-2026")
    page.locator("tr", has_text="热线话务接通率").get_by_role("link").first.click()
    page.wait_for_url("**/indicator?**")
    page.locator("#what-if-field-rate").fill("abc")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("#what-if-answer")).to_contain_text("不是数字")
    page.locator("#what-if-field-rate").fill("99")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("#what-if-answer")).to_contain_text("半年末")
    assert someone.troubles == []


def test_a_reading_is_entered_with_evidence_and_taken_back(someone: Visitor, tmp_path: Path) -> None:
    start_from_preset(someone)
    proof = tmp_path / "纪要.txt"
    proof.write_text("会议纪要", encoding="utf-8")
    page = someone.open("/entries?sheet=jiangning-2026")
    expect(page.locator("h1")).to_contain_text("还有")
    page.locator("#entry-field-text").fill("充分")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#entry-answer")).to_contain_text("请写明填报人")
    page.locator("#entry-field-author").fill("填报员")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="佐证材料").click()
    chooser.value.set_files(proof)
    expect(page.locator("#entry-field-chosen")).to_have_text("纪要.txt")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#entry-answer")).to_contain_text("已保存")
    row = page.locator(".part-list tbody tr")
    expect(row).to_contain_text("立项依据充分性")
    with page.expect_download() as download:
        row.get_by_role("link", name="纪要.txt").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "会议纪要"
    someone.open("/targets?sheet=jiangning-2026")
    page.locator("summary", has_text="决策").click()
    expect(page.locator("tr", has_text="立项依据充分性")).to_contain_text("达标")
    someone.open("/entries?sheet=jiangning-2026")
    page.locator("#entry-field-author").fill("填报员")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".part-list tbody tr")).to_contain_text("由 填报员 撤销")
    with someone.site.product.engine.connect() as conn:
        assert list_entries(conn, "jiangning-2026") == ()
    assert someone.troubles == []


def test_pasted_text_is_read_and_what_is_lost_is_put_right_by_a_person(someone: Visitor) -> None:
    page = someone.open("/sheets")
    page.get_by_role("button", name="读入").click()
    expect(page.locator("#import-answer")).to_contain_text("请填写经办人")
    page.locator("#import-field-code").fill("mine-2026")
    page.locator("#import-field-author").fill("绩效专员")
    page.locator("#import-field-pasted").fill(PASTED)
    page.get_by_role("button", name="读入").click()
    page.wait_for_url("**/review?sheet=mine-2026")
    engine = someone.site.product.engine
    with engine.connect() as conn:
        lost = [one for one in list_flags(conn, "mine-2026") if one.flag.kind.value == "lost"]
        assert load_sheet(conn, "mine-2026").projects[0].funds[0].amount.number is None
    assert len(lost) == 1
    row = page.locator(".review-table").first.locator("tr", has_text="缺失")
    expect(row).to_contain_text("资金总额")
    page.locator("#review-field-author").fill("绩效专员")
    row.get_by_placeholder("改为").fill("3.2")
    row.get_by_role("button", name="改正").click()
    expect(page.locator("#review-answer")).to_contain_text("已保存")
    with engine.connect() as conn:
        assert str(load_sheet(conn, "mine-2026").projects[0].funds[0].amount.number) == "3.2"
        assert list_sheets(conn)[0].indicators == 4
    page.locator("tr", has_text="培训场次").get_by_role("button", name="修改绑定").click()
    form = page.locator(".drawer-body")
    expect(form).to_contain_text("考核方式")
    form.locator("#binding-field-author").fill("绩效专员")
    form.get_by_role("button", name="确认").click()
    expect(form.locator("#binding-answer")).to_contain_text("已确认 1 项绑定")
    assert someone.troubles == []


def test_a_self_evaluation_is_filled_scored_and_exported(someone: Visitor) -> None:
    start_from_preset(someone)
    page = someone.open("/evaluation?sheet=jiangning-2026&period=half")
    expect(page.locator("h1")).to_contain_text("尚缺")
    page.locator("tr", has_text="社会公众幸福感").get_by_role("button", name="填入").click()
    form = page.locator(".drawer-body")
    form.locator("#score-field-grade").click(force=True)
    page.get_by_title("达到预期", exact=False).first.click()
    form.locator("#score-field-author").fill("绩效专员")
    form.get_by_role("button", name="保存").click()
    expect(form.locator("#score-answer")).to_contain_text("已保存")
    page.keyboard.press("Escape")
    expect(page.locator(".part-rows tr", has_text="社会公众幸福感")).to_contain_text("8.33")
    page.locator(".field", has_text="三、履职成效").locator("textarea").first.fill("本单位自己写的成效。")
    page.locator("#texts-field-author").fill("绩效专员")
    page.locator(".panel", has_text="自评文字").get_by_role("button", name="保存").click()
    expect(page.locator("#texts-answer")).to_contain_text("已保存")
    for name, inside in (("绩效自评表 xlsx", "xl/workbook.xml"), ("绩效自评报告 docx", "word/document.xml")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        content = Path(download.value.path()).read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = archive.read(inside).decode()
        assert "docx" not in name or "本单位自己写的成效。" in text
    page.locator("summary", has_text="编辑评分规则").click()
    page.locator("summary", has_text="高级").click()
    page.locator("#rules-field-text").fill("{")
    page.get_by_role("button", name="预览").last.click()
    expect(page.locator("#rules-answer")).to_contain_text("不是完整的 JSON")
    assert someone.troubles == []


def test_rules_are_edited_in_a_table(someone: Visitor) -> None:
    start_from_preset(someone)
    page = someone.open("/evaluation?sheet=jiangning-2026&period=half")
    page.locator("summary", has_text="编辑评分规则").click()
    row = page.locator(".scoring-table tr", has_text="热线话务接通率")
    weight, rule = row.get_by_label("的权重"), row.get_by_label("的评分规则")
    expect(rule).to_have_value("完成率 目标 96")
    rule.fill("大概 96")
    expect(row).to_contain_text("看不懂“大概 96”。例:完成率 目标 98 上限 100")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("#scoring-answer")).to_contain_text("“热线话务接通率”:看不懂“大概 96”")
    rule.fill(">=96得12,<96得3")
    expect(row).to_contain_text("值≥96 得 12 分;值<96 得 3 分")
    weight.fill("12")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#scoring-answer .answer-done")).to_contain_text("按这份规则:")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("#scoring-answer")).to_contain_text("请填写经办人")
    page.locator("#scoring-field-author").fill("绩效专员")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("#scoring-answer")).to_contain_text("已保存")
    expect(rule).to_have_value("≥96 得 12;<96 得 3")
    expect(page.locator(".scoring-table tr", has_text="合同付款进度").get_by_label("的权重")).to_have_attribute(
        "placeholder", "均分 6.00"
    )  # the other three rows of 产出 share 30 - 12
    page.locator("summary", has_text="高级").click()
    expect(page.locator("#rules-field-text")).to_have_value(re.compile(r'"weight": "12"'))
    page.reload()
    page.locator("summary", has_text="编辑评分规则").click()
    expect(weight).to_have_value("12")
    expect(rule).to_have_value("≥96 得 12;<96 得 3")
    expect(page.locator(".part-rows tr", has_text="热线话务接通率")).to_contain_text("12.00")
    assert someone.troubles == []


def test_the_progress_table_fits_a_phone(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as someone:
        start_from_preset(someone)
    with visitor(browser, site, PHONE) as someone:
        page = someone.open("/targets?sheet=jiangning-2026")
        expect(page.locator("tr", has_text="热线话务接通率")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
