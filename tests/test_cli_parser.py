"""The command line as a whole: Chinese help, exit codes, errors that say what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.console import Console, plain
from cli.main import main
from cli.parser import build_parser
from settings import TABLE
from tests.processes import run_app
from tests.project_files import ROOT

COMMANDS = [
    "serve", "web", "worker", "pull", "kpi", "backtest", "runs", "rejects", "restatements", "doctor", "init", "demo",
    "forget", "definition", "exclusion", "closed-day", "export", "backup", "restore", "settings",
]  # fmt: skip


def test_it_knows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [c for c in COMMANDS if not re.search(rf"^    {c}\b", shown, re.MULTILINE)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_it_explains_every_command_in_chinese_and_offers_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "用法: " in shown and "--json" in shown and "显示这份说明" in shown
    assert not re.search(r"\b(usage|options|positional|show this|optional)\b", shown)


@pytest.mark.parametrize(
    "words",
    [
        [], ["nope"], ["kpi", "--by", "fortnight"], ["kpi", "--from", "2026-02-30"], ["kpi", "--from", "1.3.2026"],
        ["pull"], ["pull", "a", "b"], ["pull", "calls", "--form", "2026-03-01"], ["runs", "--limit", "0"], ["restore"],
        ["export", "kpi", "figures.doc"], ["exclusion", "add", "2026-03-01T10:30", "2026-03-01T12:00"],
    ],
)  # fmt: skip
def test_it_ends_with_2_on_wrong_usage_and_says_so_in_chinese(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("用法: ") and "查看说明" in said
    assert not re.search(r"\b(error|usage|invalid|required|expected|unrecognized|choose)\b", said), said


def test_it_ends_with_1_and_all_problems_where_the_settings_are_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_PORT": "x", "HOTLINE_THREADS": "x"}
    assert main(["runs", "--json"], env) == 1
    said = capsys.readouterr()
    assert "HOTLINE_PORT" in said.err and "HOTLINE_THREADS" in said.err
    assert "HOTLINE_PORT" in json.loads(said.out)["error"]


def test_it_names_line_and_key_where_the_sources_file_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sources.yaml").write_text("centres: [{code: a, name: A}]\nsauces: []\n", encoding="utf-8")
    assert main(["runs"], {"HOTLINE_DATA_DIR": str(tmp_path)}) == 1
    said = capsys.readouterr().err
    assert "sources.yaml:2" in said and "sauces" in said


def test_it_says_what_to_do_where_the_database_cannot_be_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_DATABASE_URL": "postgresql://u:topsecret@127.0.0.1:1/x"}
    assert main(["runs"], env) == 1
    said = capsys.readouterr().err
    assert "连不上数据库" in said and "topsecret" not in said


def test_it_asks_for_sources_where_the_demo_is_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"], {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_DEMO": "off"}) == 1
    assert "python app.py init" in capsys.readouterr().err


def test_it_shows_settings_without_their_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    env = {
        "HOTLINE_DATA_DIR": str(tmp_path),
        "HOTLINE_DATABASE_URL": "postgresql://u:topsecret@db/x",
        "HOTLINE_ACCESS_PASSWORD": "alsosecret",
    }
    assert main(["settings"], env) == 0
    assert main(["settings", "--json"], env) == 0
    said = capsys.readouterr().out
    assert "secret@" not in said and "alsosecret" not in said
    assert "postgresql://u:***@db/x" in said and "(已设置)" in said


def test_it_takes_json_before_or_after_an_action() -> None:
    parser = build_parser()
    assert parser.parse_args(["exclusion", "--json", "list"]).json
    assert parser.parse_args(["exclusion", "list", "--json"]).json
    assert not parser.parse_args(["exclusion", "list"]).json


def test_it_loads_nothing_heavy_to_show_its_help() -> None:
    code = (
        "import sys; from cli.main import main; main(['--help']);"
        "heavy = {'pandas', 'dash', 'duckdb', 'sqlalchemy', 'rich', 'apscheduler'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_it_runs_as_a_script_and_survives_a_reader_that_leaves(tmp_path: Path) -> None:
    env = {"HOTLINE_DATA_DIR": str(tmp_path)}
    done = run_app("settings", "--json", env=env)
    assert done.returncode == 0 and json.loads(done.stdout)["HOTLINE_PORT"] == "8050"
    with subprocess.Popen(
        [sys.executable, "app.py", "kpi", "--list"], cwd=ROOT, env=os.environ | env | {"PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None and writer.stderr is not None
        assert writer.stdout.readline().decode().startswith("代码")
        writer.stdout.close()
        assert writer.stderr.read() == b""


def test_it_gives_no_server_but_by_its_name() -> None:
    import app

    with pytest.raises(AttributeError):
        app.__getattr__("nope")


def test_it_aligns_columns_with_chinese_characters_two_wide(capsys: pytest.CaptureFixture[str]) -> None:
    Console({}).table(("指标", "数值"), [("接通率", "9.09 %"), ("a", "10"), ("b", None)])
    assert capsys.readouterr().out.splitlines() == ["指标      数值", "接通率  9.09 %", "a           10", "b"]


def test_it_documents_commands_and_settings_that_exist() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"app\.py ([a-z-]+)", page)) | set(re.findall(r"start\.py ([a-z-]+)", page))
    assert commands and commands <= set(COMMANDS)
    known = {s.variable for s in TABLE} | {f"{s.variable}_FILE" for s in TABLE if s.secret}
    assert set(re.findall(r"HOTLINE_[A-Z_]+", page)) <= known
    for path in re.findall(r"\]\(([\w.-]+\.md)\)", page):
        assert (ROOT / "docs" / path).is_file()


def test_it_makes_json_of_everything_it_stores() -> None:
    from datetime import date, datetime, time

    from kpi.model import Definition, NoValue

    definition = plain(Definition("a", date(2026, 1, 2), "f"))
    assert definition["valid_from"] == "2026-01-02"
    assert plain([NoValue.NO_DATA, time(2, 30), datetime(2026, 1, 2, 3), Path("a/b"), {1: {2}}]) == [
        "无数据", "02:30:00", "2026-01-02T03:00:00", str(Path("a", "b")), {"1": [2]},
    ]  # fmt: skip
