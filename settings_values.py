"""How the text of a setting becomes its value. Each raises ValueError with a Chinese reason."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo


def text(value: str) -> str:
    """The text itself."""
    return value


def long(value: str, *, least: int) -> str:
    """A text of at least so many characters."""
    if len(value) < least:
        raise ValueError(f"至少要有 {least} 个字符")
    return value


def path(value: str) -> Path:
    """A path; ~ is the home directory."""
    return Path(value).expanduser()


def whole(value: str, *, low: int, high: int) -> int:
    """A whole number."""
    try:
        number = int(value)
    except ValueError:
        raise ValueError(f"‘{value}’ 不是整数") from None
    if not low <= number <= high:
        raise ValueError(f"{number} 不在 {low} 到 {high} 之间")
    return number


def choice(value: str, *, among: tuple[str, ...]) -> str:
    """One of the words, whatever its case."""
    for choice in among:
        if value.lower() == choice.lower():
            return choice
    raise ValueError(f"‘{value}’ 不行,可选: {'、'.join(among)}")


def clock_time(value: str) -> time:
    """A time of day: 02:30."""
    hour, colon, minute = value.partition(":")
    try:
        if not colon:
            raise ValueError
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"‘{value}’ 不是时刻,请写成 02:30 的样子") from None


def hours(value: str) -> tuple[int, int]:
    """“22:00-07:00” as minutes of the day; off as (0, 0)."""
    if value.lower() == "off":
        return 0, 0
    start, dash, end = value.partition("-")
    if not dash:
        raise ValueError(f"‘{value}’ 不是时段,请写成 22:00-07:00 的样子,或 off")
    first, last = clock_time(start.strip()), clock_time(end.strip())
    return first.hour * 60 + first.minute, last.hour * 60 + last.minute


def on(value: str) -> bool:
    """on or off."""
    return choice(value, among=("on", "off")) == "on"


def page(value: str) -> str:
    """The address of the pages, without a slash at its end."""
    if not value.startswith(("http://", "https://")):
        raise ValueError(f"‘{value}’ 不是网址,请写成 https://hotline.example.gov.cn 的样子")
    return value.rstrip("/")


def mail_address(value: str) -> str:
    """A mail address."""
    name, at, host = value.partition("@")
    if not (name and at and host) or any(c.isspace() for c in value):
        raise ValueError(f"‘{value}’ 不是邮件地址")
    return value


def zone(value: str) -> str:
    """A time zone by name."""
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"没有时区 ‘{value}’,例: Asia/Shanghai") from None
    return value


def names(value: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip().lower() for name in value.split(",") if name.strip())


def database(value: str) -> str:
    """The address of a database."""
    schemes = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
    if not value.startswith(schemes):
        raise ValueError("只能是 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名")
    return value
