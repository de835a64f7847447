"""A server for walls in a process of its own, whose day passes in seconds: ``python -m tests.wall_server FOLDER``.

Every half hour of that day a pull brings new figures. What it says: its address, then each hour of the day.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from waitress.server import create_server

from dashboard import wall_routes
from dashboard.app import create_app
from tests.dashboard_browser import installation
from tests.dashboard_facts import NOW, TODAY
from tests.factories import Desk, FrozenClock, at, batch, calls

A_SECOND = 0.2
"""Milliseconds."""
HALF_HOURS = 48


def bring_news(desk: Desk, started: threading.Event) -> None:
    """A day of pulls: each changes the calls of an hour, and its check moves the moment of the data."""
    started.wait()
    for number in range(HALF_HOURS):
        time.sleep(1800 * A_SECOND / 1000)
        desk.clock.moment = at(NOW)
        row = {"day": TODAY, "hour": 13, "offered": 100 + number, "answered": 90 + number, "abandoned": 10}
        desk.write(batch(calls=calls(row, centre="district")), "news")


def main(folder: Path) -> None:
    """Serves until it is killed; the day begins with the first question."""
    wall_routes.A_SECOND = A_SECOND  # type: ignore[assignment]
    with installation(folder) as made:
        application = create_app(made).server
        began = threading.Event()
        application.before_request_funcs[None].append(began.set)
        threading.Thread(target=bring_news, args=(Desk(made.engine, FrozenClock(NOW)), began), daemon=True).start()
        server = create_server(application, host="127.0.0.1", port=0, threads=6)
        print(f"http://127.0.0.1:{server.effective_port}", flush=True)
        server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
