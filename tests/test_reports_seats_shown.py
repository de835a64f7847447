"""The setting that says how far single seats are shown holds for reports, messages and walls as for the pages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from alerts.blame import SOMEBODY, as_shown
from alerts.message import Item, Message, from_json, to_json
from alerts.render import mail_html
from dashboard.ask_alerts import build_story
from dashboard.data import Data
from dashboard.wall_asked import WallAsked
from dashboard.wall_data import scenes
from db import deliveries as post
from db.alert_states import open_incident
from db.deliveries import NewDelivery
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule
from kpi.pace_model import Binding, BoundTo, PaceClass
from kpi.showing import Showing
from reports.build import build
from reports.model import Kind, Report
from reports.render import every
from reports.scope import House, Wanted
from tests import documents
from tests.alerts_desk import AlertDesk
from tests.dashboard_facts import product
from tests.factories import TZ, Desk, FrozenClock, batch, seats
from tests.targets_desk import CATALOGUE, SHEET, SheetDesk

OUTPUT = Binding(BoundTo.KPI, PaceClass.RATIO, "daily_output", confirmed_by="张")
BOUND: dict[tuple[str, str, str], Binding | None] = {("月均日产能", "≥60件", "≥60件"): OUTPUT}
MONDAY, SUNDAY = date(2026, 3, 9), date(2026, 3, 15)
SEATS = [f"80{n:02d}" for n in range(1, 9)]
TIRED = "8003"
ITEMS: Mapping[str, int] = {seat: 62 + at for at, seat in enumerate(SEATS)}
AN_HOUR, MISSED = "10时漏接 5 个,占 9%(平常 4%),多出 3 个", "漏接 9 个,占 8%(平常 2%),多出 7 个"
LEVELS = (Showing.ANONYMOUS, Showing.OFF)


def seat_days(first: date, last: date, **instead: int) -> list[dict[str, object]]:
    """Each seat handles its own number of calls a day; ``instead``: of some seats (“s8003”) another one."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        {"day": day, "seat": seat, "seat_calls": instead.get(f"s{seat}", count)}
        for day in days
        for seat, count in ITEMS.items()
    ]


def fill(desk: Desk) -> None:
    """Five plain weeks, then one in which a seat handles twenty a day, and the centre misses its 60."""
    desk.clock.moment = FrozenClock("2026-03-16 02:30").moment
    desk.write(batch(seats=seats(*seat_days(date(2026, 2, 2), MONDAY - timedelta(days=1)))))
    desk.write(batch(seats=seats(*seat_days(MONDAY, SUNDAY, **{f"s{TIRED}": 5}))))


def report(engine: Engine, showing: Showing, kind: Kind = Kind.WEEKLY) -> Report:
    with engine.connect() as conn:
        house = House(CATALOGUE, TZ, 0, showing)
        return build(conn, house, Wanted(kind, SUNDAY, "", SHEET), today=date(2026, 3, 16))


@pytest.fixture
def filled(sqlite_engine: Engine) -> Engine:
    fill(SheetDesk(sqlite_engine, BOUND).desk)
    return sqlite_engine


def texts(made: Report) -> str:
    """Everything a report says, in all the forms it is handed out as."""
    files = every(made)
    told = [files["html"].decode("utf-8"), *documents.values(files["xlsx"]), *documents.paragraphs(files["docx"])]
    told += [cell for table in documents.table_texts(files["docx"]) for row in table for cell in row]
    told += [page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages]
    return "\n".join([*told, str(made)])


def test_by_default_a_report_names_seats(filled: Engine) -> None:
    made = report(filled, Showing.ON)
    (named,) = [row for row in made.section("seats").tables[-1].rows if row[0].text == TIRED]
    assert [cell.text for cell in named] == [TIRED, "5.0 件/坐席/天", "35 / 7"]
    assert f"座席 {TIRED}比平常少 413 件" in str(made.section("changes"))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("showing", LEVELS)
def test_no_report_names_a_seat_where_the_setting_forbids_it(filled: Engine, showing: Showing, kind: Kind) -> None:
    told = texts(report(filled, showing, kind))
    assert [seat for seat in SEATS if seat in told] == []
    assert ("比平常少" in told) is (showing is Showing.ANONYMOUS)


def test_without_names_seats_go_by_their_place(filled: Engine) -> None:
    section = report(filled, Showing.ANONYMOUS).section("seats")
    table = section.tables[-1]
    assert [row[0].text for row in table.rows] == [f"座席 {place}" for place in (8, 7, 6, 5, 4)]
    assert [column.title for column in table.columns] == ["座席", "日均产能"]
    assert "最低 5.0" in section.finding


def test_where_seats_are_off_there_is_no_ranking_and_no_extreme(filled: Engine) -> None:
    made = report(filled, Showing.OFF)
    section = made.section("seats")
    assert len(section.tables) == 1
    assert "中位数" in section.finding
    assert "最低" not in section.finding and "最高" not in section.finding
    assert "座席" not in str(made.section("changes")) + str(made.section("days"))


@pytest.mark.parametrize("showing", list(Showing))
def test_a_message_names_seats_as_the_setting_says(sqlite_engine: Engine, showing: Showing) -> None:
    rule = AlertRule("r.week", "产能", AlertKind.WEEK, "daily_output", level=60, recover_level=61)
    desk = AlertDesk(sqlite_engine, rule, bound=BOUND, showing=showing)
    fill(desk.desk)
    assert desk.tick("2026-03-15 20:00").deliveries == 1
    message = from_json(desk.deliveries()[0].message)
    said = {
        Showing.ON: (f"座席 {TIRED}比平常少 413 件",),
        Showing.ANONYMOUS: ("有一个座席比平常少 413 件",),
        Showing.OFF: (),
    }
    assert message.items[0].causes == said[showing]
    told = mail_html(message, "") + str(to_json(message))
    assert (TIRED in told) is (showing is Showing.ON)


@pytest.mark.parametrize(
    ("showing", "shown"),
    [
        (Showing.ON, ("座席 8003比平常少 40 件", AN_HOUR, f"座席 A-7{MISSED}")),
        (
            Showing.ANONYMOUS,
            ("有一个座席比平常少 40 件", AN_HOUR, f"另有一个座席{MISSED}"),
        ),
        (Showing.OFF, (AN_HOUR,)),
    ],
)
def test_what_was_told_before_the_setting_changed_is_shown_as_it_says_now(
    sqlite_engine: Engine, tmp_path: Path, showing: Showing, shown: tuple[str, ...]
) -> None:
    made = product(sqlite_engine, tmp_path)
    told = (
        "座席 8003比平常少 40 件",
        AN_HOUR,
        "座席 A-7漏接 9 个,占 8%(平常 2%),多出 7 个",
    )
    message = Message("fired", "【告警】", "自 09:00 起", "<1@h>", (Item("▲", "产能", "40", causes=told),))
    with write(made.engine) as conn:
        number = open_incident(conn, "值班", "", "产能", "<1@h>", made.clock())
        new = NewDelivery("fired", "page", "", "<1@h>", to_json(message), incident=number)
        assert post.record(conn, new, made.clock())
    with made.engine.connect() as conn:
        (said,) = build_story(conn, number, showing).said
    assert said.message.items[0].causes == shown
    assert as_shown(as_shown(told, Showing.ANONYMOUS), Showing.ANONYMOUS) == as_shown(told, Showing.ANONYMOUS)
    assert not any(one.startswith(SOMEBODY) for one in as_shown(as_shown(told, Showing.ANONYMOUS), Showing.OFF))


@pytest.mark.parametrize("showing", list(Showing))
def test_no_wall_ever_names_a_seat(filled: Engine, tmp_path: Path, showing: Showing) -> None:
    made = product(filled, tmp_path, now="2026-03-16 09:00", seat_ranking=showing.value)
    _place, drawn = scenes(Data(made), WallAsked())
    told = "".join(str(one.html) for one in drawn)
    assert "月均日产能" in told
    assert [seat for seat in SEATS if seat in told] == []
