"""Schedules at work with a frozen clock: once each, caught up after an outage, failures told."""

from __future__ import annotations

import base64
import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from alerts.channels.email import MailSettings, compose
from db.deliveries import list_deliveries
from db.engine import write
from db.report_store import list_reports, report_data, report_file
from db.sheets import retire
from reports import due as due_module
from reports.due import WAITS
from reports.model import Kind, from_json
from reports.render import render
from reports.scope import Wanted
from reports.send import make, send_now
from tests.reports_desk import MONDAY, OFFICE, SUNDAY, ReportDesk
from tests.targets_desk import SHEET

LAST = date(2026, 3, 8)


@pytest.fixture
def desk(sqlite_engine: Engine) -> ReportDesk:
    """A week of plain days, a reader, and a clock at the moment the weekly report goes out."""
    made = ReportDesk(sqlite_engine)
    made.day_of_calls(MONDAY, SUNDAY)
    made.reader()
    return made


def reports(desk: ReportDesk) -> list[tuple[str, str, str]]:
    """(kind, last day, state) of the archive, oldest first."""
    with desk.engine.connect() as conn:
        return [(one.kind, one.end.isoformat(), one.state) for one in reversed(list_reports(conn))]


def test_a_report_goes_out_once_with_its_files(desk: ReportDesk) -> None:
    desk.schedule(last=LAST)
    assert desk.turn() == 1
    assert desk.turn() == 0
    (message,) = desk.messages()
    assert message.title == "市中心 周报 2026年3月9日–15日"
    assert message.message_id.startswith("<report-weekly-20260315-") and message.message_id.endswith(
        "@hotline.example>"
    )
    assert message.link.startswith("https://hotline.example/reports/")
    assert [name.rpartition(".")[2] for name, _, _ in message.attachments] == ["pdf", "xlsx", "docx"]
    pdf = PdfReader(io.BytesIO(base64.b64decode(message.attachments[0][2])))
    assert "97.00 %" in "".join(page.extract_text() for page in pdf.pages)
    mail = compose(message, MailSettings("x"), "", "boss@example.org", desk.clock.now())
    assert [part.get_filename() for part in mail.iter_attachments()][0] == "市中心-周报-2026年3月9日–15日.pdf"
    body = mail.get_body(("html",))
    assert body is not None and "97.00 %" in body.get_content()


def test_what_was_sent_opens_again_exactly_as_it_was(desk: ReportDesk) -> None:
    desk.schedule(last=LAST)
    desk.turn()
    sent = {name.rpartition(".")[2]: base64.b64decode(content) for name, _, content in desk.messages()[0].attachments}
    desk.day_of_calls(SUNDAY, answered=500)  # corrected afterwards
    with desk.engine.connect() as conn:
        (one,) = list_reports(conn)
        for ending, content in sent.items():
            assert report_file(conn, one.id, ending) == content
        html = report_file(conn, one.id, "html")
        report = from_json(report_data(conn, one.id))
    assert html.decode() == desk.messages()[0].html
    assert render(report, "html") == html, "and it can be drawn anew from what was kept"
    assert render(desk.report(), "html") != html


def test_after_an_outage_what_was_missed_is_sent_and_says_so(desk: ReportDesk) -> None:
    desk.schedule(last=date(2026, 2, 22))
    assert desk.turn() == 3
    assert [end for _, end, _ in reports(desk)] == ["2026-03-01", "2026-03-08", "2026-03-15"]
    assert [message.title.endswith("(补发)") for message in desk.messages()] == [True, True, False]
    assert desk.schedules()[0].last_period_end == SUNDAY


def test_nothing_goes_out_before_the_data_is_there(desk: ReportDesk) -> None:
    desk.schedule(last=LAST)
    assert desk.turn(ready=False) == 0 and reports(desk) == []
    assert desk.turn() == 1


def test_two_groups_get_one_report_and_one_reader_gets_it_once(desk: ReportDesk) -> None:
    desk.reader("班长", "lead@example.org, second@example.org")
    desk.schedule(last=LAST)
    desk.schedule(group="班长", last=LAST)
    assert desk.turn() == 2
    assert len(reports(desk)) == 1
    assert len({message.message_id for message in desk.messages()}) == 3
    posted = send_now(desk.engine, OFFICE, Wanted(Kind.WEEKLY, SUNDAY, "", SHEET), ["领导", "班长"], desk.clock.now())
    assert (posted.told, posted.readers) == (0, 3), "sending again tells nobody twice"


def test_robots_get_the_rows_and_the_link_not_the_files(desk: ReportDesk) -> None:
    desk.reader(address="https://robot.example/hook", channel="wecom")
    desk.schedule(last=LAST)
    desk.turn()
    message = desk.messages()[1]
    assert (message.html, message.attachments) == ("", ())
    assert {item.name for item in message.items} == {"热线接通率", "服务投诉量"}


def test_another_process_that_was_quicker_leaves_nothing_to_do(desk: ReportDesk) -> None:
    stale = desk.schedule(last=LAST)
    desk.turn()
    turn = due_module.Turn(desk.engine, OFFICE, desk.clock.now(), lambda _unit, _moment: True)
    assert turn._see_to(stale) == 0
    assert len(desk.messages()) == 1 and len(reports(desk)) == 1


def test_a_failed_report_tells_its_owner_is_tried_again_and_given_up_at_last(desk: ReportDesk) -> None:
    with write(desk.engine) as conn:
        retire(conn, SHEET, desk.clock.now())
    desk.schedule(last=LAST, owner="owner@example.org")
    assert desk.turn() == 0
    assert reports(desk) == [("weekly", "2026-03-15", "failed")]
    (told,) = desk.messages()
    assert told.title == "【报告没有发出】周报 2026年3月9日–15日"
    assert "没有目标表" in told.sentence and told.sentence.endswith("会自动重试。")
    desk.turn()
    assert len(desk.messages()) == 1, "not tried again at once"
    for minutes in (*WAITS, 0):
        desk.clock.advance(minutes=minutes + 1)
        desk.turn()
    assert [message.message_id.split("-")[1] for message in desk.messages()] == ["failed", "lost"]
    assert desk.messages()[1].sentence.endswith("请用 report 命令补发。")
    assert desk.schedules()[0].last_period_end == SUNDAY
    with desk.engine.connect() as conn:
        assert [one.address for one in list_deliveries(conn)] == ["owner@example.org"] * 2


def test_a_report_that_succeeds_after_all_takes_the_place_of_its_failure(
    desk: ReportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.schedule(last=LAST)

    def broken(*_given: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(due_module, "make", broken)
        desk.turn()
    assert reports(desk) == [("weekly", "2026-03-15", "failed")]
    desk.clock.advance(minutes=WAITS[0])
    assert desk.turn() == 1
    assert reports(desk) == [("weekly", "2026-03-15", "ok")]


def test_one_broken_schedule_does_not_hold_up_the_others(desk: ReportDesk) -> None:
    desk.schedule(last=LAST, sheet="gone")
    desk.schedule(last=LAST)
    assert desk.turn() == 1
    assert sorted(state for _, _, state in reports(desk)) == ["failed", "ok"]


def test_a_week_without_data_is_not_told_as_if_all_were_well(sqlite_engine: Engine) -> None:
    desk = ReportDesk(sqlite_engine)
    desk.reader()
    desk.schedule(last=LAST, owner="owner@example.org")
    desk.turn()
    reader, owner = desk.messages()
    assert reader.title.startswith("【无数据】") and "没有任何数据" in reader.sentence
    assert owner.title.startswith("【报告无数据】")
    assert reports(desk) == [("weekly", "2026-03-15", "empty")]


def test_a_report_nobody_reads_is_kept_and_its_owner_told(desk: ReportDesk) -> None:
    desk.schedule(group="没有人", last=LAST, owner="领导")
    assert desk.turn() == 1
    (told,) = desk.messages()
    assert told.title.startswith("【报告无人接收】") and "没有人" in told.sentence
    assert reports(desk) == [("weekly", "2026-03-15", "ok")]


def test_a_disabled_schedule_sleeps(desk: ReportDesk) -> None:
    desk.schedule(last=LAST, enabled=False)
    assert desk.turn() == 0


def test_it_stops_between_two_reports(desk: ReportDesk) -> None:
    desk.schedule(last=date(2026, 2, 22))

    def stop() -> bool:
        with desk.engine.connect() as conn:
            return bool(list_reports(conn))

    turn = due_module.Turn(desk.engine, OFFICE, desk.clock.now(), lambda _unit, _moment: True, stop)
    assert turn.run() == 1
    assert [end for _, end, _ in reports(desk)] == ["2026-03-01"]


def test_every_file_is_made_of_one_building(desk: ReportDesk) -> None:
    made = make(desk.engine, OFFICE, Wanted(Kind.WEEKLY, SUNDAY, "", SHEET), desk.clock.now() + timedelta(days=1))
    assert sorted(made.files) == ["docx", "html", "pdf", "xlsx"]
    assert made.files["pdf"].startswith(b"%PDF-")
