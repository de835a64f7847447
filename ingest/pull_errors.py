"""What went wrong in a pull, as one Chinese sentence for the user and, for the unexpected, a log for the maintainer.

No password or token gets into either.
"""

from __future__ import annotations

import logging
import re
import traceback
from urllib.parse import urlsplit

import duckdb
from sqlalchemy.exc import DBAPIError

from db.errors import StoreError, explain
from ingest.errors import SourceError
from ingest.mapping import HttpOptions, SourceSpec, SqlOptions

log = logging.getLogger(__name__)

_HIDDEN = "***"
_IN_URL = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+@")
_NAMED = re.compile(
    r"(?i)\b(password|passwd|pwd|token|secret|api[_-]?key|authorization)\b(\s*[=:]\s*)(bearer\s+)?[^\s,;&'\"]+"
)
_LONGEST = 1000


def mask(text: str, spec: SourceSpec | None) -> str:
    """The text without the source's password or token, and without anything that looks like one."""
    for secret in _secrets(spec) if spec is not None else ():
        text = text.replace(secret, _HIDDEN)
    text = _IN_URL.sub(rf"\1:{_HIDDEN}@", text)
    return _NAMED.sub(rf"\1\2{_HIDDEN}", text)


def _secrets(spec: SourceSpec) -> list[str]:
    options, found = spec.options, []
    if isinstance(options, HttpOptions):
        found = [options.token, options.token.split()[-1] if options.token.split() else ""]
    elif isinstance(options, SqlOptions) and options.url:
        try:
            found = [urlsplit(options.url).password or ""]
        except ValueError:
            found = [options.url]
    return [secret for secret in found if len(secret) >= 4]


def is_of_the_file(error: Exception) -> bool:
    """True where trying the same file again in five minutes would end the same way: not for a full disk."""
    passing = isinstance(error.__cause__, OSError | duckdb.IOException | duckdb.OutOfMemoryException)
    return isinstance(error, SourceError | StoreError) and not passing


def message(error: Exception, spec: SourceSpec | None, run_id: int | None) -> str:
    """What to tell the user. An error nobody thought of is logged with its traceback."""
    if isinstance(error, SourceError | StoreError):
        text = str(error)
    elif isinstance(error, DBAPIError):
        text = explain(error)
    elif isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        text = "内存不够, 这次没有写入任何数据。请把文件拆小, 或在内存更大的机器上拉取。"
    elif isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        text = f"读取时出错({error.strerror or error}){where}。请检查路径、网络盘和读取权限, 下次拉取会再试。"
    else:
        text = (
            f"出现程序没有预料到的问题({type(error).__name__}: {error}), 这次没有写入任何数据。"
            f"请把运行编号 {run_id or '(未建立)'} 和日志发给维护人员。"
        )
        trace = "".join(traceback.format_exception(error))
        log.error("pull of %s, run %s:\n%s", spec.code if spec else "-", run_id, mask(trace, spec))
    return mask(text, spec)[:_LONGEST]
