"""YAML with places: every value knows its line and key, every problem is noted and reading goes on.

Scalars are taken as they are written (``yes``, ``0123`` and ``2021-01-01`` stay text), so YAML's own guesses
about booleans, octal numbers and dates never change a header, a word or an employee number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

TRUE_WORDS = ("true", "yes", "on", "是")
FALSE_WORDS = ("false", "no", "off", "否")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a config file: where (1-based line, key), and what to do about it (Chinese)."""

    file: str
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place} {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


class ConfigError(Exception):
    """The config can't be used. ``problems`` lists everything that is wrong, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line)))
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"配置有 {len(self.problems)} 处要改:\n{lines}")


@dataclass(slots=True)
class Doc:
    """A config file while it is read, with the problems found so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, key: str, text: str) -> None:
        """Notes a problem; the same one only once."""
        problem = Problem(self.file, line, key, text)
        if problem not in self.problems:
            self.problems.append(problem)


def nearest(word: str, known: Iterable[str]) -> str:
    """“,是不是想写 ‘asked_at’?” for the known word nearest to ``word``, '' if none is near."""
    found = _near(word, known)
    return f",是不是想写 ‘{found[0]}’?" if found else ""


def _near(word: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)


@dataclass(frozen=True, slots=True)
class At:
    """A value of the config file: its YAML node and the key path that leads to it."""

    doc: Doc
    node: yaml.Node
    key: str = ""

    @property
    def line(self) -> int:
        """The 1-based line the value begins on."""
        return int(self.node.start_mark.line) + 1

    def problem(self, text: str) -> None:
        """Notes a problem with this value."""
        self.doc.note(self.line, self.key, text)

    @property
    def is_map(self) -> bool:
        """Whether this is a mapping (键: 值)."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def pairs(self) -> dict[str, At]:
        """The values of a mapping by key. Notes keys given twice, and anything that is no mapping."""
        if not isinstance(self.node, yaml.MappingNode):
            self.problem("这里应该写成 “键: 值” 的形式")
            return {}
        found: dict[str, At] = {}
        for key_node, value in self.node.value:
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            at = At(self.doc, value, f"{self.key}.{name}" if self.key else name)
            if name in found:
                self.doc.note(key_node.start_mark.line + 1, at.key, "这个键写了两次,请删去一个")
            found[name] = at
        return found

    def fields(self, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, At]:
        """The values of a mapping whose keys are fixed. Notes unknown and missing keys; keeps the known ones."""
        known, found = tuple(known), self.pairs()
        for name in [name for name in found if name not in known]:
            hint = nearest(name, known) or f";这里可以写: {', '.join(known)}"
            found.pop(name).problem(f"不认识的键 ‘{name}’{hint}")
        if self.is_map:
            for name in required:
                if name not in found:
                    self.problem(f"缺少必填的键 ‘{name}’")
        return found

    def items(self) -> list[At]:
        """The values of a list. Notes anything that is no list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.problem("这里应该是一个列表,每项以 “- ” 开头")
            return []
        return [At(self.doc, node, f"{self.key}[{n}]") for n, node in enumerate(self.node.value, 1)]

    def text(self, *, blank: bool = False) -> str:
        """The text of a scalar, '' (and a problem) where it is none or, unless ``blank``, empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.problem("这里应该是一个文字或数字")
            return ""
        value = str(self.node.value)
        if self.node.style is None:
            value = "" if value in ("~", "null") else value
        if not value.strip() and not blank:
            self.problem("这里不能是空的")
        return value

    def words(self) -> tuple[str, ...]:
        """One text or a list of texts, as a tuple; empty texts are kept in a list."""
        if self.is_list:
            return tuple(item.text(blank=True) for item in self.items())
        return (self.text(),)

    def texts(self) -> tuple[tuple[str, str], ...]:
        """A mapping of texts to texts."""
        return tuple((name, at.text()) for name, at in self.pairs().items())

    def integer(self, default: int, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, else ``default`` and a problem."""
        value = self.text()
        if re.fullmatch(r"-?\d{1,9}", value) and low <= int(value) <= high:
            return int(value)
        self.problem(f"应该是 {low} 到 {high} 之间的整数,现在是 ‘{value}’")
        return default

    def number(self) -> float | None:
        """A number, None (and a problem) for anything else."""
        value = self.text()
        if re.fullmatch(r"-?\d{1,12}(\.\d{1,9})?", value):
            return float(value)
        self.problem(f"应该是一个数,现在是 ‘{value}’")
        return None

    def flag(self, default: bool) -> bool:
        """true or false, else ``default`` and a problem."""
        value = self.text().lower()
        if value not in TRUE_WORDS + FALSE_WORDS:
            self.problem(f"应该是 true 或 false,现在是 ‘{value}’")
            return default
        return value in TRUE_WORDS

    def day(self) -> date | None:
        """A date written 2021-01-31, None (and a problem) for anything else."""
        value = self.text()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(f"应该是日期,写成 2021-01-31 的样子,现在是 ‘{value}’")
            return None

    def choice(self, options: Mapping[str, str] | Iterable[str]) -> str:
        """One of the given words, '' (and a problem naming them) for anything else."""
        value, known = self.text(), tuple(options)
        if value in known:
            return value
        self.problem(f"‘{value}’ 不在可选的词里{nearest(value, known)};可选: {', '.join(known)}")
        return ""

    def nearest_choice(self, options: Iterable[str]) -> str:
        """One of the given words; where it is none (noted) the one that the problem suggests, '' without one."""
        known = tuple(options)
        value = self.choice(known)
        return value or next(iter(_near(str(self.node.value), known)), "")

    def code(self) -> str:
        """A code of small letters, digits, ‘_’ and ‘-’."""
        value = self.text()
        if not re.fullmatch(r"[a-z0-9_-]{1,64}", value):
            self.problem(f"代码只能用小写字母、数字、‘_’ 和 ‘-’,最长 64 个字符,现在是 ‘{value}’")
        return value


def read_yaml(path: Path) -> At:
    """The root of a YAML file. Raises ConfigError where it can't be read or is not YAML."""
    doc = Doc(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise ConfigError([Problem(doc.file, 1, "", "没有这个文件;可以复制 sources.example.yaml 再改")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Problem(doc.file, 1, "", "文件不是 UTF-8 编码;请用编辑器另存为 UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Problem(doc.file, 1, "", f"读不了这个文件: {error.strerror}")]) from None
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(doc.file, error)]) from None
    if root is None:
        raise ConfigError([Problem(doc.file, 1, "", "文件是空的;至少要有 centres 和 sources")])
    return At(doc, root)


def _syntax(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = int(mark.line) + 1 if mark is not None else 1
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(file, line, "", f"YAML 写法有误 ({said});检查这一行的缩进、冒号后的空格和引号")
