"""Alert rules in a YAML file: written by people, read back with the line of everything that is wrong.

```yaml
rules:
  - code: city.day
    name: 市中心接通率
    kind: day              # day rolling24h week to_date projected_miss burn_rate behind cap money live stale …
    reference: answer_rate # 指标代码; 目标表类规则写指标的代码或名称; 数据源类规则写数据源代码
    centre: city
    operator: ">="         # 数值怎样才算正常
    level: 92%             # 越过即告警
    recover_level: 94%
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from alerts.rule_check import Known, key_of, known_of, problems
from alerts.seen import SHEET_KINDS
from ingest.config_nodes import At, ConfigError, read_yaml
from kpi.alert_model import AlertKind, AlertRule, Severity
from kpi.catalogue import Catalogue

KEYS = tuple(field.name for field in fields(AlertRule))
_WHOLE = (
    "min_sample", "hold_minutes", "recover_minutes", "repeat_minutes", "window_days", "escalate_minutes",
)  # fmt: skip
_FIGURES = ("level", "recover_level", "share")
_FIGURE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(%?)")
_MOST_MINUTES = 366 * 24 * 60


def read_rules(path: Path, conn: Connection, catalogue: Catalogue) -> tuple[AlertRule, ...]:
    """The rules of a file. Raises ingest.config_nodes.ConfigError listing all that is wrong with line and key."""
    root = read_yaml(path)
    got = root.fields(("rules",), required=("rules",))
    items = got["rules"].items() if "rules" in got else []
    made = [(item, _rule(item)) for item in items]
    known = known_of(conn, catalogue, [rule.sheet for _item, rule in made if rule is not None and rule.sheet])
    found: dict[str, AlertRule] = {}
    for item, rule in made:
        if rule is None:
            continue
        rule = _by_name(rule, known)
        if rule.code in found:
            item.problem(f"规则代码 ‘{rule.code}’ 写了两次,请改掉一个")
        for name, text in problems(rule, known):
            item.pairs().get(name, item).problem(text)
        found[rule.code] = rule
    if root.doc.problems:
        raise ConfigError(root.doc.problems)
    return tuple(found.values())


def _by_name(rule: AlertRule, known: Known) -> AlertRule:
    """An indicator may be written by its name."""
    sheet = known.sheets.get(rule.sheet)
    key = key_of(sheet, rule.reference) if sheet is not None and rule.kind in SHEET_KINDS else None
    return replace(rule, reference=key) if key is not None else rule


def _rule(item: At) -> AlertRule | None:
    got = item.fields(KEYS, required=("code", "kind", "reference", "level"))
    if not {"code", "kind", "reference", "level"} <= set(got):
        return None
    kind = got["kind"].choice([kind.value for kind in AlertKind])
    values: dict[str, Any] = {name: _value(name, at) for name, at in got.items() if name != "kind"}
    if not kind or values["level"] is None:
        return None
    values = {name: value for name, value in values.items() if value is not None}
    return AlertRule(kind=AlertKind(kind), **({"name": values["code"]} | values))


def _value(name: str, at: At) -> Any:
    if name in _WHOLE:
        return at.integer(0, 0, _MOST_MINUTES)
    if name in _FIGURES:
        return _figure(at)
    if name == "enabled":
        return at.flag(True)
    if name == "severity":
        word = at.choice([severity.value for severity in Severity])
        return Severity(word) if word else None
    if name == "muted_until":
        return _moment(at)
    return at.text(blank=name in ("note", "author", "centre", "sheet", "escalate_to", "made_from"))


def _figure(at: At) -> float | None:
    """A number, or a percentage: 92% is 0.92."""
    found = _FIGURE.fullmatch(at.text().strip())
    if found is None:
        at.problem(f"应该是一个数或百分数,现在是 ‘{at.text()}’")
        return None
    return round(float(found.group(1)) / 100, 12) if found.group(2) else float(found.group(1))


def _moment(at: At) -> datetime | None:
    try:
        found = datetime.fromisoformat(at.text())
    except ValueError:
        at.problem(f"应该是时刻,写成 2026-03-01T08:00+08:00 的样子,现在是 ‘{at.text()}’")
        return None
    if found.tzinfo is None:
        at.problem("时刻要写明时区,例如 2026-03-01T08:00+08:00")
        return None
    return found.astimezone(UTC)


def write_rules(rules: Iterable[AlertRule]) -> str:
    """The rules as YAML text; what is as by default is left out."""
    return yaml.safe_dump({"rules": [_plain(rule) for rule in rules]}, allow_unicode=True, sort_keys=False, width=110)


def _plain(rule: AlertRule) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(AlertRule):
        value = getattr(rule, field.name)
        needed = field.default is MISSING or field.name in ("reference", "operator", "level")
        if not needed and value == field.default:
            continue
        if isinstance(value, datetime):
            value = value.isoformat()
        found[field.name] = value.value if isinstance(value, AlertKind | Severity) else value
    return found
