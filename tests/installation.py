"""An installation to run commands on: a data directory, a database, and a sources file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cli.main import main
from product import Product, build_product
from settings import load_settings

SOURCES = """\
centres:
  - {code: city, name: 市中心}
  - {code: district, name: 江宁分中心, parent: city}
sources:
  - code: calls
    title: 话务平台导出
    kind: files
    shape: calls
    centre: city
    path: inbox/*.csv
    settle_seconds: 0
    columns:
      asked_at: {column: 来电时间, format: ["%Y-%m-%d %H:%M:%S"]}
      answered: {column: 是否接通, yes: [是], no: [否]}
      wait: {column: 等待, as: seconds}
"""


class Place:
    """An installation's settings and its database."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder, self.engine = folder, engine
        (folder / "inbox").mkdir(parents=True, exist_ok=True)
        url = engine.url.render_as_string(hide_password=False)
        self.env = {"HOTLINE_DATA_DIR": str(folder), "HOTLINE_DATABASE_URL": url}

    def configured(self, sources: str = SOURCES) -> Place:
        """The installation with its own sources instead of the demo."""
        (self.folder / "sources.yaml").write_text(sources, encoding="utf-8")
        return self

    def run(self, *words: object) -> int:
        """Runs a command in this process and gives its exit code."""
        return main([str(word) for word in words], self.env)

    def product(self, clock: Callable[[], datetime], **settings: str) -> Product:
        """The product of this installation with its own engine, in this process."""
        env = {**self.env, **{f"HOTLINE_{name}": value for name, value in settings.items()}}
        return build_product(load_settings(env), env, clock)

    def calls_file(self, name: str, *rows: str) -> Path:
        """A file in the inbox: rows “time,是|否,seconds”."""
        path = self.folder / "inbox" / name
        path.write_text("\n".join(["来电时间,是否接通,等待", *rows, ""]), encoding="utf-8")
        os.utime(path, (0, 0))  # long finished, whatever the test's clock shows
        return path


class Told:
    """What commands say, caught."""

    def __init__(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self._capsys = place, capsys

    def json(self, *words: object, code: int = 0) -> Any:
        """What a command gives with --json; its exit code is held against ``code``."""
        self._capsys.readouterr()
        assert self.place.run(*words, "--json") == code, self._capsys.readouterr()
        return json.loads(self._capsys.readouterr().out)

    def lines(self, *words: object, code: int = 0) -> list[str]:
        """The lines a command says for people, stdout and then stderr."""
        self._capsys.readouterr()
        assert self.place.run(*words) == code, self._capsys.readouterr()
        said = self._capsys.readouterr()
        return [line.rstrip() for line in (said.out + said.err).splitlines()]
