"""The states of an alert rule: by table, and by properties over any course of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import acknowledged, burn_factor, check_burn, is_bad, is_good, next_state, undone
from kpi.alert_model import (
    AlertKind,
    AlertRule,
    AlertState,
    Observation,
    QuietHours,
    Silence,
    Standing,
    Tell,
)

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RULE = AlertRule(
    "r", "接通率", AlertKind.DAY, "answer_rate", level=0.96, recover_level=0.965, hold_minutes=10, recover_minutes=20
)
OK, PENDING, FIRING = AlertState.OK, AlertState.PENDING, AlertState.FIRING
RECOVERING, NO_DATA = AlertState.RECOVERING, AlertState.NO_DATA
BAD, BAND, GOOD, NONE = 0.95, 0.962, 0.97, None


def course(rule: AlertRule, *seen: tuple[int, float | None]) -> tuple[Standing, list[str], list[Tell]]:
    """The standing after values at minutes, the states gone through, and what was told."""
    standing, states, told = Standing(), [], []
    for minute, value in seen:
        step = next_state(rule, standing, Observation(value, 1, 2, 100), T0 + timedelta(minutes=minute))
        standing = step.standing
        if step.transition:
            states.append(step.transition.after.value)
        if step.tell:
            told.append(step.tell)
    return standing, states, told


@pytest.mark.parametrize(
    ("sentence", "seen", "states", "told"),
    [
        ("a good value changes nothing", [(0, GOOD)], [], []),
        ("a bad value waits out the hold time", [(0, BAD), (9, BAD)], ["pending"], []),
        ("a bad value that stays fires once", [(0, BAD), (10, BAD), (11, BAD)], ["pending", "firing"], ["fired"]),
        ("a dip shorter than the hold time tells nobody", [(0, BAD), (5, GOOD), (20, GOOD)], ["pending", "ok"], []),
        ("a value inside the band keeps waiting", [(0, BAD), (5, BAND), (9, BAND)], ["pending"], []),
        (
            "it recovers after the recovery time and says so",
            [(0, BAD), (10, BAD), (12, GOOD), (31, GOOD), (32, GOOD)],
            ["pending", "firing", "recovering", "ok"],
            ["fired", "recovered"],
        ),
        (
            "a relapse in the recovery time is the same episode",
            [(0, BAD), (10, BAD), (12, GOOD), (15, BAD), (16, GOOD), (36, GOOD)],
            ["pending", "firing", "recovering", "firing", "recovering", "ok"],
            ["fired", "recovered"],
        ),
        (
            "inside the band a firing rule stays firing",
            [(0, BAD), (10, BAD), (12, BAND), (60, BAND)],
            ["pending", "firing"],
            ["fired"],
        ),
        (
            "missing data freezes and then goes on where it was",
            [(0, BAD), (10, BAD), (15, NONE), (400, NONE), (401, BAD)],
            ["pending", "firing", "no_data", "firing"],
            ["fired"],
        ),
        ("missing data never fires", [(0, NONE), (500, NONE)], ["no_data"], []),
    ],
)
def test_states(sentence: str, seen: list[tuple[int, float | None]], states: list[str], told: list[str]) -> None:
    assert sentence
    _, found, said = course(RULE, *seen)
    assert (found, [one.value for one in said]) == (states, told)


def test_it_fires_at_once_without_hold_time_and_ends_at_once_without_recovery_time() -> None:
    quick = replace(RULE, hold_minutes=0, recover_minutes=0)
    standing, states, told = course(quick, (0, BAD), (1, GOOD), (2, BAD))
    assert states == ["firing", "ok", "firing"]
    assert told == [Tell.FIRED, Tell.RECOVERED, Tell.FIRED]
    assert standing.episode == 2


def test_too_few_samples_are_no_data() -> None:
    rule = replace(RULE, min_sample=30, hold_minutes=0)
    step = next_state(rule, Standing(), Observation(0.5, 6, 12, 12), T0)
    assert step.standing.state is NO_DATA
    assert step.transition is not None and step.transition.reason == "样本不足(12 / 30)"
    assert next_state(rule, Standing(), Observation(0.5, 15, 30, 30), T0).standing.state is FIRING


def test_it_repeats_until_somebody_acknowledges_and_escalates_once() -> None:
    rule = replace(RULE, hold_minutes=0, repeat_minutes=60, escalate_minutes=90, escalate_to="领导")
    seen = [(minute, BAD) for minute in (0, 30, 60, 90, 120, 150)]
    _, _, told = course(rule, *seen)
    assert told == [Tell.FIRED, Tell.REPEATED, Tell.ESCALATED, Tell.REPEATED]
    standing = acknowledged(course(rule, *seen[:2])[0], "值班长", T0 + timedelta(minutes=40))
    later = next_state(rule, standing, Observation(BAD), T0 + timedelta(minutes=600))
    assert (later.tell, later.standing.acknowledged_by) == (None, "值班长")


def test_a_new_episode_needs_a_new_acknowledgement() -> None:
    rule = replace(RULE, hold_minutes=0, recover_minutes=0)
    standing = acknowledged(course(rule, (0, BAD))[0], "甲", T0)
    standing = next_state(rule, standing, Observation(GOOD), T0 + timedelta(minutes=1)).standing
    again = next_state(rule, standing, Observation(BAD), T0 + timedelta(minutes=2)).standing
    assert (again.acknowledged_by, again.episode) == ("", 2)
    with pytest.raises(ValueError, match="没有告警"):
        acknowledged(Standing(), "甲", T0)


def test_a_correction_that_undoes_the_breach_ends_it_and_says_so() -> None:
    firing = course(RULE, (0, BAD), (10, BAD))[0]
    step = undone(firing, Observation(GOOD), T0 + timedelta(minutes=30))
    assert (step.standing.state, step.tell) == (OK, Tell.UNDONE)
    assert step.transition is not None and "更正" in step.transition.reason
    assert undone(Standing(), Observation(GOOD), T0).tell is None


def test_at_most_mirrors_at_least() -> None:
    rule = replace(RULE, operator="<=", level=0.05, recover_level=0.04)
    assert is_bad(rule, 0.051) and not is_bad(rule, 0.05)
    assert is_good(rule, 0.04) and not is_good(rule, 0.045)


@pytest.mark.parametrize(
    ("target", "share", "days", "refused"),
    [
        (0.96, 0.10, 3, False),  # 6.03 times even, at most 25 times
        (0.96, 0.05, 7, False),
        (0.50, 0.10, 3, True),  # 6.03 times even, but at most 2 times is possible
        (1.00, 0.10, 3, True),
        (0.96, 0.0, 3, True),
    ],
)
def test_a_burn_rate_that_can_never_fire_is_refused(target: float, share: float, days: int, refused: bool) -> None:
    why = check_burn(target, share, days, 181)
    assert bool(why) is refused
    assert burn_factor(0.10, 3, 181) == pytest.approx(6.0333, abs=1e-4)


values = st.one_of(st.none(), st.floats(0.90, 1.0))
courses = st.lists(st.tuples(st.integers(0, 90), values), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(courses)
def test_it_fires_exactly_once_an_episode_and_recovers_once(gaps: list[tuple[int, float | None]]) -> None:
    minute, standing, open_, fired = 0, Standing(), False, 0
    for gap, value in gaps:
        minute += gap
        step = next_state(RULE, standing, Observation(value, 1, 2, 100), T0 + timedelta(minutes=minute))
        if step.tell is Tell.FIRED:
            assert not open_ and value is not None and is_bad(RULE, value)
            open_, fired = True, fired + 1
        if step.tell is Tell.RECOVERED:
            assert open_ and value is not None and is_good(RULE, value)
            open_ = False
        if step.transition:
            assert step.transition.before is standing.state and step.transition.after is step.standing.state
            assert step.transition.before is not step.transition.after
        else:
            assert step.standing.state is standing.state
        standing = step.standing
    assert standing.episode == fired
    held = standing.frozen if standing.state is NO_DATA else standing.state
    assert (held in (FIRING, RECOVERING)) is open_


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0.96, 0.9649), min_size=1, max_size=40), st.sampled_from([OK, PENDING, FIRING, RECOVERING]))
def test_nothing_moves_inside_the_band(course_: list[float], start: AlertState) -> None:
    standing = Standing(start, T0, T0, T0, T0)
    for minute, value in enumerate(course_):
        step = next_state(RULE, standing, Observation(value), T0 + timedelta(minutes=minute))
        assert step.standing.state is start and step.tell is None
        standing = step.standing


@settings(max_examples=200, deadline=None)
@given(courses, st.integers(0, 59))
def test_a_tick_told_twice_or_late_changes_nothing_more(gaps: list[tuple[int, float | None]], which: int) -> None:
    minute, plain, doubled = 0, Standing(), Standing()
    for index, (gap, value) in enumerate(gaps):
        minute += gap
        at, seen = T0 + timedelta(minutes=minute), Observation(value, 1, 2, 100)
        plain = next_state(RULE, plain, seen, at).standing
        doubled = next_state(RULE, doubled, seen, at).standing
        if index == which % len(gaps):
            doubled = next_state(RULE, doubled, seen, at).standing
            doubled = next_state(RULE, doubled, seen, at - timedelta(hours=1)).standing  # the clock was set back
    assert doubled == plain


def test_silences_and_quiet_hours_cover_what_they_say() -> None:
    silence = Silence(T0, T0 + timedelta(hours=2), rule="r")
    assert silence.covers(RULE, T0) and not silence.covers(RULE, T0 + timedelta(hours=2))
    assert not replace(silence, rule="other").covers(RULE, T0)
    night = QuietHours(22 * 60, 7 * 60)
    assert night.holds(23 * 60) and night.holds(0) and not night.holds(7 * 60)
    assert night.length == timedelta(hours=9)
    assert not QuietHours(0, 0).holds(0)
