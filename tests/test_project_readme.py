"""The two READMEs say the same, and what they say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.parser import build_parser
from ingest.config import load_config
from settings import PREFIX, TABLE
from tests.project_files import ROOT

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
BOTH = pytest.mark.parametrize("file", [ENGLISH, CHINESE])


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    """The levels of the headings, in order: code blocks hold none."""
    return re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def table(text: str) -> list[str]:
    """The commands of the commands table."""
    return re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)


def test_it_has_the_same_headings_in_both_languages() -> None:
    assert headings(read(ENGLISH)) == headings(read(CHINESE))
    assert len(headings(read(ENGLISH))) == 10


@pytest.mark.parametrize("language", ["sh", "yaml"])
def test_it_has_the_same_code_in_both_languages(language: str) -> None:
    assert blocks(read(ENGLISH), language) == blocks(read(CHINESE), language) != []


def test_it_names_the_same_commands_files_and_settings_in_both_languages() -> None:
    def spans(file: str) -> list[str]:
        return sorted(set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", read(file), flags=re.DOTALL))))

    assert spans(ENGLISH) == spans(CHINESE)


def test_it_begins_with_the_two_commands() -> None:
    assert [block.strip() for block in blocks(read(ENGLISH), "sh")[:2]] == ["python3 start.py", "python3 start.py test"]


@BOTH
def test_it_says_what_it_is_in_three_lines_and_a_picture(file: str) -> None:
    _title, _language, what, picture = read(file).split("\n\n")[:4]
    assert len(what.splitlines()) == 3
    assert re.fullmatch(r"!\[.+\]\(docs/img/overview\.png\)", picture)


@BOTH
def test_it_links_only_to_what_is_there(file: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", read(file))
    assert [link for link in links if not (ROOT / link).exists()] == []


@BOTH
def test_it_lists_every_command_of_the_command_line(file: str) -> None:
    found: list[str] = []
    for action in build_parser()._actions:
        found += [] if not isinstance(action.choices, dict) else action.choices
    assert sorted(table(read(file))) == sorted(found)


@BOTH
def test_it_names_only_settings_that_exist(file: str) -> None:
    known = {setting.variable for setting in TABLE} | {s.variable + "_FILE" for s in TABLE if s.secret}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+", read(file))) <= known


@BOTH
def test_it_shows_a_source_that_loads(file: str, tmp_path: Path) -> None:
    (text,) = blocks(read(file), "yaml")
    (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path / "sources.yaml")
    assert [source.code for source in config.sources] == ["calls"]


@BOTH
def test_it_shows_commands_that_parse(file: str) -> None:
    """Every `python3 start.py …` line of the text, but for the test suite's own."""
    text = read(file)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [line.strip() for block in blocks(text, "sh") for line in block.splitlines()] + spans
    words = [line.split()[2:] for line in lines if line.startswith("python3 start.py ")]
    for given in words:
        if given != ["test"]:
            assert callable(build_parser().parse_args(given).handler)
    assert len(words) >= 10


def test_it_has_every_decision_on_one_short_page() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 40
        assert f"docs/adr/{page.name}" in read(ENGLISH)
