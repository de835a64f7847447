"""Alerts in English: every sentence that alerts can say, taken from the code that says it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]

from alerts.blame import GRAINS, Part, as_shown, sentence
from alerts.channels.base import masked
from alerts.message import Message, to_json
from alerts.seen import CHANCE, KIND_UNITS, Seen, Subject
from alerts.words import KIND_WORDS, Told, calm, headline, item, title
from alerts.words import sentence as finding
from dashboard import language
from dashboard.ask_alerts import Said, Story
from dashboard.components import alert_story
from dashboard.english.phrases import to_english, tree_in_english
from db.alert_states import Incident
from db.deliveries import Delivery
from kpi.alert_model import AlertKind, AlertRule, Observation, Severity, Standing, Tell
from kpi.catalogue import BUILTIN
from kpi.model import Better, Grain, Kpi, Unit
from kpi.sheet import Cell, CellKind
from kpi.showing import Showing
from kpi.status import Operator
from targets import said
from tests.factories import TZ
from tests.project_files import ROOT, tree

CHINESE = re.compile(r"[\u3400-\u9fff]")
NOW = datetime(2026, 3, 5, 2, 10, tzinfo=UTC)
TODAY = date(2026, 3, 5)
SAMPLES = ("12", "Abc", "12 %")
COMPOSED = {"{}{} {},占 {}(平常 {}),多出 {}", "{}已回到线内{}。"}
"""Made of other Chinese pieces: what comes of them is looked at as a whole below."""
NEVER_SHOWN = {r"\((\d{4}-\d{2}-\d{2}) 的数据\)$"}
DETAILS = {
    AlertKind.BURN_RATE: "3 天用掉 1,234 个(余量共 3,000 个)",
    AlertKind.BEHIND: "已完成 3 件,按进度应有 5.5 件",
    AlertKind.MONEY: said.against_plan(-4.2),
    AlertKind.PROJECTED_MISS: "按目前走势期末为 95.71 %",
    AlertKind.STALE: "最近一次数据 03-05 09:10,数据到 03-05",
    AlertKind.MISSING_DAY: "缺 3月2日、3月4日",
    AlertKind.REJECT_SHARE: "最近一次读 1,000 行,剔除 120 行",
    AlertKind.TO_DATE: "",
}
VALUES = {AlertKind.MILESTONE: (5.0, -3.0), AlertKind.STALE: (45.0, 300.0, 5000.0), AlertKind.MONEY: (-4.2, 3.0)}


def is_english(text: str) -> bool:
    return not CHINESE.search(to_english(text))


def templates(module: ast.Module) -> Iterator[str]:
    """The texts of a module, what is filled in as “{}”; not what documents it, is logged, or is part of another."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            left_out.update(node.values)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log."):
            left_out.update(ast.walk(node))
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in left_out:
            yield node.value


def unknown(module: ast.Module) -> list[str]:
    return [
        template
        for template in templates(module)
        if template not in COMPOSED | NEVER_SHOWN
        and not any(is_english(template.replace("{}", sample)) for sample in SAMPLES)
    ]


def test_every_text_in_the_code_of_alerts_has_english() -> None:
    modules = [tree(path) for path in sorted((ROOT / "alerts").rglob("*.py"))]
    assert len(modules) > 20
    assert [template for module in modules for template in unknown(module)] == []


def test_a_new_text_without_english_is_found() -> None:
    code = """
def _why(n):
    \"\"\"中文说明\"\"\"
    _log.info("中文日志 %d", n)
    return f"忽然多了 {n} 个" if n else "没有数据"
"""
    assert unknown(ast.parse(code)) == ["忽然多了 {} 个"]


def own(unit: Unit, better: Better) -> Kpi:
    """A KPI that a centre made itself."""
    return replace(BUILTIN[0], code="own", unit=unit, better=better)


KPIS = [
    *(kpi for kpi in BUILTIN if not kpi.is_count),
    own(Unit.PERCENT, Better.HIGHER),
    own(Unit.PERCENT, Better.LOWER),
]


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: f"{kpi.code}-{kpi.better.value}")
def test_every_cause_of_every_kpi_is_english(kpi: Kpi) -> None:
    share = (0.9, 0.4) if kpi.unit is Unit.PERCENT else (None, None)
    found = [
        sentence(kpi, Part(grain, "10" if grain is Grain.HOUR else "city/A-7", 1045, 20, *share)) for grain in GRAINS
    ]
    found += as_shown([found[GRAINS.index(Grain.SEAT)]] * 2, Showing.ANONYMOUS)
    assert len(found) == len(GRAINS) + 2
    assert [to_english(one) for one in found if not is_english(one)] == []


def test_causes_read_well() -> None:
    kpi = next(one for one in BUILTIN if one.code == "answer_rate")
    assert to_english(sentence(kpi, Part(Grain.HOUR, "10", 45, 20, 0.9, 0.4))) == (
        "10:00: 45 calls missed, 90% of all (usually 40%), 25 more than usual"
    )
    assert to_english("技能组“供水”漏接 48 个,占 96%(平常 50%),多出 23 个") == (
        "queue “供水”: 48 calls missed, 96% of all (usually 50%), 23 more than usual"
    )
    assert to_english("座席 1001比平常少 40 件") == "seat 1001: 40 items fewer than usual"
    assert to_english("另有一个座席比平常多 1,200 秒") == "another seat: 1,200 s more than usual"


def told(kind: AlertKind, value: float, name: str, day: date | None) -> Told:
    unit = KIND_UNITS.get(kind, "%")
    level = 0.92 if unit in ("%", CHANCE) else 3.0
    cell = Cell(CellKind.NUMBER, "≥96%", Operator.AT_LEAST, None, "%")
    subject = Subject("k", name, unit, "", "Jiangning", target=cell)
    seen = Observation(
        value, 951, 1000, day=day, detail=DETAILS.get(kind, ""), to_date="95.71 %(9,571 / 10,000),目标 ≥ 96 %"
    )
    seen = replace(seen, required="此后每天需 ≥ 96.9 %;还可漏接 1,234 个(已用 61 %)")
    rule = AlertRule("r", name, kind, level=level, severity=Severity.URGENT, escalate_minutes=90)
    standing = Standing(since=NOW, bad_since=NOW.replace(day=4), fired_at=NOW)
    return Told(rule, Seen(seen, subject), standing)


@pytest.mark.parametrize("name", ["接通率", "平均接通时长", "Own name"])
@pytest.mark.parametrize("kind", list(AlertKind))
def test_every_message_is_english(kind: AlertKind, name: str) -> None:
    assert set(KIND_WORDS) == set(AlertKind)
    texts: list[str] = []
    for value in VALUES.get(kind, (0.005, 0.912, 0.999)):
        for day in (TODAY, date(2026, 3, 2)):
            one = told(kind, value, name, day)
            texts += [headline(one.rule, one.seen, TODAY), calm(one.rule, one.seen, TODAY)]
            for tell in Tell:
                row = item(tell, one, TODAY, TZ)
                texts += [title(tell, [one], TODAY), title(tell, [one, one], TODAY), finding(tell, [one], NOW, TZ)]
                texts += [row.name, row.value, row.target, row.since, row.to_date, row.required]
    texts.append(headline(one.rule, Seen(Observation(None), one.seen.subject), TODAY))
    assert sorted({f"{text} → {to_english(text)}" for text in texts if not is_english(text)}) == []


@pytest.mark.parametrize("tell", list(Tell))
def test_the_story_of_an_alert_is_english(tell: Tell) -> None:
    one = told(AlertKind.DAY, 0.912, "接通率", date(2026, 3, 2))
    one = replace(one, causes=("10时漏接 45 个,占 90%(平常 40%),多出 25 个", "座席 1001比平常少 40 件"))
    row, name = item(tell, one, TODAY, TZ), title(tell, [one], TODAY)
    message = Message(tell.value, name, finding(tell, [one], NOW, TZ), "<1@h>", (row,))
    delivery = Delivery(
        1, 1, None, tell.value, "email", None, "a@example.org", "<1@h>", to_json(message), "pending", 0, NOW, "", NOW,
        None, None, False,
    )  # fmt: skip
    found = Story(Incident(1, "duty", "", name, "<1@h>", NOW, None), (Said(NOW, message, (delivery,)),), ())
    try:
        language.use(language.ENGLISH)
        shown = json.loads(to_json_plotly(alert_story.story(found, NOW.astimezone(TZ), masked)))
    finally:
        language.use(None)
    assert not CHINESE.search(json.dumps(tree_in_english(shown), ensure_ascii=False))


def test_a_subject_reads_well() -> None:
    one = told(AlertKind.DAY, 0.912, "接通率", TODAY)
    assert to_english(title(Tell.FIRED, [one, one], TODAY)) == (
        "[Alert] Answer rate today 91.20 %, below 92 %, 1 more (Jiangning)"
    )
    before = told(AlertKind.DAY, 0.912, "接通率", date(2026, 3, 2))
    assert to_english(headline(before.rule, before.seen, TODAY)) == "Answer rate 2 Mar 91.20 %, below 92 %"
