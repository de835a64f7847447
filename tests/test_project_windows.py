"""Nothing the product runs on Windows needs what only POSIX systems have: such names stand behind a question."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.project_files import name, product_files, tree


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULES = words(
    "crypt fcntl grp nis ossaudiodev posix pty pwd readline resource spwd syslog termios tty _posixsubprocess"
)
NAMES = {
    "os": words(
        "EX_OK O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_SYNC WEXITSTATUS WIFEXITED WIFSIGNALED WNOHANG WTERMSIG "
        "chown chroot confstr fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp "
        "getpriority getresuid getsid getuid getxattr initgroups killpg lchown lockf major minor mkfifo mknod nice "
        "openpty pathconf pipe2 posix_fadvise posix_fallocate posix_spawn pread preadv pwrite pwritev "
        "register_at_fork sched_getaffinity sched_setaffinity sched_yield sendfile setegid seteuid setgid setgroups "
        "setpgid setpriority setsid setuid setxattr statvfs sync sysconf tcgetpgrp ttyname uname wait wait3 wait4 "
        "waitid"
    ),
    "signal": words(
        "ITIMER_REAL SIGALRM SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGQUIT SIGSTOP SIGTSTP SIGTTIN "
        "SIGTTOU SIGUSR1 SIGUSR2 SIGWINCH SIGXCPU SIGXFSZ alarm getitimer pause pthread_kill pthread_sigmask "
        "setitimer siginterrupt sigpending sigtimedwait sigwait"
    ),
    "socket": words("AF_NETLINK AF_PACKET AF_UNIX SO_REUSEPORT SOCK_CLOEXEC SOCK_NONBLOCK"),
    "time": words("clock_settime pthread_getcpuclockid tzset"),
    "asyncio": words("open_unix_connection start_unix_server"),
}
"""By module, what Windows has not."""
QUESTIONS = ("sys.platform", "os.name", "hasattr(")


def parents(module: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}


def asks(node: ast.AST) -> bool:
    return any(question in ast.unparse(node) for question in QUESTIONS)


def leaves(node: ast.AST) -> bool:
    """True for “if this is not such a system: return”."""
    return isinstance(node, ast.If) and asks(node.test) and isinstance(node.body[-1], (ast.Return, ast.Raise))


def is_guarded(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """True inside a question for the system, after one that leaves, and where the lack of it is caught."""
    while node in above:
        child, node = node, above[node]
        if isinstance(node, (ast.If, ast.IfExp)) and asks(node.test) and child is not node.test:
            return True
        if isinstance(node, ast.Try) and child in node.body:
            caught = " ".join(ast.unparse(one.type) for one in node.handlers if one.type is not None)
            if "ImportError" in caught or "AttributeError" in caught:
                return True
        before = node.body if isinstance(node, (ast.FunctionDef, ast.If, ast.With, ast.For, ast.Module)) else []
        if child in before and any(map(leaves, before[: before.index(child)])):
            return True
    return False


def needs(node: ast.AST) -> Iterator[str]:
    """What a piece of code names that Windows has not."""
    match node:
        case ast.Import(names=found):
            yield from (one.name for one in found if one.name.split(".")[0] in MODULES)
        case ast.ImportFrom(module=str(module), names=found):
            yield from [module] if module in MODULES else []
            yield from (f"{module}.{one.name}" for one in found if one.name in NAMES.get(module, ()))
        case ast.Attribute(value=ast.Name(id=module), attr=attribute) if attribute in NAMES.get(module, ()):
            yield f"{module}.{attribute}"


def unguarded(module: ast.Module) -> list[str]:
    above = parents(module)
    return [
        f"{node.lineno}: {what}"
        for node in ast.walk(module)
        if isinstance(node, (ast.stmt, ast.expr))
        for what in needs(node)
        if not is_guarded(node, above)
    ]


def test_it_needs_nothing_that_windows_lacks() -> None:
    found = {name(path): unguarded(tree(path)) for path in product_files()}
    assert {file: lacking for file, lacking in found.items() if lacking} == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import fcntl", ["1: fcntl"]),
        ("def f():\n    import resource", ["2: resource"]),
        ("from os import fork", ["1: os.fork"]),
        ("import os\nos.kill(1, 9)\nos.getuid()", ["3: os.getuid"]),
        ("import signal\nfor n in (signal.SIGINT, signal.SIGKILL): pass", ["2: signal.SIGKILL"]),
        ("try:\n    x = 1\nexcept OSError:\n    os.getuid()", ["4: os.getuid"]),
        ("if os.getuid() and sys.platform: pass", ["1: os.getuid"]),
        ("if sys.platform == 'win32':\n    import msvcrt\nelse:\n    import fcntl", []),
        ("try:\n    import resource\nexcept ImportError:\n    resource = None", []),
        ("if hasattr(os, 'register_at_fork'):\n    os.register_at_fork()", []),
        ("def f():\n    if os.name != 'posix':\n        return 0\n    return os.geteuid()", []),
        ("def f():\n    x = os.geteuid()\n    if os.name != 'posix':\n        return 0", ["2: os.geteuid"]),
    ],
)
def test_it_knows_what_windows_lacks_when_it_sees_it(code: str, found: list[str]) -> None:
    assert unguarded(ast.parse(code)) == found
