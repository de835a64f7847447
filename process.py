"""What this process is called where it leaves its name (runs, leases), and whether a named process still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil


def holder_name() -> str:
    """``host:pid:start`` of this process; ``start`` tells it from a later process given the same pid."""
    pid = os.getpid()
    return f"{socket.gethostname()[:80]}:{pid}:{_started(pid)}"


def is_here(holder: str) -> bool:
    """True where the holder ran on this machine, so that ``is_running`` can tell."""
    return holder.split(":", 1)[0] == socket.gethostname()[:80]


def is_running(holder: str) -> bool:
    """True where the process named by a holder of this machine is still alive."""
    _host, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    return pid.isdigit() and psutil.pid_exists(int(pid)) and (not started or started == _started(int(pid)))


def _started(pid: int) -> str:
    """A mark of when the process began. On Linux in ticks since the boot: the wall clock may be set back."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        pass
    try:
        return str(int(psutil.Process(pid).create_time()))
    except psutil.Error:
        return ""
