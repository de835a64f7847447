"""The program is called everywhere what the user typed, so that advice can be copied as it stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import start
from cli.main import main
from product import build_product
from settings import load_settings
from venv_setup import Place

TYPED = "python3 start.py"


def _env(folder: Path, **more: str) -> dict[str, str]:
    return {"HOTLINE_DATA_DIR": str(folder), "HOTLINE_DEMO": "off", "HOTLINE_PROG": TYPED, **more}


@pytest.mark.parametrize("words", [("--help",), ("definition", "add", "--help"), ("rejects", "feed"), ("nonsense",)])
def test_it_is_called_so_in_help_and_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    main(words, {"HOTLINE_PROG": TYPED})
    said = "".join(capsys.readouterr())
    assert f"用法: {TYPED}" in said
    assert "app.py" not in said


def test_it_is_called_app_py_where_that_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"], {})
    assert "用法: python app.py" in capsys.readouterr().out


def test_it_is_called_so_in_messages_and_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--json"], _env(tmp_path)) == 1
    said = capsys.readouterr()
    assert f"请运行 {TYPED} init" in said.err
    assert f"请运行 {TYPED} init" in said.out
    assert main(["init"], _env(tmp_path)) == 0
    assert f"运行 {TYPED} doctor" in capsys.readouterr().out


def test_the_pages_call_it_so_too(tmp_path: Path) -> None:
    env = {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_PROG": TYPED}
    product = build_product(load_settings(env), env)
    product.engine.dispose()
    assert product.program == TYPED


def test_start_hands_on_what_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *call: given.extend(call))
    monkeypatch.setattr(sys, "argv", ["start.py", "doctor"])
    if os.name == "posix":
        with pytest.raises(OSError):  # nothing takes this process's place here, so it goes on to start a child
            start.hand_over(Place(tmp_path, tmp_path / ".venv"), ["app.py", "doctor"])
        assert given[2]["HOTLINE_PROG"] == TYPED
    monkeypatch.setattr(sys, "argv", ["/opt/my tools/start.py"])
    there = "python3 '/opt/my tools/start.py'" if os.name == "posix" else 'py "/opt/my tools/start.py"'
    assert start.typed() == there
