"""The pages in a process of their own, to be killed: ``python -m tests.pages_server FOLDER PORT``.

The first start writes the made facts into the folder, any other finds them there. Browsers ask for news every second.
"""

from __future__ import annotations

import sys
from pathlib import Path

from waitress.server import create_server

from dashboard import shell
from dashboard.app import create_app
from tests.dashboard_browser import installation


def main(folder: Path, port: int) -> None:
    """Serves until it is killed."""
    shell.TICK_SECONDS = 1  # type: ignore[attr-defined]
    with installation(folder, filled=not (folder / "hotline.db").exists()) as made:
        server = create_server(create_app(made).server, host="127.0.0.1", port=port, threads=6)
        print("up", flush=True)
        server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
