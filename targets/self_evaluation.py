"""One self-evaluation put together: progress, what people put in, the score, the figures, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.evaluations import StoredEvaluation, load_evaluation
from db.sheets import load_sheet, sheet_centre
from kpi.catalogue import Catalogue
from kpi.pace_model import BoundTo, Progress
from kpi.scoring import RowInput, Score, ScoreForm, score
from kpi.sheet import Sheet
from kpi.workdays import WorkCalendar
from targets.evaluation import Evaluation, build_evaluation
from targets.progress import progress
from targets.report_data import origins, report_figures
from targets.score_inputs import score_form, score_inputs

HALF, FULL = "half", "full"


@dataclass(frozen=True, slots=True)
class Judged:
    """A sheet with its progress and score in a period (``half`` or ``full``). ``inputs`` by row key: what the
    progress knows with what people put in on top."""

    code: str
    period: str
    sheet: Sheet
    progress: Progress
    stored: StoredEvaluation
    form: ScoreForm
    inputs: Mapping[str, RowInput]
    score: Score


def due_period(year: int, today: date) -> str:
    """The period that is judged on a day: the half-year until it is over, then the full year."""
    return HALF if today <= date(year, 6, 30) else FULL


def judge(
    conn: Connection,
    catalogue: Catalogue,
    code: str,
    period: str,
    *,
    today: date,
    calendar: WorkCalendar,
    tz: ZoneInfo,
    min_sample: int = 0,
    as_of: date | None = None,
    stored: StoredEvaluation | None = None,
) -> Judged:
    """Scores a sheet in a period. ``stored`` stands in for what is stored (a preview of rules being edited).

    Raises UnknownSheetError; kpi.scoring.FormError where stored rules or inputs can't be used; ValueError for another
    period or a day that has not come.
    """
    sheet = load_sheet(conn, code)
    day = as_of or today  # what came in after the period's end (late ratings) counts in it
    found = progress(conn, catalogue, code, day, today=today, calendar=calendar, tz=tz, min_sample=min_sample)
    kept = stored or load_evaluation(conn, code, period)
    form = score_form(sheet, kept, period)
    inputs = score_inputs(found, catalogue, sheet, form, kept, period)
    return Judged(code, period, sheet, found, kept, form, inputs, score(form, inputs))


def evaluation(conn: Connection, catalogue: Catalogue, judged: Judged, *, tz: ZoneInfo, now: datetime) -> Evaluation:
    """Everything the documents of a self-evaluation print."""
    centre, rows = sheet_centre(conn, judged.code), judged.progress.rows
    paces = [row.half if judged.period == HALF else row.full for row in rows]
    targets = {
        row.binding.reference: pace.target
        for row, pace in zip(rows, paces, strict=True)
        if row.binding is not None and row.binding.bound_to is BoundTo.KPI
    }
    as_of = judged.progress.as_of
    figures = report_figures(conn, catalogue, centre, paces[0].period, as_of, tz=tz, targets=targets) if paces else ()
    return build_evaluation(
        judged.progress,
        judged.sheet,
        judged.score,
        judged.inputs,
        judged.stored.texts,
        judged.period,
        figures or judged.sheet.statistics,
        now,
        origins=origins(conn, catalogue, judged.progress, centre, judged.period, tz=tz),
    )
