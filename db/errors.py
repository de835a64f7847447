"""What can go wrong while writing, as exceptions whose text tells the user (in Chinese) what to do next."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import DBAPIError

SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL = 5, 6, 8, 10, 11, 13
SQLITE_CANTOPEN, SQLITE_NOTADB = 14, 26
PASSING_STATES = ("40001", "40P01", "55P03")
"""PostgreSQL: serialization failure, deadlock, lock not available in time."""

_SQLITE_TEXTS = {
    SQLITE_BUSY: "数据库正被另一个程序占用, 等待超时。稍后会自动重试; 若一直如此, 请关闭打开着数据库文件的其他程序。",
    SQLITE_LOCKED: "数据库正被另一个程序占用, 等待超时。稍后会自动重试; 若一直如此, 请关闭打开着数据库文件的其他程序。",
    SQLITE_READONLY: "数据库文件只读。请检查数据库文件和所在目录的写权限。",
    SQLITE_IOERR: "读写数据库文件出错。请检查磁盘是否完好、网络盘是否断开。",
    SQLITE_CORRUPT: "数据库文件已损坏。请用 restore 命令恢复最近的备份。",
    SQLITE_FULL: "磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间后重新拉取。",
    SQLITE_CANTOPEN: "打不开数据库文件。请检查数据库地址、所在目录是否存在以及读写权限。",
    SQLITE_NOTADB: "数据库地址指向的文件不是数据库。请检查数据库地址, 或恢复备份。",
}
_POSTGRESQL_TEXTS = {
    "55P03": "数据库正被另一个程序占用, 等待超时。稍后会自动重试。",
    "53100": "数据库服务器磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间后重新拉取。",
    "53300": "数据库连接数已满。请调大 max_connections, 或关闭多余的程序。",
    "42501": "数据库用户没有所需的权限。请为该用户授予本库的建表和读写权限。",
    "42P01": "数据库里缺少表。请先运行 init 建表。",
    "25006": "数据库处于只读状态(可能连到了备库)。请连接主库。",
}


class StoreError(Exception):
    """Nothing was written. ``str(error)`` is a Chinese sentence for the user."""


class ConflictError(StoreError):
    """Another source already gives the same measures for the same place and day: they would count twice."""


class RunClosedError(StoreError):
    """The run is no longer running (finished, failed or abandoned): its batch must not be written."""


class OvertakenError(StoreError):
    """A pull that began later has written the file, or (``days``) these days: the older data is not written."""

    def __init__(self, text: str, days: frozenset[date] = frozenset()) -> None:
        super().__init__(text)
        self.days = days


class UnknownCentreError(StoreError):
    """A batch names a centre that the database does not know."""


class UnknownSourceError(StoreError):
    """There is no source with this code or id."""


class RejectClosedError(StoreError):
    """Rejects to be marked as mended are no longer open: mended before, or superseded by a newer pull."""


class SchemaTooNewError(StoreError):
    """The database was migrated by a newer version of the product."""


def is_passing(error: BaseException) -> bool:
    """True where the same work may succeed when simply tried again (locked, deadlock, serialization)."""
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF in (SQLITE_BUSY, SQLITE_LOCKED)
    return getattr(error.orig, "sqlstate", None) in PASSING_STATES


def explain(error: BaseException) -> str:
    """A database error as one Chinese sentence saying what to do; other errors as their own text."""
    if not isinstance(error, DBAPIError):
        return str(error)
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None) or ""
    if code is not None and int(code) & 0xFF in _SQLITE_TEXTS:
        return _SQLITE_TEXTS[int(code) & 0xFF]
    if state in _POSTGRESQL_TEXTS:
        return _POSTGRESQL_TEXTS[state]
    if state.startswith("28"):
        return "数据库拒绝了用户名或密码。请检查数据库地址里的用户名和密码。"
    if state.startswith("3D"):
        return "数据库服务器上没有这个库。请先建库, 或检查数据库地址里的库名。"
    detail = str(error.orig).strip()
    if error.connection_invalidated or state.startswith(("08", "57P")) or (code is None and not state):
        return f"连不上数据库。请检查数据库服务是否在运行、地址和端口是否正确。({detail})"
    return f"数据库出错: {detail}"
