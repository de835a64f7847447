"""Set up and run with one command: `python3 start.py`, `python3 start.py test`, `python3 start.py WORDS…`.

Standard library only. This file keeps to syntax that Python 3.6 parses and imports the rest after its check, so that
an old Python gets a message and not a SyntaxError.
"""

import ctypes
import os
import shlex
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the message an old Python gets
    sys.exit(
        f"需要 Python 3.11 或更新版本,当前是 {sys.version_info[0]}.{sys.version_info[1]}。请安装新版后用它运行。\n"
        f"Python 3.11 or newer is needed, this is {sys.version_info[0]}.{sys.version_info[1]}."
    )

from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path

from venv_setup import Failure, Place, clean, prepare, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
APT_PACKAGES = ("chromium", "fonts-noto-cjk", "fontconfig", "libatomic1")
WORKERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # tests/conftest.py puts the long ones first


def place(environ: Mapping[str, str]) -> Place:
    """This file's folder, and the environment: HOTLINE_VENV (relative to this folder) or .venv."""
    root = Path(__file__).resolve().parent
    return Place(root, root / Path(environ.get("HOTLINE_VENV") or ".venv").expanduser())


def find_browser() -> str | None:
    """The Chromium (Chrome, Edge) of this machine."""
    folders = [os.environ[name] for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if name in os.environ]
    known = [os.path.join(f, *p, "Application") for f in folders for p in (("Google", "Chrome"), ("Microsoft", "Edge"))]
    known.append("/Applications/Google Chrome.app/Contents/MacOS")
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *known])
    return next(filter(None, (shutil.which(name, path=search) for name in (*BROWSERS, "Google Chrome"))), None)


def has_chinese_font() -> bool:
    """Whether a page can show Chinese. Windows and macOS always can."""
    if sys.platform in ("win32", "darwin"):
        return True
    try:
        fonts = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return bool(fonts.strip())


def has_driver_library() -> bool:
    """Whether the program that drives the browser can start: the one of Playwright needs libatomic on Linux."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def can_show_pages() -> bool:
    """Whether there is all that the tests in a browser need."""
    return find_browser() is not None and has_chinese_font() and has_driver_library()


def need_browser() -> None:
    """See to Chromium and a Chinese font, through apt-get where that is possible. Raises Failure saying what to run."""
    if can_show_pages():
        return
    words = " ".join(APT_PACKAGES)
    advice = (
        f"测试需要 Chromium、中文字体与 libatomic。请先运行: sudo apt-get update && sudo apt-get install -y {words}"
    )
    rights = apt_rights()
    if rights is None:
        raise Failure(advice)
    say(f"正在用 apt-get 安装 {words}…")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL)  # a broken extra list need not stop the next line
    subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *APT_PACKAGES],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    if not can_show_pages():
        raise Failure(advice)


def apt_rights() -> list[str] | None:
    """What to write before apt-get; None where this user can't install."""
    if sys.platform == "win32" or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    allowed = shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True).returncode == 0
    return sudo if allowed else None


def hand_over(where: Place, words: Sequence[str]) -> int:
    """Run the environment's Python in place of this process, so that signals and the exit code are its own.

    Windows has no such thing: there it is a child that gets the same Ctrl-C and is waited for.
    """
    command = [str(where.python), *words]
    environ = {**clean(os.environ), "HOTLINE_PROG": typed()}
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, environ)
    with subprocess.Popen(command, env=environ) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def typed() -> str:
    """What was typed to start this, for the product to repeat in its advice."""
    script = sys.argv[0]
    if os.name != "posix":
        return f'py "{script}"' if " " in script else f"py {script}"
    return f"python3 {shlex.quote(script)}"


def speak_utf8() -> None:
    """Write UTF-8 where the words go into a file or a pipe, as the product does: one file, one encoding."""
    if "PYTHONIOENCODING" in os.environ:
        return
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")


def main(words: Sequence[str]) -> int:
    """Set up what the words need and run it. Returns the exit code."""
    speak_utf8()
    where = place(os.environ)
    try:
        if words[:1] == ["test"]:
            need_browser()
            prepare(where, where.root / "requirements-dev.txt")
            os.chdir(where.root)
            return hand_over(where, ["-m", "pytest", *WORKERS, *words[1:]])
        prepare(where, where.root / "requirements.txt")
        return hand_over(where, [str(where.root / "app.py"), *(words or ["serve"])])
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断,再次运行即可继续。", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
