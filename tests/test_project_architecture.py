"""The house rules that a machine can hold: who imports whom, how long things get, where SQL and the clock may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project_files import ROOT, imports, name, own_files, product_files, rooms, tree

MAX_FILE, MAX_FUNCTION = 300, 40

ROWS_IN_FLIGHT = re.compile(r"ingest/((clean|rollup|frames|check|mapping)\w*|sources/text_rows)\.py")
"""Rows on their way in are summed by DuckDB: these files write its SQL."""

FOREIGN_DATABASE = re.compile(r"ingest/sources/sql\w*\.py")
"""The only files outside db that build statements: for a database that is not ours."""

SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bupdate\b.+\bset\b.+=|\b(create|drop|alter)\s+(table|view|index)\b"
    r"|^\s*pragma\s",
    re.IGNORECASE | re.DOTALL,
)

HANDS_DOWN = {"app.py", "product.py", "settings.py", "start.py", "venv_setup.py", "cli/main.py", "cli/serve.py"}
HANDS_DOWN |= {"scheduler/runner.py"}  # real time is what wakes its jobs
"""The files that may read the environment or the clock and hand them down."""


def test_it_imports_only_as_the_contracts_allow() -> None:
    """In a process of its own: import-linter silences the loggers of the one it runs in."""
    code = f"from importlinter.cli import lint_imports as l; raise SystemExit(l({str(ROOT / 'pyproject.toml')!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_every_room_under_a_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert sorted(config["tool"]["importlinter"]["root_packages"]) == rooms()


def test_it_has_no_folder_that_the_checks_overlook() -> None:
    """A folder without ``__init__.py`` is seen neither by import-linter nor under its own name by mypy."""
    folders = {path.parent for path in product_files()} - {ROOT, ROOT / "db" / "migrations" / "versions"}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_it_keeps_files_short() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in product_files()}
    assert {file: length for file, length in lengths.items() if length > MAX_FILE} == {}


def test_it_keeps_functions_short() -> None:
    def functions(path: Path) -> Iterator[tuple[str, int]]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1

    lengths = dict(found for path in product_files() for found in functions(path))
    assert {function: length for function, length in lengths.items() if length > MAX_FUNCTION} == {}


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every string of a file that is used for something: not docstrings. f-strings as one."""
    told = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    parts: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            parts.update(id(part) for part in node.values)
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else " ? " for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told | parts:
            yield node.lineno, node.value


def _may_write_sql(path: Path) -> bool:
    file = name(path)
    return file.startswith(("db/", "bench/")) or bool(
        ROWS_IN_FLIGHT.fullmatch(file) or FOREIGN_DATABASE.fullmatch(file)
    )


def test_it_writes_sql_only_in_db_and_for_rows_in_flight() -> None:
    found = [
        f"{name(path)}:{line} {text[:60]!r}"
        for path in product_files()
        if not _may_write_sql(path)
        for line, text in _strings(path)
        if SQL.search(text)
    ]
    assert found == []


@pytest.mark.parametrize("text", ["SELECT a\nFROM t", "insert into t values (1)", "update t set a = 1", "DROP TABLE t"])
def test_it_knows_sql_when_it_sees_it(text: str) -> None:
    assert SQL.search(text)


@pytest.mark.parametrize("text", ["select", "Insert the disc", "update", "数据来自 from", "请选择 select 一项"])
def test_it_does_not_take_plain_words_for_sql(text: str) -> None:
    assert not SQL.search(text)


def test_it_builds_statements_only_in_db() -> None:
    """Elsewhere SQLAlchemy gives the type of an engine to hand on, the parts of a URL and the errors to expect."""
    allowed = re.compile(r"sqlalchemy\.(Engine|Connection|make_url|exc\..+)")
    found = [
        f"{name(path)}:{line} {module}"
        for path in product_files()
        if not _may_write_sql(path)
        for line, module in imports(path)
        if module.split(".")[0] == "sqlalchemy" and not allowed.fullmatch(module)
    ]
    assert found == []


def test_it_reads_the_clock_and_the_environment_at_the_top_only() -> None:
    forbidden = re.compile(
        r"(datetime|dt\.datetime)\.(now|utcnow|today)|(date|dt\.date)\.today|time\.time|os\.(environ|getenv)|pd\.Timestamp\.(now|today)"
    )
    found = [
        f"{name(path)}:{node.lineno} {ast.unparse(node)}"
        for path in product_files()
        if name(path) not in HANDS_DOWN and not name(path).startswith("bench/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and forbidden.fullmatch(ast.unparse(node))
    ]
    assert found == []


def test_it_never_imports_a_page() -> None:
    """Dash executes page files itself, once more even if imported already."""
    found = [
        f"{name(path)}:{line} {module}"
        for path in own_files(".py")
        for line, module in imports(path)
        if module.startswith("dashboard.pages.")
    ]
    assert found == []


def test_it_starts_with_the_standard_library_alone() -> None:
    for file in ("start.py", "venv_setup.py"):
        foreign = (
            {module.split(".")[0] for _, module in imports(ROOT / file)} - sys.stdlib_module_names - {"venv_setup"}
        )
        assert foreign == set()


def test_it_reads_settings_without_any_room() -> None:
    found = {module.split(".")[0] for _, module in imports(ROOT / "settings.py")}
    assert not found & {*rooms(), "product", "app"}


def test_it_names_no_machine_and_no_workplace() -> None:
    words = ["/work" + "/", "/tmp" + "/hv", "/ro" + "ot/", "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org"]
    words += ["issues" + " show", "contracts" + ".md", "Co-Authored" + "-By"]
    found = [
        f"{name(path)}:{number} {word}"
        for path in own_files(".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".css", ".mako", ".ini", "run")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for word in words
        if word in line
    ]
    assert found == []


def test_it_looks_beside_itself_only_in_tests() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in own_files(".py", ".md", ".toml", ".yaml", "run")
        if not name(path).startswith(("tests/", "bench/"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "../shared" in line
    ]
    assert found == []


def test_it_leaves_nothing_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|raise NotImplemented" + "Error")
    found = [
        f"{name(path)}:{number} {line.strip()[:60]}"
        for path in own_files(".py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if marks.search(line)
    ]
    assert found == []
