"""From words to an exit code: 0 ok, 1 findings or failed, 2 wrong usage."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence

from cli.console import Console, Failure
from cli.parser import build_parser
from program import program_name


def main(words: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Runs one command. ``env`` is the process environment unless given."""
    environ = os.environ if env is None else env
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a sign must not end the command
    try:
        args = build_parser(program_name(environ)).parse_args(words)
    except SystemExit as end:
        return int(end.code or 0)
    console = Console(environ, json=args.json)
    try:
        code: int = args.handler(args, console)
        return code
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the reader has left: say nothing more, not even at exit
        return 0
    except KeyboardInterrupt:
        console.warn("已中断。")
        return 1
    except Exception as error:
        text = describe(error)
        console.warn(text)
        console.give({"error": text})
        if console.env.get("HOTLINE_LOG_LEVEL", "").upper() == "DEBUG":
            traceback.print_exc(file=console.err)
        return 1
    finally:
        console.close()


_OS_ERRORS: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件或目录",
    PermissionError: "没有权限",
    IsADirectoryError: "这是目录,不是文件",
    NotADirectoryError: "这不是目录",
    FileExistsError: "已经存在",
}


def describe(error: Exception) -> str:
    """What to tell a person about an error: errors of the house are Chinese sentences already."""
    from sqlalchemy.exc import SQLAlchemyError

    from db.errors import StoreError, explain
    from ingest.config import ConfigError
    from ingest.errors import SourceError
    from settings import SettingsError

    if isinstance(error, (Failure, SettingsError, ConfigError, SourceError, StoreError)):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        return explain(error)
    if isinstance(error, OSError):
        why = next((text for kind, text in _OS_ERRORS.items() if isinstance(error, kind)), error.strerror or str(error))
        return f"{error.filename or ''}: {why}。请检查路径、权限与磁盘空间。".removeprefix(": ")
    words = " ".join(str(error).split())
    return f"出乎意料的错误 {type(error).__name__}: {words}。设 HOTLINE_LOG_LEVEL=DEBUG 重试可看到细节。"
