"""English as the second language: a twin for every text, a word for every word of the domain, every page walked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pytest
from flask import Flask, Response

from dashboard import language
from dashboard.english import edge
from dashboard.english.phrases import to_english, tree_in_english
from dashboard.english.tables import ENGLISH
from dashboard.texts import TEXTS, for_scripts, t
from dashboard.views import DayState, SourceState
from kpi.alert_model import STATE_NAMES, Severity
from kpi.catalogue import BUILTIN
from kpi.measures import ALL_MEASURES
from kpi.model import Group, NoValue, Unit
from kpi.periods import PRESETS
from kpi.service_level import ANSWER_RATE_FORMULAS, SERVICE_LEVEL_FORMULAS
from kpi.status import Status
from kpi.workdays import KIND_NAMES

CHINESE = re.compile(r"[\u3400-\u9fff]")


def slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_text_has_an_english_twin_with_the_same_slots() -> None:
    assert set(ENGLISH) == set(TEXTS)
    assert {key for key in TEXTS if slots(TEXTS[key]) != slots(ENGLISH[key])} == set()


def test_only_what_names_chinese_input_is_chinese_in_english() -> None:
    quoting = {key for key, text in ENGLISH.items() if CHINESE.search(text)}
    assert quoting == {"language.switch", "language.other", "entries.file_hint", "entries.text_hint"}


def words_of_the_domain() -> Iterable[str]:
    yield from (kpi.name for kpi in BUILTIN)
    yield from (kpi.note for kpi in BUILTIN if kpi.note)
    yield from (measure.name for measure in ALL_MEASURES)
    for kind in (Unit, Group, NoValue, Status, Severity, SourceState, DayState):
        yield from (one.value for one in kind)
    yield from STATE_NAMES.values()
    yield from KIND_NAMES.values()
    yield from (name for name, _ in PRESETS.values())


@pytest.mark.parametrize("word", sorted(set(words_of_the_domain())))
def test_every_word_of_the_domain_is_known(word: str) -> None:
    assert not CHINESE.search(to_english(word)), word


@pytest.mark.parametrize("key", ["data.read", "data.used", "data.run", "data.details", "alerts.acked", "review.author"])
def test_a_column_is_called_what_it_holds_and_no_button(key: str) -> None:
    assert to_english(TEXTS[key]) == ENGLISH[key]


@pytest.mark.parametrize(
    ("said", "english"), [("还剩 1 次", "1 time left"), ("+1 次", "+1 time"), ("还剩 3 次", "3 times left")]
)
def test_one_of_a_kind_is_said_as_one(said: str, english: str) -> None:
    assert to_english(said) == english


def test_every_formula_can_be_read() -> None:
    for formula in (*SERVICE_LEVEL_FORMULAS, *ANSWER_RATE_FORMULAS):
        assert not CHINESE.search(to_english(formula.text.format(limit=15, short=5))), formula.text


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (
            "此后每天需 ≥ 92.7 %;还可不合格 294 件(已用 57 %)",
            "daily need ≥ 92.7 %; 294 more may fail (57 % used)",
        ),
        ("2026年1月1日–6月30日", "1 Jan 2026–30 Jun"),
        ("11月1–30日", "1–30 Nov"),
        ("23 行", "23 rows"),
        ("某某街道", "某某街道"),
        ("自评报告里自己写的字", "自评报告里自己写的字"),
        ("2025-13-40 18:00:00", "2025-13-40 18:00:00"),
        ("15秒内接通量 ÷ (接通量 + 放弃量)", "answered within 15 s ÷ (answered + abandoned)"),
    ],
)
def test_it_translates_what_it_knows_and_leaves_the_rest(chinese: str, english: str) -> None:
    assert to_english(chinese) == english


def test_what_a_form_sends_back_is_left_alone() -> None:
    field = {"props": {"value": "达标", "id": "达标", "children": "达标", "title": ["达标", 1, None]}}
    assert tree_in_english(field) == {
        "props": {"value": "达标", "id": "达标", "children": "Met", "title": ["Met", 1, None]}
    }
    example = {"props": {"children": "完成率 目标 98", "data-as-is": "1"}}
    assert tree_in_english(example) == example


def test_a_request_is_answered_in_the_language_of_its_cookie() -> None:
    server = Flask("english")
    language.install(server)
    edge.install(server)
    server.add_url_rule("/_dash-layout", "layout", lambda: {"children": ["达标", t("page.overview")]})
    server.add_url_rule("/other", "other", lambda: Response(t("page.overview")))
    client = server.test_client()
    assert client.get("/_dash-layout").json == {"children": ["达标", "总览"]}
    client.set_cookie(language.COOKIE, "en")
    assert client.get("/_dash-layout").json == {"children": ["Met", "Overview"]}
    assert client.get("/other").text == "Overview"
    client.set_cookie(language.COOKIE, "xx")
    assert client.get("/other").text == "总览"


def test_scripts_get_the_texts_of_the_language() -> None:
    try:
        language.use(language.ENGLISH)
        assert for_scripts()["js.close"] == "Close"
        assert not CHINESE.search(json.dumps(for_scripts(), ensure_ascii=False))
    finally:
        language.use(None)
    assert for_scripts()["js.close"] == "关闭"
