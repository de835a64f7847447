"""Files handed in through the page: what is announced, the pieces, the pull, what the user is told."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from dashboard.app import create_app
from dashboard.data import Data
from dashboard.filters import Filters
from dashboard.upload import inbox
from dashboard.uploads import Uploads, clean_name, fits
from tests.dashboard_facts import FakeProduct, product

HEADER = "来电时间,是否接通,等待\n"
ROWS = "2026-03-19 09:00:00,是,5\n2026-03-19 09:01:00,是,20\n2026-03-19 09:02:00,否,30\n2026-03-19 25:71:00,是,4\n"


@pytest.fixture
def installed(sqlite_engine: Engine, tmp_path: Path) -> FakeProduct:
    """An empty installation with two sources of files."""
    return product(sqlite_engine, tmp_path, upload_max_mb=1)


@pytest.fixture
def client(installed: FakeProduct) -> FlaskClient:
    """A browser before its pages."""
    made: FlaskClient = create_app(installed).server.test_client()
    return made


def begin(client: FlaskClient, name: str, size: int, *, source: str = "calls", mended: bool = False) -> Any:
    """Announces a file."""
    return client.post(f"/upload/{source}", json={"name": name, "size": size, "mended": mended})


def send(client: FlaskClient, name: str, content: bytes, *, mended: bool = False, piece: int = 50) -> Any:
    """Hands in a whole file in small pieces and waits for what came of it."""
    begun: Any = begin(client, name, len(content), mended=mended).json
    address = f"/upload/calls/{begun['id']}"
    for offset in range(0, max(len(content), 1), piece):
        answer = client.post(f"{address}?offset={offset}", data=content[offset : offset + piece])
        assert answer.status_code == 200
    for _ in range(200):
        state: Any = client.get(address).json
        if state["state"] in ("done", "failed"):
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_it_takes_a_file_and_says_what_became_of_its_rows(client: FlaskClient, installed: FakeProduct) -> None:
    state = send(client, "话务 明细.csv", (HEADER + ROWS).encode("gb18030"))
    assert (state["state"], state["message"]) == ("done", "采用 3 行,未采用 1 行,共读 4 行。")
    assert [p.name for p in (installed.base_dir / "inbox/calls").iterdir()] == ["话务 明细.csv"]
    assert list((installed.base_dir / "uploads").glob("*.part")) == []
    data = Data(installed)
    (run,) = data.records(0).runs
    assert (run.trigger, run.state, run.rows_used) == ("upload", "ok", 3)
    value = data.overview(Filters()).headline[0].now
    assert (value.kpi, value.numerator, value.denominator) == ("answer_rate", 2, 3)


def test_it_says_so_when_it_has_the_file_already(client: FlaskClient) -> None:
    content = (HEADER + ROWS).encode()
    send(client, "a.csv", content)
    assert send(client, "b.csv", content)["message"].startswith("这个文件以前已经读入过")


def test_it_keeps_both_of_two_files_of_one_name(client: FlaskClient, installed: FakeProduct) -> None:
    send(client, "a.csv", (HEADER + ROWS).encode())
    later = HEADER + "2026-03-18 09:00:00,是,5\n"
    assert send(client, "a.csv", later.encode())["message"] == "采用 1 行,未采用 0 行,共读 1 行。"
    names = sorted(p.name for p in (installed.base_dir / "inbox/calls").iterdir())
    assert names[1] == "a.csv"
    assert names[0].startswith("a-")


def test_it_says_why_a_file_can_not_be_read(client: FlaskClient) -> None:
    state = send(client, "a.csv", "日期;数量\n2026-03-01;7\n".encode())
    assert state["state"] == "failed"
    assert "来电时间" in state["message"]


def test_it_says_why_when_the_same_file_lay_there_already(client: FlaskClient, installed: FakeProduct) -> None:
    """Of two files of one content the pull names the older: the user is told of the one just handed in."""
    content = "别的,列\n1,2\n".encode()
    old = installed.base_dir / "inbox/calls/old.csv"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(content)
    os.utime(old, (1_000_000_000, 1_000_000_000))
    state = send(client, "a.csv", content)
    assert state["state"] == "failed"
    assert state["message"] == "‘a.csv’ 与先前的 ‘old.csv’ 内容相同,那个文件的结果也就是它的:"
    (why,) = state["details"]
    assert "old.csv" in why and "来电时间" in why


def test_it_names_both_files_of_one_content_where_the_older_is_taken(
    client: FlaskClient, installed: FakeProduct
) -> None:
    old = installed.base_dir / "inbox/calls/old.csv"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes((HEADER + ROWS).encode())
    os.utime(old, (1_000_000_000, 1_000_000_000))
    state = send(client, "a.csv", (HEADER + ROWS).encode())
    assert state["message"] == "采用 3 行,未采用 1 行,共读 4 行。"
    assert state["details"] == ["‘a.csv’ 与先前的 ‘old.csv’ 内容相同,那个文件的结果也就是它的:"]


def test_it_survives_an_empty_file(client: FlaskClient) -> None:
    assert send(client, "a.csv", b"")["state"] in ("done", "failed")


def test_it_hands_out_rejects_and_takes_them_back_mended(client: FlaskClient, installed: FakeProduct) -> None:
    send(client, "a.csv", (HEADER + ROWS).encode())
    given = client.get("/export/rejects/calls.xlsx")
    assert given.status_code == 200
    assert "attachment" in given.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(given.data))
    sheet = book.active
    assert sheet is not None
    places = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(2, places["来电时间"])
    assert cell.value == "2026-03-19 25:71:00"
    cell.value = "2026-03-19 15:11:00"
    mended = io.BytesIO()
    book.save(mended)
    state = send(client, "改好的.xlsx", mended.getvalue(), mended=True, piece=4000)
    assert (state["state"], state["message"]) == ("done", "采用 1 行,未采用 0 行,共读 1 行。")
    data = Data(installed)
    assert data.records(0).reject_count == 0
    assert data.overview(Filters()).headline[0].now.denominator == 4


@pytest.mark.parametrize(
    ("name", "size", "status", "says"),
    [
        ("a.xlsx", 10, 400, "要求的 *.csv 不符"),
        ("a.csv", 2 << 20, 413, "超过上限 1.0 MB"),
        ("a.csv", -1, 400, "不完整"),
        ("", 10, 400, "不符"),
    ],
)
def test_it_refuses_what_it_can_not_use(client: FlaskClient, name: str, size: int, status: int, says: str) -> None:
    answer = begin(client, name, size)
    assert (answer.status_code, says in answer.json["message"]) == (status, True)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"name": "a.csv"}', b'{"name": "a.csv", "size": "9"}'])
def test_it_refuses_a_broken_announcement(client: FlaskClient, body: bytes) -> None:
    assert client.post("/upload/calls", data=body, content_type="application/json").status_code == 400


def test_it_knows_no_source_that_is_not_there(client: FlaskClient) -> None:
    assert begin(client, "a.csv", 1, source="nowhere").status_code == 404
    assert client.get("/export/rejects/nowhere.xlsx").status_code == 404


def test_it_takes_pieces_in_order_and_never_more_than_announced(client: FlaskClient, installed: FakeProduct) -> None:
    upload = begin(client, "a.csv", 10).json["id"]
    address = f"/upload/calls/{upload}"
    assert client.post(f"{address}?offset=5", data=b"x").status_code == 400
    assert client.post(f"{address}?offset=-1", data=b"x").status_code == 400
    assert client.post(f"{address}?offset=", data=b"x").status_code == 400
    assert client.post(f"{address}?offset=0", data=b"abcd").json == {"received": 4}
    assert client.post(f"{address}?offset=0", data=b"abcd").json == {"received": 4}  # its answer was lost
    assert client.post(f"{address}?offset=4", data=b"e" * 500).json == {"received": 10}
    assert client.post(f"{address}?offset=10", data=b"more").status_code == 404


@pytest.mark.parametrize("upload", ["0" * 32, "x", "..hotline.db"])
def test_it_knows_no_upload_that_is_not_there(client: FlaskClient, upload: str) -> None:
    assert client.get(f"/upload/calls/{upload}").status_code == 404
    assert client.post(f"/upload/calls/{upload}?offset=0", data=b"x").status_code == 404


def test_it_keeps_uploads_of_one_source_from_another(client: FlaskClient) -> None:
    upload = begin(client, "a.csv", 1).json["id"]
    assert client.get(f"/upload/orders/{upload}").status_code == 404
    assert client.post(f"/upload/orders/{upload}?offset=0", data=b"x").status_code == 404


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\导出\\话务.CSV", "话务.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("con.csv", "_con.csv"),
        ("  .hidden.csv ", "hidden.csv"),
        ("名" * 300 + ".xlsx", "名" * 115 + ".xlsx"),
        ("", ""),
    ],
)
def test_it_cleans_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=300))
def test_it_makes_any_name_harmless(name: str) -> None:
    clean = clean_name(name)
    assert len(clean) <= 125
    assert not set(clean) & set('/\\:*?"<>|\0\n')
    assert clean not in (".", "..")
    assert not clean.startswith(".")


def test_it_holds_names_against_the_glob_of_the_source() -> None:
    assert fits("话务_2026.csv", "话务*.csv")
    assert not fits("工单.csv", "话务*.csv")


def test_it_finds_the_folder_in_which_a_source_looks(installed: FakeProduct) -> None:
    spec = installed.config.source("calls")
    assert inbox(Path("/d"), spec) == Path("/d/inbox/calls")


def test_it_clears_away_uploads_left_lying(installed: FakeProduct) -> None:
    uploads = Uploads(installed.base_dir, installed.clock)
    old = uploads.begin("calls", "a.csv", 5, mended=False)
    installed.clock_face.advance(days=9999)
    uploads.begin("calls", "b.csv", 5, mended=False)
    assert uploads.get(old.id) is None
    assert not uploads.file(old.id).exists()


def test_it_keeps_rejects_handed_out_from_being_formulas(client: FlaskClient) -> None:
    send(client, "a.csv", (HEADER + "=1+1,是,5\n").encode())
    book = openpyxl.load_workbook(io.BytesIO(client.get("/export/rejects/calls.xlsx").data))
    sheet = book.active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}


def test_it_speaks_the_language_of_who_hands_the_file_in(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    taken = send(client, "话务明细.csv", (HEADER + ROWS).encode("gb18030"))
    assert taken["message"] == "3 rows used, 1 not used, 4 read."
    broken = send(client, "空.csv", b"")
    assert (broken["state"], broken["message"]) == ("failed", "空.csv: the file is empty (0 bytes). Export it again")
    client.delete_cookie("lang")
    assert send(client, "坏.csv", bytes(9))["message"].startswith("坏.csv: 文件开头全是空字节,多半是复制没有完成。")
