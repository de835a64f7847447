"""The virtual environment that `start.py` runs the product in: made once, kept in step with the requirements files.

Standard library only. What is set up is remembered in a state file inside the environment; as long as the hash of
the requirements matches, `prepare` starts no process. A set-up that was cut off leaves `busy` and is made anew.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

UV = "uv==0.13.9"
STATE, LOG, LOCK = "hotline-setup.json", "hotline-setup.log", "hotline-setup.lock"
DESCRIBE = (
    "import importlib.util as u, json, os, sys; b = os.path.realpath(sys._base_executable); s = os.stat(b);"
    "print(json.dumps({'python': list(sys.version_info[:2]), 'base': [b, s.st_size, s.st_mtime_ns],"
    " 'pip': u.find_spec('pip') is not None}))"
)
"""Run by the environment's own interpreter: its version and the interpreter it was made from."""


class Failure(Exception):
    """Something the user has to do first; the text says what, in Chinese."""


class Place(NamedTuple):
    """Where the program is and where its virtual environment is."""

    root: Path
    venv: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def say(text: str) -> None:
    """Print a line now, whatever the terminal's encoding."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def included(requirements: Path) -> list[Path]:
    """The files a requirements file includes with `-r`."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [requirements.parent / line[3:].strip() for line in lines if line.startswith("-r ")]


def digest(requirements: Path) -> str:
    """The hash of a requirements file and of those it includes."""
    whole = hashlib.sha256(requirements.read_bytes())
    for file in included(requirements):
        whole.update(digest(file).encode())
    return whole.hexdigest()


def read_state(where: Place) -> dict[str, Any]:
    """What the last set-up left: python, base, done {file: hash}, busy. Empty where there was none."""
    try:
        state = json.loads((where.venv / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(where: Place, **state: Any) -> None:
    """Replace the state in one step."""
    fresh = where.venv / (STATE + ".new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(where.venv / STATE)


def is_ready(where: Place, requirements: Path) -> bool:
    """Whether these requirements are installed in a whole environment. Starts no process."""
    state = read_state(where)
    if state.get("busy", True) or state.get("done", {}).get(requirements.name) != digest(requirements):
        return False
    base, size, changed = state["base"]
    with contextlib.suppress(OSError):
        found = os.stat(base)
        return (found.st_size, found.st_mtime_ns) == (size, changed) and where.python.exists()
    return False


def describe(where: Place) -> dict[str, Any] | None:
    """What the environment's interpreter says of itself; None where it is missing or does not run."""
    try:
        result = subprocess.run([where.python, "-I", "-c", DESCRIBE], capture_output=True, check=True)
        answer = json.loads(result.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return answer if isinstance(answer, dict) else None


def prepare(where: Place, requirements: Path) -> None:
    """Make the environment and install the requirements, unless that is done. Raises Failure."""
    if not requirements.exists():
        raise Failure(f"找不到 {requirements}。程序文件不完整,请重新下载。")
    if is_ready(where, requirements):
        return
    try:
        where.venv.mkdir(parents=True, exist_ok=True)
        refuse_foreign(where)
        with only_one(where.venv / LOCK) as lock:
            if not is_ready(where, requirements):
                started = time.monotonic()
                install(where, requirements, make_venv(where, lock), lock)
                say(f"运行环境已就绪,用时 {time.monotonic() - started:.0f} 秒。")
    except OSError as error:
        raise Failure(
            f"无法写入运行环境 {where.venv}: {error.strerror or error}。请检查权限与磁盘空间,停止正在运行的本程序后"
            "重试;也可用环境变量 HOTLINE_VENV 指定另一个可写的目录。"
        ) from error


def refuse_foreign(where: Place) -> None:
    """Raise Failure where the folder holds something that is no environment: it would be emptied."""
    names = {entry.name for entry in where.venv.iterdir()}
    if names and not names & {STATE, LOCK, "pyvenv.cfg"}:
        raise Failure(f"{where.venv} 里有别的文件。请用环境变量 HOTLINE_VENV 指定一个空目录。")


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[int]:
    """Hold the lock file; a second start waits here. Yields its descriptor, which installers inherit on POSIX:
    one that outlives a killed start keeps the lock until it has ended."""
    with open(path, "a+b") as file:
        if not try_lock(file.fileno()):
            say("另一个 start.py 正在准备运行环境,等它完成…")
            while not try_lock(file.fileno()):
                time.sleep(0.2)
        yield file.fileno()


def try_lock(descriptor: int) -> bool:
    """Take the lock if it is free. It goes with the last descriptor that is open on it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_venv(where: Place, lock: int) -> dict[str, Any]:
    """Make the environment, or keep the one there if it is whole. Returns its description. Raises Failure."""
    state, found = read_state(where), describe(where)
    if found and not state.get("busy") and found["python"] == state.get("python", found["python"]):
        return found
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise Failure(f"Python 缺少 venv 组件。请先运行: sudo apt-get install -y {package} 然后重试。")
    say("正在准备运行环境(首次约需一分钟)…")
    write_state(where, busy=True)
    empty(where)
    python = getattr(sys, "_base_executable", None) or sys.executable
    made = run(where, [python, "-m", "venv", str(where.venv)], lock)
    found = describe(where)
    if not made or found is None:
        raise Failure(f"无法创建虚拟环境:\n{last_lines(where)}")
    return found


def empty(where: Place) -> None:
    """Take out all but our own files. The folder itself stays: it may be a link or a mounted one."""
    for entry in where.venv.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in (STATE, LOCK):
            entry.unlink()


def install(where: Place, requirements: Path, venv: Mapping[str, Any], lock: int) -> None:
    """Install with uv, or with pip where uv can't be had. Raises Failure with the installer's last words."""
    say("正在安装依赖…")
    kept = {"python": venv["python"], "base": venv["base"]}
    write_state(where, **kept, busy=True)
    python = str(where.python)
    wheels = where.root / "wheels"
    given = ["--no-index", "--find-links", str(wheels)] if wheels.is_dir() else []
    pip, wanted = [python, "-m", "pip"], ["-r", str(requirements)]
    if not venv["pip"]:
        run(where, [python, "-m", "ensurepip"], lock)
    installed = run(where, [*pip, "install", *given, UV], lock) and run(
        where,
        [python, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", python, *given, *wanted],
        lock,
        uv_settings(pip_settings(pip), os.environ),
    )
    if not installed:
        say("uv 不可用,改用 pip(较慢)…")
        installed = run(where, [*pip, "install", *given, *wanted], lock)
    if not installed:  # what is there may stay, but none of it is known to be right: the next start installs again
        write_state(where, **kept, busy=False)
        raise Failure(f"依赖安装失败:\n{last_lines(where)}\n请检查网络,或把安装包放进 {wheels} 后重试。")
    done = {file.name: digest(file) for file in (requirements, *included(requirements))}
    write_state(where, **kept, busy=False, done=done)


def run(where: Place, command: Sequence[str], lock: int, environ: Mapping[str, str] | None = None) -> bool:
    """Run an installer, its words into the log. True where it succeeded."""
    with open(where.venv / LOG, "ab") as log:
        log.write(("\n$ " + " ".join(command) + "\n").encode())
        log.flush()
        process = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=clean(environ or os.environ),
            pass_fds=(lock,) if os.name == "posix" else (),
        )
    return process.returncode == 0


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for the product's Python: UTF-8 everywhere, and no packages from elsewhere."""
    kept = {key: value for key, value in environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    return {**kept, "PYTHONUTF8": "1"}


def last_lines(where: Place, count: int = 4) -> str:
    """The end of the set-up's log."""
    lines = (where.venv / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join([*lines[-count:], f"(全部输出: {where.venv / LOG})"])


def pip_settings(pip: Sequence[str]) -> dict[str, str]:
    """pip's options as configured for every command: {"index-url": …}; an environment variable wins over a file."""
    result = subprocess.run([*pip, "config", "list"], capture_output=True, encoding="utf-8", env=clean(os.environ))
    found = dict[str, str]()
    for section in ("global", "install", ":env:"):
        for line in result.stdout.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(section + "."):
                found[key[len(section) + 1 :]] = str(ast.literal_eval(value))
    return found


def uv_settings(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment that makes uv, which does not read pip's configuration, ask where pip asks.

    What is set for uv itself stays. Local places that don't exist are left out: pip passes over them, uv stops.
    """

    def places(option: str) -> list[str]:
        return [place for place in pip.get(option, "").split() if is_remote(place) or local(place).exists()]

    extra = places("extra-index-url")
    wanted = {
        "UV_DEFAULT_INDEX": " ".join(places("index-url")[:1]),
        "UV_INDEX": " ".join(extra),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",  # as pip: the best version of all indexes
        "UV_FIND_LINKS": ",".join(places("find-links")),
        "UV_INSECURE_HOST": pip.get("trusted-host", ""),
        "UV_HTTP_TIMEOUT": pip.get("timeout", pip.get("default-timeout", "")),
        "SSL_CERT_FILE": " ".join(places("cert")),
        "HTTPS_PROXY": pip.get("proxy", ""),
    }
    return {**{key: value for key, value in wanted.items() if value}, **environ}


def is_remote(place: str) -> bool:
    """Whether an index or folder of packages is on another machine."""
    return "://" in place and not place.startswith("file:")


def local(place: str) -> Path:
    """The path of a local place, written as a path or as a file: URL."""
    return Path(url2pathname(urlsplit(place).path)) if place.startswith("file:") else Path(place).expanduser()
