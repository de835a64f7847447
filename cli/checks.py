"""The checks of ``doctor``, one function a subject. A check that can't be made is itself a finding."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console
from cli.main import describe

if TYPE_CHECKING:
    from product import Product
    from settings import Settings

LEAST_FREE = 1_000_000_000
"""Bytes of free disk below which loading data may fail."""
SKEW = 60.0
"""Seconds by which clocks may differ."""
GAP_DAYS = 90
MANY_REJECTS = 1000
"""Open rejects from which on something is wrong with a source rather than with some of its rows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``level`` ok | note | problem, what it is about, what is so, and what to do about it."""

    level: str
    subject: str
    text: str
    advice: str = ""


class Examination:
    """All checks in order; later ones are left out where what they stand on has failed."""

    def __init__(self, console: Console, *, repair: bool = False) -> None:
        self._console = console
        self._repair = repair

    def findings(self) -> list[Finding]:
        """What was found."""
        return list(self._all())

    def _all(self) -> Iterator[Finding]:
        try:
            settings = self._console.settings()
        except Exception as error:
            yield Finding("problem", "设置", describe(error), "改正后再检查; 说明见 docs/settings.md")
            return
        yield from check_settings(settings)
        yield from check_disk(settings)
        try:
            product = self._console.product(settings)
        except Exception as error:
            yield Finding("problem", "数据源配置或数据库", describe(error), "改正后再检查")
            return
        checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
            ("数据库", lambda: check_database(product)),
            ("合计", lambda: check_totals(product, repair=self._repair)),
            ("时钟", lambda: check_clock(product)),
            ("数据源", lambda: check_sources(product)),
            ("缺口", lambda: check_gaps(product)),
            ("剔除行", lambda: check_rejects(product)),
            ("调度", lambda: check_scheduler(product)),
            ("演示数据", lambda: check_demo(product)),
        ]
        for subject, check in checks:
            try:
                yield from check()
            except Exception as error:
                yield Finding("problem", subject, f"检查不了: {describe(error)}")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Readable, and its secrets nobody else's."""
    yield Finding("ok", "设置", f"数据目录 {settings.data_dir}, 时区 {settings.timezone}")
    if os.name != "posix":
        return
    for path in (settings.data_dir / "secret_key", settings.data_dir / ".env"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("problem", "设置", f"{path} 别的用户也能读", f"chmod 600 {path}")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Writable, with room to grow."""
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    if not os.access(folder, os.W_OK):
        yield Finding("problem", "磁盘", f"{folder} 不可写", "给运行本程序的用户写权限")
        return
    free = shutil.disk_usage(folder).free
    path = settings.sqlite_path
    needed = max(LEAST_FREE, 2 * path.stat().st_size if path and path.exists() else 0)
    text = f"剩余 {free / 1e9:.1f} GB"
    if free < needed:
        yield Finding("problem", "磁盘", text, f"请清理到至少 {needed / 1e9:.1f} GB(备份与导入需要)")
    else:
        yield Finding("ok", "磁盘", text)


def check_database(product: Product) -> Iterator[Finding]:
    """Reachable, migrated, whole."""
    from db.health import damage, database_state

    state = database_state(product.engine)
    text = f"{state.kind} {state.version}, 修订 {state.revision}, {state.size / 1e6:.1f} MB"
    if state.revision != state.head:
        yield Finding("problem", "数据库", text, f"程序需要修订 {state.head}: 运行 python app.py init")
        return
    broken = damage(product.engine)
    if broken:
        yield Finding("problem", "数据库", "已损坏: " + "; ".join(broken), "用 restore 文件 --force 恢复最近的备份")
    else:
        yield Finding("ok", "数据库", text)


def check_totals(product: Product, *, repair: bool) -> Iterator[Finding]:
    """The totals the pages read follow from the facts."""
    from db.totals_check import check_totals as differing
    from db.totals_check import rebuild_totals

    with product.engine.connect() as conn:
        wrong = differing(conn)
    if not wrong:
        yield Finding("ok", "合计", "日合计与明细一致")
    elif repair:
        count = rebuild_totals(product.engine, product.clock())
        yield Finding("note", "合计", f"{count} 个日合计与明细不一致,已按明细重算并记为重述")
    else:
        one = wrong[0]
        example = f"{one.centre} {one.day} {one.measure}: {one.stored} ≠ {one.computed}"
        text = f"{len(wrong)} 个日合计与明细不一致,例如 {example}"
        yield Finding("problem", "合计", text, "运行 python app.py doctor --repair 按明细重算")


def check_clock(product: Product) -> Iterator[Finding]:
    """A sane year, and no clock far from the database's."""
    from db.health import clock_ahead

    now = product.clock()
    shown = f"{product.local_now():%Y-%m-%d %H:%M:%S} ({product.tz.key})"
    if not 2024 <= now.year <= 2100:
        yield Finding("problem", "时钟", shown, "系统时间不对: 请校准,建议开启网络对时")
        return
    ahead = clock_ahead(product.engine, now)
    if abs(ahead) > SKEW:
        what = "快" if ahead > 0 else "慢"
        text = f"{shown}, 比数据库的时间{what} {abs(ahead):.0f} 秒"
        yield Finding("problem", "时钟", text, "请校准本机与数据库服务器的时间,建议开启网络对时")
    else:
        yield Finding("ok", "时钟", shown)


def check_sources(product: Product) -> Iterator[Finding]:
    """Each source: there, and answering."""
    from cli.reachable import unreachable
    from db.journal import source_states

    with product.engine.connect() as conn:
        states = {state.code: state for state in source_states(conn)}
    for source in product.config.sources:
        subject = f"数据源 {source.code}"
        if not source.enabled:
            yield Finding("note", subject, "已停用(enabled: false)")
            continue
        trouble = unreachable(source, product.base_dir)
        state = states.get(source.code)
        if trouble:
            yield Finding("problem", subject, trouble, "检查 sources.yaml 中该数据源的地址、路径与权限")
        elif state and state.last_error:
            yield Finding(
                "problem", subject, f"上次拉取出错: {state.last_error}", f"改正后运行 python app.py pull {source.code}"
            )
        elif state is None or state.checked_at is None:
            yield Finding("note", subject, "还没有拉取过", f"运行 python app.py pull {source.code},或等待定时拉取")
        else:
            yield from _freshness(product, subject, state.checked_at.replace(tzinfo=UTC), state.last_day)


def _freshness(product: Product, subject: str, checked: datetime, last_day: date | None) -> Iterator[Finding]:
    limit = timedelta(minutes=product.settings.stale_after_minutes)
    text = f"最近检查 {checked.astimezone(product.tz):%Y-%m-%d %H:%M}, 数据到 {last_day or '(无)'}"
    if product.clock() - checked > limit:
        level = "problem" if _ever_scheduled(product) else "note"
        yield Finding(level, subject, text, "超过设置的时限没有更新: 看下面的调度一项,或手动 pull")
    else:
        yield Finding("ok", subject, text)


def check_gaps(product: Product) -> Iterator[Finding]:
    """Days without data between days with."""
    from ingest.pull import find_gaps

    for source in product.config.sources:
        if not source.enabled:
            continue
        days = find_gaps(product.engine, product.config, source.code, product.today(), GAP_DAYS - 1)
        if days:
            shown = "、".join(day.isoformat() for day in days[:5]) + ("…" if len(days) > 5 else "")
            fill = f"补拉: python app.py pull {source.code} --from {days[0]} --to {days[-1]}"
            if source.kind == "files":
                fill = "把缺的文件放进收件夹"
            closed = f"python app.py closed-day add {source.code} {days[0]} --reason 原因"
            advice = f"{fill};本来就没有数据的日子: {closed}"
            yield Finding("problem", f"缺口 {source.code}", f"近 {GAP_DAYS} 天缺 {len(days)} 天: {shown}", advice)
        else:
            yield Finding("ok", f"缺口 {source.code}", f"近 {GAP_DAYS} 天没有缺口")


def check_rejects(product: Product) -> Iterator[Finding]:
    """Rows waiting for somebody: a note, and from ``MANY_REJECTS`` on a problem."""
    from db.journal import source_states

    with product.engine.connect() as conn:
        waiting = {state.code: state.open_rejects for state in source_states(conn) if state.open_rejects}
    count = sum(waiting.values())
    if not count:
        yield Finding("ok", "剔除行", "没有")
        return
    text = f"有 {count} 条剔除行待处理({'、'.join(f'{code} {rows} 条' for code, rows in waiting.items())})"
    code = next(iter(waiting))
    advice = (
        "python app.py rejects 看原因;"
        f"python app.py rejects export {code} 剔除行.xlsx 导出,改正后 python app.py rejects feed 剔除行.xlsx 喂回"
    )
    if count >= MANY_REJECTS:
        advice += ";这么多多半是来源的格式变了: 先核对 sources.yaml 的映射,改好后重新拉取"
    yield Finding("problem" if count >= MANY_REJECTS else "note", "剔除行", text, advice)


def check_scheduler(product: Product) -> Iterator[Finding]:
    """Somebody leads, and shows it; an installation that never had a scheduler is told how to start one."""
    from db.locks import list_leases
    from scheduler.leader import NAME, someone_leads

    with product.engine.connect() as conn:
        lease = next((one for one in list_leases(conn) if one.name == NAME), None)
    start = "启动 python app.py serve(网页与拉取)或 python app.py worker(只拉取),建议设为系统服务"
    if not someone_leads(product.engine):
        if _ever_scheduled(product):
            yield Finding("problem", "调度", "没有进程在调度", start)
        else:
            yield Finding("note", "调度", "还没有启动过定时拉取", start)
    elif lease is None or lease.expires_at.replace(tzinfo=UTC) < product.clock():
        yield Finding("problem", "调度", "有进程握着调度权,但没有心跳", "看 logs 下的日志;必要时重启该进程")
    else:
        yield Finding("ok", "调度", f"由 {lease.holder} 执行")


def _ever_scheduled(product: Product) -> bool:
    from db.meta import get_meta
    from scheduler.leader import EVER_LED

    with product.engine.connect() as conn:
        return get_meta(conn, EVER_LED) is not None


def check_demo(product: Product) -> Iterator[Finding]:
    """Made-up figures are said to be."""
    if product.demo:
        text = "正在使用演示数据,页面上的数字都是虚构的"
        yield Finding("note", "演示数据", text, "接入自己的数据: python app.py init,再修改 sources.yaml")
    elif (Path(product.base_dir) / "inbox" / ".demo.json").exists() and _demo_facts(product):
        text = "数据库里还有演示数据"
        yield Finding("problem", "演示数据", text, "正式使用请换一个新的数据目录或 DATABASE_URL,不要与演示数据混用")


def _demo_facts(product: Product) -> bool:
    from db.journal import source_states
    from ingest.config import load_config
    from product import DEMO_SOURCES

    demo = {source.code for source in load_config(DEMO_SOURCES).sources}
    own = {source.code for source in product.config.sources}
    with product.engine.connect() as conn:
        return any(s.code in demo - own and s.first_day is not None for s in source_states(conn))
