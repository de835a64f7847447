"""Tokens, texts and assets: contrast in both themes, nothing missing, nothing from another host."""

from __future__ import annotations

import ast
import re
from dataclasses import asdict, fields
from pathlib import Path

import plotly.offline  # type: ignore[import-untyped]
import pytest

from dashboard import theme
from dashboard.texts import TEXTS, for_scripts, t
from dashboard.theme import DARK, LIGHT, THEMES, Tokens

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
AA = 4.5

PAIRS = [
    *(("ink", ground) for ground in ("page", "surface", "sunken")),
    *(("ink_soft", ground) for ground in ("page", "surface", "sunken")),
    *(("grey", ground) for ground in ("page", "surface", "sunken")),
    *((name, f"{name}_tint") for name in ("met", "risk", "missed", "lost")),
    *((name, "surface") for name in ("met", "risk", "missed", "lost")),
    ("surface", "ink"),
]


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", [LIGHT, DARK])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_it_keeps_text_readable(name: str, ink: str, ground: str) -> None:
    tokens = asdict(THEMES[name])
    assert contrast(tokens[ink], tokens[ground]) >= AA


@pytest.mark.parametrize("name", [LIGHT, DARK])
def test_it_keeps_the_focus_and_the_line_of_a_chart_visible(name: str) -> None:
    tokens = THEMES[name]
    assert contrast(tokens.focus, tokens.surface) >= 3
    assert contrast(tokens.grey, tokens.surface) >= 3


def test_it_gives_every_token_to_the_style_sheet() -> None:
    sheet = (ASSETS / "hotline.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\(--([a-z-]+)\)", sheet)) - {"i", "font", "rows"}
    known = {field.name.replace("_", "-") for field in fields(Tokens)}
    assert used <= known
    variables = theme.css_variables()
    assert all(f"--{name}:" in variables for name in known)


def test_it_takes_colours_in_the_style_sheet_from_the_tokens_alone() -> None:
    sheet = (ASSETS / "hotline.css").read_text(encoding="utf-8")
    plain = re.sub(r"url\(\"data:[^\"]*\"\)", "", sheet).replace("background: #fff;", "")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", plain) == []


def test_it_writes_in_one_scale_of_sizes() -> None:
    """On the screen; paper has its own. The dot of a day in a calendar is a shape."""
    screen = (ASSETS / "hotline.css").read_text(encoding="utf-8").partition("@media print")[0]
    screen = screen.replace(".day-data .day-mark { font-size: 8px; }", "")
    sizes = set(re.findall(r"font(?:-size)?: [^;}]*?(\d+(?:\.\d+)?)px", screen))
    assert sizes
    assert sizes <= {"12", "14", "16", "20", "28", "40"}


def _keys(source: str) -> set[str]:
    keys = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            keys.add(node.value)
        if isinstance(node, ast.JoinedStr):
            keys.add("".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values))
    return keys


def test_it_uses_every_text_and_has_every_text_it_uses() -> None:
    spoken: set[str] = set()
    for path in (ROOT / "dashboard").rglob("*.py"):
        if not path.name.startswith("texts"):
            spoken |= _keys(path.read_text(encoding="utf-8"))
    for path in ASSETS.glob("*.js"):
        spoken |= set(re.findall(r"\"(js\.[a-z_]+)\"", path.read_text(encoding="utf-8")))
    prefixes = tuple(key[:-1] for key in spoken if key.endswith("*") and "." in key)
    unused = {key for key in TEXTS if key not in spoken and not (prefixes and key.startswith(prefixes))}
    assert unused == set()
    sections = {key.split(".")[0] for key in TEXTS}
    looked_up = {key for key in spoken if re.fullmatch(r"[a-z]+\.[a-z_]+", key) and key.split(".")[0] in sections}
    assert {key for key in looked_up if key not in TEXTS and not key.endswith("_")} == set()


def test_it_fails_loudly_for_a_text_that_is_missing() -> None:
    with pytest.raises(KeyError):
        t("no.such_text")
    with pytest.raises(KeyError):
        t("kpi.target")


def test_it_speaks_chinese_only_from_the_catalogue() -> None:
    """Scripts and pages hold no text of their own."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for path in (*ASSETS.glob("[12]0-*.js"),):
        assert not chinese.search(path.read_text(encoding="utf-8")), path.name
    assert set(for_scripts()) == {key for key in TEXTS if key.startswith("js.")}


def test_it_carries_the_plotly_that_the_python_side_speaks_for() -> None:
    with (ASSETS / "00-plotly-cartesian.min.js").open(encoding="utf-8") as file:
        head = file.read(200)
    assert f"v{plotly.offline.get_plotlyjs_version()}" in head
    assert (ASSETS / "plotly.LICENSE.txt").read_text(encoding="utf-8").startswith("MIT License")


def test_it_asks_nothing_of_another_host() -> None:
    """Addresses that only name things (licences, XML name spaces) are no requests."""
    for path in (ASSETS / "hotline.css", *ASSETS.glob("[12]0-*.js"), ASSETS / "01-plotly-zh-cn.js"):
        found = re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org/2000/svg"}, path.name
