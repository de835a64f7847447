"""What the pages need of the product: the composition root hands in one object that has these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from alerts.channels.relay import SmtpSettings
from ingest.config import Config
from kpi.catalogue import Catalogue


class SettingsLike(SmtpSettings, Protocol):
    """The settings the pages read; see ``settings.py`` for their meaning."""

    @property
    def data_dir(self) -> Path: ...
    @property
    def stale_after_minutes(self) -> int: ...
    @property
    def access_password(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...
    @property
    def upload_max_mb(self) -> int: ...
    @property
    def min_sample(self) -> int: ...
    @property
    def seat_ranking(self) -> str: ...


class ProductLike(Protocol):
    """The product as the pages see it. ``clock()`` gives an aware UTC moment; ``program`` is what
    the user types before a command."""

    @property
    def engine(self) -> Engine: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def config(self) -> Config: ...
    @property
    def settings(self) -> SettingsLike: ...
    @property
    def tz(self) -> ZoneInfo: ...
    @property
    def demo(self) -> bool: ...
    @property
    def holder(self) -> str: ...
    @property
    def program(self) -> str: ...
    @property
    def base_dir(self) -> Path: ...
    @property
    def secret(self) -> Callable[[str], str | None]: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
