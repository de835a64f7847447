"""The C library's heaps: shared by all threads of a server, however many there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project_files import ROOT

PROGRAM = """
import ctypes, os, sys, threading
from cli.web import few_heaps
few_heaps() if sys.argv[1] == "few" else None
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes, libc.fclose.argtypes = (ctypes.c_int, ctypes.c_void_p), (ctypes.c_void_p,)
barrier = threading.Barrier(8)
def ask():
    libc.malloc(100_000)
    barrier.wait()
threads = [threading.Thread(target=ask) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
out = libc.fopen(os.fsencode(sys.argv[2]), b"w")
libc.malloc_info(0, out)
libc.fclose(out)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heaps of glibc")
@pytest.mark.parametrize(("how", "least", "most"), [("few", 1, 2), ("as they come", 6, 9)])
def test_it_shares_two_heaps_among_all_threads(tmp_path: Path, how: str, least: int, most: int) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", PROGRAM, how, str(told)], cwd=ROOT, check=True)
    assert least <= len(re.findall(r"<heap nr=", told.read_text("utf-8"))) <= most
