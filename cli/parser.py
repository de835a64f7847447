"""The parser of the command line, in Chinese, and the registry of command groups."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any, NoReturn

from cli.console import Console
from program import PROGRAM

Handler = Callable[[argparse.Namespace, Console], int]
"""A command's body: gives the exit code (0 ok, 1 findings or failed)."""

GROUPS = (
    "serve", "pull", "kpi", "targets", "readings", "progress", "score", "report", "backtest", "alerts", "deliveries",
    "journal", "forget", "doctor", "setup", "rules", "export", "backup", "settings",
)  # fmt: skip
"""The modules of this room that bring commands, in the order of ``--help``."""

_WORDS = {
    "usage: ": "用法: ",
    "positional arguments": "参数",
    "options": "选项",
    "the following arguments are required: %s": "缺少参数: %s",
    "unrecognized arguments: %s": "不认识的参数: %s",
    "expected one argument": "后面要跟一个值",
    "expected at least one argument": "后面至少要跟一个值",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r 不行,可选: %(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不是 %(type)s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "one of the arguments %s is required": "必须给出其中之一: %s",
    "not allowed with argument %s": "不能与 %s 一起用",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确,可能是 %(matches)s",
    "ignored explicit argument %r": "不带值,多出了 %r",
}


def _in_chinese(words: str) -> str:
    return _WORDS.get(words, words)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose own words are Chinese. Wrong usage ends with exit code 2."""

    def __init__(self, **options: object) -> None:
        # argparse looks its words up in the module's own ``_``; there is no other way to give it a language.
        vars(argparse)["_"] = _in_chinese
        super().__init__(add_help=False, allow_abbrev=False, **options)  # type: ignore[arg-type]
        self.add_argument("-h", "--help", action="help", help="显示这份说明")
        self.program = PROGRAM

    def _print_message(self, message: str, file: Any = None) -> None:
        """Everything argparse says, with the program called as the user calls it."""
        super()._print_message(message.replace(PROGRAM, self.program), file)

    def error(self, message: str) -> NoReturn:
        """Says what was wrong and how to see the usage."""
        self._print_message(self.format_usage() + f"{message}\n运行 {self.prog} --help 查看说明。\n", _stderr())
        raise SystemExit(2)


def _stderr() -> IO[str]:
    import sys

    return sys.stderr


class Commands:
    """Where a group adds its commands, or a command its actions."""

    def __init__(self, parser: Parser, *, required: bool = True) -> None:
        self._sub = parser.add_subparsers(title="命令", metavar="命令", required=required)
        self._program = parser.program

    def add(self, name: str, handler: Handler, help: str, description: str = "") -> Parser:
        """A command; ``help`` is its one line in the list, ``description`` what its own help says besides."""
        parser: Parser = self._sub.add_parser(name, help=help, description=description or help + "。")
        parser.program = self._program
        # Suppressed, or an action's own default would undo what was said before it.
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="输出 JSON,给程序读")
        parser.set_defaults(handler=handler)
        return parser


def build_parser(program: str = PROGRAM) -> Parser:
    """The whole command line. ``program``: what the user types before a command."""
    parser = Parser(
        prog=PROGRAM,
        description="热线绩效监控: 拉取数据、计算指标、提供网页。",
        epilog="每个命令都有自己的说明: python app.py 命令 --help。退出码: 0 正常, 1 有问题或失败, 2 用法不对。",
    )
    parser.program = program
    parser.set_defaults(json=False)
    commands = Commands(parser)
    for group in GROUPS:
        import_module(f"cli.{group}").register(commands)
    return parser


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def day_word(text: str) -> str:
    """An argument's type: a date or 今天/昨天 (today/yesterday), turned into a day by ``Console.day``."""
    from datetime import date

    if text in ("today", "yesterday", "今天", "昨天"):
        return text
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是日期,请写成 2026-03-01,或 今天、昨天") from None
    return text


def positive(text: str) -> int:
    """An argument's type: a whole number from 1 on."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} 不是正整数")
    return int(text)
