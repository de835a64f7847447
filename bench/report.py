"""What was measured, as a table beside its targets."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("duckdb", "numpy", "pandas", "sqlalchemy", "psycopg", "dash")


@dataclass(frozen=True)
class Result:
    """One line. ``passed`` None: measured for information, without a target."""

    what: str
    target: str
    measured: str
    against: str = ""
    passed: bool | None = None


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def machine_facts() -> list[str]:
    """Facts that figures depend on; nothing that names the machine."""
    facts = [f"{os.cpu_count()} cores ({processor()})", f"{platform.system()} {platform.machine()}"]
    return [*facts, f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)]


def _mark(passed: bool | None) -> str:
    return {True: "✓", False: "✕", None: ""}[passed]


def as_markdown(results: Sequence[Result], title: str, size: str) -> str:
    """The whole of RESULTS.md."""
    lines = [f"# {title}", "", size, "", f"Machine: {'; '.join(machine_facts())}.", ""]
    lines += ["| what | target | measured | against | pass |", "|---|---|---|---|---|"]
    lines += [f"| {r.what} | {r.target} | {r.measured} | {r.against} | {_mark(r.passed)} |" for r in results]
    return "\n".join(lines) + "\n"
