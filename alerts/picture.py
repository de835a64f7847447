"""The picture inside the mail: the last four weeks of the figure, a day each, with its target as a line."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from sqlalchemy import Connection

from alerts.seen import Subject
from db.answers import evaluate
from kpi.catalogue import Catalogue
from kpi.model import Ask, Grain, KpiValue
from targets import said

FONTS = Path(__file__).resolve().parent.parent / "fonts"
DAYS = 28
MOST_BYTES = 40_000
TEXT: Any = {
    "textcoords": "offset points",
    "fontsize": 11,
    "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
}
"""Labels in the picture, legible on a phone and above lines."""
INK, GREY, LINE, LOW = "#18202b", "#5c6878", "#1c5bb8", "#b3231b"


def picture(
    conn: Connection, catalogue: Catalogue, subject: Subject, level: float | None, line: str, today: date
) -> bytes | None:
    """PNG of at most 40 kB; None where no KPI is behind the subject or there is nothing to draw.

    ``level``: the value the line is drawn at, in the unit of the KPI; ``line`` is what it is called.
    """
    kpi = catalogue.kpis.get(subject.kpi)
    if kpi is None:
        return None
    centres = (subject.centre,) if subject.centre else ()
    start = today - timedelta(days=DAYS - 1)
    values = evaluate(conn, catalogue, Ask((kpi.code,), centres, start, today, today, Grain.DAY)).values[kpi.code]
    if sum(value.value is not None for value in values) < 2:
        return None
    return draw(values, f"{kpi.name} · 近 {DAYS} 天", kpi.unit.value, level, line)


def draw(values: Sequence[KpiValue], title: str, unit: str, level: float | None, line: str) -> bytes:
    """The picture of some days. A missing day is a gap."""
    made = Figure(figsize=(6.0, 2.6), dpi=100, layout="constrained", facecolor="white")
    FigureCanvasAgg(made)
    axes = made.add_subplot()
    days = range(len(values))
    axes.plot(days, [_gap(value.value) for value in values], color=LINE, linewidth=1.8, zorder=2)
    last = next(i for i in reversed(days) if values[i].value is not None)
    shown = values[last].value or 0.0
    axes.plot([last], [shown], marker="o", color=LINE, markersize=5, zorder=3)
    axes.annotate(said.amount(shown, unit), (last, shown), (0, 8), **TEXT, ha="right", color=INK)
    if level is not None:
        axes.axhline(level, color=LOW, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
        text = f"{line} {said.amount(level, unit)}"
        axes.annotate(text, (0, level), (2, 4), **TEXT, color=LOW)
    ticks = [i for i in days if (len(values) - 1 - i) % 7 == 0]
    axes.set_xticks(ticks, [f"{values[i].start.month}月{values[i].start.day}日" for i in ticks])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: said.amount(round(value, 4), unit)))
    axes.set_title(title, fontsize=13, color=INK, loc="left")
    axes.tick_params(length=0, labelsize=10, labelcolor=GREY)
    axes.margins(x=0.06, y=0.18)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return _png(made)


def _gap(value: float | None) -> float:
    return float("nan") if value is None else value


@cache
def _family() -> list[str]:
    """The project's own Chinese font, DejaVu for glyphs it lacks."""
    font_manager.fontManager.addfont(FONTS / "NotoSansSC-Regular.ttf")
    return [font_manager.FontProperties(fname=FONTS / "NotoSansSC-Regular.ttf").get_name(), "DejaVu Sans"]


def _png(made: Figure) -> bytes:
    for text in made.findobj(match=lambda artist: hasattr(artist, "set_fontfamily")):
        text.set_fontfamily(_family())  # type: ignore[attr-defined]
    for dpi in (100, 72, 50):
        buffer = io.BytesIO()
        made.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()
