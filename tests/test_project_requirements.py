"""The requirements files: what is imported is named, what is named is used, and nothing comes unpinned."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project_files import ROOT, imports, own_files, product_files

RUN, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"

NOT_IMPORTED = {
    "psycopg": "SQLAlchemy loads it for postgresql://",
    "gunicorn": "a command",
    "tzdata": "zoneinfo reads it",
}
DEV_NOT_IMPORTED = {
    "import-linter",
    "pytest-xdist",
    "pytest-timeout",
    "pytest-rerunfailures",
    "ruff",
    "mypy",
    "pandas-stubs",
}


def lines(file: Path) -> list[str]:
    """The requirement lines of a file, without comments and includes."""
    text = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in text if line and not line.startswith("-r ")]


def direct(file: Path) -> set[str]:
    """The names in the first part of a file: those with a reason beside them."""
    first = file.read_text(encoding="utf-8").partition("# What these need")[0].splitlines()
    return {
        canonicalize_name(Requirement(line.split("#")[0]).name) for line in first if re.match(r"\w.*\S  +# \S", line)
    }


def distributions(files: list[Path]) -> set[str]:
    """The packages the files import from, our own and Python's left out."""
    ours = {path.stem for path in ROOT.glob("*.py")} | {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {module.split(".")[0] for path in files for _, module in imports(path)}
    known = packages_distributions()
    foreign = modules - sys.stdlib_module_names - ours - {"_typeshed"}  # exists for type checkers alone
    assert foreign <= set(known), f"not installed: {foreign - set(known)}"
    return {canonicalize_name(known[module][0]) for module in foreign}


def product() -> set[str]:
    return distributions([path for path in product_files() if path.parent != ROOT / "bench"])


def used_by_tests_and_bench() -> set[str]:
    return distributions([path for path in own_files(".py") if path.parent in (ROOT / "tests", ROOT / "bench")])


def test_it_names_every_package_the_product_imports() -> None:
    assert product() - direct(RUN) == set()


def test_it_names_no_package_the_product_does_without() -> None:
    assert direct(RUN) - product() - set(NOT_IMPORTED) == set()


def test_it_names_every_package_the_tests_and_the_benchmark_import() -> None:
    assert used_by_tests_and_bench() - direct(RUN) - direct(DEV) - {"packaging"} == set()


def test_it_names_no_tool_it_does_without() -> None:
    types = {name for name in direct(DEV) if name.startswith("types-")}
    assert direct(DEV) - used_by_tests_and_bench() - DEV_NOT_IMPORTED - types == set()


@pytest.mark.parametrize("file", [RUN, DEV], ids=["run", "dev"])
def test_it_pins_every_package(file: Path) -> None:
    assert [line for line in lines(file) if not re.fullmatch(r"[a-z0-9-]+(\[\w+\])?==[\w.]+(; .+)?", line)] == []


def test_it_pins_whatever_the_pinned_ones_need() -> None:
    """Held against what is installed: a package left out would come in whatever version is newest that day."""
    pinned = [Requirement(line) for file in (RUN, DEV) for line in lines(file)]
    names = {canonicalize_name(requirement.name) for requirement in pinned}
    missing = set()
    for requirement in pinned:
        try:
            needs = distribution(requirement.name).requires or []
        except PackageNotFoundError:
            assert requirement.marker and not requirement.marker.evaluate(), f"{requirement} is not installed"
            continue
        for need in map(Requirement, needs):
            extras = [{"extra": extra} for extra in ("", *requirement.extras)]
            if need.marker is None or any(need.marker.evaluate(extra) for extra in extras):
                missing |= {canonicalize_name(need.name)} - names
    assert missing == set()
