"""Reading a ``.env`` file: NAME=VALUE lines, ``#`` comments, optional quotes and ``export``."""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$")


def read_env_file(path: Path) -> tuple[dict[str, str], list[str]]:
    """The names and values of the file, and one Chinese sentence for each line that can't be used.

    A file that is not there gives neither. Values are taken as they stand: nothing is expanded.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"读不了 {path}: {error.__class__.__name__}(应为 UTF-8 文本)"]
    values: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            problems.append(f"{path} 第 {number} 行不是 名称=值 的样子")
            continue
        values[match[1]] = _unquoted(match[2])
    return values, problems


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return re.split(r"\s#", value, maxsplit=1)[0].rstrip()
