"""What target sheets, self-evaluations and rejected rows say, in English: whole sentences, quoting what is given."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from fractions import Fraction

import pytest

from dashboard.english.phrases import to_english
from ingest.frames_plan import REMEDY
from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import score
from kpi.scoring_rules import (
    Band,
    BandRule,
    CompletionRule,
    DeductionRule,
    GradeRule,
    LinearRule,
    RowInput,
    Rule,
    StepRule,
    VetoRule,
    apply,
)
from targets.find_model import FindingKind
from targets.findings import findings
from targets.presets import PRESETS, preset
from tests.project_files import ROOT, tree

CHINESE = re.compile(r"[\u3400-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|‘[^’]*’")
OF_THE_SHEET = re.compile(r"[=≥≤]\d+[\u3400-\u9fff]+|below \d+[\u3400-\u9fff]+")
"""A target as the sheet has it."""
PRINTED = (FindingKind.PRINTED, FindingKind.GROWTH)
"""They quote figures with the names of the report: looked at one by one below."""
FIVE = Decimal(5)


def chinese_left(text: str) -> str:
    """The text in English where anything but what it quotes is still Chinese, else ''."""
    english = to_english(text)
    return english if CHINESE.search(OF_THE_SHEET.sub("", QUOTED.sub("", english))) else ""


def test_every_finding_of_the_presets_is_english_but_for_what_it_quotes() -> None:
    found = [one for code in PRESETS for one in findings(preset(code)) if one.code not in PRINTED]
    said = [text for one in found for text in (one.message, one.proof)]
    assert len(said) > 20
    assert [left for text in said if (left := chinese_left(text))] == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (
            "正文写拟申请预算 725.63 万元/年,项目资金表的资金总额是 725 万元,相差 0.63 万元。",
            "The text asks for 725.63 × 10,000 yuan a year, the table of funds has 725 × 10,000 yuan in all: "
            "0.63 × 10,000 yuan apart.",
        ),
        (
            "项目“话务接通”指标“目标达标率”的全年目标 ≤100% 不可能不达标:比率不会超过 100%,是否应为“≥”或“=”。",
            "The full-year target ≤100% of indicator “目标达标率” of project “话务接通” can't be missed: no rate "
            "exceeds 100 %; is “≥” or “=” meant.",
        ),
        (
            "第 2 个项目支出明细全年预算数合计 12 万元(另有 1 行金额缺失),资金总额是 10 万元,相差 2 万元。",
            "The lines of project 2 add up to 12 × 10,000 yuan for the year (1 more have no amount), its funds are "
            "10 × 10,000 yuan: 2 × 10,000 yuan apart.",
        ),
        (
            "“整体执行率”印为 80.15%,按 总支出 1631.10 ÷ 总收入 2053.08(万元)算得 79.45%。",
            "“整体执行率” is printed as 80.15 %; 总支出 1631.10 ÷ 总收入 2053.08 (万元) gives 79.45 %.",
        ),
        (
            "“总服务量”281.22 万件同比增长印为 25.29%,与各部分不符:来电量 217.77 万个(同比 10.96%),"
            "合起来应增长 19.13%。",
            "“总服务量” 281.22 万件: growth on last year is printed as 25.29 %, which its parts don't bear out: "
            "来电量 217.77 万个(同比 10.96%); together they grow by 19.13 %.",
        ),
        (
            "第 2 行“预算调整率”:表上印的是 100%,按本表公式算得 0.00%(0.00 ÷ 17 × 100%),两者矛盾。"
            "按算得的值得 15.00 分,总分 94.66(优);按印的值不能计分。请核实后更正其中一处。",
            "Row 2 “预算调整率”: the form prints 100%, its own formula gives 0.00%(0.00 ÷ 17 × 100%). By the value "
            "worked out: 15.00 points, total 94.66 (excellent); by the printed one: not scored. Check, and correct one "
            "of them.",
        ),
    ],
)
def test_findings_read_well(chinese: str, english: str) -> None:
    assert to_english(chinese) == english


RULES: list[tuple[Rule, RowInput]] = [
    (GradeRule((("达到预期", Decimal(100)), ("部分达到", Decimal(60)))), RowInput(grade="达到预期")),
    (GradeRule((("达到预期", Decimal(100)),)), RowInput()),
    (CompletionRule(FIVE), RowInput(value=FIVE)),
    (CompletionRule(FIVE), RowInput(value=Decimal(9))),
    (CompletionRule(Decimal(0)), RowInput(value=FIVE)),
    (CompletionRule(None), RowInput(completion=Decimal(90))),
    (CompletionRule(None), RowInput()),
    (BandRule((Band(FIVE, low=Decimal(1)),)), RowInput(value=FIVE)),
    (BandRule((Band(FIVE, low=Decimal(9)),)), RowInput(value=FIVE)),
    (LinearRule(Decimal(1), FIVE), RowInput(value=Decimal(4))),
    (StepRule(FIVE, Decimal(1), Decimal(2)), RowInput(value=Decimal(3))),
    (DeductionRule(FIVE), RowInput(deduction=Decimal(2))),
    (DeductionRule(FIVE), RowInput()),
    (VetoRule(), RowInput(vetoed=True)),
    (VetoRule(), RowInput(vetoed=False)),
    (VetoRule(), RowInput()),
]


@pytest.mark.parametrize(("rule", "given"), RULES)
def test_how_a_row_is_scored_is_english(rule: Rule, given: RowInput) -> None:
    earned = apply(rule, Fraction(5, 2), given)
    text = earned.proof or earned.missing
    assert CHINESE.search(text) and chinese_left(text) == ""


def test_a_grade_of_a_row_reads_well() -> None:
    assert to_english("“达到预期”得权重的 100% × 2.5") == "“as expected”: 100% of the weight × 2.5"


def test_what_is_noted_of_a_score_is_english() -> None:
    notes = [*score(ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS).notes, *score(ZHONGSHAN_2022, {}).notes]
    assert len(notes) > 1
    assert [left for text in notes if (left := chinese_left(text))] == []


FILLED = {"present.shown(plan.today)": "今天(2026-03-05)", "shown": "24 小时", "limit": "64", "LATEST_DUE_YEARS": "5"}
"""What stands in the places of the reasons, where it is no name."""


def reasons(module: ast.Module) -> list[str]:
    """The reasons of a module for which a cell is not used, filled in."""
    centre = next(filter(None, map(_remedy, ast.walk(module))), "")
    found = []
    parts_of = {part for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = (_part(one, FILLED | {"remedy": centre}) for one in node.values)
            found.append("".join(parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts_of:
            found.append(node.value)
    told = {text for text in found if text.startswith("‘{column}’ ") and len(text) > len("‘{column}’ 的")}
    return sorted(text.replace("{column}", "通话时长").replace("{value}", "接通") for text in told)


def _remedy(node: ast.AST) -> str:
    """What is advised for an unknown centre."""
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "remedy":
        return str(ast.literal_eval(node.value))
    return ""


def _part(node: ast.expr, filled: dict[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.FormattedValue)
    return filled.get(ast.unparse(node.value), "12")


def test_every_reason_for_which_a_cell_is_not_used_is_english() -> None:
    told = [text for name in ("check", "check_measures") for text in reasons(tree(ROOT / "ingest" / f"{name}.py"))]
    assert len(told) > 15
    assert [left for text in told for one in (text, text + REMEDY) if (left := chinese_left(one))] == []


def test_a_reason_quotes_the_file_as_it_is() -> None:
    assert to_english(f"‘通话时长’ 不是时长: ‘25:71:00’{REMEDY}") == (
        "‘通话时长’ is no length of time: ‘25:71:00’. Mend it and import again, or export the rejected rows and "
        "mend those"
    )
