"""A SQLite file that is taken away is missed, not made anew, and found again when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from dashboard.app import create_app
from db.engine import make_engine, migrate, write
from tests.dashboard_facts import FakeProduct
from tests.test_dashboard_wall import Wall, small

__all__ = ["small"]


def names(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return list(conn.execute(text("SELECT key FROM meta WHERE key LIKE 'test%' ORDER BY key")).scalars())


def test_it_is_not_made_anew_and_found_again(tmp_path: Path) -> None:
    path, away = tmp_path / "hotline.db", tmp_path / "away.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with write(engine) as conn:
        conn.execute(text("INSERT INTO meta (key, value) VALUES ('test1', '1')"))
    assert names(engine) == ["test1"]
    path.rename(away)
    for _ in range(2):
        with pytest.raises(OperationalError, match="unable to open database file"):
            names(engine)
    assert not path.exists()
    away.rename(path)
    assert names(engine) == ["test1"]


def test_what_lies_there_instead_is_read(tmp_path: Path) -> None:
    """Of a backup put in the place of the file, for instance."""
    path, other = tmp_path / "hotline.db", tmp_path / "other.db"
    engines = [make_engine(f"sqlite:///{one}") for one in (path, other)]
    for number, engine in enumerate(engines):
        migrate(engine)
        with write(engine) as conn:
            conn.execute(text(f"INSERT INTO meta (key, value) VALUES ('test{number}', '1')"))
        engine.dispose()
    assert names(engines[0]) == ["test0"]
    path.rename(tmp_path / "old.db")
    other.rename(path)
    assert names(engines[0]) == ["test1"]


def test_pages_say_so_meanwhile_and_go_on_afterwards(small: Wall, tmp_path: Path) -> None:
    product: FakeProduct = small.product
    client = create_app(product).server.test_client()
    path = Path(str(product.engine.url.database))
    assert client.get("/wall/scenes.json").status_code == 200
    product.engine.dispose()  # leaves no -wal file behind
    away = path.with_name("away.db")
    path.rename(away)
    assert client.get("/wall/scenes.json").get_json()["gone"] is True
    assert not path.exists()
    away.rename(path)
    assert client.get("/wall/scenes.json").get_json()["scenes"]
