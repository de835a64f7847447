"""queue_log lines -> calls and seats. Every expected figure is counted by hand from the lines shown."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.queue_log import BadLine, CallRow, CallTracker, parse_line
from ingest.sources.queue_seats import SeatTracker

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


def follow(text: str) -> tuple[list[CallRow], CallTracker]:
    tracker = CallTracker()
    rows: list[CallRow] = []
    for number, line in enumerate(lines(text), 1):
        rows += tracker.feed(parse_line(line), number)
    rows += tracker.finish()
    return rows, tracker


def outcome(row: CallRow) -> tuple[str, str, float, bool, int | None, int | None, str]:
    return row.callid, row.queue, row.asked_at - T0, row.answered, row.wait, row.talk, row.seat


def test_it_takes_wait_from_connect_and_talk_from_complete() -> None:
    rows, _ = follow(
        "0|c1|600|NONE|ENTERQUEUE||13800000000|1 12|c1|600|SIP/1001|CONNECT|12|x.9|3 "
        "100|c1|600|SIP/1001|COMPLETECALLER|12|88|1"
    )
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 12, 88, "SIP/1001")]


def test_it_keeps_the_waits_of_the_log_with_fractions_of_a_second_in_the_times() -> None:
    rows, _ = follow(
        "0.734|c1|600|NONE|ENTERQUEUE|||1 15.9|c1|600|SIP/1|CONNECT|15|x|3 20.5|c1|600|SIP/1|COMPLETEAGENT|15|4|1"
    )
    assert rows[0].asked_at - T0 == pytest.approx(0.734, abs=1e-5)
    assert (rows[0].wait, rows[0].talk) == (15, 4)


@pytest.mark.parametrize(
    ("exit_line", "wait"),
    [
        ("30|c1|600|NONE|ABANDON|2|3|30", 30),
        ("30|c1|600|NONE|EXITWITHTIMEOUT|1|1|29", 29),
        ("30|c1|600|NONE|EXITWITHKEY|0|1|1|28", 28),
        ("30|c1|600|NONE|EXITEMPTY|1|1|27", 27),
        ("30|c1|600|NONE|EXITWITHTIMEOUT|1", 30),  # the first versions wrote no wait: taken from the times
        ("30|c1|600|NONE|EXITWITHKEY|0|1", 30),
        ("30|c1|600|SIP/1|AGENTDUMP", 30),
        ("30|c1|600|SIP/1|SYSCOMPAT", 30),
    ],
)
def test_it_counts_every_way_out_of_the_queue_as_not_answered(exit_line: str, wait: int) -> None:
    rows, _ = follow(f"0|c1|600|NONE|ENTERQUEUE|||1 {exit_line}")
    assert [outcome(r) for r in rows] == [("c1", "600", 0, False, wait, None, "")]


def test_it_sees_no_outcome_in_ringing() -> None:
    rows, tracker = follow(
        "0|c1|600|NONE|ENTERQUEUE|||1 10|c1|600|SIP/1|RINGNOANSWER|10000 20|c1|600|SIP/2|RINGCANCELED|5000 "
        "21|NONE|NONE|NONE|CONFIGRELOAD| 22|c1|600|NONE|INFO|x 23|c1|600|NONE|DID|12345"
    )
    assert rows == []
    assert [outcome(r)[:3] for r in tracker.waiting()] == [("c1", "600", 0)]


def test_it_counts_a_call_sent_on_to_another_queue_once_in_each() -> None:
    rows, _ = follow(
        "0|c1|600|NONE|ENTERQUEUE|||1 60|c1|600|NONE|EXITWITHTIMEOUT|1|1|60 61|c1|700|NONE|ENTERQUEUE|||1 "
        "66|c1|700|SIP/7|CONNECT|5|x|2 70|c1|700|SIP/7|COMPLETEAGENT|5|4|1"
    )
    assert sorted(outcome(r) for r in rows) == [
        ("c1", "600", 0, False, 60, None, ""),
        ("c1", "700", 61, True, 5, 4, "SIP/7"),
    ]


def test_it_counts_a_call_that_comes_back_to_its_queue_once_and_from_its_first_entry() -> None:
    rows, _ = follow(
        "0|c1|600|NONE|ENTERQUEUE|||1 30|c1|600|NONE|EXITWITHTIMEOUT|1|1|30 40|c1|600|NONE|ENTERQUEUE|||1 "
        "55|c1|600|SIP/1|CONNECT|15|x|2 75|c1|600|SIP/1|COMPLETEAGENT|15|20|1"
    )
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 55, 20, "SIP/1")]


ANSWERED = "0|c1|600|NONE|ENTERQUEUE|||1 5|c1|600|SIP/1|CONNECT|5|x|2 "
PUT_BACK = ANSWERED + "25|c1|600|SIP/1|BLINDTRANSFER|600|ext|5|20|1 26|c1|600|NONE|ENTERQUEUE|||1 "


@pytest.mark.parametrize(
    ("then", "talk"),
    [
        ("", 20),  # waits once more
        ("36|c1|600|NONE|ABANDON|1|1|10", 20),
        ("36|c1|600|NONE|EXITWITHTIMEOUT|1|1|10", 20),
        ("36|c1|600|SIP/2|CONNECT|10|x|2", 20),  # the second conversation goes on
        ("36|c1|600|SIP/2|CONNECT|10|x|2 66|c1|600|SIP/2|COMPLETEAGENT|10|30|1", 50),
        ("36|c1|600|SIP/2|CONNECT|10|x|2 66|c1|600|SIP/2|TRANSFER|600|ext|10|30|1 67|c1|600|NONE|ENTERQUEUE|||1 "
         "70|c1|600|SIP/3|CONNECT|3|x|1 75|c1|600|SIP/3|COMPLETECALLER|3|5|1", 55),
    ],
)  # fmt: skip
def test_it_counts_a_caller_put_back_into_the_same_queue_once_as_answered(then: str, talk: int) -> None:
    """The wait and the seat are those of the first answer; the talking time that of all conversations together."""
    rows, tracker = follow(PUT_BACK + then)
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 5, talk, "SIP/1")]
    assert (tracker.waiting(), tracker.orphans) == ([], set())


def test_it_counts_once_who_comes_back_without_an_end_of_the_first_conversation() -> None:
    rows, _ = follow(
        ANSWERED + "26|c1|600|NONE|ENTERQUEUE|||1 36|c1|600|SIP/2|CONNECT|10|x|2 66|c1|600|SIP/2|COMPLETEAGENT|10|30|1"
    )
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 5, 30, "SIP/1")]


def test_it_counts_a_call_put_back_through_another_queue_once_in_each() -> None:
    rows, _ = follow(
        ANSWERED + "25|c1|600|SIP/1|TRANSFER|700|ext|5|20|1 25|c1|700|NONE|ENTERQUEUE|||1 "
        "30|c1|700|SIP/7|CONNECT|5|x|1 40|c1|700|SIP/7|TRANSFER|600|ext|5|10|1 41|c1|600|NONE|ENTERQUEUE|||1 "
        "50|c1|600|NONE|ABANDON|1|1|9"
    )
    assert sorted(outcome(r) for r in rows) == [
        ("c1", "600", 0, True, 5, 20, "SIP/1"),
        ("c1", "700", 25, True, 5, 10, "SIP/7"),
    ]


def test_it_lets_go_of_answered_calls_that_do_not_come_back() -> None:
    rows: list[CallRow] = []
    tracker = CallTracker()
    for number, line in enumerate(lines(ANSWERED + "25|c1|600|SIP/1|COMPLETEAGENT|5|20|1 20000|x|600|NONE|DID|1")):
        rows += tracker.feed(parse_line(line), number)
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 5, 20, "SIP/1")]
    assert list(tracker.finish()) == []


@pytest.mark.parametrize("before", ["", "-1700|x|600|NONE|DID|1 "])
def test_it_takes_who_comes_back_after_hours_for_a_new_call_wherever_the_window_begins(before: str) -> None:
    """Calls that left are looked for every half hour from the first line on, which is another in every window."""
    day = ANSWERED + "25|c1|600|SIP/1|COMPLETEAGENT|5|20|1 13000|x|600|NONE|DID|1 14430|c1|600|NONE|ENTERQUEUE|||1 "
    rows, _ = follow(before + day + "14440|c1|600|NONE|ABANDON|1|1|10")
    assert [outcome(r) for r in rows] == [
        ("c1", "600", 0, True, 5, 20, "SIP/1"),
        ("c1", "600", 14430, False, 10, None, ""),
    ]


@pytest.mark.parametrize(
    ("transfer", "talk"),
    [
        ("TRANSFER|8000|default|5|40|1", 40),
        ("TRANSFER|8000|default|5|40", 40),
        ("TRANSFER|8000|default", None),
        ("BLINDTRANSFER|8000|default|5|41|1", 41),
        ("BLINDTRANSFER|8000||5|41|1", 41),
        ("ATTENDEDTRANSFER|BRIDGE|b1|5|42|1", 42),
        ("ATTENDEDTRANSFER|LINK|chan1|chan2|5|43|1", 43),
        ("ATTENDEDTRANSFER|APP|Queue|5|44|1", 44),
    ],
)
def test_it_reads_the_talking_time_of_every_kind_of_transfer(transfer: str, talk: int | None) -> None:
    rows, _ = follow(f"0|c1|6|NONE|ENTERQUEUE|||1 5|c1|6|SIP/1|CONNECT|5|x|2 49|c1|6|SIP/1|{transfer}")
    assert [outcome(r) for r in rows] == [("c1", "6", 0, True, 5, talk, "SIP/1")]


def test_it_takes_a_complete_without_its_connect_as_an_answer() -> None:
    rows, _ = follow("0|c1|600|NONE|ENTERQUEUE|||1 50|c1|600|SIP/1|COMPLETEAGENT|10|40|1")
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 10, 40, "SIP/1")]


def test_it_counts_a_call_still_talking_as_answered_with_its_talk_unknown() -> None:
    rows, _ = follow("0|c1|600|NONE|ENTERQUEUE|||1 10|c1|600|SIP/1|CONNECT|10|x|2")
    assert [outcome(r) for r in rows] == [("c1", "600", 0, True, 10, None, "SIP/1")]


@pytest.mark.parametrize("event", ["FULL", "JOINEMPTY", "JOINUNAVAIL"])
def test_it_counts_a_caller_turned_away_at_the_door_once_without_a_wait(event: str) -> None:
    rows, _ = follow(f"0|c1|600|NONE|{event} 5|c1|600|NONE|{event}")
    assert [outcome(r) for r in rows] == [("c1", "600", 0, False, None, None, "")]


def test_it_waits_for_a_caller_turned_away_who_gets_in_later() -> None:
    rows, _ = follow("0|c1|6|NONE|JOINEMPTY 20|c1|6|NONE|ENTERQUEUE|||1 30|c1|6|SIP/1|CONNECT|10|x|1")
    assert [outcome(r) for r in rows] == [("c1", "6", 0, True, 30, None, "SIP/1")]


def test_it_notes_outcomes_whose_beginning_is_not_in_the_log() -> None:
    rows, tracker = follow(
        "0|old|600|SIP/1|CONNECT|9|x|2 9|old|600|SIP/1|COMPLETEAGENT|9|9|1 10|old2|600|NONE|ABANDON|1|1|99"
    )
    assert rows == []
    assert tracker.orphans == {("old", "600"), ("old2", "600")}


def test_it_lets_go_of_calls_that_left_hours_ago() -> None:
    tracker = CallTracker()
    rows = []
    for line in lines("0|c1|6|NONE|ENTERQUEUE|||1 9|c1|6|NONE|EXITEMPTY|1|1|9 16000|c2|6|NONE|ENTERQUEUE|||1"):
        rows += tracker.feed(parse_line(line), 0)
    assert [outcome(r)[:5] for r in rows] == [("c1", "6", 0, False, 9)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "不完整"),
        ("1772409600|c1|600|NONE", "不完整"),
        ("\x00\x00\x001772409600|c1|600|NONE|ENTERQUEUE|", "时间戳"),
        ("abc|c1|600|NONE|ENTERQUEUE|", "时间戳"),
        ("nan|c1|600|NONE|ENTERQUEUE|", "合理范围"),
        ("12|c1|600|NONE|ENTERQUEUE|", "合理范围"),
        ("99999999999999|c1|600|NONE|ENTERQUEUE|", "合理范围"),
        ("1772409600|c1|600|NONE|enter queue|", "事件名"),
        ("1772409600|NONE|600|NONE|ENTERQUEUE|", "通话编号"),
        ("1772409600|c1|NONE|SIP/1|CONNECT|3|x|1", "队列"),
        ("1772409600|c1|600|SIP/1|CONNECT|-3|x|1", "秒数"),
        ("1772409600|c1|600|SIP/1|COMPLETEAGENT|3|1:20|1", "秒数"),
        ("1772409600|NONE|600||ADDMEMBER|", "座席"),
    ],
)
def test_it_says_why_a_line_is_no_event(line: str, reason: str) -> None:
    with pytest.raises(BadLine, match=reason):
        parse_line(line)


def test_it_lets_events_of_a_dialplan_pass() -> None:
    assert parse_line(f"{T0}|c1|600|NONE|SURVEY_DONE|5").name == "SURVEY_DONE"


EVENTS = ["ENTERQUEUE", "CONNECT", "ABANDON", "COMPLETEAGENT", "EXITWITHKEY", "TRANSFER", "JOINEMPTY", "ADDMEMBER"]
FIELDS = st.one_of(
    st.sampled_from(["", "NONE", "1", "c1", "600", "SIP/1", "-5", "1e9", "x", *EVENTS]), st.text(max_size=6)
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.builds(
                lambda at, event, data: "|".join([f"{T0 + at}", "c1", "600", "SIP/1", event, *data]),
                st.integers(-9, 20_000),
                st.sampled_from(EVENTS),
                st.lists(FIELDS, max_size=5),
            ),
            st.lists(FIELDS, max_size=8).map("|".join),
        ),
        max_size=30,
    )
)
def test_it_never_stumbles_over_a_log_of_nonsense(texts: list[str]) -> None:
    calls, seats = CallTracker(), SeatTracker()
    entered, rows = set(), []
    for number, text in enumerate(texts):
        try:
            event = parse_line(text)
        except BadLine as error:
            assert str(error)
            continue
        if event.name in ("ENTERQUEUE", "JOINEMPTY"):
            entered.add(number)
        seats.feed(event)
        rows += calls.feed(event, number)
    rows += [*calls.finish(), *calls.waiting()]
    assert {row.origin for row in rows} <= entered
    assert len({row.origin for row in rows}) == len(rows)
    for day in seats.days(DAY, DAY, SHANGHAI, T0 + 20_000):
        assert 0 <= day.paused_seconds <= day.signed_in_seconds <= 86_400
