"""doctor: is everything as it should be? Each line is ok, or says what to do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.console import Console
from cli.parser import Commands

if TYPE_CHECKING:
    from cli.checks import Finding

MARKS = {"ok": "✓", "note": "·", "problem": "✕"}


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add(
        "doctor", _doctor, "检查设置、数据库、数据源、时钟、磁盘、缺口与调度", "逐项检查;每行要么正常,要么说该做什么。"
    )
    parser.add_argument("--repair", action="store_true", help="日合计与明细不一致时,按明细重算")


def _conclusion(findings: Sequence[Finding]) -> str:
    problems = sum(f.level == "problem" for f in findings)
    to_do = sum(f.level == "note" and bool(f.advice) for f in findings)
    if problems:
        return f"发现 {problems} 个问题。" + (f"另有 {to_do} 件事可做,见带 · 的行。" if to_do else "")
    return f"没有发现问题;有 {to_do} 件事可做,见带 · 的行。" if to_do else "一切正常。"


def _doctor(args: argparse.Namespace, console: Console) -> int:
    from cli.checks import Examination

    findings = Examination(console, repair=args.repair).findings()
    problems = [f for f in findings if f.level == "problem"]
    console.give({"ok": not problems, "findings": findings})
    for finding in findings:
        console.say(f"{MARKS[finding.level]} {finding.subject}: {finding.text}")
        if finding.advice:
            console.say(f"    → {finding.advice}")
    console.say(_conclusion(findings))
    return 1 if problems else 0
