"""backup and restore: the database and the sources file in one checked zip."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import tempfile
import time
import zipfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cli.console import Console, Failure
from cli.parser import Commands
from patience import patiently

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from scheduler.leader import Leader
    from settings import Settings

FORMAT = 1
MANIFEST, DATABASE, SOURCES = "manifest.json", "database.db", "sources.yaml"


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    backup = commands.add("backup", _backup, "备份数据库与数据源配置", "备份成一个 zip,运行中也可以做。")
    backup.add_argument("file", nargs="?", type=Path, metavar="文件", help="缺省: 数据目录下 backups/ 里带时间的文件名")
    restore = commands.add(
        "restore",
        _restore,
        "恢复备份",
        "先核对校验和,再整体替换数据库(要么全部,要么不变)。SQLite 与 PostgreSQL 的备份可互相恢复。请先停止服务。",
    )
    restore.add_argument("file", type=Path, metavar="文件")
    restore.add_argument("--force", action="store_true", help="数据库里已有数据也替换")


def _backup(args: argparse.Namespace, console: Console) -> int:
    from db.backup import DamagedError
    from product import utc_now

    settings = console.settings()
    now = utc_now()
    target = args.file or settings.data_dir / "backups" / f"hotline-{now.astimezone(settings.tz):%Y%m%d-%H%M%S}.zip"
    try:
        with _engine(settings) as engine:
            _check_revision(engine)
            manifest = write_backup(engine, settings, target, now)
    except DamagedError as error:
        raise Failure(f"数据库已损坏,没有备份: {error}。请恢复更早的备份(restore 文件 --force)。") from None
    rows = sum(manifest["tables"].values())
    console.give({"file": target, "bytes": target.stat().st_size, **manifest})
    console.say(f"已备份到 {target}({rows:,} 行, {target.stat().st_size:,} 字节)。")
    return 0


def _check_revision(engine: Engine) -> None:
    """A backup changes nothing, so it does not migrate: what an update is backed up for is to be able to go back."""
    from db.engine import current_revision, head_revision

    path = engine.url.database
    if engine.dialect.name == "sqlite" and not (path and Path(path).exists()):
        raise Failure(f"还没有数据库文件 {path},没有可备份的。")
    with engine.connect() as conn:
        revision = current_revision(conn)
    if revision is None:
        raise Failure("数据库里还没有表,没有可备份的。")
    if revision != head_revision() and engine.dialect.name != "sqlite":
        raise Failure(
            f"数据库的修订 {revision} 与程序的 {head_revision()} 不同。请用更新前的程序备份,或先运行 init 升级数据库。"
        )


def write_backup(engine: Engine, settings: Settings, target: Path, now: datetime) -> dict[str, Any]:
    """Writes the zip, whole or not at all, readable by its owner alone, and gives its manifest."""
    from db.backup import snapshot
    from db.engine import current_revision

    with engine.connect() as conn:
        revision = current_revision(conn)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        tables = snapshot(engine, copy)
        members = {DATABASE: copy}
        if settings.sources.is_file():
            members[SOURCES] = Path(shutil.copy(settings.sources, Path(folder) / SOURCES))
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(timespec="seconds"),
            "made_from": engine.dialect.name,
            "revision": revision,
            "demo": settings.demo_on,
            "tables": tables,
            "members": {
                name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for name, path in members.items()
            },
        }
        draft = Path(folder) / "backup.zip"
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
            for name, path in members.items():
                archive.write(path, name)
        draft.chmod(0o600)
        patiently(lambda: os.replace(draft, target))
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _engine(settings: Settings, *, migrated: bool = False) -> Iterator[Engine]:
    """The database without the rest of the product: a backup must not fail for a mistake in sources.yaml."""
    from db.engine import make_engine, migrate

    engine = make_engine(settings.database_url)
    try:
        if migrated:
            migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _restore(args: argparse.Namespace, console: Console) -> int:
    settings = console.settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as folder:
        manifest = unpack(args.file, Path(folder))
        with _alone(settings):
            moved = _clear_way(settings, force=args.force)
            rows = _put_back(settings, Path(folder) / DATABASE, force=args.force)
            notes = _put_sources_back(settings, Path(folder) / SOURCES, force=args.force)
    console.give({"restored": rows, "made_at": manifest["made_at"], "moved_aside": moved, "notes": notes})
    made_at = datetime.fromisoformat(manifest["made_at"]).astimezone(settings.tz)
    console.say(f"已恢复 {made_at:%Y-%m-%d %H:%M:%S} 的备份: {sum(rows.values()):,} 行。")
    for note in ([f"原来的数据库文件已改名为 {moved}。"] if moved else []) + notes:
        console.say(note)
    return 0


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Only where nobody works on the database, and nobody begins to schedule meanwhile: a running process would go on
    with what it knows of the old data. Raises Failure.
    """
    from scheduler.leader import leader_for

    if settings.sqlite_path is not None:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    with _engine(settings) as engine:
        leader = leader_for(engine)
        if not _acquired(leader):
            raise Failure("serve 或 worker 正在这个数据库上运行,没有恢复任何东西。请先停止它,再恢复。")
        try:
            if working := _at_work(settings, engine):
                raise Failure(
                    f"还有进程在使用这个数据库({'、'.join(working)}),没有恢复任何东西。请先停止 serve、web、worker 和"
                    "正在进行的 pull。如果它在别的机器上且已异常退出,请等 3 分钟再试。"
                )
            engine.dispose()  # a file that is open cannot be renamed everywhere
            yield
        finally:
            leader.release()


def _acquired(leader: Leader) -> bool:
    """Waits a moment: PostgreSQL has to notice that a process which was stopped just now is gone."""
    tries = 10
    while not leader.acquire():
        tries -= 1
        if not tries:
            return False
        time.sleep(0.3)
    return True


def _at_work(settings: Settings, engine: Engine) -> list[str]:
    """The holders of living leases. A database that is not there yet, or is damaged, tells of none."""
    from db.locks import leases_in
    from product import utc_now
    from scheduler.presence import is_alive

    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        return []
    now = utc_now()
    fresh = {lease.holder for lease in leases_in(engine) if lease.expires_at > now.replace(tzinfo=None)}
    return sorted(holder for holder in fresh if is_alive(engine, holder, now))


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpacks a backup into the folder, each part checked, and gives its manifest. Raises Failure."""
    broken = "备份文件不完整或已损坏,没有恢复任何东西。请换一份备份。"
    try:
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise Failure(f"备份的格式 {manifest['format']} 比本程序新,请先更新程序再恢复。")
            for name, expected in manifest["members"].items():
                if name not in (DATABASE, SOURCES):
                    raise Failure(f"备份里有不认识的文件 {name},没有恢复任何东西。")
                with archive.open(name) as packed:
                    _unpack_one(packed, folder / name, expected)
            if DATABASE not in manifest["members"]:
                raise Failure(broken)
    except FileNotFoundError:
        raise Failure(f"没有文件 {file}。") from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise Failure(f"{file}: {broken}({error})") from None
    return manifest


def _unpack_one(packed: IO[bytes], target: Path, expected: dict[str, Any]) -> None:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while chunk := packed.read(1 << 20):
            size += len(chunk)
            if size > expected["bytes"]:
                break
            digest.update(chunk)
            out.write(chunk)
    if (digest.hexdigest(), size) != (expected["sha256"], expected["bytes"]):
        raise Failure(f"备份里的 {target.name} 与校验和不符,没有恢复任何东西。请换一份备份。")


def _clear_way(settings: Settings, *, force: bool) -> Path | None:
    """Moves a SQLite file aside, where told to, that cannot be written into: a damaged one, or of a newer version."""
    from db.backup import DamagedError, check_file

    path = settings.sqlite_path
    if path is None or not path.exists():
        return None
    try:
        check_file(path)
    except DamagedError as error:
        if not force:
            raise Failure(f"现有数据库已损坏({error})。加 --force 恢复: 损坏的文件会改名保留。") from None
        aside = path.with_name(f"{path.name}.damaged-{int(path.stat().st_mtime)}")
        patiently(lambda: path.rename(aside))
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        return aside
    return _put_newer_aside(settings, path) if force else None


def _put_newer_aside(settings: Settings, path: Path) -> Path | None:
    """Back to an earlier version of the program: its backup takes the place of what the newer one made of the data."""
    from db.errors import SchemaTooNewError

    try:
        with _engine(settings, migrated=True):
            return None
    except SchemaTooNewError:
        aside = path.with_name(f"{path.name}.newer-{int(path.stat().st_mtime)}")
        for suffix in ("-wal", "-shm", ""):
            if (part := Path(f"{path}{suffix}")).exists():
                part.rename(f"{aside}{suffix}")
        return aside


def _put_back(settings: Settings, copy: Path, *, force: bool) -> dict[str, int]:
    from db.backup import holds_data, restore

    with _engine(settings, migrated=True) as engine:
        if not force and holds_data(engine):
            raise Failure("数据库里已有数据,没有恢复任何东西。确定要用备份替换它,请加 --force(建议先 backup)。")
        return restore(engine, copy)


def _put_sources_back(settings: Settings, packed: Path, *, force: bool) -> list[str]:
    if not packed.exists():
        return ["备份里没有 sources.yaml(备份时用的是演示数据)。"]
    current = settings.sources
    if current.exists() and current.read_bytes() == packed.read_bytes():
        return []
    if current.exists() and not force:
        return [f"{current} 与备份里的不同,未改动。"]
    notes = [f"已恢复 {current}。"]
    if current.exists():
        kept = current.with_name(current.name + ".before-restore")
        os.replace(current, kept)
        notes.append(f"原来的改名为 {kept}。")
    current.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(packed, current)
    return notes
