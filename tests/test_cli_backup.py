"""A backup restores into either database, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from db.engine import data_version, make_engine
from db.schema import centres, definitions, leases, metadata, runs
from tests.factories import Desk, batch, calls, orders, readings, reject, seats
from tests.installation import SOURCES, Place


def content(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the signs of life and the data version."""
    with engine.connect() as conn:
        return {
            table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in ("leases", "meta")
        }


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Place:
    """A database with something in every kind of table, the child centre stored before its parent."""
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 10, "answered": 9, "wait_seconds": None}), rejects=[reject()]))
    desk.write(batch(calls=calls({"offered": 12, "answered": 9})))  # leaves a restatement
    desk.write(
        batch(seats=seats({"seat_calls": 9}), readings=readings({"complaints": 1.5}), orders=orders({"due": 3})), "b"
    )
    with engine.begin() as conn:
        conn.execute(insert(centres).values(id=90, code="child", name="下级", parent_id=None))
        conn.execute(insert(centres).values(id=91, code="parent", name="上级"))
        conn.execute(text("UPDATE centres SET parent_id = 91 WHERE id = 90"))
        conn.execute(insert(leases).values(name="scheduler", holder="h:1", expires_at=datetime(2026, 1, 1)))
        conn.execute(
            insert(definitions).values(
                kpi="service_level",
                valid_from=date(2026, 1, 1),
                formula="answered",
                changed_at=datetime(2026, 1, 1, 8, 30),
            )
        )
    return Place(tmp_path / "from", engine).configured()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, new_postgresql: Callable[[], str]) -> Place:
    """An installation without tables yet."""
    url = f"sqlite:///{tmp_path / 'to.db'}" if request.param == "sqlite" else new_postgresql()
    return Place(tmp_path / "to", make_engine(url))


META_ROWS = 1
"""The data version."""


def test_it_restores_everything_into_either_database(
    filled: Place, empty: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(filled.engine)
    assert filled.run("backup", tmp_path / "b.zip") == 0
    assert content(filled.engine) == before
    assert empty.run("restore", tmp_path / "b.zip") == 0
    assert content(empty.engine) == before
    assert (empty.folder / "sources.yaml").read_text(encoding="utf-8") == SOURCES
    told = capsys.readouterr().out
    (rows,) = set(re.findall(r"([\d,]+) 行", told))
    assert rows == f"{sum(len(table) for table in before.values()) + META_ROWS:,}", "both speak of the same rows"
    with filled.engine.connect() as old, empty.engine.connect() as new:
        assert data_version(new) > data_version(old), "pages have to notice"
        assert new.execute(select(leases)).all() == []
    # New rows get new ids.
    assert Desk(empty.engine).write(batch(calls=calls({"offered": 1}))).rows_used == 1
    empty.engine.dispose()


def test_it_packs_a_checked_zip_for_its_owner_alone(
    filled: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert filled.run("backup", tmp_path / "b.zip", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert sorted(archive.namelist()) == ["database.db", "manifest.json", "sources.yaml"]
        manifest = json.loads(archive.read("manifest.json"))
        (tmp_path / "copy.db").write_bytes(archive.read("database.db"))
    assert manifest["members"] == told["members"]
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT SUM(offered) FROM call_stats").fetchone() == (12,)
    if os.name == "posix":  # Windows keeps rights elsewhere: those of the folder
        assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_it_names_the_backup_by_the_moment_where_no_file_is_given(filled: Place) -> None:
    assert filled.run("backup") == 0
    (made,) = (filled.folder / "backups").iterdir()
    assert made.name.startswith("hotline-2") and made.suffix == ".zip"


def test_it_does_not_replace_data_unless_told_to(
    filled: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert filled.run("backup", tmp_path / "b.zip") == 0
    Desk(filled.engine).write(batch(calls=calls({"offered": 99}, day=date(2026, 3, 4))))
    later = content(filled.engine)
    assert filled.run("restore", tmp_path / "b.zip") == 1
    assert "--force" in capsys.readouterr().err
    assert content(filled.engine) == later
    (filled.folder / "sources.yaml").write_text("# changed\n", encoding="utf-8")
    assert filled.run("restore", tmp_path / "b.zip", "--force") == 0
    with filled.engine.connect() as conn:
        assert conn.execute(text("SELECT SUM(offered) FROM call_stats")).scalar() == 12
    assert (filled.folder / "sources.yaml").read_text(encoding="utf-8") == SOURCES
    assert (filled.folder / "sources.yaml.before-restore").read_text(encoding="utf-8") == "# changed\n"


def test_it_closes_runs_that_were_under_way(filled: Place, empty: Place, tmp_path: Path) -> None:
    Desk(filled.engine).run()
    filled.run("backup", tmp_path / "b.zip")
    empty.run("restore", tmp_path / "b.zip")
    with empty.engine.connect() as conn:
        states = conn.execute(select(runs.c.state).order_by(runs.c.id)).scalars().all()
    assert states == ["ok", "ok", "ok", "abandoned"]


def damaged(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "not a zip":
        path.write_bytes(b"PK" + data[10:40])
    else:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if how == "changed":
            parts["database.db"] = parts["database.db"][:-1] + b"x"
        elif how == "foreign member":
            manifest = json.loads(parts["manifest.json"])
            manifest["members"]["../../evil"] = {"sha256": "", "bytes": 0}
            parts["manifest.json"] = json.dumps(manifest).encode()
        elif how == "newer format":
            parts["manifest.json"] = b'{"format": 99}'
        elif how == "no manifest":
            del parts["manifest.json"]
        with zipfile.ZipFile(path, "w") as archive:
            for name, content_ in parts.items():
                archive.writestr(name, content_)


@pytest.mark.parametrize("how", ["cut", "not a zip", "changed", "foreign member", "newer format", "no manifest"])
def test_it_restores_nothing_of_a_backup_that_is_not_whole(
    sqlite_engine: Engine, tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "here", sqlite_engine)
    Desk(sqlite_engine).write(batch(calls=calls({"offered": 10})))
    assert place.run("backup", tmp_path / "b.zip") == 0
    before = content(sqlite_engine)
    damaged(tmp_path / "b.zip", how)
    assert place.run("restore", tmp_path / "b.zip", "--force") == 1
    assert "备份" in capsys.readouterr().err
    assert content(sqlite_engine) == before
    assert not [p for p in place.folder.iterdir() if p.name.startswith(".restore")]


def test_it_leaves_everything_as_it_was_where_the_restore_fails_half_way(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled.run("backup", tmp_path / "b.zip") == 0
    Desk(filled.engine).write(batch(calls=calls({"offered": 99}, day=date(2026, 3, 4))))
    later = content(filled.engine)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.backup.insert", fails)  # after all tables have been copied
    assert filled.run("restore", tmp_path / "b.zip", "--force") == 1
    assert content(filled.engine) == later


def test_it_refuses_a_backup_of_a_newer_version(
    sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "here", sqlite_engine)
    with sqlite_engine.begin() as conn:
        now = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert place.run("backup", tmp_path / "b.zip") == 0
    with sqlite_engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": now})
    assert place.run("restore", tmp_path / "b.zip") == 1
    assert "9999" in capsys.readouterr().err


def test_it_puts_a_damaged_database_aside(
    sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "here", sqlite_engine)
    Desk(sqlite_engine).write(batch(calls=calls({"offered": 10})))
    assert place.run("backup", tmp_path / "b.zip") == 0
    before = content(sqlite_engine)
    sqlite_engine.dispose()
    path = tmp_path / "hotline.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert place.run("backup", tmp_path / "bad.zip") == 1
    assert place.run("restore", tmp_path / "b.zip") == 1
    assert "已损坏" in capsys.readouterr().err
    assert not (tmp_path / "bad.zip").exists()
    assert place.run("restore", tmp_path / "b.zip", "--force") == 0
    assert content(sqlite_engine) == before
    assert len(list(tmp_path.glob("hotline.db.damaged-*"))) == 1


def test_it_goes_back_to_an_earlier_version_with_the_backup_made_before(
    sqlite_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "here", sqlite_engine)
    Desk(sqlite_engine).write(batch(calls=calls({"offered": 10})))
    assert place.run("backup", tmp_path / "before.zip") == 0
    before = content(sqlite_engine)
    with sqlite_engine.begin() as conn:  # an update migrates, and takes in another day
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        conn.execute(text("UPDATE call_stats SET offered = 11"))
    assert place.run("restore", tmp_path / "before.zip") == 1
    assert "9999" in capsys.readouterr().err
    sqlite_engine.dispose()  # the pages are stopped: Windows does not rename what is open
    assert place.run("restore", tmp_path / "before.zip", "--force") == 0
    assert content(sqlite_engine) == before
    (aside,) = (path for path in tmp_path.glob("hotline.db.newer-*") if not path.name.endswith(("-wal", "-shm")))
    with sqlite3.connect(aside) as kept:
        assert kept.execute("SELECT version_num, offered FROM alembic_version, call_stats").fetchall() == [("9999", 11)]
    kept.close()


def test_it_backs_up_one_moment_while_facts_are_being_written(filled: Place, empty: Place, tmp_path: Path) -> None:
    """Each batch writes calls and seats alike: a backup must never hold one without the other."""
    begun, done = threading.Event(), threading.Event()

    def keep_writing() -> None:
        desk, number = Desk(filled.engine), 0
        while not done.is_set():
            number += 1
            desk.write(batch(calls=calls({"offered": number}), seats=seats({"seat_calls": number})), "busy", "manual")
            begun.set()

    writer = threading.Thread(target=keep_writing)
    desk = Desk(filled.engine)
    desk.write(batch(calls=calls({"offered": 1}, day=date(2026, 1, 1))), "busy")
    filled.engine.dispose()
    with filled.engine.begin() as conn:  # one source each: the filled one gave the same day
        for table in ("call_stats", "seat_stats", "order_stats", "readings"):
            conn.execute(text(f"DELETE FROM {table}"))
    writer.start()
    try:
        assert begun.wait(60)
        for attempt in range(3):
            time.sleep(0.1)
            assert filled.run("backup", tmp_path / f"b{attempt}.zip") == 0
            assert empty.run("restore", tmp_path / f"b{attempt}.zip", "--force") == 0
            with empty.engine.connect() as conn:
                sums = conn.execute(
                    text("SELECT (SELECT SUM(offered) FROM call_stats), (SELECT SUM(seat_calls) FROM seat_stats)")
                ).one()
            assert sums[0] == sums[1] is not None
    finally:
        done.set()
        writer.join()
