"""serve, web, worker: the commands that stay."""

from __future__ import annotations

import argparse
import atexit
import gc
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from cli.console import Console

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from cli.parser import Commands
    from product import Product

LEAVE_WITHIN = 9.5
"""Seconds after being told to stop within which the process is gone, whatever a pull is doing."""
HEAD_START = 1.0
"""Seconds that the first page has the processor to itself before the first pull begins."""

_log = logging.getLogger("hotline.serve")


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    serve = commands.add("serve", _serve, "启动网页与定时拉取(同一进程)")
    web = commands.add("web", _web, "只启动网页(另有 worker 负责拉取)")
    for parser in (serve, web):
        parser.add_argument("--host", metavar="地址", help="监听的地址,代替设置 HOST")
        parser.add_argument("--port", metavar="端口", help="监听的端口,代替设置 PORT")
    commands.add("worker", _worker, "只启动定时拉取(可在多台机器上运行,同时只有一个在工作)")


def _serve(args: argparse.Namespace, console: Console) -> int:
    return _run_web(args, console, "serve")


def _web(args: argparse.Namespace, console: Console) -> int:
    return _run_web(args, console, "web")


def _run_web(args: argparse.Namespace, console: Console, command: str) -> int:
    with _loading():
        from cli.logs import set_up_logs
        from cli.web import bind, few_heaps, pages, serve_pages, url_of

        few_heaps()
        settings = console.settings(host=args.host, port=args.port)
        socket = bind(settings)  # before anything slow: a port in use is said at once
        set_up_logs(settings, command)
        stop = threading.Event()
        _on_signal(stop, leave_loop=True)
        product = console.product(settings)
        application = pages(product)
    background = _Background(product, stop, scheduling=command == "serve")

    def up() -> None:
        console.say(f"已启动: {url_of(socket)}  (按 Ctrl+C 停止)")
        console.give({"url": url_of(socket), "pid": os.getpid()})
        console.out.flush()
        background.start()

    try:
        serve_pages(application, socket, settings, up)
    finally:
        stop.set()
        _leave(background.finished())
    return 0


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded here stays: the garbage collector would look through it again and again and find nothing.

    Until the process ends: libraries complain of what is still there then.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
        atexit.register(gc.unfreeze)
    finally:
        gc.enable()


class _Background:
    """The scheduler (or, beside a separate worker, just the signs of life) in a thread of its own."""

    def __init__(self, product: Product, stop: threading.Event, *, scheduling: bool) -> None:
        self._product = product
        self._stop = stop
        self._clean = True
        self._thread = threading.Thread(
            target=self._schedule if scheduling else self._be_present, name="scheduler", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def _schedule(self) -> None:
        if self._stop.wait(HEAD_START):
            return
        from scheduler.runner import run_scheduler

        try:
            self._clean = run_scheduler(self._product, self._stop)
        except Exception:
            _log.exception("调度线程意外结束,网页仍可用; 请看日志后重启")

    def _be_present(self) -> None:
        from scheduler.presence import Presence

        with Presence(self._product):
            self._stop.wait()

    def finished(self) -> bool:
        """Waits for the thread to end. False where it, or a pull it left, still runs."""
        if self._thread.ident is not None:
            self._thread.join(timeout=LEAVE_WITHIN)
        return self._clean and not self._thread.is_alive()


def _worker(args: argparse.Namespace, console: Console) -> int:
    from cli.logs import set_up_logs
    from scheduler.runner import run_scheduler

    settings = console.settings()
    set_up_logs(settings, "worker")
    stop = threading.Event()
    _on_signal(stop, leave_loop=False)
    product = console.product(settings)
    console.say("调度已启动(按 Ctrl+C 停止)")
    console.give({"pid": os.getpid()})
    console.out.flush()
    _leave(run_scheduler(product, stop))
    return 0


def _on_signal(stop: threading.Event, *, leave_loop: bool) -> None:
    """The first signal asks for a clean stop, a second one ends the process on the spot.

    ``leave_loop``: the main thread is in the server's loop, which only an exception ends.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()
        _log.info("正在停止…")
        if leave_loop:
            raise SystemExit(0)

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handle)


def _leave(clean: bool) -> None:
    """Ends the process at once where a thread would hold it up: Python waits for threads of pools."""
    _log.info("已停止" if clean else "已停止(有拉取被放弃,下次启动会重新拉取)")
    if not clean:
        logging.shutdown()
        os._exit(0)


def wsgi_application() -> WSGIApplication:
    """The pages for another WSGI server (gunicorn ``app:server``). The worker runs apart."""
    with _loading():
        from cli.logs import set_up_logs
        from cli.web import Announced, few_heaps, pages

        few_heaps()
        console = Console(os.environ)
        settings = console.settings()
        set_up_logs(settings, "web")
        product = console.product(settings)
        return Announced(pages(product), product)
