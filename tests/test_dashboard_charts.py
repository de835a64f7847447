"""The frame every chart stands in, and its figures as files: the same filters, the same figures, nothing that runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient
from plotly.io.json import to_json_plotly  # type: ignore[import-untyped]
from sqlalchemy import Engine

from dashboard import charts_overview, language
from dashboard.app import create_app
from dashboard.ask_catalogue import build_catalogue
from dashboard.chart_files import csv_bytes, xlsx_bytes
from dashboard.chart_routes import PAGES
from dashboard.components import catalogue
from dashboard.components.chart_frame import MOST_ROWS, chart_frame
from dashboard.data import EXTENSION, Data
from dashboard.english.phrases import tree_in_english
from dashboard.filters import Filters
from dashboard.target_filters import TargetFilters
from dashboard.views_charts import ChartTable, ChartView, Title
from db.engine import make_engine, migrate
from tests.dashboard_facts import TODAY, call_rows, fill, product
from tests.dashboard_views import daily, hourly, missed, overview, props, words
from tests.factories import TZ, Desk, FrozenClock, batch, calls

TITLES = (Title("队列"), Title("接通率(%)", numeric=True), Title("说明"))


def made(*rows: tuple[str, str, str], **more: Any) -> ChartView:
    """A chart of some rows."""
    return ChartView("queue", "按队列", "综合最差", ChartTable(TITLES, rows), **more)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The filled installation's server."""
    folder = tmp_path_factory.mktemp("charts")
    engine: Engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    yield create_app(product(engine, folder)).server.test_client()
    engine.dispose()


def rows_of(content: bytes) -> list[list[str]]:
    """A CSV file's rows, as a spreadsheet reads them."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_it_gives_a_chart_all_that_belongs_to_it() -> None:
    view = made(
        ("综合", "95.71", ""),
        basis=(("现行口径", "接通量 ÷ 人工请求量"),),
        links=(("接通率按日", "/?kpi=answer_rate"),),
        notes="从差到好",
        sources=("calls",),
    )
    frame = chart_frame(view, {"data": [], "layout": {}}, "/export/chart/calls/queue.{}?period=today")
    text = words(frame)
    for said in ("综合最差", "口径", "从差到好", "接通率按日", "数据表"):
        assert said in text
    assert "/export/chart/calls/queue.csv?period=today" in props(frame, "href")
    assert "/export/chart/calls/queue.xlsx?period=today" in props(frame, "href")
    assert "live-queue-graph" in props(frame, "data-png")
    assert props(frame, "data-sources") == ["calls"]
    assert "live-queue-finding" in props(frame, "aria-labelledby")
    assert props(frame, "data-about") == ["/export/chart/calls/queue.json?period=today"]
    assert props(frame, "data-fill") == ["basis", "table"]


def test_it_says_why_a_chart_is_empty_and_offers_no_file() -> None:
    frame = chart_frame(made(empty="来源没有给出队列。"), {}, "/export/chart/calls/queue.{}")
    assert "来源没有给出队列。" in words(frame)
    assert props(frame, "data-png") == []
    assert "/export/chart/calls/queue.csv" not in props(frame, "href")


def test_it_lists_the_first_rows_of_a_long_table_and_says_so() -> None:
    view = made(*((f"队列{n}", "1.0", "") for n in range(MOST_ROWS + 8)))
    text = words(chart_frame(view, None, "/export/chart/calls/queue.{}"))
    assert "队列61" in text and "队列62" not in text
    assert "只列出 70 行中的 62 行" in text
    assert len(rows_of(csv_bytes(view))) == 71


def test_it_leaves_out_a_column_without_any_word() -> None:
    assert "说明" not in words(chart_frame(made(("综合", "95.71", "")), None, "/{}"))


def test_it_hands_out_numbers_as_numbers_and_text_as_text() -> None:
    view = made(("=HYPERLINK(1)", "1,095.71", ""), ("@综合", "−3.20", "无数据"), ("正常", "—", "样本不足"))
    rows = rows_of(csv_bytes(view))
    assert rows[0] == ["队列", "接通率(%)", "说明"]
    assert rows[1:] == [["'=HYPERLINK(1)", "1095.71", ""], ["'@综合", "-3.2", "无数据"], ["正常", "", "样本不足"]]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(view, [("内容", "按队列")])))
    sheet = book["数据"]
    assert [cell.data_type for cell in sheet[2]][:2] == ["s", "n"]
    assert (sheet["A2"].value, sheet["B2"].value, sheet["B3"].value) == ("=HYPERLINK(1)", 1095.71, -3.2)
    assert book["说明"]["B1"].value == "按队列"


def test_it_gives_the_charts_of_the_overview_their_figures() -> None:
    view = overview(missed(), daily=daily((97, 100), None, (95, 100)), hourly=hourly((97, 100), (92, 100)))
    charts = charts_overview.charts_of(view, Filters())
    assert set(charts) == {"daily", "hourly"}
    last = charts["daily"].table.rows[-1]
    assert last[:5] == ("2026-03-20", "周五", "95.00", "95", "100")
    assert charts["daily"].table.rows[1][2:] == ("—", "—", "—", "无数据")
    assert [row[0] for row in charts["hourly"].table.rows] == ["08:00", "09:00"]
    assert dict(charts["hourly"].basis)["接通量"] == "95,996"
    assert ("按小时与队列(话务)", "/calls") in charts["daily"].links


def test_it_hands_out_a_chart_with_the_filters_of_the_page(client: FlaskClient) -> None:
    answer = client.get("/export/chart/overview/daily.csv?period=custom&from=2026-03-18&to=2026-03-19&kpi=answer_rate")
    rows = rows_of(answer.data)
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    assert rows[0] == ["日期", "星期", "接通率(%)", "分子", "分母", "说明"]
    assert rows[-1] == ["2026-03-19", "周四", "97", "970", "1000", ""]
    assert len(rows) == 29  # four weeks and the titles


@pytest.mark.parametrize("name", ["heat-volume", "waits", "six", "rolling", "abandoned", "versus"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_it_hands_out_every_chart_of_the_calls(client: FlaskClient, name: str, ending: str) -> None:
    answer = client.get(f"/export/chart/calls/{name}.{ending}?centre=district")
    assert answer.status_code == 200 and len(answer.data) > 100


def test_it_tells_the_browser_the_formula_and_the_figures(client: FlaskClient) -> None:
    found = client.get("/export/chart/calls/heat-answer.json").get_json()
    assert ["现行口径", "接通量 ÷ 人工请求量"] in found["basis"]
    assert found["titles"][1] == ["周一", True] and found["rows"][10][5] == "94.0"
    empty = client.get("/export/chart/calls/channel.json").get_json()
    assert empty["kind"] == "按渠道"


def test_it_hands_out_today_by_hour(client: FlaskClient) -> None:
    rows = rows_of(client.get("/export/chart/overview/hourly.csv?period=today&kpi=answer_rate").data)
    assert [row[0] for row in rows[1:]] == [f"{hour:02d}:00" for hour in range(8, 14)]
    assert rows[3] == ["10:00", "92", "92", "100", ""]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """Two centres with calls, so that every page has its charts."""
    folder = tmp_path_factory.mktemp("house")
    engine: Engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    fill(engine)
    rows = calls(*call_rows(TODAY), centre="city")
    Desk(engine, FrozenClock("2026-03-20 14:30")).write(batch(calls=rows, first_day=TODAY, last_day=TODAY), "city")
    yield create_app(product(engine, folder)).server.extensions[EXTENSION]
    engine.dispose()


def _catalogue_links(data: Data) -> Iterator[tuple[str, list[str]]]:
    """Every chart of every page that leads to the catalogue, with the words searched for there."""
    (sheet, *_) = data.sheets()
    progress = data.targets(TargetFilters(sheet.code)).progress
    keys = [row.key for row in progress.rows] if progress else []
    asked = {"period": "this-month", "seat": "district/1001", "sheet": sheet.code}
    for page, key in [*((page, "") for page in PAGES), *(("indicator", key) for key in keys)]:
        for chart in PAGES[page](data, asked | {"key": key}).values():
            for _text, address in chart.links:
                if address.startswith("/catalogue"):
                    yield f"{page}/{chart.name}", parse_qs(urlsplit(address).query)["q"][0].lower().split()


def _entries(node: Any) -> Iterator[str]:
    """The texts of the catalogue's entries, as the search in the browser reads them."""
    if isinstance(node, list):
        for one in node:
            yield from _entries(one)
    elif isinstance(node, dict):
        own = node.get("props", {})
        if "data-entry" in own:
            yield "".join(_texts(own)).lower()
        else:
            yield from _entries(own.get("children"))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        yield from _texts(node.get("props", node).get("children"))
    elif node is not None:
        yield str(node)


@pytest.mark.parametrize("spoken", [language.CHINESE, language.ENGLISH])
def test_it_leads_from_every_chart_to_a_definition_there_is(house: Data, spoken: str) -> None:
    try:
        language.use(spoken)
        view = house.view("catalogue", Filters(), lambda scope: build_catalogue(scope, TZ))
        page = json.loads(to_json_plotly(catalogue.groups(view, Filters())))
        entries = list(_entries(tree_in_english(page) if spoken == language.ENGLISH else page))
        wanted = list(_catalogue_links(house))
    finally:
        language.use(None)
    assert {chart.split("/")[0] for chart, _words in wanted} == set(PAGES)
    lost = [(chart, words) for chart, words in wanted if not any(all(w in one for w in words) for one in entries)]
    assert lost == []


@pytest.mark.parametrize(
    "path",
    ["/export/chart/no/such.csv", "/export/chart/calls/such.csv", "/export/chart/calls/six.exe",
     "/export/chart/orders/category.csv", "/export/chart/indicator/path.csv?sheet=x&key=y"],
)  # fmt: skip
def test_it_has_no_file_for_what_there_is_not(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and "没有这张图的数据" in answer.get_data(as_text=True)


def test_it_counts_today_in_the_name_of_the_file(client: FlaskClient) -> None:
    answer = client.get("/export/chart/calls/six.csv")
    assert f"{TODAY:%Y%m%d}" in answer.headers["Content-Disposition"]
    assert date(2026, 3, 20) == TODAY
