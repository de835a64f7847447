"""The presets hold what the published documents hold, without their prose."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.scoring import inputs_from_json
from kpi.sheet import CellKind, FlagKind, Indicator, Project, ProjectType, Sheet
from targets.cells import read_cell
from targets.draft import read_document
from targets.errors import SheetError
from targets.presets import PRESETS, preset
from targets.sheet_json import from_json, to_json
from tests.targets_presets import as_preset, as_text
from tests.test_targets_read_seeds import shared_seeds  # noqa: F401

DOCUMENTS = {
    "jiangning-2026": "000",
    "suzhou-2024": "004",
    "shanghai-2019": "002",
    "zhongshan-2022": "003",
    "nanjing-2020": "001",
}
FILES = Path(__file__).resolve().parent.parent / "targets" / "presets"


def test_they_hold_sixteen_projects_and_every_indicator() -> None:
    sheets = {code: preset(code) for code in PRESETS}
    assert set(sheets) == set(DOCUMENTS)
    assert sum(len(sheet.projects) for sheet in sheets.values()) == 16
    assert {code: sum(1 for _ in sheet.indicators()) for code, sheet in sheets.items()} == {
        "jiangning-2026": 19,
        "suzhou-2024": 212,
        "shanghai-2019": 12,
        "zhongshan-2022": 18,
        "nanjing-2020": 0,
    }
    assert sum(len(project.expenses) for sheet in sheets.values() for project in sheet.projects) == 38


@pytest.mark.parametrize("code", PRESETS)
def test_it_is_what_the_document_says(code: str, shared_seeds: Path) -> None:  # noqa: F811
    path = next(shared_seeds.glob(f"{DOCUMENTS[code]}_*"))
    packaged = replace(preset(code), score_form=None)  # rules and inputs are entered as data, not read
    read = replace(read_document(path.name, path.read_bytes()), score_form=None)
    assert packaged == as_preset(read)


def test_it_scores_the_self_evaluation_of_zhongshan_as_the_document_prints_it(
    shared_seeds: Path,  # noqa: F811
) -> None:
    """What the reader takes from the document is what was entered by hand from it."""
    path = next(shared_seeds.glob("003_*"))
    read, entered = read_document(path.name, path.read_bytes()), preset("zhongshan-2022")
    assert isinstance(read.score_form, dict) and isinstance(entered.score_form, dict)
    assert read.score_form["form"]["rows"] == entered.score_form["form"]["rows"]
    assert read.score_form["form"]["sections"] == entered.score_form["form"]["sections"]
    assert inputs_from_json(read.score_form["inputs"]) == inputs_from_json(entered.score_form["inputs"])


@pytest.mark.parametrize("code", PRESETS)
def test_it_carries_no_prose_and_nobody(code: str) -> None:
    sheet = preset(code)
    assert all(text == "" for _, text in sheet.sections)
    assert all(one.text == "" for one in sheet.statistics)
    for project in sheet.projects:
        assert project.texts == ()
        assert not any("联系" in label or "负责人" in label for label, _ in project.extra)
    longest = max((len(one.name) for _, one, _ in sheet.indicators()), default=0)
    assert longest <= 40


def test_the_five_lost_cells_stay_open() -> None:
    lost = [flag.place for flag in preset("suzhou-2024").flags if flag.kind is FlagKind.LOST]
    assert sorted(lost) == ["11/fund/0", "4/indicator/12/full", "7/fund/0", "8/fund/0", "9/expense/0/full"]


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(SheetError, match="jiangning-2026"):
        preset("../secrets")


@pytest.mark.parametrize("code", PRESETS)
def test_json_gives_the_same_sheet_back(code: str) -> None:
    sheet = preset(code)
    data = to_json(sheet)
    assert from_json(json.loads(json.dumps(data))) == sheet
    written = as_text(to_json(replace(sheet, score_form=None))) + "\n"
    assert (FILES / f"{code}.json").read_text(encoding="utf-8") == written


def test_json_keeps_decimals_kinds_and_defaults() -> None:
    one = Indicator(
        3, "产出指标", "数量指标", "件数", read_cell("＞5.50件"), read_cell("无"), part=2, weight=Decimal("2.50")
    )
    sheet = Sheet("", 0, "", "standard", (Project(1, "", ProjectType.NEW, indicators=(one,)),))
    back = from_json(json.loads(json.dumps(to_json(sheet))))
    assert back == sheet
    cell = back.projects[0].indicators[0].half
    assert (str(cell.number), cell.strict, cell.shown) == ("5.50", True, ">5.50件")
    assert back.projects[0].indicators[0].full.kind is CellKind.NONE


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"version": 99},
        {"unit": 3, "year": 2024},
        {"year": "2024"},
        {"year": 2024, "projects": {}},
        {"year": 2024, "projects": [{"no": 1, "type": "别的"}]},
        {"year": 2024, "projects": [{"no": True, "type": "其他"}]},
        {
            "year": 2024,
            "projects": [{"no": 1, "type": "其他", "funds": [{"amount": {"kind": "number", "number": 1.5}}]}],
        },
        {
            "year": 2024,
            "projects": [{"no": 1, "type": "其他", "funds": [{"amount": {"kind": "number", "number": "NaN"}}]}],
        },
        {"year": 2024, "projects": [{"no": 1, "type": "其他", "texts": [["一段"]]}]},
        {"year": 2024, "statistics": [{"name": "来电量"}]},
        {"year": 2024, "flags": [{"kind": ["lost"]}]},
    ],
)
def test_json_that_is_no_sheet_is_refused_in_words(data: object) -> None:
    with pytest.raises(SheetError, match="。$"):
        from_json(data)
