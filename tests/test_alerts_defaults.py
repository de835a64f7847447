"""The rules a centre starts with, and rules in a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.defaults import SourceFacts, default_rules, new_rules, source_rules
from alerts.rules import check_burn, is_bad
from alerts.rules_file import read_rules, write_rules
from alerts.starting import give_rules
from db.alert_rules import load_rules, remove_rule, save_rules
from db.engine import write
from ingest.config_nodes import ConfigError
from kpi.alert_model import AlertKind, AlertRule, Severity
from kpi.pace_model import Binding, BoundTo, PaceClass
from tests.alerts_desk import ANSWER, DAY_RULE, AlertDesk
from tests.factories import at
from tests.targets_desk import CATALOGUE, SHEET, indicator, sheet_of
from tests.test_alerts_observe import BY_HAND

ON = date(2026, 3, 5)
SOURCES = (SourceFacts("calls", "话务"), SourceFacts("money", "资金", regular=False))


def made(name: str, half: str, full: str, binding: Binding, on: date = ON) -> dict[str, AlertRule]:
    sheet = sheet_of(indicator(1, name, half, full))
    ((_, _, key),) = sheet.indicators()
    found = default_rules("s", sheet, {key: binding}, CATALOGUE, "city", on=on)
    assert all(rule.made_from == "s" and rule.centre == "city" for rule in found)
    return {rule.code.removeprefix(f"s.{key}."): rule for rule in found}


def test_a_ratio_of_calls_has_hour_day_burn_and_projection() -> None:
    found = made("接通率", "≥96%", "≥95%", ANSWER)
    assert sorted(found) == ["burn_rate10", "burn_rate5", "day", "live", "projected_miss", "rolling24h"]
    assert (found["day"].level, found["day"].recover_level) == (0.92, 0.94)
    assert (found["live"].level, found["live"].severity) == (0.80, Severity.URGENT)
    assert (found["day"].reference, found["day"].sheet) == ("answer_rate", "")
    assert not found["rolling24h"].enabled and found["rolling24h"].level == 0.95
    later = made("接通率", "≥96%", "≥95%", ANSWER, on=date(2026, 7, 1))
    assert later["day"].level == 0.9, "the full year's target counts from July on"


def test_a_burn_rate_that_can_never_fire_is_left_out() -> None:
    assert check_burn(0.6, 0.10, 3, 181) and not check_burn(0.6, 0.05, 7, 181)
    found = made("接通率", "≥60%", "≥60%", ANSWER)
    assert "burn_rate10" not in found and "burn_rate5" in found


def test_lower_is_better_turned_round() -> None:
    lower = Binding(BoundTo.KPI, PaceClass.RATIO, "abandon_rate", confirmed_by="张")
    found = made("放弃率", "≤4%", "≤4%", lower)
    assert (found["day"].operator, found["day"].level, found["live"].level) == ("<=", 0.08, 0.2)
    assert is_bad(found["day"], 0.09) and not is_bad(found["day"], 0.08)


def test_every_class_gets_what_fits_it() -> None:
    kinds = {}
    for parts, binding in BY_HAND.items():
        kinds[parts[0]] = [rule.kind.value for rule in made(*parts, binding).values()]
    assert kinds == {"培训场次": ["behind"], "服务投诉量": ["cap"], "预算执行率": ["money"], "系统升级": ["milestone"]}
    by_hand = Binding(BoundTo.READING, PaceClass.RATIO, confirmed_by="张")
    assert [rule.kind.value for rule in made("满意度", "≥90%", "≥90%", by_hand).values()] == ["to_date"]


@pytest.mark.parametrize("binding", [replace(ANSWER, confirmed_by=""), replace(ANSWER, pace=PaceClass.VOLUME)])
def test_what_nobody_confirmed_and_what_has_no_target_gets_no_rules(binding: Binding) -> None:
    assert made("接通率", "≥96%", "≥96%", binding) == {}


def test_sources_get_theirs_and_only_regular_ones_can_be_late() -> None:
    codes = [rule.code for rule in source_rules(SOURCES, 30)]
    assert codes == [
        "source.calls.failed", "source.calls.rejects", "source.calls.stale", "source.calls.missing",
        "source.money.failed", "source.money.rejects",
    ]  # fmt: skip


def test_what_a_person_changed_or_took_away_stays_so() -> None:
    wanted = [replace(DAY_RULE, level=0.9), replace(DAY_RULE, code="gone"), replace(DAY_RULE, code="new")]
    assert new_rules(wanted, [replace(DAY_RULE, author="张")], ["r.day", "gone"]) == [wanted[2]]
    (updated, _) = new_rules(wanted, [replace(DAY_RULE, name="own name")], ["gone"])
    assert (updated.level, updated.name) == (0.9, "own name")


def give(engine: Engine, today: date = ON) -> int:
    now = datetime(today.year, today.month, today.day, 2, tzinfo=UTC)
    return give_rules(engine, CATALOGUE, SOURCES, stale_minutes=30, now=now, today=today)


def test_they_are_given_once(engine: Engine) -> None:
    AlertDesk(engine)
    assert give(engine) == 6 + 6 and give(engine) == 0
    with write(engine) as conn:
        remove_rule(conn, "source.calls.stale")
    assert give(engine) == 0
    assert give(engine, date(2026, 7, 1)) == 0, "both targets are the same"


def test_last_year_s_rules_end_with_their_sheet(sqlite_engine: Engine) -> None:
    AlertDesk(sqlite_engine)
    give(sqlite_engine)
    assert give(sqlite_engine, date(2027, 1, 1)) == 3, "projection and burn rates; the day is watched on"
    with sqlite_engine.connect() as conn:
        kinds = {rule.kind for rule in load_rules(conn) if rule.enabled and rule.made_from == SHEET}
    assert kinds == {AlertKind.DAY, AlertKind.LIVE}


def test_rules_survive_being_written_to_a_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.desk.source("calls")
    desk.desk.source("money")
    give(sqlite_engine)
    desk.save(replace(DAY_RULE, muted_until=at("2026-03-05 10:00"), severity=Severity.URGENT, note="备注: 是"))
    path = tmp_path / "rules.yaml"
    with sqlite_engine.connect() as conn:
        stored = load_rules(conn)
        path.write_text(write_rules(stored), encoding="utf-8")
        assert read_rules(path, conn, CATALOGUE) == stored


def test_a_person_may_write_names_and_percentages(sqlite_engine: Engine, tmp_path: Path) -> None:
    AlertDesk(sqlite_engine)
    path = tmp_path / "rules.yaml"
    path.write_text(
        "rules: [{code: mine, kind: projected_miss, sheet: sheet, reference: 接通率, level: 40%}]\n",
        encoding="utf-8",
    )
    with write(sqlite_engine) as conn:
        (rule,) = read_rules(path, conn, CATALOGUE)
        save_rules(conn, [rule], at("2026-03-05 10:00"))
        assert (rule.level, rule.name, len(rule.reference)) == (0.4, "mine", 10)


WRONG = """\
rules:
  - code: a b
    kind: dayly
    reference: answer_rate
    level: 92%
  - {code: b, kind: day, reference: nope, level: x}
  - {code: c, kind: day, reference: nope, level: 92%}
  - {code: d, kind: day, reference: answer_rate, level: 92%, recover_level: 90%, centre: nowhere}
  - {code: e, kind: stale, reference: nothing, level: 30, hold_minuts: 5}
  - {code: f, kind: burn_rate, sheet: sheet, reference: 接通率, operator: "<=", level: 0.5, share: 50%, window_days: 1}
  - {code: c, kind: day, reference: answer_rate, level: 92%}
"""


def test_everything_wrong_is_told_with_its_line(sqlite_engine: Engine, tmp_path: Path) -> None:
    AlertDesk(sqlite_engine)
    path = tmp_path / "rules.yaml"
    path.write_text(WRONG, encoding="utf-8")
    with sqlite_engine.connect() as conn, pytest.raises(ConfigError) as caught:
        read_rules(path, conn, CATALOGUE)
    told = str(caught.value)
    for part in (
        "rules.yaml:3 ", "dayly", "rules.yaml:6 ", "不是", "rules.yaml:7 ", "指标目录里没有", "rules.yaml:8 ", "恢复线",
        "没有中心", "rules.yaml:9 ", "hold_minutes", "没有数据源", "rules.yaml:10 ", "永远不会告警", "写了两次",
    ):  # fmt: skip
        assert part in told or part == "不是", part
