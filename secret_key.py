"""The key that signs sign-ins: made once, kept in the data directory, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from patience import PAUSE_SECONDS, patiently

FILE = "secret_key"
WRITTEN_WITHIN = 1.0
"""Seconds after which whoever began to write a key is taken for dead."""


def stored_key(data_dir: Path) -> str:
    """The key kept in the data directory, '' where there is none that can be read."""
    try:
        return patiently(lambda: (data_dir / FILE).read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        return ""


def ensure_key(data_dir: Path) -> str:
    """The key kept in the data directory, made first where there is none (mode 0600).

    Two processes that start at once end up with the same key: one makes the file, the other waits for what it writes.
    Raises OSError where the directory can't be written.
    """
    if key := stored_key(data_dir):
        return key
    data_dir.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + WRITTEN_WITHIN
    while not (key := stored_key(data_dir)):
        try:
            _write(data_dir, os.O_EXCL if time.monotonic() < until else os.O_TRUNC)
        except FileExistsError:
            time.sleep(PAUSE_SECONDS)
    return key


def _write(data_dir: Path, how: int) -> None:
    descriptor = os.open(data_dir / FILE, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
