"""sources.yaml: the centres, the sources and their mapping, a centre's own measures and KPIs.

Everything wrong in the file is told at once, each with line and key (see docs/adding-a-source.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.config_nodes import At, ConfigError, Problem, nearest, read_yaml
from ingest.config_sources import read_source
from ingest.mapping import SourceSpec
from kpi.catalogue import build, formula_text
from kpi.measures import ALL_MEASURES
from kpi.model import Better, DatedBy, Fact, Formula, Group, Kpi, Measure, Nature, Terms, Unit

__all__ = ["CentreSpec", "Config", "ConfigError", "Problem", "SourceSpec", "load_config"]


@dataclass(frozen=True, slots=True)
class CentreSpec:
    """A centre; ``parent`` is the code of the centre it belongs to, None at the top."""

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """What sources.yaml says."""

    centres: tuple[CentreSpec, ...]
    sources: tuple[SourceSpec, ...]
    kpis: tuple[Kpi, ...] = ()
    measures: tuple[Measure, ...] = ()

    def source(self, code: str) -> SourceSpec:
        """The source with this code. Raises KeyError naming the sources there are."""
        for source in self.sources:
            if source.code == code:
                return source
        known = ", ".join(source.code for source in self.sources)
        raise KeyError(f"没有来源 {code!r}; 可用: {known}")


def load_config(path: Path, env: Mapping[str, str] | None = None) -> Config:
    """The config in the file ``path``. Raises ConfigError listing all that is wrong.

    ``env``: the environment variables that ``url_env`` and ``token_env`` name; without it secrets stay empty and
    are not checked (for looking at a config without being able to pull).
    """
    root = read_yaml(path)
    got = root.fields(("centres", "measures", "kpis", "sources"), required=("centres", "sources"))
    centres = _centres(got["centres"]) if "centres" in got else ()
    measures = _measures(got["measures"]) if "measures" in got else ()
    kpis = _kpis(got["kpis"], measures) if "kpis" in got else ()
    names = {centre.code: centre.name for centre in centres}
    codes = [measure.code for measure in (*ALL_MEASURES, *measures)]
    sources: list[SourceSpec] = []
    for item in got["sources"].items() if "sources" in got else ():
        spec = read_source(item, names, codes, env)
        if spec is not None:
            if any(spec.code == other.code for other in sources):
                item.problem(f"来源代码 ‘{spec.code}’ 写了两次,请改掉一个")
            sources.append(spec)
    if root.doc.problems:
        raise ConfigError(root.doc.problems)
    return Config(centres, tuple(sources), kpis, measures)


def _centres(at: At) -> tuple[CentreSpec, ...]:
    found: dict[str, CentreSpec] = {}
    places: dict[str, At] = {}
    for item in at.items():
        got = item.fields(("code", "name", "parent"), required=("code", "name"))
        if "code" not in got or "name" not in got:
            continue
        code = got["code"].code()
        if code in found:
            got["code"].problem(f"中心代码 ‘{code}’ 写了两次,请改掉一个")
        found[code] = CentreSpec(code, got["name"].text(), got["parent"].text() if "parent" in got else None)
        places[code] = got.get("parent", item)
    if not found and at.is_list:
        at.problem("至少要有一个中心")
    for code, centre in found.items():
        if centre.parent is not None and centre.parent not in found:
            places[code].problem(f"没有中心 ‘{centre.parent}’{nearest(centre.parent, found)}")
        elif _in_circle(centre, found):
            places[code].problem("上级中心绕成了圈,请改正 parent")
    return tuple(found.values())


def _in_circle(centre: CentreSpec, all_centres: Mapping[str, CentreSpec]) -> bool:
    above, seen = centre.parent, set[str]()
    while above is not None and above in all_centres and above not in seen:
        if above == centre.code:
            return True
        seen.add(above)
        above = all_centres[above].parent
    return False


def _measures(at: At) -> tuple[Measure, ...]:
    found: dict[str, Measure] = {}
    builtin = {measure.code for measure in ALL_MEASURES}
    for item in at.items():
        keys = ("code", "name", "english", "unit", "nature", "note")
        got = item.fields(keys, required=("code", "name", "unit"))
        if not {"code", "name", "unit"} <= set(got):
            continue
        code, unit = got["code"].code(), got["unit"].choice([unit.value for unit in Unit])
        if code in builtin or code in found:
            got["code"].problem(f"计量 ‘{code}’ 已经有了,请换一个代码")
        if "-" in code:
            got["code"].problem("计量的代码里不能有 ‘-’ (公式里它是减号),请改用 ‘_’")
        nature = got["nature"].choice(tuple(Nature)) if "nature" in got else Nature.FLOW.value
        note = _text(got, "note")
        if unit and nature:
            kind = (Fact.READING, Unit(unit), DatedBy.STATED, Nature(nature))
            found[code] = Measure(code, got["name"].text(), *kind, note, _text(got, "english"))
    return tuple(found.values())


def _kpis(at: At, own: tuple[Measure, ...]) -> tuple[Kpi, ...]:
    keys = ("code", "name", "english", "numerator", "denominator", "unit", "better", "group", "note", "note_english",
            "aliases")  # fmt: skip
    found: list[Kpi] = []
    names = {measure.code: measure.name for measure in (*ALL_MEASURES, *own)}
    for item in at.items():
        got = item.fields(keys, required=("code", "name", "numerator", "unit"))
        if not {"code", "name", "numerator", "unit"} <= set(got):
            continue
        before = len(item.doc.problems)
        kpi = _kpi(got, names)
        if len(item.doc.problems) > before or kpi is None:
            continue
        try:
            build([*found, kpi], own)
        except ValueError as error:
            item.problem(f"{error};请换一个代码或名称")
        else:
            found.append(kpi)
    return tuple(found)


def _kpi(got: dict[str, At], names: Mapping[str, str]) -> Kpi | None:
    numerator = _terms(got["numerator"], names)
    denominator = _terms(got["denominator"], names) if "denominator" in got else ()
    unit = got["unit"].choice([unit.value for unit in Unit])
    better = got["better"].choice(tuple(Better)) if "better" in got else Better.NEUTRAL.value
    group = got["group"].choice([group.value for group in Group]) if "group" in got else Group.VOLUMES.value
    aliases = got["aliases"].words() if "aliases" in got else ()
    code, name = got["code"].code(), got["name"].text()
    if not (numerator and unit and better and group):
        return None
    formula = Formula("default", formula_text(numerator, denominator, names), numerator, denominator)
    english, note, note_english = (_text(got, key) for key in ("english", "note", "note_english"))
    plain = (code, name, Group(group), Unit(unit), Better(better), (formula,), aliases, note)
    return Kpi(*plain, english=english, note_english=note_english)


def _text(got: Mapping[str, At], key: str) -> str:
    return got[key].text() if key in got else ""


def _terms(at: At, names: Mapping[str, str]) -> Terms:
    """“a”, “a + b” or “a - b”: measures added and taken away."""
    parts = re.findall(r"([+-]?)\s*([^\s+-][^\s+-]*)", at.text().replace("−", "-"))
    for _, code in parts:
        if code not in names:
            at.problem(f"没有计量 ‘{code}’{nearest(code, names)};自有的计量要先写在 measures: 里")
    return tuple((code, -1 if sign == "-" else 1) for sign, code in parts if code in names)
