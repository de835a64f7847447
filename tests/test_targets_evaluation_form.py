"""绩效自评表 as xlsx and docx: figures, marks, fields left for people; the 中山 form with its published score."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import score
from targets.evaluation import Evaluation, build_evaluation
from targets.evaluation_form import evaluation_docx, evaluation_xlsx
from targets.presets import preset
from tests.documents import beside, book, cells, document, table_texts, values
from tests.evaluations import FULL, MADE_AT, evaluation, progress_of


def zhongshan() -> Evaluation:
    sheet = preset("zhongshan-2022")
    result = score(ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS)
    return build_evaluation(
        progress_of(sheet, {}), sheet, result, ZHONGSHAN_2022_INPUTS, {"problems": "话务量增长。"}, "full", (), MADE_AT
    )


def docx_texts(data: Evaluation) -> list[str]:
    return [text for table in table_texts(evaluation_docx(data)) for row in table for text in row]


def xlsx_texts(data: Evaluation) -> list[str]:
    return values(evaluation_xlsx(data))


@pytest.mark.parametrize("texts", [docx_texts, xlsx_texts])
def test_it_prints_target_value_completion_weight_and_score(texts: Callable[[Evaluation], list[str]]) -> None:
    found = texts(evaluation())
    at = found.index("热线话务接通率")
    assert found[at + 1 : at + 6] == ["≥96%", "95.996%", "99.996%", "7.50", "7.50"]
    assert found[at + 6] == "【请填写偏差原因】\n未达到指标值"


def test_it_prints_the_money_and_its_rate() -> None:
    content = evaluation_xlsx(evaluation())
    name = preset("jiangning-2026").projects[0].expenses[0].name
    assert [beside(content, name, steps) for steps in (1, 2, 3, 4)] == [725, 362.5, "341.62", "47.12%"]


def test_it_marks_whatever_a_person_still_has_to_write() -> None:
    marked = {str(c.value) for c in cells(evaluation_xlsx(evaluation())) if c.fill.fgColor.rgb == "FFFFF2CC"}
    assert {"【请填写主要成效】", "【请填写存在问题】", "【请填写改进建议】", "【请填写目标完成情况】"} < marked
    written = evaluation({"form_achievements": "甲。", "problems": "乙。", "advice": "丙。", "goal/1": "丁。"})
    texts = values(evaluation_xlsx(written))
    assert {"甲。", "乙。", "丙。", "丁。"} < set(texts)  # the report's texts stand in
    assert not [text for text in texts if text.startswith("【请填写") and "偏差" not in text]


def test_it_leaves_the_departments_fields_empty() -> None:
    rows = [row for table in table_texts(evaluation_docx(evaluation())) for row in table]
    (review,) = [row for row in rows if "审核分数" in row]
    assert review == ["主管部门\n审核意见", "审核分数", "", "核定等级", ""]
    assert ["审核意见", ""] in rows
    assert any("主管部门（盖章）" in text for row in rows for text in row)


def test_it_adds_where_every_figure_comes_from() -> None:
    data = evaluation()
    sheet = book(evaluation_xlsx(data))["数据来源与口径"]
    listed = [[cell.value for cell in row] for row in sheet.iter_rows() if isinstance(row[1].value, str)]
    names = [row[1] for row in listed]
    assert [one.name for one in data.traces] == names[-len(data.traces) :]
    assert table_texts(evaluation_docx(data))[-1][1][1] == "来电量"


def test_it_gives_every_project_a_form_and_one_for_the_unit() -> None:
    data = evaluation(sheet=preset("suzhou-2024"))
    names = book(evaluation_xlsx(data)).sheetnames
    assert len(names) == 14 and names[-2:] == ["汇总", "数据来源与口径"]
    texts = xlsx_texts(data)
    assert texts.count("自评总分") == 1 and texts.count("本项目得分小计") == 12


@pytest.mark.parametrize("texts", [docx_texts, xlsx_texts])
def test_it_prints_the_zhongshan_form_with_its_published_score(texts: Callable[[Evaluation], list[str]]) -> None:
    found = texts(zhongshan())
    for name, points in (
        ("预算执行过程得分小计", "20.00"),
        ("产出指标得分小计", "34.66"),
        ("效益指标得分小计", "40.00"),
    ):
        assert found[found.index(name) + 1] == points
    assert found[found.index("自评总分") + 1 : found.index("自评总分") + 3] == ["94.66", "自评绩效等级：优"]
    assert any("两者矛盾" in text and "79.66" in text for text in found)
    assert "1. 培训场次: 114次\n2. 月均话务量: 175560次" in found
    row = found.index("1. 准确派单率: 94.82%\n2. 人工接通率: 72.95%\n3. 平均处理时长: 153.33秒\n4. 逾期追责率: 100%\n"
                      "5. 15秒接通率: 71.17%")  # fmt: skip
    assert found[row + 1 : row + 6] == ["13.33", "100", "60.00%", "60.00%", "8.00"]
    assert "话务量增长。" in found and "【请填写主要成效】" in found


def test_it_keeps_the_moment_and_no_stranger_in_its_properties() -> None:
    properties = document(evaluation_docx(evaluation())).core_properties
    assert properties.created is not None and properties.created.replace(tzinfo=None) == MADE_AT.replace(tzinfo=None)
    assert (properties.author, properties.title) == ("", "南京市江宁区数据局2026年度上半年绩效自评表")
    assert FULL.days == 365
