"""What the architecture tests look at: the project's own files and the syntax trees of its Python ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"data", "wheels", "node_modules", "__pycache__"}


def rooms() -> list[str]:
    """The packages of the product: folders with an ``__init__.py``, but for the tests and the benchmark."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return sorted(found - {"tests", "bench"})


@cache
def own_files(*suffixes: str) -> tuple[Path, ...]:
    """Every file of the project with one of the suffixes, sorted; not what was installed or made at run time."""

    def walk(folder: Path) -> Iterator[Path]:
        for entry in folder.iterdir():
            if entry.is_dir():
                hidden = entry.name.startswith(".") and entry.name != ".ci"
                if entry.name not in SKIPPED and not hidden and not (entry / "pyvenv.cfg").exists():
                    yield from walk(entry)
            elif entry.suffix in suffixes or entry.name in suffixes:
                yield entry

    return tuple(sorted(walk(ROOT)))


def product_files() -> list[Path]:
    """The Python files of the product, the benchmark included, the tests not."""
    return [path for path in own_files(".py") if name(path).split("/")[0] != "tests"]


def name(path: Path) -> str:
    """A file's name as the findings show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a file imports, wherever in the file it does."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
