"""How long ``serve`` takes until it answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def seconds_to_healthy(data_dir: Path) -> float:
    """Start ``serve`` on a data directory with the demo source, wait for its first page, stop it again."""
    port = _free_port()
    env = {**os.environ, "HOTLINE_DATA_DIR": str(data_dir), "HOTLINE_DEMO": "on"}
    command = [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(port)]
    begun = time.perf_counter()
    with open(data_dir.with_suffix(".log"), "ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        while not _answers(f"http://127.0.0.1:{port}/"):
            if server.poll() is not None or time.perf_counter() - begun > GIVE_UP:
                raise RuntimeError(f"serve did not come up:\n{data_dir.with_suffix('.log').read_text('utf-8')}")
            time.sleep(0.02)
        return time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(GIVE_UP)
