"""Migrations: the same schema as declared, on both databases, however many start at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, Integer, Table, create_engine, inspect, text

from db.engine import MIGRATIONS, current_revision, head_revision, make_engine, migrate, write
from db.errors import SchemaTooNewError
from db.migrations.__main__ import new_revision
from db.schema import metadata

ROOT = Path(__file__).resolve().parent.parent


def by_every_migration(engine: Engine) -> None:
    """As a database came about that has been there since the first release."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def described(engine: Engine) -> dict[str, list[str]]:
    """What the database itself says of its tables, in an order of its own."""
    found = inspect(engine)
    return {
        table: sorted(
            [f"column {c['name']} {c['type']!r} {c['nullable']} {c['default']}" for c in found.get_columns(table)]
            + [f"key {sorted(found.get_pk_constraint(table).items(), key=str)}"]
            + [f"refers {sorted(one.items(), key=str)}" for one in found.get_foreign_keys(table)]
            + [f"unique {one['name']} {one['column_names']}" for one in found.get_unique_constraints(table)]
            + [f"index {one['name']} {one['column_names']} {one['unique']}" for one in found.get_indexes(table)]
        )
        for table in found.get_table_names()
    }


@pytest.mark.parametrize("made", [migrate, by_every_migration])
def test_it_makes_the_schema_as_declared(empty_url: str, made: Callable[[Engine], None]) -> None:
    engine = make_engine(empty_url)
    made(engine)
    with engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata) == []
        assert current_revision(conn) == head_revision()
    engine.dispose()


def test_it_makes_at_once_what_all_migrations_together_make(empty_url: str) -> None:
    engine = make_engine(empty_url)
    by_every_migration(engine)
    step_by_step = described(engine)
    metadata.drop_all(engine)
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE alembic_version"))
    migrate(engine)
    at_once = described(engine)
    assert at_once == step_by_step
    assert len(at_once) == len(metadata.tables) + 1
    engine.dispose()


@pytest.mark.parametrize("made", [migrate, by_every_migration])
def test_it_names_keys_and_constraints_as_declared(empty_url: str, made: Callable[[Engine], None]) -> None:
    engine = make_engine(empty_url)
    made(engine)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        key = found.get_pk_constraint(table.name)
        assert key["constrained_columns"] == [column.name for column in table.primary_key], table.name
        assert key["name"] == f"pk_{table.name}"
        declared = {constraint.name for constraint in table.foreign_key_constraints}
        assert {constraint["name"] for constraint in found.get_foreign_keys(table.name)} == declared
    engine.dispose()


def test_it_keeps_facts_in_key_order_on_sqlite(tmp_path: Path) -> None:
    made = {}
    for name, url in (("migrated", tmp_path / "a.db"), ("declared", tmp_path / "b.db")):
        engine = create_engine(f"sqlite:///{url}")
        if name == "migrated":
            by_every_migration(make_engine(f"sqlite:///{url}"))
        else:
            metadata.create_all(engine)
        with engine.connect() as conn:
            rows = conn.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'")
            )
            made[name] = set(rows.scalars())
    assert made["migrated"] == made["declared"] == {"call_stats", "seat_stats", "order_stats", "day_totals"}


def test_it_does_nothing_the_second_time_and_keeps_the_data(empty_url: str) -> None:
    engine = make_engine(empty_url)
    migrate(engine)
    with write(engine) as conn:
        conn.execute(text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))
    migrate(engine)
    with engine.connect() as conn:
        assert conn.scalar(text("SELECT value FROM meta")) == "b"
    engine.dispose()


def test_it_is_safe_when_processes_start_at_once(empty_url: str) -> None:
    code = "import sys; from db.engine import make_engine, migrate; migrate(make_engine(sys.argv[1]))"
    started = [
        subprocess.Popen([sys.executable, "-c", code, empty_url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], errors
    engine = make_engine(empty_url)
    with engine.connect() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head_revision()]
    engine.dispose()


def test_it_leaves_nothing_behind_when_it_is_broken_off(empty_url: str) -> None:
    engine = make_engine(empty_url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE leases (x INTEGER)"))  # the last table of 0001 cannot be made
    with pytest.raises(Exception, match="leases"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["leases"]
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE leases"))
    migrate(engine)
    assert "runs" in inspect(engine).get_table_names()
    engine.dispose()


def test_it_refuses_a_database_of_a_newer_version(empty_url: str) -> None:
    engine = make_engine(empty_url)
    migrate(engine)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError, match="请改用新版程序"):
        migrate(engine)
    engine.dispose()


def test_it_makes_the_folder_of_a_new_sqlite_file(tmp_path: Path) -> None:
    migrate(make_engine(f"sqlite:///{tmp_path / 'deep' / 'down' / 'x.db'}"))
    assert (tmp_path / "deep" / "down" / "x.db").exists()


def test_it_still_enforces_foreign_keys_after_migrating(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    with engine.connect() as conn:
        assert conn.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_it_numbers_revisions_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [head_revision()]


def test_it_writes_the_next_revision_for_a_developer(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    added = Table("probe", metadata, Column("id", Integer, primary_key=True))
    try:
        written = new_revision("add a probe", folder)
    finally:
        metadata.remove(added)
    text_ = written.read_text(encoding="utf-8")
    assert f"down_revision: str | None = {head_revision()!r}" in text_
    assert text_.count("create_table('probe'") == text_.count("drop_table('probe'") == 1
    changes = [line for line in text_.splitlines() if line.startswith("    op.")]
    assert len(changes) == 2  # nothing but the new table differs


def test_it_can_go_back_to_an_empty_database(empty_url: str) -> None:
    engine = make_engine(empty_url)
    migrate(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
