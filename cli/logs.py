"""Where a long-running command writes what it does: stderr, and a file of its own that is kept small."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from logging.handlers import RotatingFileHandler
from zoneinfo import ZoneInfo

from settings import Settings

SIZE, KEPT = 5_000_000, 5


def set_up_logs(settings: Settings, command: str) -> None:
    """Logs to stderr and ``logs/<command>.log`` in the data directory, with the centre's wall time.

    Each command has its own file: two processes must not turn one file over. Raises OSError.
    """
    folder = settings.data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    formatter = _Formatter(settings.tz)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(),
        RotatingFileHandler(folder / f"{command}.log", maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True),
    ]
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(level=settings.log_level, handlers=handlers, force=True)
    logging.captureWarnings(True)
    for noisy in ("httpx", "httpcore", "alembic", "waitress.queue"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _Formatter(logging.Formatter):
    def __init__(self, tz: ZoneInfo) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._tz = tz

    def converter(self, timestamp: float | None) -> time.struct_time:
        return datetime.fromtimestamp(timestamp or 0.0, self._tz).timetuple()
