"""Whether a source could be pulled at all: its folder, its database, its host. Nothing is read from it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ingest.mapping import SourceSpec

SECONDS = 5


def unreachable(source: SourceSpec, base_dir: Path) -> str:
    """What stands between us and the source, in Chinese; '' where nothing does."""
    from ingest.mapping import HttpOptions, SqlOptions

    options = source.options
    if isinstance(options, SqlOptions):
        return _database(options.url, options.url_env)
    if isinstance(options, HttpOptions):
        return _host(options.url)
    return _folder(base_dir / options.path)


def _folder(pattern: Path) -> str:
    """The part of a glob before its first wildcard has to be a folder that can be listed."""
    parts = pattern.parts
    fixed = next((i for i, part in enumerate(parts) if any(sign in part for sign in "*?[")), len(parts) - 1)
    folder = Path(*parts[:fixed])
    if not folder.is_dir():
        return f"文件夹 {folder} 不存在(或网络盘未连接)"
    return "" if os.access(folder, os.R_OK | os.X_OK) else f"文件夹 {folder} 没有读权限"


def _database(url: str, variable: str) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from db.errors import explain
    from db.health import reach

    if not url:
        return f"没有设环境变量 {variable},不知道数据库地址"
    try:
        reach(url, SECONDS)
    except SQLAlchemyError as error:
        return explain(error)
    except (ImportError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _host(url: str) -> str:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=SECONDS).close()
    except (OSError, ValueError) as error:
        return f"连不上 {parts.hostname}: {error}"
    return ""
