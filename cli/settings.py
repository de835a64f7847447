"""settings: what can be set, what is in force, and the page about it in the docs."""

from __future__ import annotations

import argparse

from cli.console import Console
from cli.parser import Commands
from settings import PREFIX, TABLE, Setting, Settings

INTRODUCTION = """\
# 设置

> 本页由 `python app.py settings --markdown` 从设置表生成,请勿手改。

每项设置是一个环境变量;也可以写在数据目录下的 `.env` 文件里,每行一个 `名称=值`,环境变量优先。
(`HOTLINE_DATA_DIR` 只能是环境变量。)密钥类的设置还可以把内容放进文件,用 `名称_FILE` 给出路径,例如
`HOTLINE_ACCESS_PASSWORD_FILE=/run/secrets/password`。有几处写错,启动时一次全部列出。

`python app.py settings` 显示当前生效的值(密钥不显示)。修改后重启生效。
"""


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add("settings", _settings, "列出设置及当前的值")
    parser.add_argument("--markdown", action="store_true", help="输出 docs/settings.md 的内容")


def _settings(args: argparse.Namespace, console: Console) -> int:
    if args.markdown:
        console.out.write(settings_markdown())
        return 0
    settings = console.settings()
    shown = {setting.variable: shown_value(setting, settings) for setting in TABLE}
    console.give(shown)
    console.table(("设置", "当前值", "含义"), ((s.variable, shown[s.variable], s.help) for s in TABLE))
    return 0


def shown_value(setting: Setting, settings: Settings) -> str:
    """The value in force as text; of a secret only whether it is set, of a database all but the password."""
    value = getattr(settings, setting.name.lower())
    if setting.name == "DATABASE_URL":
        from sqlalchemy import make_url

        return make_url(value).render_as_string(hide_password=True)
    if setting.secret:
        return "(已设置)" if value else "(未设置)"
    if isinstance(value, bool):
        return "on" if value else "off"
    if setting.name == "QUIET_HOURS":
        start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in value)
        return "off" if start == end else f"{start}-{end}"
    if isinstance(value, tuple):
        return ",".join(value)
    return value.strftime("%H:%M") if hasattr(value, "strftime") else str(value)


def settings_markdown() -> str:
    """The text of docs/settings.md."""
    lines = [INTRODUCTION, "| 环境变量 | 类型 | 缺省值 | 含义 |", "|---|---|---|---|"]
    for setting in TABLE:
        default = setting.default_text or f"`{setting.default}`"
        lines.append(f"| `{setting.variable}` | {setting.kind} | {default} | {setting.help} |")
    secret = "、".join(f"`{s.variable}_FILE`" for s in TABLE if s.secret)
    lines += [
        "",
        f"可从文件读的: {secret}。",
        "",
        f"不是 `{PREFIX}` 开头的名称留给数据源自己的密钥(`url_env`、`token_env`)。",
    ]
    return "\n".join(lines) + "\n"
