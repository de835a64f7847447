"""The five published documents: counts, a sample read by hand, what is lost, what is put back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.sheet import Cell, CellKind, FlagKind, Indicator, ProjectType, Sheet
from kpi.status import OPERATOR_SIGNS
from targets.draft import read_document, read_with_source

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
KINDS = {"date": CellKind.DATE, "schedule": CellKind.SCHEDULE, "none": CellKind.NONE}


@pytest.fixture(scope="module")
def shared_seeds() -> Path:
    """The published documents; tests of them are skipped only where they are not there."""
    folder = ROOT.parent / "shared" / "seeds"
    if not folder.is_dir():
        pytest.skip("the published documents are not on this machine")
    return folder


@pytest.fixture(scope="module")
def sheets(shared_seeds: Path) -> dict[str, Sheet]:
    return {path.name[:3]: read_document(path.name, path.read_bytes()) for path in sorted(shared_seeds.glob("*.txt"))}


def rows_of(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def written(cell: Cell | None) -> str:
    """A cell in the notation of the sample, taken from its fields one by one."""
    assert cell is not None
    if cell.kind is CellKind.NUMBER:
        sign = OPERATOR_SIGNS[cell.operator] if cell.operator else "."
        return f"{sign} {cell.number} {cell.unit or '.'}"
    if cell.kind is CellKind.BLANK:
        return "-"
    if cell.kind is CellKind.LOST:
        return "LOST"
    kind = next((name for name, kind in KINDS.items() if kind is cell.kind), "")
    return f"{kind}/{cell.text}" if kind else cell.text


def test_it_finds_every_project_indicator_and_money_line(sheets: dict[str, Sheet]) -> None:
    assert {name: sheet.form for name, sheet in sheets.items()} == {
        "000": "standard",
        "001": "report",
        "002": "shanghai",
        "003": "zhongshan",
        "004": "standard",
    }
    indicators = {name: sum(len(project.indicators) for project in sheet.projects) for name, sheet in sheets.items()}
    assert indicators == {"000": 19, "001": 0, "002": 12, "003": 18, "004": 212}
    assert sum(indicators.values()) == 261
    assert sum(len(sheet.projects) for sheet in sheets.values()) == 16
    expenses = {name: sum(len(project.expenses) for project in sheet.projects) for name, sheet in sheets.items()}
    assert expenses == {"000": 1, "001": 0, "002": 4, "003": 0, "004": 33}
    assert [len(project.indicators) for project in sheets["004"].projects] == [
        *(18, 15, 17, 23, 29, 15),
        *(15, 15, 15, 15, 15, 20),
    ]


@pytest.mark.parametrize("expected", rows_of("target_rows.tsv"), ids=lambda row: f"{row[0]}-{row[1]}-{row[5][:12]}")
def test_it_reads_the_row_as_a_person_does(sheets: dict[str, Sheet], expected: list[str]) -> None:
    document, no, level1, level2, part, name, half, full = expected
    project = sheets[document].projects[int(no) - 1]
    found = [one for one in project.indicators if (one.level2, one.name) == (level2, name)]
    assert len(found) == 1
    one = found[0]
    assert (one.level1, one.part, written(one.half), written(one.full)) == (level1, int(part), half, full)


def test_the_sample_is_large_enough() -> None:
    assert len(rows_of("target_rows.tsv")) >= 60


def test_it_reads_every_line_of_expenditure(sheets: dict[str, Sheet]) -> None:
    def amount(cell: Cell) -> str:
        return {CellKind.BLANK: "-", CellKind.LOST: "LOST"}.get(cell.kind) or str(cell.number)

    found = [
        [name, str(project.no), line.name, amount(line.half), amount(line.full)]
        for name, sheet in sheets.items()
        for project in sheet.projects
        for line in project.expenses
    ]
    assert found == rows_of("target_money.tsv")


def test_it_flags_the_five_lost_cells_and_fills_none(sheets: dict[str, Sheet]) -> None:
    lost = {(flag.place, flag.line, flag.suggestion) for flag in sheets["004"].flags if flag.kind is FlagKind.LOST}
    assert lost == {
        ("4/indicator/12/full", 189, ""),
        ("7/fund/0", 332, "3.2"),
        ("8/fund/0", 378, "1.67"),
        ("9/expense/0/full", 434, "10.5"),
        ("11/fund/0", 516, "5"),
    }
    projects = sheets["004"].projects
    assert [projects[no - 1].funds[0].amount.kind for no in (7, 8, 11)] == [CellKind.LOST] * 3
    assert projects[8].expenses[0].full.kind is CellKind.LOST
    assert projects[3].indicators[11].full.kind is CellKind.LOST
    assert not [
        flag for name in ("000", "001", "002", "003") for flag in sheets[name].flags if flag.kind is FlagKind.LOST
    ]


def test_it_says_where_it_took_a_value_from_another_row(sheets: dict[str, Sheet]) -> None:
    def shifted(name: str) -> set[tuple[str, int | None]]:
        return {(flag.place, flag.line) for flag in sheets[name].flags if flag.kind is FlagKind.SHIFTED}

    assert shifted("000") == {("1/fund/0", 16)}
    assert shifted("004") == {("7/expense/0/full", 343), ("8/expense/0/half", 388), ("8/expense/0/full", 388)}


def test_it_says_which_labels_it_put_back_and_what_it_left_out(sheets: dict[str, Sheet]) -> None:
    flags = sheets["004"].flags
    labels = {(flag.place, flag.line, flag.suggestion) for flag in flags if flag.kind is FlagKind.LABEL}
    assert labels == {
        ("1/expense/1", 27, "支出"),
        ("2/indicator/12/level1", 93, "产出指标"),
        ("3/indicator/12/level1", 139, "产出指标"),
        ("4/indicator/21/level1", 200, "效益指标"),
        ("5/fund/5", 225, "项目资金"),
        ("5/fund/8", 218, "收入"),
        ("5/indicator/12/level1", 253, "产出指标"),
        ("6/indicator/7/level1", 307, "过程"),
        ("6/indicator/7/level2", 307, "资金管理"),
        ("7/indicator/14/level1", 361, "产出指标"),
        ("8/fund/1", 380, "财政拨款"),
        ("8/indicator/5/level2", 396, "资金投入"),
        ("8/indicator/7/level1", 398, "过程"),
        ("10/indicator/4/level1", 489, "决策"),
        ("11/indicator/14/level1", 544, "产出指标"),
        ("12/fund/1", 565, "项目资金"),
        ("12/fund/1", 565, "收入"),
        ("12/fund/1", 565, "财政拨款"),
    }
    noise = {(flag.place, flag.line) for flag in flags if flag.kind is FlagKind.NOISE}
    assert noise == {("7/indicator/14", 361), ("10/indicator/4", 489), ("11/indicator/14", 544)}
    unsure = {(flag.place, flag.line) for flag in flags if flag.kind is FlagKind.UNSURE}
    assert unsure == {("5/indicator/16/level2", 258)}


def test_a_flag_shows_the_line_it_speaks_of(shared_seeds: Path) -> None:
    for path in shared_seeds.glob("*.txt"):
        document = read_with_source(path.name, path.read_bytes())
        lines = document.source.split("\n")
        for flag in document.sheet.flags:
            if flag.line is not None:
                assert lines[flag.line - 1].startswith(flag.source.removesuffix("…"))


def test_it_reads_the_head_of_each_form(sheets: dict[str, Sheet]) -> None:
    assert [(sheet.unit, sheet.year) for sheet in sheets.values()] == [
        ("南京市江宁区数据局", 2026),
        ("南京市“12345”政务热线服务中心", 2020),
        ("中共上海市委、上海市人民政府信访办公室", 2019),
        ("中山市12345投诉举报平台管理中心", 2022),
        ("苏州市便民服务中心", 2024),
    ]
    first = sheets["004"].projects[0]
    assert (first.name, first.type, first.starts, first.ends, first.money_unit) == (
        *("呼叫平台、热线电话费等", ProjectType.RECURRING),
        *("2023年", "2025年", "万元"),
    )
    assert dict(first.extra) == {"主管部门": "苏州市行政审批局", "项目级次": "市本级"}
    assert [name for name, _ in first.texts] == ["实施可行性", "项目实施内容", "中长期目标", "年度目标"]
    assert [project.name for project in sheets["004"].projects][8:] == [
        "工作服定制",
        "全市政务服务便民热线运行绩效第三方测评",
        "法律顾问",
        "热线系统软硬件维护",
    ]
    assert all("<" not in text for project in sheets["004"].projects for _, text in project.texts)
    shanghai = sheets["002"].projects[0]
    assert (shanghai.type, shanghai.money_unit) == (ProjectType.RECURRING, "元")
    assert dict(shanghai.extra) == {"项目类型": "经常性专项业务费", "资金用途": "政府购买服务"}


def test_it_reads_income_with_blank_apart_from_nought(sheets: dict[str, Sheet]) -> None:
    funds = {line.name: line for line in sheets["004"].projects[4].funds}
    assert [(line.name, line.level) for line in funds.values()] == [
        ("资金总额", 0),
        ("财政拨款", 1),
        ("一般公共预算资金", 2),
        ("政府性基金", 2),
        ("财政专户管理资金", 2),
        ("国有资本金", 1),
        ("社保基金", 1),
        ("上年结转资金", 1),
        ("其他资金", 1),
    ]
    assert funds["资金总额"].amount.number == Decimal("1663.63")
    assert funds["政府性基金"].amount.kind is CellKind.BLANK
    assert (funds["社保基金"].amount.kind, funds["社保基金"].amount.number) == (CellKind.NUMBER, Decimal(0))
    assert [line.amount.number for line in sheets["000"].projects[0].funds] == [725, 725, 725, 0, 0, 0, 0, 0, 0]


def test_it_reads_what_former_years_cost_and_the_ceilings(sheets: dict[str, Sheet]) -> None:
    def costs(name: str) -> list[tuple[int | None, str, Decimal | None]]:
        return [(cost.year, cost.kind, cost.amount.number) for cost in sheets[name].projects[0].costs]

    assert costs("000") == [
        (2023, "actual", Decimal("751.78")),
        (2024, "actual", Decimal("750")),
        (2025, "expected", Decimal("730")),
        (None, "ceiling_year", Decimal("725.63")),
        (None, "ceiling_total", Decimal("2176.89")),
    ]
    assert costs("001") == [(2020, "actual", Decimal("1631.10"))]
    assert costs("002") == [
        (2018, "budget_last_year", Decimal(136990000)),
        (2018, "spent_last_year", Decimal(136990000)),
    ]
    assert costs("003") == [(2022, "actual", Decimal("17160289.87"))]
    assert not any(project.costs for project in sheets["004"].projects)


def test_it_splits_the_cells_of_the_evaluation_form(sheets: dict[str, Sheet]) -> None:
    def shown(one: Indicator) -> tuple[int, int, str, str]:
        return one.row, one.part, one.name, written(one.reported)

    assert [shown(one) for one in sheets["003"].projects[0].indicators] == [
        (1, 1, "预算执行率", ". 100.00 %"),
        (2, 1, "预算调整率", ". 100 %"),
        (3, 1, "培训场次", ". 114 次"),
        (3, 2, "月均话务量", ". 175560 次"),
        (4, 1, "投诉举报类工单质检率", ". 99.73 %"),
        (4, 2, "系统故障率", ". 0 %"),
        (4, 3, "IVR互损率", ". 0 %"),
        (5, 1, "准确派单率", ". 94.82 %"),
        (5, 2, "人工接通率", ". 72.95 %"),
        (5, 3, "平均处理时长", ". 153.33 秒"),
        (5, 4, "逾期追责率", ". 100 %"),
        (5, 5, "15秒接通率", ". 71.17 %"),
        (6, 1, "及时派单率", ". 100 %"),
        (6, 2, "话务应答情况录音率", ". 100 %"),
        (6, 3, "数据资料完备率", ". 100 %"),
        (6, 4, "及时解答率", ". 98.93 %"),
        (7, 1, "群众满意度", ". 99.73 %"),
        (7, 2, "工单处理满意度", ". 90.32 %"),
    ]
    kinds = Counter(flag.kind for flag in sheets["003"].flags)
    assert kinds == {FlagKind.SPLIT: 5, FlagKind.MASKED: 2}


def test_it_asks_where_a_target_of_shanghai_holds_figures_in_words(sheets: dict[str, Sheet]) -> None:
    suggestions = {flag.place: flag.suggestion for flag in sheets["002"].flags if flag.suggestion}
    assert suggestions == {
        "1/indicator/4/full": "接听电话 379.8万个;网站和手机受理 28.1万件",
        "1/indicator/6/full": "平均接通时长 8秒",
    }


def test_it_reads_the_figures_of_the_report(sheets: dict[str, Sheet]) -> None:
    stated = {one.name: (str(one.value), one.unit, one.change and str(one.change)) for one in sheets["001"].statistics}
    expected = {
        "来电量": ("217.77", "万个", "10.96"),
        "多媒体渠道受理量": ("63.45", "万件", "59.38"),
        "总服务量": ("281.22", "万件", "25.29"),
        "办结率": ("99.8", "%", None),
        "综合满意率": ("95.68", "%", None),
        "总收入": ("2053.08", "万元", None),
        "财政拨款收入": ("2052.85", "万元", None),
        "基本支出拨款": ("1290.01", "万元", None),
        "项目支出拨款": ("762.84", "万元", None),
        "总支出": ("1631.10", "万元", None),
        "基本支出": ("1262.39", "万元", None),
        "项目支出": ("368.71", "万元", None),
        "整体执行率": ("80.15", "%", None),
        "人员编制": ("11", "名", None),
        "在编人数": ("12", "人", None),
        "编外聘用人员": ("128", "人", None),
        "自评得分": ("97.5", "分", None),
    }
    assert expected.items() <= stated.items()
    headings = [heading for heading, _ in sheets["001"].sections]
    assert [heading[:2] for heading in headings] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert all(text for _, text in sheets["001"].sections)
    whole = sheets["001"].projects[0]
    assert [name for name, _ in whole.texts] == ["中长期目标", "年度目标"]
