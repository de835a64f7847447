"""What pulls warn of and fail by is English on an English page: every sentence there is, quoting names as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]

from dashboard import language
from dashboard.components import records
from dashboard.english.phrases import to_english, tree_in_english
from dashboard.views import RunView
from ingest.frames_plan import REMEDY
from tests.spoken_code import CHINESE, sentences

ROOT = Path(__file__).resolve().parent.parent
NOT_OF_PULLS = re.compile(r"(config|demo|check|clean|rejects$|present|mapping|frames_plan)")
"""Modules of the room whose Chinese is that of the configuration, of made data, of cells (tested with the reasons of
rejected rows) or of a file that is handed out."""
CLOSING = ("conflicts", "errors", "facts_write", "overtaken", "pulls", "rejects_write", "store")
"""Modules of the database that end a pull with a sentence."""
PARTS = {
    "列{place}",
    " 等",
    "{name} 的工作表 ‘{best[1].sheet.name}’(共有工作表: {sheets})",
    "来源的数据",
    "文件 {file} ",
    "办结时间",
    "派单时间",
    "窗口之外",
    "保留第一次",
    "保留最后一次",
    "等 {len(codes)} 项",
    "行所在的日期已由来源重新提供, 没有补录, 以免重复计数。",
    "(另有 {len(troubles) - 1} 处)",
    "月",
    "天(同一小时、坐席等)",
    "工作簿有密码。请去掉密码后另存,再放进来",
    "'与第 ' || kept || ' 行重复({kept})'",
    "(未建立)",
    REMEDY,
    "{measure.name}{unit}从 {was.value} 减少到 {now}",
    "。请在来源数据库里改正,或在 query 里排除这些行",
}
"""Pieces that only stand within sentences, or that sentences are recognised by."""
FILLED: dict[str, tuple[str, ...]] = {
    "called": ("办结时间", "派单时间"),
    "LOCKED": ("工作簿有密码。请去掉密码后另存,再放进来",),
    "REMEDY": (REMEDY,),
    "what": ("跳转", "下一页地址"),
    "where": ("文件 7.csv ", "来源的数据", "文件 7.xlsx 的工作表 ‘7’(共有工作表: 7) "),
    "'月' if by == 'month' else '天(同一小时、坐席等)'": ("月", "天(同一小时、坐席等)"),
    "_STALE": ("行所在的日期已由来源重新提供, 没有补录, 以免重复计数。",),
    "run_id or '(未建立)'": ("7", "(未建立)"),
    "page": ("{page}",),
    "there or '(没有)'": ("(没有)", "7、8"),
    "'、'.join(ids) or '(无)'": ("(无)", "7、8"),
    "known": ("(不是对象)", "items、rows"),
    "beside": ("", "(座席接听量从 7 减少到 7)"),
    "_fell(*seats)": ("座席办单量从 7 减少到 7", "签入时长(秒)从 7 减少到 7"),
}
"""What stands in the places of the sentences, where it is neither figure nor name."""
OF_WHERE: dict[str, tuple[str, ...]] = {
    "text_files": ("没有文字", "第 7 行没有内容"),
    "workbook": ("工作表里没有内容", "第 7 行没有内容"),
}
OF_WHERE |= {"http_pages": ("最外层", "data.items"), "pull_errors": (": /7/7",)}


def modules() -> list[Path]:
    own = [path for path in sorted((ROOT / "ingest").rglob("*.py")) if not NOT_OF_PULLS.match(path.stem)]
    return [*own, *(ROOT / "db" / f"{name}.py" for name in CLOSING)]


def of_pulls(path: Path) -> Iterator[tuple[str, str]]:
    """The sentences of a module, filled in."""

    def fills(value: str) -> tuple[str, ...]:
        return OF_WHERE.get(path.stem, FILLED["where"]) if value == "where" else FILLED.get(value, ("7",))

    return sentences(path, PARTS, fills)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_of_a_pull_has_its_english(path: Path) -> None:
    assert [(written, to_english(text)) for written, text in of_pulls(path) if CHINESE.search(to_english(text))] == []


def test_it_knows_where_the_sentences_are() -> None:
    assert sum(1 for path in modules() for _ in of_pulls(path)) > 150


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (
            "话务明细_0320.csv: 文件是空的(0 字节)。请重新导出",
            "话务明细_0320.csv: the file is empty (0 bytes). Export it again",
        ),
        (
            "话务明细.csv: 读不出文字编码,试过 utf-8(第 3 行附近不符)、gb18030(第 12 行附近不符)。文件可能损坏,"
            "或混用了两种编码;请重新导出为 UTF-8,或在 sources.yaml 的 csv.encoding 里写明编码",
            "话务明细.csv: the encoding can't be told; tried: utf-8 (doesn't fit near line 3), gb18030 (doesn't "
            "fit near "
            "line 12). The file may be damaged or mix two encodings. Export it as UTF-8, or name its encoding in "
            "sources.yaml (csv.encoding)",
        ),
        (
            "来源没有返回 2026-03-01 至 2026-03-04、2026-03-07 等 9 天 的数据, 已有的数据保留不变。"
            "请核对来源是否还保存着这些天。",
            "The source gave no data of 2026-03-01 to 2026-03-04, 2026-03-07 … (9 days); what is there stays. "
            "Check whether "
            "the source still keeps these days.",
        ),
        (
            "2026-03-04 的数据从 40 减少到 10(座席接听量从 30 减少到 6), 少了一半以上。请核对来源是否完整。",
            "The data of 2026-03-04 fell from 40 to 10 (calls taken by the seats from 30 to 6), by more than half. "
            "Check whether the source is whole.",
        ),
        (
            "2026-03-04 的签入时长(秒)从 400 减少到 10, 少了一半以上。请核对来源是否完整。",
            "On 2026-03-04 signed-in time (s) fell from 400 to 10, by more than half. "
            "Check whether the source is whole.",
        ),
        (
            "文件 工单.xlsx 缺少列: ‘受理时间 / 登记时间’。现有的列: 编号、时间。列名改过就在 sources.yaml 的 "
            "column 里"
            "加上新名字,再重启服务;分隔符或工作表不对也会这样(另有 2 处)",
            "The file 工单.xlsx lacks the columns ‘受理时间 / 登记时间’. Those there are: 编号、时间. Where a "
            "column has a new "
            "name add it in sources.yaml (column) and start the service again; a wrong separator or sheet looks like "
            "this, too (and 2 more)",
        ),
        (
            "接口试了 4 次都没有成功: 30 秒内没有回应(https://example.org/热线)。请稍后再取数,或联系接口方。",
            "The interface was tried 4 times without success: no answer within 30 s (https://example.org/热线). "
            "Pull again "
            "later, or ask who runs it.",
        ),
        (
            "江宁分中心 2026-03-01 至 2026-03-05 的话务数据(接通量、放弃量、呼入量等 7 项)已由来源“话务平台"
            "”(calls)提供, "
            "再计入会重复, 本批数据整批未写入。请在 sources.yaml 中停用其中一个来源、去掉其中一个来源的这些列, "
            "或把两者分到不同的中心/队列/渠道; 若要改用本来源, 请先用 forget 命令清除“话务平台”(calls)这些天的数据, "
            "再重新拉取。",
            "江宁分中心: data of calls of 2026-03-01 to 2026-03-05 (answered, abandoned, Calls offered … (7 in "
            "all)) is given "
            "by the source “话务平台”(calls) already; counted again it would count twice, so that nothing of "
            "this pull was "
            "written. In sources.yaml switch one of the sources off, take these columns from one of them, or "
            "give them "
            "different centres, queues or channels; to change to this source delete these days of “话务平台"
            "”(calls) with "
            "the command forget first, then pull again.",
        ),
    ],
)
def test_names_stand_as_they_are(chinese: str, english: str) -> None:
    assert to_english(chinese) == english


def test_a_sentence_is_cut_short_in_its_own_language() -> None:
    said = "磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间后重新拉取。"
    now = datetime(2026, 3, 20, 14, 40, tzinfo=UTC)
    run = RunView(
        id=1, source="calls", title="calls", trigger="daily", state="failed", window=None, started_at=now, seconds=1.0,
        rows_read=0, rows_used=0, rows_rejected=0, inputs=(), warnings=(), error=said,
    )  # fmt: skip
    try:
        language.use(language.ENGLISH)
        shown = json.dumps(
            tree_in_english(json.loads(to_json_plotly(records.runs_table([run], now)))), ensure_ascii=False
        )
    finally:
        language.use(None)
    assert "The disk is full: nothing was writt…" in shown
    assert "The disk is full: nothing was written, not even half. Make room and pull again." in shown
    assert not CHINESE.search(shown)
