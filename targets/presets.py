"""Sheets that a centre can start from: the targets, amounts and names of five published documents, without prose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpi.score_presets import ZHONGSHAN_2022, ZHONGSHAN_2022_INPUTS
from kpi.scoring import form_to_json, inputs_to_json
from kpi.sheet import Sheet
from targets.errors import SheetError
from targets.sheet_json import from_json

PRESETS = {
    "jiangning-2026": "江宁 2026:12345 江宁分中心运营保障(1 个项目,19 项指标)",
    "suzhou-2024": "苏州 2024:便民服务中心(12 个项目,212 项指标)",
    "shanghai-2019": "上海 2019:12345 热线外包服务(1 个项目,12 项指标)",
    "zhongshan-2022": "中山 2022:绩效自评表(1 个项目,18 项指标)",
    "nanjing-2020": "南京 2020:整体绩效自评报告(章节与统计数字)",
}
"""Code -> what the page shows."""
SCORED = "zhongshan-2022"
_FOLDER = Path(__file__).resolve().parent / "presets"


def preset(code: str) -> Sheet:
    """The sheet of a preset. Raises SheetError for an unknown code."""
    if code not in PRESETS:
        raise SheetError(f"没有预置的目标表“{code}”。可选:{'、'.join(PRESETS)}。")
    data = json.loads((_FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    sheet = from_json(data)
    return replace(sheet, score_form=_scored()) if code == SCORED else sheet


def _scored() -> dict[str, Any]:
    """The rules of 中山's form with what that year's form prints for each row."""
    return {"form": form_to_json(ZHONGSHAN_2022), "inputs": inputs_to_json(ZHONGSHAN_2022_INPUTS)}
