"""Files are known by content, and a file too big to be read is not read through to find that out."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ingest.sources import fingerprints
from ingest.sources.file_bytes import MAX_FILE_BYTES
from ingest.sources.fingerprints import Fingerprints


def test_it_does_not_hash_a_file_that_is_too_big(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as out:
        out.truncate(10 * 2**30)
    assert path.stat().st_size > MAX_FILE_BYTES
    begun = time.monotonic()
    first = Fingerprints().of(path)
    assert time.monotonic() - begun < 0.5
    assert first[1] == 10 * 2**30 and Fingerprints().of(path) == first
    os.utime(path, (1, 1))
    assert Fingerprints().of(path)[0] != first[0], "another delivery is looked at again"


def test_it_knows_equal_content_and_reads_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, known = tmp_path / "one", tmp_path / "two", Fingerprints()
    one.write_bytes(b"abc")
    two.write_bytes(b"abc")
    os.utime(two, (1, 1))
    assert known.of(one)[0] == known.of(two)[0] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert known.of(two)[2] == 1_000_000_000
    read: list[str] = []

    def noted(path: Path) -> str:
        read.append(path.name)
        return "read"

    monkeypatch.setattr(fingerprints, "sha256_of", noted)
    assert known.of(one)[0] != "read" and read == [], "it is as it was: not read again"
    os.utime(one, (2, 2))
    assert (known.of(one)[0], read) == ("read", ["one"])


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change of what is not the content")
def test_it_reads_a_file_again_that_was_replaced_and_given_its_old_time(tmp_path: Path) -> None:
    path, known = tmp_path / "a", Fingerprints()
    path.write_bytes(b"abc")
    before, status = known.of(path), path.stat()
    time.sleep(0.05)
    path.write_bytes(b"xyz")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = known.of(path)
    assert after[0] != before[0] and after[1:] == before[1:]
