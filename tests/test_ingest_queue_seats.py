"""Sign-ins and pauses from member events of a queue_log. Every expected figure is counted by hand."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from ingest.sources.queue_log import parse_line
from ingest.sources.queue_seats import SeatDay, SeatTracker, merged, midnight, without

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)
T0 = 1772409600  # 2026-03-02 08:00:00 in Shanghai


def lines(text: str) -> list[str]:
    """``+seconds|callid|queue|agent|event|…`` with the time counted from T0."""
    result = []
    for line in text.split():
        offset, rest = line.split("|", 1)
        result.append(f"{T0 + float(offset):.0f}|{rest}" if "." not in offset else f"{T0 + float(offset)}|{rest}")
    return result


def seat_days(text: str, last: date = DAY) -> list[SeatDay]:
    tracker = SeatTracker()
    end = 0.0
    for line in lines(text):
        event = parse_line(line)
        end = event.at
        tracker.feed(event)
    return tracker.days(DAY, last, SHANGHAI, end)


def test_it_counts_time_in_several_queues_once() -> None:
    days = seat_days(
        "0|NONE|600|SIP/1|ADDMEMBER| 1000|NONE|700|SIP/1|ADDMEMBER| 3000|NONE|600|SIP/1|REMOVEMEMBER| "
        "3600|NONE|700|SIP/1|REMOVEMEMBER|"
    )
    assert days == [SeatDay("SIP/1", DAY, 3600, 0)]


def test_it_counts_a_pause_only_where_every_queue_is_paused() -> None:
    days = seat_days(
        "0|NONE|600|SIP/1|ADDMEMBER| 0|NONE|700|SIP/1|ADDMEMBER| 100|NONE|600|SIP/1|PAUSE|午休 "
        "400|NONE|700|SIP/1|PAUSE| 1000|NONE|600|SIP/1|UNPAUSE| 2000|NONE|700|SIP/1|UNPAUSE| "
        "3000|NONE|NONE|SIP/1|PAUSEALL| 3100|NONE|NONE|SIP/1|UNPAUSEALL| "
        "3600|NONE|600|SIP/1|REMOVEMEMBER| 3600|NONE|700|SIP/1|REMOVEMEMBER|"
    )
    assert days == [SeatDay("SIP/1", DAY, 3600, 600 + 100)]


def test_it_begins_paused_where_the_member_was_added_paused() -> None:
    days = seat_days("0|NONE|6|SIP/1|ADDMEMBER|PAUSED 300|NONE|6|SIP/1|UNPAUSE| 900|NONE|6|SIP/1|REMOVEMEMBER|")
    assert days == [SeatDay("SIP/1", DAY, 900, 300)]


def test_it_ends_what_is_still_open_with_the_log() -> None:
    days = seat_days("0|NONE|6|SIP/1|ADDMEMBER| 500|NONE|6|SIP/1|PAUSE| 1200|c1|6|NONE|ENTERQUEUE|||1")
    assert days == [SeatDay("SIP/1", DAY, 1200, 700)]


def test_it_begins_with_the_log_where_only_the_leaving_is_in_it() -> None:
    days = seat_days("0|c1|6|NONE|ENTERQUEUE|||1 600|REALTIME|6|SIP/1|REMOVEMEMBER|")
    assert days == [SeatDay("SIP/1", DAY, 600, 0)]


def test_it_follows_agents_who_log_in_without_a_queue() -> None:
    days = seat_days(
        "0|x|NONE|Agent/7|AGENTLOGIN|SIP/1-1 60|NONE|6|Agent/7|PAUSE| 90|NONE|6|Agent/7|UNPAUSE| "
        "600|x|NONE|Agent/7|AGENTLOGOFF|SIP/1-1|600 900|x|NONE|Agent/8|AGENTLOGOFF|SIP/2-1|250"
    )
    assert days == [SeatDay("Agent/7", DAY, 600, 30), SeatDay("Agent/8", DAY, 250, 0)]


def test_it_cuts_a_night_shift_at_local_midnight() -> None:
    # signed in 23:00 on 2 March to 07:00 on 3 March, on a break from 23:50 to 00:20
    days = seat_days(
        f"{15 * 3600}|NONE|6|SIP/1|ADDMEMBER| {16 * 3600 - 600}|NONE|6|SIP/1|PAUSE| {16 * 3600 + 1200}|NONE|6|SIP/1|"
        f"UNPAUSE| {23 * 3600}|NONE|6|SIP/1|REMOVEMEMBER|",
        last=date(2026, 3, 3),
    )
    assert days == [SeatDay("SIP/1", DAY, 3600, 600), SeatDay("SIP/1", date(2026, 3, 3), 25200, 1200)]


def test_it_knows_days_that_are_not_24_hours_long() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert midnight(date(2026, 3, 30), berlin) - midnight(date(2026, 3, 29), berlin) == 23 * 3600


def test_it_adds_and_takes_away_spans() -> None:
    assert merged([(5, 9), (1, 3), (2, 4), (9, 10), (7, 6)]) == [(1, 4), (5, 10)]
    assert without([(0, 10), (20, 30)], [(2, 3), (8, 22), (29, 40)]) == [(0, 2), (3, 8), (22, 29)]
