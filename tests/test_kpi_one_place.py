"""A KPI is declared at one place: one entry in the catalogue, and it is everywhere, in both languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.test import Client

from dashboard import language
from dashboard.app import create_app
from dashboard.english.phrases import to_english
from db.engine import make_engine, migrate
from kpi.catalogue import BUILTIN, build, count
from kpi.measures import ALL_MEASURES
from kpi.misses import Misses
from kpi.model import Better, Group, Unit
from kpi.showing import Showing
from reports.build import build as build_report
from reports.model import Kind
from reports.scope import House, Wanted
from tests.dashboard_facts import SOURCES, fill, product
from tests.factories import TZ
from tests.one_place import ASKED, CHART, page
from tests.project_files import ROOT
from tests.reports_desk import MONDAY, SUNDAY, ReportDesk
from tests.targets_desk import SHEET

ENTRY = """\
    ratio(
        "wrap_share", "话后占比", "Share of wrap-up", _C, _DOWN, "wrap_seconds / talk_seconds", "话后处理占比",
        note="话后时长与通话时长之比。", note_english="Wrap-up held against talk.",
    ),
"""
NEXT = '    ratio("occupancy"'


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a product says whose catalogue has one entry more and that is ours otherwise."""
    folder = tmp_path_factory.mktemp("one-place")
    kpi = shutil.copytree(ROOT / "kpi", folder / "kpi", ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = kpi / "catalogue.py"
    before, after = catalogue.read_text(encoding="utf-8").split(NEXT)
    catalogue.write_text(before + ENTRY + NEXT + after, encoding="utf-8")
    (folder / "data").mkdir()
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))), "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-m", "tests.one_place", str(folder / "data"), "wrap_share"]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_command_line_gives_its_figure_and_formula(seen: dict[str, Any]) -> None:
    """150 s of talk, 30 s of wrap-up a call; February 2026 had 20 weekdays of 970 answered calls and 8 days of 580."""
    value, answered = seen["command"], 20 * 970 + 8 * 580
    assert (value["numerator"], value["denominator"]) == (30 * answered, 150 * answered)
    assert value["value"] == 0.2
    assert (value["name"], value["formula_text"]) == ("话后占比", "话后处理时长 ÷ 通话时长")


@pytest.mark.parametrize(
    ("spoken", "name", "formula", "note"),
    [
        (language.CHINESE, "话后占比", "话后处理时长 ÷ 通话时长", "话后时长与通话时长之比。"),
        (language.ENGLISH, "Share of wrap-up", "wrap-up time ÷ talk time", "Wrap-up held against talk."),
    ],
)
def test_the_pages_show_it_in_both_languages(
    seen: dict[str, Any], spoken: str, name: str, formula: str, note: str
) -> None:
    said = seen[spoken]
    assert {name, "20.00"} <= set(said["/"])
    assert {name, formula, note} <= set(said["/catalogue"])
    assert name in said["chart"][0] and said["chart"][1].split(",")[2:5] == ["20", "17400", "87000"]


def test_the_guide_lists_it_under_both_names(seen: dict[str, Any]) -> None:
    (row,) = [line for line in seen["document"].splitlines() if "`wrap_share`" in line]
    assert row.startswith(
        "| 话后占比、话后处理占比 | Share of wrap-up | `wrap_share` | `default`:话后处理时长 ÷ 通话时长 |"
    )


OWN = """\
measures:
  - {code: red_tickets, name: 红单量, english: red tickets, unit: 件, nature: event}
  - {code: dull, name: 灰单量, unit: 件}
kpis:
  - {code: red_rate, name: 红单率, english: Red-ticket rate, numerator: red_tickets, denominator: accepted, unit: "%",
     group: 工单, note: 含督办, note_english: Those watched included}
  - {code: share, name: 派单占比, english: "Share sent on {x}", numerator: dispatched, denominator: accepted, unit: "%"}
  - {code: dull_rate, name: 灰单率, numerator: dull, denominator: accepted, unit: "%"}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The pages of a centre with KPIs of its own, in English."""
    folder = tmp_path_factory.mktemp("own")
    engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    made = product(engine, folder, SOURCES.replace("sources:", OWN + "sources:"))
    made = replace(made, catalogue=build(made.config.kpis, made.config.measures))
    found = create_app(made).server.test_client()
    found.set_cookie(language.COOKIE, language.ENGLISH)
    yield found
    engine.dispose()


def test_a_centres_own_kpi_has_the_english_name_its_file_gives(client: Client) -> None:
    said = set(page(client, "/catalogue", ASKED))
    assert {"Red-ticket rate", "red tickets ÷ Orders accepted", "Those watched included"} <= said
    assert "红单率" not in said
    assert {"Share sent on {x}", "40.00"} <= set(page(client, "/", ASKED))
    assert "Share sent on {x}" in client.get(f"{CHART}{ASKED}&kpi=share").get_data(as_text=True)


def test_without_one_it_keeps_its_own_name(client: Client) -> None:
    assert {"灰单率", "灰单量 ÷ Orders accepted"} <= set(page(client, "/catalogue", ASKED))


def test_another_installation_knows_nothing_of_it(client: Client) -> None:
    assert "Red-ticket rate" in page(client, "/catalogue", ASKED)
    assert to_english("红单率") == "红单率"


def test_every_built_in_kpi_and_measure_is_declared_in_both_languages() -> None:
    unnamed = [kpi.code for kpi in BUILTIN if not kpi.english]
    unnamed += [measure.code for measure in ALL_MEASURES if not measure.english]
    unexplained = [kpi.code for kpi in BUILTIN if bool(kpi.note) != bool(kpi.note_english)]
    assert (unnamed, unexplained) == ([], [])


def test_what_reads_the_same_in_chinese_reads_the_same_in_english() -> None:
    """One phrase has one translation: two KPIs that say 全部满意 must mean the same by it."""
    said: dict[str, set[str]] = {}
    for one in {kpi.misses for kpi in BUILTIN if kpi.misses is not None}:
        assert isinstance(one, Misses)
        said.setdefault(f"{one.verb} {one.word}", set()).add(f"{one.missed} {one.may_miss}")
        said.setdefault(one.best, set()).add(one.luck)
    for measure in ALL_MEASURES:
        said.setdefault(measure.name, set()).add(measure.english)
    assert {chinese: english for chinese, english in said.items() if len(english) > 1} == {}


def test_a_report_tells_a_new_volume_with_what_it_counts(sqlite_engine: Engine) -> None:
    desk = ReportDesk(sqlite_engine)
    desk.day_of_calls(MONDAY, SUNDAY, offered=1000, answered=900)
    lost = count("lost_volume", "放弃总量", "Calls lost", Group.VOLUMES, Better.LOWER, "abandoned", unit=Unit.CALLS)
    house = House(build([lost]), TZ, 0, Showing.ON)
    with desk.engine.connect() as conn:
        report = build_report(conn, house, Wanted(Kind.WEEKLY, SUNDAY, "", SHEET), today=desk.clock.today())
    rows = {row[0].text: row[1].text for row in report.section("calls").tables[0].rows}
    assert rows["放弃总量"] == "700 个" and list(rows)[:2] == ["呼入量", "放弃总量"]
