"""The key that signs sign-ins: made once, kept in the data directory, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

FILE = "secret_key"


def stored_key(data_dir: Path) -> str:
    """The key kept in the data directory, '' where there is none that can be read."""
    try:
        return (data_dir / FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def ensure_key(data_dir: Path) -> str:
    """The key kept in the data directory, made first where there is none (mode 0600).

    Two processes that start at once end up with the same key. Raises OSError where the directory can't be written.
    """
    if key := stored_key(data_dir):
        return key
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(dir=data_dir, prefix=f".{FILE}-")  # mkstemp gives mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        os.link(made, data_dir / FILE)  # all or nothing: of two processes, the second finds the first one's whole key
    except FileExistsError:
        if not stored_key(data_dir):
            os.replace(made, data_dir / FILE)
    except OSError:  # a file system without hard links
        os.replace(made, data_dir / FILE)
    finally:
        Path(made).unlink(missing_ok=True)
    return stored_key(data_dir)
