"""周报大屏 without a browser: its figures, its answers, its guard, its notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard import language, wall_data, wall_scenes
from dashboard.app import create_app
from dashboard.data import Data, DatabaseGone
from dashboard.format import rounded
from dashboard.views_wall import Tile, Week
from dashboard.wall_asked import SCENES, WallAsked, parse
from dashboard.wall_scenes import tile
from db.engine import write
from db.notices import add_notice, load_notices
from kpi.showing import Showing
from reports.build import build
from reports.model import Kind
from reports.scope import House, Wanted
from tests.dashboard_browser import installation
from tests.dashboard_facts import NOW, FakeProduct
from tests.dashboard_views import MARCH, missed
from tests.factories import Desk, FrozenClock, at, batch, seats
from tests.installation import Place, Told

WHO = "王小明"
PASSWORD = "a-long-password"


@dataclass
class Wall:
    """A wall's server, asked without a browser."""

    product: FakeProduct
    client: FlaskClient
    place: Place

    def body(self, query: str = "", had: str = "") -> Any:
        """What it is sent."""
        return self.client.get(f"/wall/scenes.json{query}", headers={"If-None-Match": f'"{had}"'}).get_json()

    def scenes(self, query: str = "") -> dict[str, str]:
        """The texts of the scenes by name."""
        return {name: _text(html) for name, _title, _mark, html in self.body(query)["scenes"]}


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    folder = tmp_path_factory.mktemp("wall")
    with installation(folder) as made:
        desk = Desk(made.engine, FrozenClock("2026-03-19 02:30"))
        row = {"seat_calls": 3, "seat_busy_seconds": 540, "signed_in_seconds": 25_200}
        desk.write(batch(seats=seats({"seat": WHO, **row, "day": at("2026-03-18 00:00").date()}, centre="city")), "hr")
        made.clock_face.moment = at(NOW)
        yield Wall(made, create_app(made).server.test_client(), Place(folder, made.engine).configured())


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Wall]:
    """A wall of its own, for tests that change what it shows."""
    with installation(tmp_path) as made:
        yield Wall(made, create_app(made).server.test_client(), Place(tmp_path, made.engine))


def test_its_week_equals_the_command_line(wall: Wall, capsys: pytest.CaptureFixture[str]) -> None:
    codes = ("answer_rate", "service_level", "satisfaction_rate", "daily_output")
    days = ("--from", "2026-03-16", "--to", "2026-03-19", "--as-of", "2026-03-20", "--centre", "city")
    told = Told(wall.place, capsys).json("kpi", *codes, *days)
    tiles = re.findall(r"<article.*?</article>", wall.body("?centre=city")["scenes"][0][3])
    assert len(told["values"]) == len(tiles) == 4
    for row, drawn in zip(told["values"], tiles, strict=True):
        assert f'">{row["shown"].partition(" ")[0]}<' in drawn, row["name"]
        assert row["name"] in drawn
    assert wall.scenes("?centre=city")["week"].startswith("本周 3月16日–19日 · 整天计 · 与上周同样的天相比")


def test_its_pace_equals_the_command_line(wall: Wall, capsys: pytest.CaptureFixture[str]) -> None:
    told = Told(wall.place, capsys).json("progress", "--sheet", "city-2026", "--as-of", "2026-03-20")
    shown = wall.scenes("?centre=city")["pace"]
    assert len(told["rows"]) == 5
    for row in told["rows"]:
        pace, name = row["half"], row["indicator"]["name"]
        unit = next(kpi.unit for kpi in wall.product.catalogue if kpi.code == name)
        value = rounded(pace["value"], unit, (float(pace["target"]["number"]) / (100 if row["unit"] == "%" else 1),))
        assert re.search(rf"{pace['status']} {name} {re.escape(value)} ", shown), name


def test_its_worst_days_are_the_weekly_reports(wall: Wall) -> None:
    house = House(wall.product.catalogue, wall.product.tz, 30, Showing.ON)
    wanted = Wanted(Kind.WEEKLY, date(2026, 3, 19), "city", "city-2026")
    with wall.product.engine.connect() as conn:
        report = build(conn, house, wanted, today=date(2026, 3, 20))
    table = report.section("days").tables[0]
    shown = wall.scenes("?centre=city")["days"]
    for row in table.rows[:4]:
        assert row[0].text in shown
        assert row[2].text.split(" ")[0] in shown


def test_it_names_no_seat_anywhere(wall: Wall) -> None:
    body = wall.client.get("/wall/scenes.json").text
    assert WHO not in body
    assert not re.search(r"座席 ?10\d\d|>10\d\d<", body)
    assert "12 个坐席" in wall.scenes()["seats"], "one worked a day only"


def test_it_answers_next_to_nothing_when_nothing_is_new(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = wall.body()["tag"]
    asked: list[str] = []
    monkeypatch.setattr(wall_data, "scenes", lambda *_: asked.append("scenes"))
    monkeypatch.setattr(Data, "centres", lambda _self: asked.append("centres"))
    again = wall.client.get("/wall/scenes.json", headers={"If-None-Match": f'"{tag}"'})
    assert (again.status_code, again.data, asked) == (304, b"", [])
    assert again.headers["Hotline-Now"] == "2026-03-20T14:40:00.000+08:00"


def test_it_sends_the_moment_alone_when_only_that_moved(small: Wall) -> None:
    tag = small.body()["tag"]
    assert small.body("", f"{tag.split('.')[0]}.other")["scenes"] is None
    Desk(small.product.engine).write(batch(), "calls")
    assert small.body("", tag)["scenes"]


def test_one_wall_waits_for_new_scenes_and_the_others_keep_theirs(small: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    first, begun, go_on = small.body(), Event(), Event()
    make = wall_data.scenes

    def slowly(data: Data, asked: WallAsked) -> Any:
        begun.set()
        assert go_on.wait(20)
        return make(data, asked)

    monkeypatch.setattr(wall_data, "scenes", slowly)
    Desk(small.product.engine).write(batch(), "calls")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(small.body, "", first["tag"])
        assert begun.wait(20)
        other = small.client.application.test_client()
        keeps = other.get("/wall/scenes.json", headers={"If-None-Match": f'"{first["tag"]}"'})
        assert (keeps.status_code, keeps.data) == (304, b"")
        assert other.get("/wall/scenes.json").get_json() == first, "a wall just opened shows what the others show"
        go_on.set()
        newer = waiting.result(20)
    assert newer["scenes"] and newer["tag"] != first["tag"]
    assert small.body("", first["tag"]) == newer


def test_a_monday_shows_the_week_that_is_over(small: Wall) -> None:
    small.product.clock_face.moment = at("2026-03-16 09:00")
    assert small.scenes()["week"].startswith("上周 3月9日–15日 · 整天计 · 与前一周同样的天相比")
    small.product.clock_face.moment = at("2026-03-17 09:00")
    assert small.scenes()["week"].startswith("本周 3月16日 ·")
    assert small.scenes("?week=last")["week"].startswith("上周 3月9日–15日")


def test_it_shows_the_scenes_asked_for_in_that_order(wall: Wall) -> None:
    assert list(wall.scenes()) == [name for name in SCENES if name != "notices"]
    assert list(wall.scenes("?scenes=orders,week")) == ["orders", "week"]


def test_it_says_that_there_is_no_notice_only_where_nothing_else_is_asked_for(wall: Wall) -> None:
    shown = wall.scenes("?scenes=notices")
    assert list(shown) == ["notices"]
    assert "现在没有通知" in shown["notices"] and "/wall/notices" in shown["notices"]


def test_its_sentence_counts_all_that_is_judged_of_the_week(wall: Wall) -> None:
    shown = wall.scenes("?centre=city")["week"]
    assert "本周 5 项有目标的指标" in shown, "four tiles, and a fifth target without one"


def test_it_names_another_centre_than_asked_for_first() -> None:
    _asked, problems = parse({"centre": "nope", "scenes": "bogus", "every": "abc"}, ["city"], [])
    assert ["中心" in problems[0], "场景" in problems[1], "every" in problems[2]] == [True, True, True]


def test_it_crosses_no_day_on_too_small_a_sample() -> None:
    days = (0.5, 0.5, 0.97, None, None, None, None)
    shown = Week(MARCH, MARCH, MARCH, date(2026, 3, 20), running=True)
    every = Tile(missed(), days, days, (False,) * 7)
    few = Tile(missed(), days, days, (True, *(False,) * 6))
    assert [tile(one, shown).count('class="cross"') for one in (every, few)] == [2, 1]


@pytest.mark.parametrize(
    ("query", "expected", "problem"),
    [
        ({}, WallAsked(), ""),
        ({"centre": "city", "every": "45", "theme": "light"}, WallAsked(centre="city", every=45, theme="light"), ""),
        ({"scenes": "pace,pace,days", "pause": "1"}, WallAsked(scenes=("pace", "days"), paused=True), ""),
        ({"every": "1"}, WallAsked(), "every"),
        ({"every": "²"}, WallAsked(), "every"),
        ({"scenes": "nothing"}, WallAsked(), "场景"),
        ({"scene": "seats", "week": "next"}, WallAsked(scene="seats"), "week"),
        ({"centre": "<script>"}, WallAsked(), "中心"),
        ({"period": "this-week"}, WallAsked(), ""),
    ],
)
def test_it_reads_its_address(query: dict[str, str], expected: WallAsked, problem: str) -> None:
    asked, problems = parse(query, ["city"], ["city-2026"])
    assert asked == expected
    assert (problem in " ".join(problems)) and bool(problems) == bool(problem)
    back = dict(part.split("=") for part in asked.query().lstrip("?").split("&") if part)
    assert parse(back, ["city"], ["city-2026"]) == (asked, ())


def test_a_scene_that_fails_does_not_stop_the_others(small: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(wall_scenes, "week_scene", fail)
    scenes = small.scenes()
    assert scenes["week"] == "这一幕没能算出来,已记入日志;下次有新数据时自动重试"
    assert scenes["orders"].startswith("工单 · 本周")


def test_it_stands_without_any_data(tmp_path: Path) -> None:
    with installation(tmp_path, filled=False) as made:
        empty = Wall(made, create_app(made).server.test_client(), Place(tmp_path, made.engine))
        scenes = empty.scenes()
    assert "没有数据" in scenes["week"]
    assert "还没有启用的目标表" in scenes["pace"]
    assert "没有坐席产能数据" in scenes["seats"]


def test_it_says_so_when_the_database_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with installation(tmp_path) as made:
        client = create_app(made).server.test_client()

        def gone(*_: object) -> str:
            raise DatabaseGone

        monkeypatch.setattr(Data, "version", gone)
        answer = client.get("/wall/scenes.json")
        assert (answer.status_code, answer.get_json()["gone"]) == (503, True)
        assert client.get("/wall").status_code == 200


ADDRESSES = ("/wall", "/wall/scenes.json", "/wall/files/screen.js", "/wall/notices")


def test_it_is_behind_the_same_guard(tmp_path: Path) -> None:
    with installation(tmp_path, access_password=PASSWORD) as made:
        client = create_app(made).server.test_client()
        for address in ADDRESSES:
            assert client.get(address).status_code == 401
            asked = client.get(address, headers={"Accept": "text/html"})
            assert (asked.status_code, asked.headers["Location"]) == (302, f"/signin?next={address}")
        assert client.post("/wall/notices", data={"text": "x"}).status_code == 401
        client.post("/signin", data={"password": PASSWORD})
        page = client.get("/wall")
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        tag = client.get("/wall/scenes.json").get_json()["tag"]
        again = client.get("/wall/scenes.json", headers={"If-None-Match": f'"{tag}"'})
        assert again.status_code == 304
        assert "hotline=" in again.headers["Set-Cookie"], "every question renews the 90 days of the sign-in"
        assert client.post("/wall/notices", headers={"Origin": "https://evil.example"}).status_code == 403


def test_it_lets_people_set_notices(small: Wall) -> None:
    form = {"text": " 年末高峰,\r\n提前到岗<b> ", "start": "2026-03-20", "end": "2026-03-25", "centre": "district"}
    assert small.client.post("/wall/notices", data=form).status_code == 303
    assert "年末高峰, 提前到岗<b> 至 3月25日" in small.scenes("?centre=district")["notices"]
    assert "notices" not in small.scenes("?centre=city")
    small.product.clock_face.moment = at("2026-03-26 09:00")
    assert "notices" not in small.scenes("?centre=district")
    with small.product.engine.connect() as conn:
        number = load_notices(conn)[0].id
    assert small.client.post("/wall/notices", data={"remove": str(number)}).status_code == 303
    assert "这条通知已经不在了" in small.client.post("/wall/notices", data={"remove": str(number)}).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "  "}, "请写通知的内容"),
        ({"text": "长" * 121}, "超过 120 字"),
        ({"text": "响\x07铃"}, "不能显示的字符"),
        ({"start": "20/3"}, "“开始日”要写成 2026-01-31 这样的日期"),
        ({"end": "2026-03-01"}, "早于开始日"),
        ({"centre": "nowhere"}, "没有中心 ‘nowhere’"),
    ],
)
def test_it_says_what_is_wrong_with_a_notice(wall: Wall, change: dict[str, str], said: str) -> None:
    form = {"text": "通知", "start": "2026-03-20", "end": "2026-03-25", "centre": ""} | change
    answer = wall.client.post("/wall/notices", data=form)
    assert answer.status_code == 400
    assert said in answer.text.replace("\u00a0", " ")
    with wall.product.engine.connect() as conn:
        assert load_notices(conn) == ()


def test_it_takes_a_bounded_number_of_notices(small: Wall) -> None:
    form = {"text": "通知", "start": "2026-03-20", "end": "2026-03-25", "centre": ""}
    answers = [small.client.post("/wall/notices", data=form) for _ in range(21)]
    assert [one.status_code for one in answers] == [303] * 20 + [400]
    assert "另有 16 条" in small.scenes()["notices"]


def test_it_tells_each_scene_by_its_mark(small: Wall) -> None:
    before = {name: mark for name, _, mark, _ in small.body()["scenes"]}
    with write(small.product.engine) as conn:
        add_notice(conn, "通知", at(NOW).date(), at(NOW).date(), "")
    after = {name: mark for name, _, mark, _ in small.body()["scenes"]}
    assert {name for name in after if after[name] != before.get(name)} == {"notices"}


def test_it_speaks_english(small: Wall) -> None:
    small.client.set_cookie("lang", "en")
    try:
        body = small.body("?centre=city")
    finally:
        language.use(None)  # the test's own thread answered
    assert body["place"].endswith("weekly wall")
    assert _text(body["scenes"][0][3]).startswith("This week 16–19 Mar")
