"""The composition root: everything a command, a job or a page needs, built once and handed down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from db.engine import make_engine, migrate
from db.store import CentreRow, sync_centres, sync_source
from ingest.config import Config, load_config
from ingest.mapping import FilesOptions
from kpi.catalogue import Catalogue, build
from process import holder_name
from program import PROGRAM, program_name
from secret_key import ensure_key
from settings import PREFIX, Settings, SettingsError

DEMO_SOURCES = Path(__file__).resolve().parent / "ingest" / "sources" / "demo.yaml"


def utc_now() -> datetime:
    """The moment, aware UTC: the clock of a running product."""
    return datetime.now(UTC)


def no_secret(_name: str) -> str | None:
    """Where no environment was handed in nothing is secret."""
    return None


def secrets_in(env: Mapping[str, str]) -> Callable[[str], str | None]:
    """Looks secrets up by name: the variable itself, or the file that NAME_FILE names. None where there is neither
    or the file can't be read."""

    def secret(name: str) -> str | None:
        if env.get(name):
            return env[name]
        path = env.get(f"{name}_FILE")
        try:
            return Path(path).expanduser().read_text(encoding="utf-8-sig").strip() if path else None
        except (OSError, UnicodeDecodeError):
            return None

    return secret


@dataclass(frozen=True)
class Product:
    """The parts of one installation. ``clock`` gives aware UTC; ``program`` is what the user types before a command;
    ``secret`` gives what a name in the environment holds."""

    settings: Settings
    engine: Engine
    config: Config
    catalogue: Catalogue
    tz: ZoneInfo
    clock: Callable[[], datetime]
    program: str = PROGRAM
    secret: Callable[[str], str | None] = no_secret

    @property
    def holder(self) -> str:
        """The name of this process in runs and leases: asked each time, a server may have forked."""
        return holder_name()

    @property
    def demo(self) -> bool:
        """True while the figures shown are made up."""
        return self.settings.demo_on

    @property
    def base_dir(self) -> Path:
        """What relative paths in the sources file are relative to."""
        return self.settings.data_dir

    def local_now(self) -> datetime:
        """The wall time of the centre, with its zone."""
        return self.clock().astimezone(self.tz)

    def today(self) -> date:
        """The centre's own day."""
        return self.local_now().date()


def read_config(settings: Settings, env: Mapping[str, str] | None = None) -> Config:
    """The sources file in force, or the packaged demo one. ``env`` holds the secrets the file names.

    Raises SettingsError where there is none, ingest.config.ConfigError where it can't be used.
    """
    if settings.demo_on:
        return _at_once(load_config(DEMO_SOURCES))
    if not settings.sources.is_file():
        raise SettingsError(
            [
                f"找不到数据源配置 {settings.sources}。请运行 python app.py init 生成一份再修改;"
                f"只想看看演示数据,请设 {PREFIX}DEMO=on"
            ]
        )
    return load_config(settings.sources, env)


def _at_once(config: Config) -> Config:
    """The demo's files appear whole, under their names: no need to wait until they have stopped growing."""
    sources = []
    for source in config.sources:
        options = source.options
        settled = replace(options, settle_seconds=0) if isinstance(options, FilesOptions) else options
        sources.append(replace(source, options=settled))
    return replace(config, sources=tuple(sources))


def _make_folders(config: Config, base_dir: Path) -> None:
    """The demo's first pulls may come before its first files: an empty folder is no failure, a missing one is."""
    for source in config.sources:
        if isinstance(source.options, FilesOptions):
            (base_dir / source.options.path).parent.mkdir(parents=True, exist_ok=True)


def build_product(
    settings: Settings, env: Mapping[str, str] | None = None, clock: Callable[[], datetime] = utc_now
) -> Product:
    """Opens (and where needed makes and migrates) the database and reads the sources file.

    ``env`` holds the secrets that the sources file names; without it sources that need one can't be pulled.
    Raises SettingsError, ingest.config.ConfigError, OSError or sqlalchemy.exc.SQLAlchemyError.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not settings.secret_key:
        settings = replace(settings, secret_key=ensure_key(settings.data_dir))
    config = read_config(settings, env)
    if settings.demo_on:
        _make_folders(config, settings.data_dir)
    engine = make_engine(settings.database_url)
    migrate(engine)
    sync_centres(engine, [CentreRow(c.code, c.name, c.parent) for c in config.centres])
    for source in config.sources:
        sync_source(engine, source.code, source.kind, source.title)
    catalogue = build(config.kpis, config.measures)
    if settings.demo_on:
        from targets.demo import give_sheets  # only a demo needs it

        for centre in config.centres:
            give_sheets(engine, catalogue, centre.code, clock().astimezone(settings.tz).date())
    return Product(
        settings, engine, config, catalogue, settings.tz, clock, program_name(env or {}), secrets_in(env or {})
    )


def after_fork(product: Product) -> None:
    """A forked child must not share its parent's database connections: it forgets them without closing them."""
    product.engine.dispose(close=False)
