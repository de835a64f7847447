"""pull: one source or all, now; with a progress bar on a terminal."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.journal import STATE_WORDS
from cli.parser import Commands, day_word

if TYPE_CHECKING:
    from rich.progress import TaskID

    from ingest.pull import Progress, RunResult
    from product import Product

ALL = "all"
_NAMED = 3


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add(
        "pull",
        _pull,
        "拉取数据源",
        "拉取一个数据源或全部。同一窗口拉几次结果都一样。文件类数据源总是处理所有新文件。",
    )
    parser.add_argument("source", metavar="数据源", help="数据源代码,或 all")
    parser.add_argument("--from", dest="start", type=day_word, metavar="日期", help="第一天(缺省: 复拉天数之前)")
    parser.add_argument("--to", dest="end", type=day_word, metavar="日期", help="最后一天,含当天(缺省: 今天)")
    parser.add_argument(
        "--again", action="store_true", help="文件类数据源: 已读取过、还放在原处的文件也重新读取(按修改时间,从旧到新)"
    )


def _pull(args: argparse.Namespace, console: Console) -> int:
    product = console.product()
    codes = [s.code for s in product.config.sources if s.enabled] if args.source == ALL else [args.source]
    if args.source != ALL and args.source not in {s.code for s in product.config.sources}:
        known = "、".join(s.code for s in product.config.sources)
        raise Failure(f"没有数据源 {args.source!r};可用: {known}、all")
    given: tuple[date, date] | None = None
    if args.start or args.end:
        end = console.day(args.end, product.today())
        given = console.day(args.start, end), end
        if given[0] > min(given[1], product.today()):
            raise Failure(f"--from {given[0]} 晚于 --to {given[1]},或还没有到(今天是 {product.today()})")
    return pull_sources(product, codes, console, given, again=args.again)


def pull_sources(
    product: Product,
    codes: Sequence[str],
    console: Console,
    window: tuple[date, date] | None = None,
    *,
    again: bool = False,
) -> int:
    """Pulls the sources one after the other and says what came of it; gives the exit code. Ctrl+C ends after the
    file or window at work, a second one at once; each is written whole or not at all."""
    from ingest.pull import pull
    from scheduler.due import daily_window
    from scheduler.presence import Presence, close_dead_runs

    close_dead_runs(product)
    results: list[RunResult] = []
    with Presence(product), _stoppable(console) as stop, _shown(console) as progress:
        for spec in map(product.config.source, codes):
            if stop():
                break
            results += pull(
                product.engine,
                product.config,
                spec.code,
                window=window or daily_window(product.today(), spec.repull_days),
                trigger="manual",
                now=product.clock(),
                tz=product.tz,
                base_dir=product.base_dir,
                holder=product.holder,
                progress=progress,
                stop=stop,
                again=again,
            )
        stopped = stop()
    exit_code = finished(results, console)
    _tell_unsettled(product, codes, console)
    if stopped:
        console.warn("已停止,其余的没有拉取;再次运行会补上。")
    return 1 if stopped else exit_code


def _tell_unsettled(product: Product, codes: Sequence[str], console: Console) -> None:
    """A file copied a moment ago is left for the next pull: whoever waits for it is told so, and for how long."""
    from ingest.mapping import FilesOptions
    from ingest.sources.files import unsettled

    for spec in map(product.config.source, codes):
        if not isinstance(spec.options, FilesOptions):
            continue
        if names := unsettled(spec, product.base_dir, product.clock()):
            listed = "、".join(names[:_NAMED]) + (f" 等 {len(names)} 个文件" if len(names) > _NAMED else "")
            console.warn(f"{spec.code}: {listed} 刚有改动,可能还没有写完;{spec.options.settle_seconds:g} 秒后再拉取。")


@contextmanager
def _stoppable(console: Console) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C (or SIGTERM) has asked for the end; a second one ends at once."""
    asked = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        console.warn("写完手头这一份就停;再按一次 Ctrl+C 立即停止(手头这一份就不写了)。")

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[Progress], None] | None]:
    """Progress as a bar on a terminal, as lines elsewhere, not at all where JSON was asked for."""
    if console.json:
        yield None
    elif not console.err.isatty():
        yield lambda step: console.say(f"{step.source} {step.unit}/{step.units} {step.name}") if step.ended else None
    else:
        from rich.console import Console as Terminal
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rows]:,} 行 {task.fields[name]}", markup=False),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Terminal(file=console.err)) as bars:
            tasks: dict[str, TaskID] = {}

            def show(step: Progress) -> None:
                if step.source not in tasks:
                    tasks[step.source] = bars.add_task(step.source, total=step.units, rows=0, name="")
                done = step.unit if step.ended else step.unit - 1
                bars.update(tasks[step.source], completed=done, total=step.units, rows=step.rows, name=step.name)

            yield show


def finished(results: Sequence[RunResult], console: Console) -> int:
    """Says what came of the runs. Exit code 1 where any failed or was broken off."""
    console.give(results)
    for result in results:
        numbers = f"读 {result.rows_read:,} 行,用 {result.rows_used:,} 行,剔除 {result.rows_rejected:,} 行"
        restated = f",重述 {result.restated:,} 个数值" if result.restated else ""
        what = f"拉取 {result.run_id} {result.name}".rstrip() if result.run_id else result.name
        console.say(f"{what}: {STATE_WORDS.get(result.state, result.state)},{numbers}{restated}")
        for remark in filter(None, (result.error, *result.warnings)):
            console.say(f"  {remark}")
        if result.state == "empty":
            console.say("  来源在这个时段没有数据;要补更早的历史,请加 --from 与 --to。")
    if not results:
        console.say("没有新数据。")
    if any(result.rows_rejected for result in results):
        console.say("剔除的行见 python app.py rejects;可导出改正后再喂入。")
    return 0 if all(result.state in ("ok", "empty") for result in results) else 1
