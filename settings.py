"""The settings table: name, default, help. Read once, fails loudly with every problem at once.

A setting ``PORT`` is read from the environment variable ``HOTLINE_PORT``, else from the file ``.env`` in the data
directory. A secret may also be given as the path of a file: ``HOTLINE_SECRET_KEY_FILE``.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import settings_values as v
from env_file import read_env_file
from secret_key import stored_key

PREFIX = "HOTLINE_"
ROOT = Path(__file__).resolve().parent
"""The program's own directory: the default data directory does not depend on where a command is called from."""


class SettingsError(Exception):
    """The settings can't be used. ``problems`` holds one Chinese sentence for each thing to put right."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("设置有误,请改正后重试:\n" + "\n".join(f"  - {p}" for p in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. ``parse`` raises ValueError with a Chinese reason; ``default`` is parsed the same way."""

    name: str
    kind: str
    default: str
    help: str
    parse: Callable[[str], object]
    secret: bool = False
    default_text: str = ""
    empty: object = ""

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return PREFIX + self.name


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

TABLE: tuple[Setting, ...] = (
    Setting(
        "DATA_DIR", "目录", str(ROOT / "data"), "数据目录: 数据库、收件夹、日志、.env 与 sources.yaml 都在其中",
        v.path, default_text="程序目录下的 data",
    ),
    Setting(
        "DATABASE_URL", "网址", "", "数据库: sqlite:///路径 或 postgresql://用户:密码@主机/库名",
        v.database, secret=True, default_text="数据目录下的 SQLite 文件 hotline.db",
    ),
    Setting("SOURCES", "文件", "", "数据源配置文件", v.path, default_text="数据目录下的 sources.yaml"),
    Setting(
        "DEMO", "选项", "auto", "演示数据: on 总是用演示数据; off 从不; auto 没有 sources.yaml 时才用",
        partial(v.choice, among=("auto", "on", "off")),
    ),
    Setting("HOST", "文字", "127.0.0.1", "网页监听的地址; 不是本机回环地址时必须设 ACCESS_PASSWORD", v.text),
    Setting("PORT", "整数", "8050", "网页监听的端口", partial(v.whole, low=1, high=65535)),
    Setting("TIMEZONE", "时区", "Asia/Shanghai", "划分小时与日所用的时区", v.zone),
    Setting("PULL_DAILY_AT", "时刻", "02:30", "每日拉取的时刻(当地时间),错过则补拉", v.clock_time),
    Setting("PULL_EVERY_MINUTES", "分钟", "5", "日间拉取的间隔", partial(v.whole, low=1, high=1440)),
    Setting(
        "STALE_AFTER_MINUTES", "分钟", "30", "数据超过这么久没有更新即标为过时", partial(v.whole, low=1, high=10080)
    ),
    Setting(
        "ACCESS_PASSWORD", "密钥", "", "打开网页所需的口令,至少 8 个字符; 也可以是它的 argon2 散列",
        partial(v.long, least=8), secret=True, default_text="无(只允许本机访问)",
    ),
    Setting(
        "ALLOWED_HOSTS", "列表", "", "允许出现在网址里的主机名,逗号分隔; localhost 与 IP 地址总是可以", v.names,
        default_text="无口令时没有别的主机名,有口令时不限", empty=(),
    ),
    Setting("UPLOAD_MAX_MB", "兆字节", "200", "网页上传文件的大小上限", partial(v.whole, low=1, high=4096)),
    Setting("MIN_SAMPLE", "整数", "30", "分母少于此数时只给数值,不判断是否达标", partial(v.whole, low=1, high=1000000)),
    Setting(
        "SEAT_RANKING", "选项", "on",
        "坐席怎样出现在网页、告警、报告与命令行里: on 列出工号; anonymous 不列工号; off 不排名,也不提到单个坐席。"
        "后两者也不能打开单个坐席的页面; 大屏从不列工号; 已存档的报告不变",
        partial(v.choice, among=("on", "anonymous", "off")),
    ),
    Setting("LOG_LEVEL", "选项", "INFO", "日志的详细程度", partial(v.choice, among=_LEVELS)),
    Setting(
        "SECRET_KEY", "密钥", "", "给登录凭据签名的密钥,至少 32 个字符", partial(v.long, least=32),
        secret=True, default_text="首次启动时生成,存为数据目录下的 secret_key",
    ),
    Setting("THREADS", "整数", "8", "网页服务的线程数", partial(v.whole, low=1, high=128)),
    Setting(
        "ALERT_EVERY_MINUTES", "分钟", "5", "告警检查的间隔; 每次拉取之后另查一次", partial(v.whole, low=1, high=1440)
    ),
    Setting(
        "QUIET_HOURS", "时段", "22:00-07:00", "免打扰时段(当地时间): 不紧急的告警攒到结束时汇总; off 为不设", v.hours
    ),
    Setting(
        "PAGE_URL", "网址", "", "网页的地址,邮件里的链接用它,例 https://hotline.example.gov.cn", v.page,
        default_text="无(消息里没有链接)",
    ),
    Setting("SMTP_HOST", "文字", "", "发邮件的服务器", v.text, default_text="无(不发邮件)"),
    Setting("SMTP_PORT", "整数", "25", "邮件端口; starttls 常为 587,ssl 常为 465", partial(v.whole, low=1, high=65535)),
    Setting(
        "SMTP_SECURITY", "选项", "none", "与邮件服务器怎样加密: starttls、ssl 或 none",
        partial(v.choice, among=("starttls", "ssl", "none")),
    ),
    Setting("SMTP_USER", "文字", "", "邮件服务器的用户名", v.text, default_text="无(不登录)"),
    Setting("SMTP_PASSWORD", "密钥", "", "邮件服务器的口令", v.text, secret=True, default_text="无"),
    Setting("SMTP_SENDER", "文字", "", "发件地址", v.mail_address, default_text="hotline@邮件服务器"),
    Setting("SMTP_SENDER_NAME", "文字", "热线绩效监测", "发件人名称", v.text),
    Setting("SMTP_VERIFY", "选项", "on", "是否核对邮件服务器的证书; 内部服务器自签证书时设 off", v.on),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Secrets are left out of ``repr``. ``secret_key`` is '' until one has been made."""

    data_dir: Path
    database_url: str = field(repr=False)
    sources: Path
    demo: str
    host: str
    port: int
    timezone: str
    pull_daily_at: time
    pull_every_minutes: int
    stale_after_minutes: int
    access_password: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    upload_max_mb: int
    min_sample: int
    seat_ranking: str
    log_level: str
    secret_key: str = field(repr=False)
    threads: int
    alert_every_minutes: int
    quiet_hours: tuple[int, int]
    page_url: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_sender: str
    smtp_sender_name: str
    smtp_verify: bool

    @property
    def tz(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def demo_on(self) -> bool:
        """True where the packaged demo source is used instead of a sources file."""
        return self.demo == "on" or (self.demo == "auto" and self.sources_by_default and not self.sources.exists())

    @property
    def sources_by_default(self) -> bool:
        """True where nobody has named a sources file: its absence is then no mistake."""
        return self.sources == self.data_dir / "sources.yaml"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, None where the database is not SQLite."""
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return None
        return Path(unquote(self.database_url.removeprefix(prefix).partition("?")[0]))


def is_loopback(host: str) -> bool:
    """True where only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def combined_env(env: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """``env`` over the ``.env`` file of the data directory it names, and what is wrong with that file."""
    data_dir = v.path(env.get(PREFIX + "DATA_DIR") or str(ROOT / "data"))
    from_file, problems = read_env_file(data_dir / ".env")
    if PREFIX + "DATA_DIR" in from_file:
        problems.append(f"{PREFIX}DATA_DIR 不能写在 .env 里(.env 就在数据目录中),请设成环境变量")
    return {**from_file, **{name: value for name, value in env.items() if value}}, problems


def load_settings(env: Mapping[str, str]) -> Settings:
    """The settings from ``env``, the ``.env`` file and the secrets' files.

    Raises SettingsError listing all problems. Writes nothing.
    """
    values, problems = combined_env(env)
    problems += _misspelled(values)
    parsed = {setting.name.lower(): _read(setting, values, problems) for setting in TABLE}
    problems += _contradictions(parsed)
    if problems:
        raise SettingsError(problems)
    data_dir = v.path(str(parsed["data_dir"])).resolve()
    parsed["data_dir"] = data_dir
    own = (data_dir / "hotline.db").as_posix()
    parsed["database_url"] = parsed["database_url"] or f"sqlite:///{quote(own, safe='/:')}"
    parsed["sources"] = v.path(str(parsed["sources"])).resolve() if parsed["sources"] else data_dir / "sources.yaml"
    parsed["secret_key"] = parsed["secret_key"] or stored_key(data_dir)
    return Settings(**parsed)  # type: ignore[arg-type]  # the table holds a row for each field, see the test


def _read(setting: Setting, values: Mapping[str, str], problems: list[str]) -> object:
    raw = values.get(setting.variable, "")
    file_variable = setting.variable + "_FILE"
    path = values.get(file_variable, "") if setting.secret else ""
    if raw and path:
        problems.append(f"{setting.variable} 与 {file_variable} 只能设一个")
    if path:
        try:
            raw = Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{file_variable}: 读不了文件 {path}: {error.__class__.__name__}")
            return ""
    if not raw and not setting.default:
        return setting.empty
    try:
        return setting.parse(raw or setting.default)
    except ValueError as error:
        problems.append(f"{setting.variable}: {error}")
        return ""


def _misspelled(values: Mapping[str, str]) -> list[str]:
    """A name that nearly is a setting's is a mistake; any other may be a secret that a source refers to."""
    known = {s.variable for s in TABLE} | {s.variable + "_FILE" for s in TABLE if s.secret}
    problems = []
    for name in values:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.85)
            if near:
                problems.append(f"{name} 不是已知的设置,是不是 {near[0]}?")
    return problems


def _contradictions(parsed: Mapping[str, object]) -> list[str]:
    """What is wrong with values that are each right by themselves. A value that did not parse is ''."""
    problems = []
    host, stale, every = str(parsed["host"]), parsed["stale_after_minutes"], parsed["pull_every_minutes"]
    if not is_loopback(host) and not parsed["access_password"]:
        problems.append(
            f"{PREFIX}HOST 为 {host},别的机器也能打开网页: 请设 {PREFIX}ACCESS_PASSWORD(至少 8 个字符),"
            f"或把 {PREFIX}HOST 改回 127.0.0.1"
        )
    if isinstance(stale, int) and isinstance(every, int) and stale <= every:
        problems.append(
            f"{PREFIX}STALE_AFTER_MINUTES ({stale}) 要大于 {PREFIX}PULL_EVERY_MINUTES ({every}),否则数据总是显示为过时"
        )
    return problems
