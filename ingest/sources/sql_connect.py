"""A connection to a foreign database that can only read, for so long, and whose errors say what to do in Chinese."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ingest.errors import SourceError

SUPPORTED = ("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")
CONNECT_SECONDS = 10
_PROGRESS_STEPS = 20_000  # SQLite instructions between two looks at the clock: about a millisecond

_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"28P01|28000|password authentication failed|\b1045\b|access denied for user|ORA-01017|login failed",
        "用户名或密码不对。请检查 url_env 所指环境变量中的数据库地址",
    ),
    (r"\b3D000\b|database .* does not exist|\b1049\b|unknown database|\b4060\b", "没有这个数据库。请检查地址中的库名"),
    (
        r"\b57014\b|interrupted|\b3024\b|\b1969\b|HYT00|query timeout|DPY-4024|DPI-1067|statement timeout",
        "查询超过 {timeout} 秒,已停止。请给时间列建索引,或调大 timeout",
    ),
    (r"\b42P01\b|no such table|\b1146\b|42S02|ORA-00942", "没有这张表,或没有读它的权限。请检查 table 或 query"),
    (r"\b42703\b|no such column|\b1054\b|42S22|ORA-00904", "没有这一列。请检查 columns 和 query 中的列名"),
    (r"\b42501\b|permission denied|\b1142\b|ORA-01031", "没有读取的权限。请让数据库管理员授予查询(SELECT)权限"),
    (
        r"\b25006\b|readonly database|read-only|\b1792\b|ORA-01456",
        "查询想要修改数据,被拒绝了。这个来源只读:请把 query 改成只做查询的语句",
    ),
    (r"\b42601\b|syntax error|\b1064\b|ORA-0093\d|\b42000\b", "查询语句写错了。请在数据库客户端里先试 query"),
    (r"database is locked|\b55P03\b|\b1205\b", "数据库正忙(被锁)。下次取数会再试"),
    (r"not a database|malformed", "这个文件不是 SQLite 数据库,或已损坏。请检查地址"),
    (r"too many connections|too many clients|\b1040\b|\b53300\b", "数据库的连接数已满。下次取数会再试"),
    (
        r"connect|translate host|\b200[235]\b|08001|ORA-12\d\d\d|timeout expired|unable to open|server closed",
        "连接不上数据库。请检查地址、端口、网络和数据库是否在运行",
    ),
)


@contextmanager
def reading(url: str, timeout: int) -> Iterator[Connection]:
    """A read-only connection, all statements of which see one state of the data where the database can do that.

    ``timeout``: seconds a statement may take. Every database error within the block becomes a ``SourceError``.
    """
    address = _parsed(url)
    if address.get_backend_name() not in SUPPORTED:
        raise SourceError(
            f"不支持 {address.get_backend_name()} 数据库。可用: {'、'.join(SUPPORTED)}。请检查地址开头的类型。"
        )
    try:
        engine = _engine(address, timeout)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise SourceError(
            f"没有安装 {address.drivername} 的数据库驱动({error})。请用 pip 安装它,再重新取数。"
        ) from error
    try:
        with engine.connect() as conn:
            _begin(conn, timeout)
            yield conn
            conn.rollback()
    except (DBAPIError, sqlite3.Error) as error:
        raise SourceError(explain(error, address, timeout)) from error
    except SQLAlchemyError as error:
        raise SourceError(f"数据库 {shown(address)} 的查询无法生成: {_masked(str(error), address)[:300]}") from error
    finally:
        engine.dispose()


def _parsed(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SourceError(
            "数据库地址写错了。请写成 类型://用户:密码@主机:端口/库名,放在 url_env 所指的环境变量里。"
        ) from None
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        path = Path(str(address.database))
        if not path.is_file():
            raise SourceError(f"没有这个 SQLite 数据库文件: {path}。请检查地址。")
    return address


def _engine(address: URL, timeout: int) -> Engine:
    backend = address.get_backend_name()
    if backend == "sqlite":
        return _sqlite(address, timeout)
    arguments: dict[str, Any] = {}
    if backend in ("postgresql", "mysql", "mariadb"):
        arguments["connect_timeout"] = CONNECT_SECONDS
    elif backend == "mssql":
        arguments["timeout"] = CONNECT_SECONDS
    options: dict[str, Any] = {"connect_args": arguments, "poolclass": NullPool}
    if backend == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}
    return create_engine(address, **options)


def _sqlite(address: URL, timeout: int) -> Engine:
    """Never creates a file, never writes, and stops a statement that takes too long."""
    path = quote(str(address.database))
    deadline = [0.0]

    def connect() -> sqlite3.Connection:
        found = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=min(timeout, 30), isolation_level=None)
        found.execute("PRAGMA query_only = ON")
        found.set_progress_handler(lambda: time.monotonic() > deadline[0], _PROGRESS_STEPS)
        return found

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "before_cursor_execute")
    def start_clock(*_: Any) -> None:
        deadline[0] = time.monotonic() + timeout

    return engine


def _begin(conn: Connection, timeout: int) -> None:
    """Read only, limited in time, one snapshot: in each database's own words."""
    name = conn.dialect.name
    raw = conn.connection.dbapi_connection
    statements = {
        "sqlite": ["BEGIN"],
        "postgresql": [f"SET LOCAL statement_timeout = {timeout * 1000}", "SET LOCAL TIME ZONE 'UTC'"],
        "mysql": [f"SET SESSION MAX_EXECUTION_TIME = {timeout * 1000}", "START TRANSACTION READ ONLY"],
        "mariadb": [f"SET SESSION max_statement_time = {timeout}", "START TRANSACTION READ ONLY"],
        "oracle": ["SET TRANSACTION READ ONLY"],
    }.get(name, [])
    if name == "mysql" and getattr(conn.dialect, "is_mariadb", False):
        statements = [f"SET SESSION max_statement_time = {timeout}", "START TRANSACTION READ ONLY"]
    for attribute, value in (("timeout", timeout), ("call_timeout", timeout * 1000)):
        if name in ("mssql", "oracle") and hasattr(raw, attribute):
            setattr(raw, attribute, value)
    for statement in statements:
        conn.exec_driver_sql(statement)


def shown(address: URL) -> str:
    """The database as it may be shown and stored: without user, password and options."""
    if address.get_backend_name() == "sqlite":
        return f"sqlite:{address.database}"
    port = f":{address.port}" if address.port else ""
    return f"{address.get_backend_name()}://{address.host or ''}{port}/{address.database or ''}"


def describe(url: str) -> str:
    """``shown`` of a URL as text."""
    return shown(_parsed(url))


def explain(error: Exception, address: URL, timeout: int) -> str:
    """What went wrong and what to do, in Chinese; the database's own words follow, without the password."""
    orig = getattr(error, "orig", None) or error
    said = " ".join(str(orig).split())
    codes = f"{getattr(orig, 'sqlstate', '') or ''} {orig.args[0] if getattr(orig, 'args', ()) else ''}"
    for pattern, reason in _REASONS:
        if re.search(pattern, f"{codes} {said}", re.IGNORECASE):
            text = reason.format(timeout=timeout)
            break
    else:
        text = "数据库报错。请在数据库客户端里先试 table 或 query"
    return f"数据库 {shown(address)}: {text}。(数据库的原话: {_masked(said, address)[:200]})"


def _masked(text: str, address: URL) -> str:
    for secret in (address.password, str(address.render_as_string(hide_password=False))):
        if secret:
            text = text.replace(str(secret), "***")
    return text
