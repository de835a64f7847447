"""How a preset is made of a document: everything but its prose."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from kpi.sheet import Flag, FlagKind, Project, Sheet

OPEN = {FlagKind.LOST, FlagKind.SHIFTED, FlagKind.SPLIT, FlagKind.UNSURE}
"""What stays open for a centre; labels, noise and masks were checked by hand when the presets were made."""


def as_preset(sheet: Sheet) -> Sheet:
    """The sheet without its long texts, without contacts, and with the flags that are still open."""
    return replace(
        sheet,
        projects=tuple(_project(project) for project in sheet.projects),
        flags=tuple(_flag(flag) for flag in sheet.flags if flag.kind in OPEN),
        statistics=tuple(replace(one, text="") for one in sheet.statistics),
        sections=tuple((heading, "") for heading, _ in sheet.sections),
    )


def _project(project: Project) -> Project:
    extra = tuple((label, text) for label, text in project.extra if "联系" not in label and "负责人" not in label)
    return replace(project, texts=(), extra=extra)


def _flag(flag: Flag) -> Flag:
    return replace(flag, source="")


def as_text(data: Any, indent: int = 0) -> str:
    """JSON with what fits on a line on one line: a row of the form is a row of the file."""
    flat = json.dumps(data, ensure_ascii=False)
    if len(flat) + indent <= 240 or not isinstance(data, (dict, list)):
        return flat
    pad = " " * (indent + 1)
    if isinstance(data, dict):
        items = [f"{json.dumps(key)}: {as_text(value, indent + 1)}" for key, value in data.items()]
        return "{\n" + ",\n".join(pad + item for item in items) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + as_text(item, indent + 1) for item in data) + "\n" + " " * indent + "]"
