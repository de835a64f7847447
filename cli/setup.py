"""init and demo: the first steps."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands

if TYPE_CHECKING:
    from settings import Settings


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    commands.add("init", _init, "建立数据目录、数据源配置样例与数据库", "可重复运行: 已有的文件不动,数据库升级到最新。")
    commands.add("demo", _demo, "写出到此刻为止的演示数据并拉取", "演示数据写进数据目录的收件夹,再按普通文件拉取。")


def _init(args: argparse.Namespace, console: Console) -> int:
    from db.engine import make_engine, migrate
    from secret_key import ensure_key

    settings = console.settings()
    done = []
    for folder in (settings.data_dir, settings.data_dir / "inbox"):
        if not folder.is_dir():
            folder.mkdir(parents=True)
            done.append(f"已建立 {folder}")
    if not settings.secret_key:
        ensure_key(settings.data_dir)
        done.append("已生成密钥")
    done += _sample(settings)
    engine = make_engine(settings.database_url)
    migrate(engine)
    engine.dispose()
    done.append("数据库已是最新")
    console.give({"data_dir": settings.data_dir, "sources": settings.sources, "done": done})
    for line in done:
        console.say(line)
    console.say(f"下一步: 修改 {settings.sources},运行 python app.py doctor,再运行 python app.py serve。")
    return 0


def _sample(settings: Settings) -> list[str]:
    from settings import ROOT

    if settings.sources.exists():
        return [f"{settings.sources} 已存在,未改动"]
    example = ROOT / "sources.example.yaml"
    if not example.is_file():
        raise Failure(f"程序目录里缺少 {example.name},请重新安装程序。")
    settings.sources.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(example, settings.sources)
    return [f"已写出样例 {settings.sources}"]


def _demo(args: argparse.Namespace, console: Console) -> int:
    from cli.pull import pull_sources
    from ingest.sources.demo import write_until

    product = console.product()
    if not product.demo:
        raise Failure("已配置自己的数据源,没有写演示数据。想看演示,请另设一个数据目录并设 HOTLINE_DEMO=on。")
    now = product.local_now()
    written = write_until(product.base_dir / "inbox", now.date(), now)
    console.say(f"写出 {len(written)} 个文件到 {product.base_dir / 'inbox'}")
    return pull_sources(product, [s.code for s in product.config.sources], console)
