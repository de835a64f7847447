"""Real processes of the product for the tests: started, read line by line, killed, and never left behind."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from tests.project_files import ROOT


class Process:
    """A running command whose output (stdout and stderr) can be waited for."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env={**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._fresh.put(line.rstrip("\n"))
        self._fresh.put(None)

    def wait_for(self, text: str, seconds: float = 30.0) -> str:
        """The next line that holds the text. Fails with everything said so far where none comes in time."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self._fresh.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{text!r} was not said within {seconds} s:\n" + "\n".join(self.lines)) from None
            if line is None:
                raise AssertionError(f"ended without saying {text!r}:\n" + "\n".join(self.lines))
            self.lines.append(line)
            if text in line:
                return line

    def end(self, seconds: float = 30.0) -> int:
        """Waits for the end and gives the exit code."""
        code = self.process.wait(timeout=seconds)
        while (line := self._fresh.get(timeout=5)) is not None:
            self.lines.append(line)
        return code

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def app(*words: str, env: Mapping[str, str]) -> Process:
    """``python app.py …``, started."""
    return Process(["app.py", *words], env)


def run_app(*words: str, env: Mapping[str, str], seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
    """``python app.py …``, ended; stdout and stderr apart."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=ROOT,
        env={**kept, "PYTHONUTF8": "1", **env},
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
    )
