"""The tokens of both themes: as CSS variables, as colours for figures, and as the kit's design tokens."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LIGHT, DARK = "light", "dark"
FONT = (
    'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", '
    "sans-serif"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours. Status alone has a hue; everything else is ink and grey. ``*_tint`` lies under its status word."""

    page: str
    surface: str
    sunken: str
    line: str
    line_strong: str
    ink: str
    ink_soft: str
    grey: str
    bar: str
    shade: str
    met: str
    met_tint: str
    risk: str
    risk_tint: str
    missed: str
    missed_tint: str
    lost: str
    lost_tint: str
    focus: str


THEMES: dict[str, Tokens] = {
    LIGHT: Tokens(
        page="#f4f5f7",
        surface="#ffffff",
        sunken="#eceef1",
        line="#dfe3e8",
        line_strong="#b9c1cb",
        ink="#18202b",
        ink_soft="#435062",
        grey="#5c6878",
        bar="#cfd6de",
        shade="rgba(24,32,43,0.055)",
        met="#0a7267",
        met_tint="#e3f3f0",
        risk="#855300",
        risk_tint="#fdf1d8",
        missed="#b3231b",
        missed_tint="#fce8e6",
        lost="#7d120c",
        lost_tint="#f6d9d6",
        focus="#1c5bb8",
    ),
    DARK: Tokens(
        page="#0f141a",
        surface="#181f28",
        sunken="#10161d",
        line="#2a3440",
        line_strong="#465464",
        ink="#e9edf2",
        ink_soft="#bcc6d2",
        grey="#9aa7b6",
        bar="#3a4653",
        shade="rgba(233,237,242,0.06)",
        met="#4fc7b7",
        met_tint="#12322f",
        risk="#eab54e",
        risk_tint="#382a0e",
        missed="#ff8f86",
        missed_tint="#401b19",
        lost="#ffb0a9",
        lost_tint="#571714",
        focus="#7fb2ff",
    ),
}


def other(theme: str) -> str:
    """The theme that the switch leads to."""
    return LIGHT if theme == DARK else DARK


def known(theme: object) -> str:
    """The theme named, or the light one."""
    return DARK if theme == DARK else LIGHT


def _variables(tokens: Tokens) -> str:
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in asdict(tokens).items())


def css_variables() -> str:
    """The style sheet's variables: the system's preference, then what was chosen, then paper."""
    light, dark = _variables(THEMES[LIGHT]), _variables(THEMES[DARK])
    return (
        f":root{{color-scheme:light;--font:{FONT};{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}"
        f"@media print{{:root,:root[data-theme]{{color-scheme:light;{light}}}}}"
    )


def plotly_layout(theme: str) -> dict[str, Any]:
    """What every figure's layout begins with (the plotly template, spelt out: smaller on the wire)."""
    tokens = THEMES[theme]
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": tokens.line_strong,
        "tickcolor": tokens.line_strong,
        "tickfont": {"size": 12, "color": tokens.grey},
        "fixedrange": True,
        "automargin": True,
    }
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": tokens.ink},
        "margin": {"l": 8, "r": 64, "t": 8, "b": 8},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": tokens.surface,
            "bordercolor": tokens.line_strong,
            "font": {"size": 12, "color": tokens.ink, "family": FONT},
        },
        "dragmode": False,
        "separators": ".,",
        "xaxis": dict(axis),
        "yaxis": {**axis, "showgrid": True, "gridcolor": tokens.line, "showline": False, "ticks": ""},
    }


def kit_tokens(theme: str) -> dict[str, Any]:
    """Design tokens for the kit's pickers and drawers."""
    tokens = THEMES[theme]
    return {
        "colorPrimary": tokens.ink_soft,
        "colorBgElevated": tokens.surface,
        "colorBgContainer": tokens.surface,
        "colorBorder": tokens.line_strong,
        "colorSplit": tokens.line,
        "colorIcon": tokens.ink_soft,
        "colorText": tokens.ink,
        "colorTextPlaceholder": tokens.grey,
        "colorTextDisabled": tokens.grey,
        "fontFamily": FONT,
        "borderRadius": 4,
        "motion": False,
    }
