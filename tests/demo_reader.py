"""Reading the demo's files by plain means: neither the product's reader nor the demo's writer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from python_calamine import CalamineWorkbook

from ingest.config import load_config
from ingest.mapping import SourceSpec
from ingest.sources.demo import DEMO_SOURCES_YAML

Row = dict[str, object]


class Call(NamedTuple):
    """One call: ``handled`` is talk and wrap-up in seconds."""

    asked: datetime
    answered: bool
    wait: int
    handled: int
    seat: str
    rating: str


def read(path: Path) -> list[Row]:
    """The rows of an xlsx or CSV file by its headers."""
    if path.suffix == ".xlsx":
        header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("话务明细").to_python()
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030")
    return [dict(row) for row in csv.DictReader(io.StringIO(text), delimiter=";" if "IVR日报" in path.name else ",")]


def seconds(cell: object) -> int:
    """Seconds of a number or of H:MM:SS."""
    if isinstance(cell, float):
        return round(cell)
    hours, minutes, rest = str(cell).split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def good_calls(rows: Iterable[Row]) -> list[Call]:
    """Every call that is not spoilt."""
    found = []
    for row in rows:
        asked, wait = row.get("来电时间", row.get("呼入时间")), row.get("等待时长(秒)", row.get("等待时长"))
        if isinstance(asked, str):
            if "-30 " in asked:
                continue
            asked = datetime.strptime(asked, "%Y/%m/%d %H:%M:%S")
        if row["是否接通"] == "未知" or wait == "-5" or row["通话时长"] in ("25:71:00", "#VALUE!"):
            continue
        assert isinstance(asked, datetime)
        answered = row["是否接通"] == "是"
        handled = seconds(row["通话时长"]) + seconds(row["话后时长"]) if answered else 0
        seat, rating = row.get("工号", row.get("坐席工号")), row.get("评价", row.get("满意度评价"))
        found.append(Call(asked, answered, seconds(wait), handled, str(seat), str(rating)))
    return found


def sources(inbox: Path) -> dict[str, SourceSpec]:
    """The packaged mapping, as a centre would keep it beside its inbox."""
    path = inbox.parent / "sources.yaml"
    path.write_text(DEMO_SOURCES_YAML, encoding="utf-8")
    return {spec.code: spec for spec in load_config(path).sources}


def frame(found: pd.DataFrame | None) -> pd.DataFrame:
    """The frame, which must be there."""
    assert found is not None
    return found
