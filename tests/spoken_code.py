"""The Chinese sentences of a module, read from its code: as they are written, and filled in as they could be said."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

CHINESE = re.compile(r"[\u3400-\u9fff]")


def sentences(path: Path, parts: Collection[str], fills: Callable[[str], tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(as written, filled in) of every Chinese text in a module but its docstrings and those in ``parts``.

    ``fills``: what may stand in the place of an expression.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    inside -= {node for node in inside if isinstance(node, ast.JoinedStr)}
    inside |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            written = "".join(one if isinstance(one, str) else f"{{{one[0]}}}" for one in _pieces(node))
            texts = [""]
            for one in _pieces(node):
                texts = [text + more for text in texts for more in ([one] if isinstance(one, str) else fills(*one))]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            # Texts that are filled later (“{tried}”), and one that is put behind a file's name.
            written, texts = node.value, [re.sub(r"\{\w+(:\w+)?\}", "7", node.value)]
        else:
            continue
        if CHINESE.search(written) and written not in parts:
            yield from ((written, text) for text in texts)


def _pieces(node: ast.JoinedStr) -> Iterator[str | tuple[str]]:
    for one in node.values:
        if isinstance(one, ast.Constant):
            yield str(one.value)
        elif isinstance(one, ast.FormattedValue):
            yield (ast.unparse(one.value),)
