"""The breakages of real documents, one by one, in small forms of our own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi.sheet import CellKind, Flag, FlagKind, Indicator, Project, ProjectType, Sheet
from targets.draft import read_text
from targets.errors import SheetError

HEAD = "某市项目绩效目标表\n\n2025年度\n\n项目名称\t热线运行\n项目类型\t新增项目\n实施单位\t某中心\n"
TABLE = "一级指标\t二级指标\t三级指标\t半年(程) 指标值\t全年(程) 指标值\n"


def sheet_of(*rows: str, money: str = "") -> Sheet:
    return read_text(HEAD + money + TABLE + "\n".join(rows))


def shown(one: Indicator) -> tuple[str, str, str, str, str]:
    return one.level1, one.level2, one.name, one.half.shown, one.full.shown


def kinds(sheet: Sheet) -> list[tuple[str, FlagKind]]:
    return [(flag.place, flag.kind) for flag in sheet.flags]


def only(sheet: Sheet) -> Project:
    assert len(sheet.projects) == 1
    return sheet.projects[0]


def test_a_sound_form_has_no_flags() -> None:
    sheet = sheet_of(
        "决策\t项目立项\t立项依据充分性\t充分\t充分",
        "\t\t立项程序规范性\t规范\t规范",
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        "\t\t场次\t0次\t无",
        "效益指标\t经济效益\t\t\t",
        "\t社会效益\t回访率\t\t≥15%",
    )
    assert sheet.flags == ()
    assert (sheet.unit, sheet.year, only(sheet).type) == ("某中心", 2025, ProjectType.NEW)
    assert [shown(one) for one in only(sheet).indicators] == [
        ("决策", "项目立项", "立项依据充分性", "充分", "充分"),
        ("决策", "项目立项", "立项程序规范性", "规范", "规范"),
        ("产出指标", "数量指标", "件数", "≥1件", "≥2件"),
        ("产出指标", "数量指标", "场次", "0次", "无"),
        ("效益指标", "社会效益", "回访率", "", "≥15%"),
    ]
    four = only(sheet).indicators[3]
    assert (four.half.kind, four.half.number, four.full.kind) == (CellKind.NUMBER, Decimal(0), CellKind.NONE)
    assert only(sheet).indicators[4].half.kind is CellKind.BLANK


def test_labels_missing_after_a_page_break_are_put_back() -> None:
    sheet = sheet_of(
        "决策\t项目立项\t立项依据充分性\t充分\t充分",
        "",
        "\t\t预算执行率\t=50%\t=100%",
        "\t数量指标\t件数\t≥1件\t≥2件",
    )
    assert [shown(one)[:2] for one in only(sheet).indicators] == [
        ("决策", "项目立项"),
        ("过程", "资金管理"),
        ("产出指标", "数量指标"),
    ]
    assert kinds(sheet) == [
        ("1/indicator/2/level1", FlagKind.LABEL),
        ("1/indicator/2/level2", FlagKind.LABEL),
        ("1/indicator/3/level1", FlagKind.LABEL),
    ]


def test_a_second_level_that_position_does_not_decide_is_asked_about() -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        "",
        "\t\t某项工作\t≥1件\t≥2件",
        "效益指标\t\t某项效果\t提升\t提升",
    )
    assert [shown(one)[:2] for one in only(sheet).indicators] == [
        ("产出指标", "数量指标"),
        ("产出指标", "数量指标"),
        ("效益指标", ""),
    ]
    assert kinds(sheet) == [("1/indicator/2/level2", FlagKind.UNSURE), ("1/indicator/3/level2", FlagKind.UNSURE)]


def test_a_label_printed_after_its_rows_is_put_in_its_place() -> None:
    sheet = sheet_of(
        "\t资金管理\t资金到位率\t序时进度\t100%",
        "过程\t组织实施\t制度执行有效性\t有效\t有效",
    )
    assert [one.level1 for one in only(sheet).indicators] == ["过程", "过程"]
    assert kinds(sheet) == [("1/indicator/1/level1", FlagKind.LABEL)]


@pytest.mark.parametrize("noise", ["/ 山 1 日 1 个", "成果", "70"])
def test_noise_in_the_place_of_a_label_is_left_out(noise: str) -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        f"{noise}\t时效指标\t及时性\t及时\t及时",
    )
    assert shown(only(sheet).indicators[1]) == ("产出指标", "时效指标", "及时性", "及时", "及时")
    assert ("1/indicator/2", FlagKind.NOISE) in kinds(sheet)


def test_rows_shifted_to_the_left_or_right_read_the_same() -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        "场次\t\t≥3次\t≥4次\t",
        "\t\t质量指标\t合格率\t≥90%\t≥95%",
    )
    assert [shown(one)[1:] for one in only(sheet).indicators] == [
        ("数量指标", "件数", "≥1件", "≥2件"),
        ("数量指标", "场次", "≥3次", "≥4次"),
        ("质量指标", "合格率", "≥90%", "≥95%"),
    ]
    assert sheet.flags == ()


def test_a_target_pushed_over_the_edge_is_lost() -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        "\t\t场次\t≥1次\t≥2次",
        "\t质量指标\t合格率\t≥1%\t≥2%",
        "\t效益指标\t社会效益\t满意率\t≥80%",
    )
    last = only(sheet).indicators[3]
    assert (last.half.shown, last.full.kind) == ("≥80%", CellKind.LOST)
    assert [(flag.place, flag.kind) for flag in sheet.flags] == [("1/indicator/4/full", FlagKind.LOST)]


def test_one_target_goes_to_the_column_it_stands_in() -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t件数\t≥1件\t≥2件",
        "\t\t场次\t\t≥4次",
        "\t\t人数\t≥3人\t",
    )
    assert [shown(one)[2:] for one in only(sheet).indicators[1:]] == [("场次", "", "≥4次"), ("人数", "≥3人", "")]
    assert sheet.flags == ()


def test_targets_without_their_name_are_kept_and_flagged() -> None:
    sheet = sheet_of("产出指标\t数量指标\t件数\t≥1件\t≥2件", "\t\t\t≥3件\t≥4件")
    assert shown(only(sheet).indicators[1])[2:] == ("", "≥3件", "≥4件")
    assert kinds(sheet) == [("1/indicator/2/name", FlagKind.LOST)]


def test_a_level_of_the_centres_own_is_kept_and_asked_about() -> None:
    sheet = sheet_of("产出指标\t创新指标\t新功能\t≥1个\t≥2个")
    assert shown(only(sheet).indicators[0])[:3] == ("产出指标", "创新指标", "新功能")
    assert kinds(sheet) == [("1/indicator/1", FlagKind.UNSURE)]


def test_a_known_label_under_the_wrong_first_level_is_asked_about() -> None:
    sheet = sheet_of("决策\t数量指标\t件数\t≥1件\t≥2件")
    assert shown(only(sheet).indicators[0])[0] == "产出指标"
    assert ("1/indicator/1/level1", FlagKind.UNSURE) in kinds(sheet)


def test_several_measures_in_one_cell_are_split() -> None:
    sheet = sheet_of(
        "产出指标\t数量指标\t<p>培训场次</p><p>培训人数</p>\t<p>≥1次</p><p>≥10人</p>\t<p>≥2次</p><p>≥20人</p>",
        "\t质量指标\t1. 合格率 2. 满意率\t1. ≥90% 2. ≥80%\t1. ≥95% 2. ≥85%",
    )
    assert [(one.row, one.part, *shown(one)[2:]) for one in only(sheet).indicators] == [
        (1, 1, "培训场次", "≥1次", "≥2次"),
        (1, 2, "培训人数", "≥10人", "≥20人"),
        (2, 1, "合格率", "≥90%", "≥95%"),
        (2, 2, "满意率", "≥80%", "≥85%"),
    ]
    assert kinds(sheet) == [("1/indicator/1", FlagKind.SPLIT), ("1/indicator/2", FlagKind.SPLIT)]


def test_latex_and_html_are_read_through() -> None:
    sheet = sheet_of("产出指标\t数量指标\t<b>件数</b>&nbsp;\t$\\geq 1\\%$\t<span>≥2%</span>")
    assert shown(only(sheet).indicators[0])[2:] == ("件数", "≥1%", "≥2%")


MONEY = (
    "项目资金(万元)\t收入\t\t\t全年(程) 预算数\n\t\t资金总额\t\t{total}\n"
    "\t\t财政拨款\t小计\t3\n\t\t\t一般公共预算资金\t3\n"
    "\t\t社保基金\t\t0\n\t支出\t项目支出明细\t半年(程) 计划执行数\t全年(程) 预算数\n{lines}"
)


def money_sheet(total: str, *lines: str) -> Sheet:
    money = MONEY.format(total=total, lines="".join(f"{line}\n" for line in lines))
    return sheet_of("产出指标\t数量指标\t件数\t≥1件\t≥2件", money=money)


def test_sound_money_reads_without_flags() -> None:
    sheet = money_sheet("3", "\t\t热线运行\t1\t2", "\t\t2025年度短信费\t0\t1")
    assert sheet.flags == ()
    assert [(line.name, line.amount.shown, line.level) for line in only(sheet).funds] == [
        ("资金总额", "3", 0),
        ("财政拨款", "3", 1),
        ("一般公共预算资金", "3", 2),
        ("社保基金", "0", 1),
    ]
    assert [(line.name, line.half.shown, line.full.shown) for line in only(sheet).expenses] == [
        ("热线运行", "1", "2"),
        ("2025年度短信费", "0", "1"),
    ]


def test_a_head_in_the_place_of_an_amount_is_a_loss_with_a_suggestion() -> None:
    sheet = money_sheet("全年(程) 预算数", "\t\t热线运行\t0\t全年(程) 预算数")
    assert only(sheet).funds[0].amount.kind is CellKind.LOST
    assert (only(sheet).expenses[0].half.number, only(sheet).expenses[0].full.kind) == (Decimal(0), CellKind.LOST)
    lost = [(flag.place, flag.suggestion) for flag in sheet.flags if flag.kind is FlagKind.LOST]
    assert lost == [("1/fund/0", "3"), ("1/expense/0/full", "3")]


def test_amounts_a_row_too_low_are_taken_up_and_told() -> None:
    sheet = money_sheet("3", "\t\t热线运行\t\t", "\t\t\t1\t3")
    assert [(line.half.shown, line.full.shown) for line in only(sheet).expenses] == [("1", "3")]
    assert kinds(sheet) == [("1/expense/0/half", FlagKind.SHIFTED), ("1/expense/0/full", FlagKind.SHIFTED)]


def test_a_single_amount_is_never_guessed_by_its_size() -> None:
    money = "项目资金(元)\t收入\t资金总额\t3\n\t支出\n热线运行\t9\n"
    sheet = sheet_of("产出指标\t数量指标\t件数\t≥1件\t≥2件", money=money)
    line = only(sheet).expenses[0]
    assert (line.half.kind, line.full.kind, only(sheet).money_unit) == (CellKind.LOST, CellKind.LOST, "元")
    assert {(flag.place, flag.suggestion) for flag in sheet.flags if flag.kind is FlagKind.LOST} == {
        ("1/expense/0/half", "9"),
        ("1/expense/0/full", "9"),
    }


def test_an_amount_without_a_name_is_not_given_to_anybody() -> None:
    sheet = money_sheet("3", "\t\t热线运行\t1\t2", "\t\t\t\t7")
    assert len(only(sheet).expenses) == 1
    assert kinds(sheet) == [("1/expense/0", FlagKind.UNSURE)]


def test_a_project_without_its_name_row_is_a_project_of_its_own() -> None:
    first = HEAD + TABLE + "产出指标\t数量指标\t件数\t≥1件\t≥2件\n"
    second = "项目类型\t常年安排项目\n" + TABLE + "产出指标\t数量指标\t场次\t≥1次\t≥2次\n"
    sheet = read_text(first + second)
    assert [project.name for project in sheet.projects] == ["热线运行", ""]
    assert kinds(sheet) == [("2/text/项目名称", FlagKind.LOST)]


def test_ticked_boxes_say_the_type() -> None:
    text = HEAD.replace("新增项目", "☑常年安排项目 □新增项目 □一次性项目") + TABLE + "产出指标\t数量指标\t件数\t≥1\t≥2"
    assert only(read_text(text)).type is ProjectType.RECURRING
    both = read_text(text.replace("□新增", "☑新增"))
    assert ("1/text/项目类型", FlagKind.UNSURE) in kinds(both)


def test_a_form_without_year_or_unit_asks_for_them() -> None:
    sheet = read_text("项目名称\t热线运行\n" + TABLE + "产出指标\t数量指标\t件数\t≥1\t≥2")
    assert {flag.place for flag in sheet.flags} == {"sheet/year", "sheet/unit", "1/text/项目类型"}


@pytest.mark.parametrize("text", ["", " \n\n", "随便写的一段话,没有表格。", "一,二,三\n四,五,六"])
def test_a_text_that_is_no_form_is_refused_in_words(text: str) -> None:
    with pytest.raises(SheetError, match="。$"):
        read_text(text)


def test_a_flag_names_line_and_source() -> None:
    sheet = sheet_of("产出指标\t数量指标\t件数\t≥1件\t≥2件", "成果\t时效指标\t及时性\t及时\t及时")
    noise = next(flag for flag in sheet.flags if flag.kind is FlagKind.NOISE)
    assert noise == Flag(
        "1/indicator/2",
        FlagKind.NOISE,
        "“成果”不属于表的任何一栏,没有读入",
        10,
        "成果 | 时效指标 | 及时性 | 及时 | 及时",
    )
