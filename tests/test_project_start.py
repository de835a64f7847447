"""start.py from the outside, in a copy under a path with a space and Chinese characters, with wheels made here.

No network: the copy has a ``wheels`` folder with a tiny package, a stand-in for uv that installs through pip and
records what it was told, and a stand-in for pytest that says what it was called with.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import start
import venv_setup
from tests.project_files import ROOT

APP = """
import json, os, signal, sys, time
said = {"words": sys.argv[1:], "cwd": os.getcwd(), "utf8": sys.flags.utf8_mode, "pid": os.getpid()}
print(json.dumps(said), flush=True)
if sys.argv[1] == "exit":
    sys.exit(int(sys.argv[2]))
if sys.argv[1] == "sleep":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in a shell's background
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        sys.exit(7)
"""

UV = """
import json, os, subprocess, sys, time
keys = [k for k in os.environ if k.startswith("UV_")]
with open(os.environ["UV_RECORD"], "w") as file:
    json.dump({"words": sys.argv[1:], "env": {k: os.environ[k] for k in keys}}, file)
time.sleep(float(os.environ.get("UV_TAKES", "0")))
words = [w for w in sys.argv[2:] if w != "--compile-bytecode"]
at = words.index("--python")
sys.exit(subprocess.run([words[at + 1], "-m", "pip", *words[:at], *words[at + 2 :]]).returncode)
"""

PYTEST = """
import json, os, sys
print(json.dumps({"words": sys.argv[1:], "cwd": os.getcwd()}))
"""


def make_wheel(folder: Path, package: str, version: str, files: Mapping[str, str]) -> None:
    """A wheel of pure Python files; pip needs no more than this."""
    info = f"{package}-{version}.dist-info"
    whole = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in whole.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*whole, f"{info}/RECORD"]))


class Copy:
    """The program's copy and how it is run there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        for file in ("start.py", "venv_setup.py"):
            shutil.copy(ROOT / file, root)
        (root / "app.py").write_text(APP, encoding="utf-8")
        (root / "requirements.txt").write_text("tiny==1.0\n", encoding="utf-8")
        (root / "requirements-dev.txt").write_text("-r requirements.txt\npytest==0.1\n", encoding="utf-8")
        make_wheel(root / "wheels", "tiny", "1.0", {"tiny.py": "VALUE = 1\n"})
        make_wheel(root / "wheels", "pytest", "0.1", {"pytest/__init__.py": "", "pytest/__main__.py": PYTEST})
        uv_version = venv_setup.UV.partition("==")[2]
        make_wheel(root / "wheels", "uv", uv_version, {"uv/__init__.py": "", "uv/__main__.py": UV})

    @property
    def record(self) -> Path:
        """What the stand-in for uv was told last."""
        return self.root / "uv.json"

    def environ(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_", "HOTLINE_"))}
        return {
            **kept,
            "UV_RECORD": str(self.record),
            "PIP_CONFIG_FILE": os.devnull,
            "PYTHONIOENCODING": "utf-8",
            **more,
        }

    def begin(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.root / "start.py"), *words],
            env=self.environ(**more),
            cwd=cwd or self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *words: str, cwd: Path | None = None, **more: str) -> tuple[int, str, str]:
        with self.begin(*words, cwd=cwd, **more) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def state(self, venv: str = ".venv") -> dict[str, object]:
        found: dict[str, object] = json.loads((self.root / venv / venv_setup.STATE).read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy that has been started once."""
    made = Copy(tmp_path_factory.mktemp("起动") / "热线 程序")
    code, out, err = made.run()
    assert code == 0, err
    assert "运行环境已就绪" in out
    assert json.loads(out.splitlines()[-1])["words"] == ["serve"]
    yield made


def told(out: str) -> dict[str, object]:
    """What the app said: the only line of the output."""
    (line,) = out.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_it_starts_the_second_time_without_setting_up(copy: Copy) -> None:
    copy.record.unlink(missing_ok=True)
    began = time.monotonic()
    code, out, _ = copy.run("doctor")
    assert (code, told(out)["words"]) == (0, ["doctor"])
    assert not copy.record.exists()
    assert time.monotonic() - began < 5  # 0.1 s where nothing else is running


def test_it_hands_words_exit_code_and_folder_on(copy: Copy, tmp_path: Path) -> None:
    code, out, err = copy.run("exit", "5", "--by", "一 天", cwd=tmp_path)
    assert (code, err) == (5, "")
    assert told(out) | {"pid": 0} == {
        "words": ["exit", "5", "--by", "一 天"],
        "cwd": str(tmp_path),
        "utf8": 1,
        "pid": 0,
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no exec and no SIGINT for one process")
def test_it_becomes_the_app_so_that_signals_reach_it(copy: Copy) -> None:
    with copy.begin("sleep") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        time.sleep(0.3)  # the app says its line just before it sleeps
        process.send_signal(signal.SIGINT)
        assert (said["pid"], process.wait(timeout=20)) == (process.pid, 7)


def test_it_installs_again_when_the_requirements_changed(copy: Copy) -> None:
    with open(copy.root / "requirements.txt", "a", encoding="utf-8") as file:
        file.write("# changed\n")
    code, out, _ = copy.run("doctor")
    assert code == 0
    assert out.splitlines()[0] == "正在安装依赖…"
    assert "requirements.txt" in json.loads(copy.record.read_text())["words"][-1]
    assert told(copy.run("doctor")[1])["words"] == ["doctor"]


def test_it_says_what_failed_and_installs_again_next_time(copy: Copy) -> None:
    before = (copy.root / "requirements.txt").read_text(encoding="utf-8")
    (copy.root / "requirements.txt").write_text("tiny==1.0\nmissing==9\n", encoding="utf-8")
    code, _, err = copy.run("doctor")
    assert code == 1
    assert err.startswith("依赖安装失败") and "missing==9" in err and "wheels" in err
    (copy.root / "requirements.txt").write_text(before, encoding="utf-8")
    code, out, _ = copy.run("doctor")
    assert (code, out.splitlines()[0]) == (0, "正在安装依赖…")


def test_it_runs_the_tests_from_anywhere_on_two_cores(copy: Copy, tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    fonts = tmp_path / "fc-list"
    for file, words in ((browser, "exit 0"), (fonts, "echo NotoSansCJK.ttc")):
        file.write_text(f"#!/bin/sh\n{words}\n")
        file.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    code, out, err = copy.run("test", "-k", "一个", cwd=tmp_path, PATH=path)
    assert code == 0, err
    said = json.loads(out.splitlines()[-1])
    assert said == {"words": [*start.WORKERS, "-k", "一个"], "cwd": str(copy.root)}
    assert set(copy.state()["done"]) == {"requirements.txt", "requirements-dev.txt"}  # type: ignore[call-overload]


def test_it_repairs_an_environment_that_was_cut_off(copy: Copy) -> None:
    """Two starts at once, without uv, on what a killed start left: one sets up, the other waits, both run."""
    venv = copy.root / "半途"
    (venv / "lib" / "python3" / "site-packages").mkdir(parents=True)
    (venv / venv_setup.STATE).write_text(json.dumps({"busy": True}))
    (uv_wheel,) = copy.root.glob("wheels/uv-*.whl")
    uv_wheel.rename(uv_wheel.with_suffix(".away"))
    try:
        both = [copy.begin("exit", "3", HOTLINE_VENV=str(venv)) for _ in range(2)]
        outs = [process.communicate(timeout=120)[0] for process in both]
    finally:
        uv_wheel.with_suffix(".away").rename(uv_wheel)
    assert [process.returncode for process in both] == [3, 3]
    assert sorted("已就绪" in out for out in outs) == [False, True]
    assert sorted("等它完成" in out for out in outs) == [False, True]
    assert any("改用 pip" in out for out in outs)
    assert not (venv / "lib" / "python3").exists()


@pytest.mark.skipif(os.name == "nt", reason="the lock is inherited by installers on POSIX")
def test_it_waits_for_the_installer_of_a_killed_start(copy: Copy) -> None:
    copy.record.unlink(missing_ok=True)
    with copy.begin("doctor", HOTLINE_VENV="killed", UV_TAKES="2") as first:
        while not copy.record.exists():  # ends at the latest with the test's own time limit
            time.sleep(0.05)
        first.kill()
    assert copy.state("killed")["busy"] is True
    code, out, _ = copy.run("exit", "4", HOTLINE_VENV="killed")
    assert code == 4
    assert out.splitlines()[:2] == ["另一个 start.py 正在准备运行环境,等它完成…", "正在准备运行环境(首次约需一分钟)…"]


def test_it_does_not_empty_a_folder_of_something_else(copy: Copy, tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    code, _, err = copy.run(HOTLINE_VENV=str(tmp_path))
    assert (code, [entry.name for entry in tmp_path.iterdir()]) == (1, ["keep.txt"])
    assert err == f"{tmp_path} 里有别的文件。请用环境变量 HOTLINE_VENV 指定一个空目录。\n"


def test_it_says_so_where_it_cannot_write(copy: Copy, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = copy.run(HOTLINE_VENV=str(tmp_path / "file" / "venv"))
    assert code == 1
    assert "无法写入运行环境" in err and "HOTLINE_VENV" in err and "Traceback" not in err


def test_it_parses_on_an_old_python_and_checks_before_anything_newer() -> None:
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    body = ast.parse(text, feature_version=(3, 7)).body
    (check,) = [at for at, node in enumerate(body) if isinstance(node, ast.If) and "version_info" in ast.unparse(node)]
    earlier = [ast.unparse(node) for node in body[1:check]]
    assert earlier == [f"import {name}" for name in ("ctypes", "os", "shlex", "shutil", "subprocess", "sys")]


def test_it_tells_an_old_python_in_chinese_and_english(tmp_path: Path) -> None:
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    (tmp_path / "old.py").write_text(f"import sys\nsys.version_info = (3, 8, 1)\n{text}", encoding="utf-8")
    result = subprocess.run([sys.executable, tmp_path / "old.py"], capture_output=True, encoding="utf-8")
    assert result.returncode == 1
    chinese, english = result.stderr.splitlines()
    assert chinese.startswith("需要 Python 3.11 或更新版本,当前是 3.8。")
    assert english == "Python 3.11 or newer is needed, this is 3.8."


def test_it_names_the_package_to_install_where_venv_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda module: None)
    with pytest.raises(venv_setup.Failure, match="sudo apt-get install -y python3.*-venv"):
        venv_setup.make_venv(venv_setup.Place(tmp_path, tmp_path / "venv"), 0)


def test_it_makes_the_environment_anew_when_its_python_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = venv_setup.Place(tmp_path, tmp_path)
    found = {"python": [3, 12], "base": ["python", 1, 1], "pip": True}
    made: list[object] = []

    def run(_: venv_setup.Place, command: object, lock: int) -> bool:
        made.append(command)
        return True

    monkeypatch.setattr(venv_setup, "describe", lambda place: found)
    monkeypatch.setattr(venv_setup, "run", run)
    venv_setup.write_state(where, python=[3, 12], busy=False)
    assert (venv_setup.make_venv(where, 0), made) == (found, [])
    venv_setup.write_state(where, python=[3, 11], busy=False)
    assert venv_setup.make_venv(where, 0) == found
    assert len(made) == 1
