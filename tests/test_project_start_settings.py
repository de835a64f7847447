"""start.py's smaller decisions: what makes it set up again, what uv is told, and how it comes by a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

import start
from venv_setup import Failure, Place, clean, digest, is_ready, say, uv_settings, write_state


def test_it_is_ready_only_for_these_requirements_and_this_python(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1\n")
    where = Place(tmp_path, tmp_path / "venv")
    where.python.parent.mkdir(parents=True)
    where.python.write_text("")
    base = Path(sys.executable).resolve()
    known = {
        "base": [str(base), base.stat().st_size, base.stat().st_mtime_ns],
        "done": {"requirements.txt": digest(requirements)},
    }
    assert not is_ready(where, requirements)
    write_state(where, **known, busy=False)
    assert is_ready(where, requirements)
    write_state(where, **known, busy=True)
    assert not is_ready(where, requirements)
    write_state(where, **{**known, "base": [str(base), 1, 1]}, busy=False)
    assert not is_ready(where, requirements)
    write_state(where, **{**known, "base": [str(tmp_path / "gone"), 1, 1]}, busy=False)
    assert not is_ready(where, requirements)
    write_state(where, **known, busy=False)
    requirements.write_text("a==2\n")
    assert not is_ready(where, requirements)


def test_it_counts_an_included_file_as_part_of_the_requirements(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("a==1\n")
    (tmp_path / "dev.txt").write_text("-r base.txt\nb==1\n")
    before = digest(tmp_path / "dev.txt")
    (tmp_path / "base.txt").write_text("a==2\n")
    assert digest(tmp_path / "dev.txt") != before


def test_it_keeps_the_environment_beside_the_program_or_where_told() -> None:
    root = Path(start.__file__).parent
    assert start.place({}).venv == root / ".venv"
    assert start.place({"HOTLINE_VENV": ""}).venv == root / ".venv"
    assert start.place({"HOTLINE_VENV": "elsewhere"}).venv == root / "elsewhere"
    assert start.place({"HOTLINE_VENV": str(root.parent / "v")}).venv == root.parent / "v"


def test_it_passes_the_configured_index_on_to_uv(tmp_path: Path) -> None:
    (tmp_path / "simple").mkdir()
    there, gone = (tmp_path / "simple").as_uri(), (tmp_path / "gone").as_uri()
    pip = {
        "index-url": "https://mirror.example/simple",
        "extra-index-url": f"{there} {gone}\nhttps://second.example/simple",
        "find-links": f"{tmp_path} {tmp_path / 'gone'}",
        "trusted-host": "mirror.example",
        "cert": str(tmp_path),
        "proxy": "http://proxy.example:3128",
        "default-timeout": "180",
    }
    assert uv_settings(pip, {"HOME": "/home/a"}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": f"{there} https://second.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": str(tmp_path),
        "UV_INSECURE_HOST": "mirror.example",
        "UV_HTTP_TIMEOUT": "180",
        "SSL_CERT_FILE": str(tmp_path),
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HOME": "/home/a",
    }


def test_it_leaves_uv_alone_where_pip_is_not_configured() -> None:
    assert uv_settings({}, {"HOME": "/home/a"}) == {"HOME": "/home/a"}


def test_it_lets_what_is_set_for_uv_win() -> None:
    found = uv_settings({"index-url": "https://pip.example"}, {"UV_DEFAULT_INDEX": "https://uv.example"})
    assert found["UV_DEFAULT_INDEX"] == "https://uv.example"


def test_it_ignores_a_certificate_file_that_is_gone(tmp_path: Path) -> None:
    assert uv_settings({"cert": str(tmp_path / "gone.pem")}, {}) == {}


def test_it_runs_the_product_without_packages_from_elsewhere() -> None:
    found = clean({"PYTHONPATH": "/opt/ros", "PYTHONHOME": "/usr", "PATH": "/bin"})
    assert found == {"PATH": "/bin", "PYTHONUTF8": "1"}


class Machine:
    """A machine without browser or font, where apt-get may or may not be used."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, programs: Sequence[str], root: bool, sudo_asks: bool
    ) -> None:
        self.commands: list[list[str]] = []
        self.browser = False
        self.library = False
        self._sudo_asks = sudo_asks
        monkeypatch.setattr(start, "find_browser", lambda: "/usr/bin/chromium" if self.browser else None)
        monkeypatch.setattr(start, "has_chinese_font", lambda: self.browser)
        monkeypatch.setattr(start, "has_driver_library", lambda: self.browser or self.library)
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name in programs else None)
        monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000, raising=False)
        monkeypatch.setattr("subprocess.run", self._run)

    def _run(self, command: list[str], **_: object) -> SimpleNamespace:
        self.commands.append(command)
        self.browser = self.browser or "install" in command
        return SimpleNamespace(returncode=int(self._sudo_asks and command[0] == "sudo"))


def test_it_installs_the_browser_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, programs=["apt-get"], root=True, sudo_asks=True)
    start.need_browser()
    assert [command[-1] for command in machine.commands] == ["update", "libatomic1"]
    packages = ["chromium", "fonts-noto-cjk", "fontconfig", "libatomic1"]
    assert machine.commands[1][-6:] == ["-y", "--no-install-recommends", *packages]


def test_it_installs_the_browser_through_sudo_that_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, programs=["apt-get", "sudo"], root=False, sudo_asks=False)
    start.need_browser()
    assert [command[:2] for command in machine.commands] == [["sudo", "-n"]] * 3


@pytest.mark.parametrize(
    ("programs", "sudo_asks"), [(["apt-get", "sudo"], True), (["apt-get"], False), (["dnf", "sudo"], False)]
)
def test_it_says_in_one_line_what_to_run_where_it_may_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], programs: list[str], sudo_asks: bool
) -> None:
    Machine(monkeypatch, programs=programs, root=False, sudo_asks=sudo_asks)
    assert start.main(["test"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "测试需要 Chromium、中文字体与 libatomic。请先运行: "
        "sudo apt-get update && sudo apt-get install -y chromium fonts-noto-cjk fontconfig libatomic1\n"
    )


def test_it_says_the_same_where_apt_did_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, programs=["apt-get"], root=True, sudo_asks=False)
    monkeypatch.setattr(start, "find_browser", lambda: None)
    with pytest.raises(Failure, match="请先运行: sudo apt-get update"):
        start.need_browser()
    assert len(machine.commands) == 2


def test_it_installs_what_drives_the_browser_where_only_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, programs=["apt-get"], root=True, sudo_asks=False)
    monkeypatch.setattr(start, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(start, "has_chinese_font", lambda: True)
    start.need_browser()
    assert "libatomic1" in machine.commands[1]
    machine.library = True
    machine.commands.clear()
    start.need_browser()
    assert machine.commands == []


def test_it_finds_the_browser_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / ("chrome.exe" if os.name == "nt" else "google-chrome")
    browser.write_text("")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert start.find_browser() == str(browser)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert start.find_browser() is None


def test_it_writes_into_a_file_in_the_encoding_of_the_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chinese Windows gives Python a file in GBK, while the product that follows writes UTF-8 into the same file."""
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    with open(tmp_path / "said.txt", "w", encoding="gbk") as said:
        monkeypatch.setattr(sys, "stdout", said)
        start.speak_utf8()
        say("正在安装依赖…")
    assert (tmp_path / "said.txt").read_text(encoding="utf-8") == "正在安装依赖…\n"
