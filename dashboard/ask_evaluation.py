"""What 绩效自评 shows, asked of the room of target sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dashboard.asked import Asked
from db.definitions import load_calendar
from db.sheets import SheetRow, list_sheets
from targets.evaluation import Evaluation
from targets.self_evaluation import FULL, HALF, Judged, due_period, evaluation, judge

PERIODS = (HALF, FULL)


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One self-evaluation with everything its documents print."""

    sheets: tuple[SheetRow, ...]
    row: SheetRow
    judged: Judged
    evaluation: Evaluation


def build_evaluation_view(
    conn: Connection, asked: Asked, code: str, period: str, now: datetime
) -> EvaluationView | None:
    """The self-evaluation of a sheet; None for a sheet there is not. ``period`` '' : the one judged now."""
    sheets = list_sheets(conn)
    row = next((one for one in sheets if one.code == code), None)
    if row is None:
        return None
    judged = judge(
        conn,
        asked.catalogue,
        code,
        period if period in PERIODS else due_period(row.year, asked.today),
        today=asked.today,
        calendar=load_calendar(conn),
        tz=asked.tz,
        min_sample=asked.min_sample,
    )
    made = evaluation(conn, asked.catalogue, judged, tz=asked.tz, now=now)
    return EvaluationView(sheets, row, judged, made)
