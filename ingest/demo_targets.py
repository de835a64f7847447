"""The demo centre's targets: what its performance contract asks for, so that its figures can be judged."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from db.definitions import KpiTarget, load_targets, set_targets
from db.engine import write
from ingest.sources.demo import DEMO_TARGETS


def give_targets(engine: Engine, centre: str, today: date) -> None:
    """Stores the targets of this year and the one before, unless the centre has targets for that year."""
    for year in (today.year - 1, today.year):
        with engine.connect() as conn:
            if any(target.centre == centre for target in load_targets(conn, year)):
                continue
        with write(engine) as conn:
            set_targets(
                conn,
                [
                    KpiTarget(centre, kpi, year, half, operator, value)
                    for kpi, operator, first_half, full in DEMO_TARGETS
                    for half, value in ((1, first_half), (0, full))
                ],
            )
