"""What the pages of the performance contract show, asked of the database and of the room of target sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboard.target_filters import TargetFilters
from db.bindings import load_bindings
from db.definitions import load_calendar
from db.entries import list_entries
from db.sheets import Revision, SheetRow, StoredFlag, list_flags, list_sheets, load_sheet, revisions, source_text
from kpi.catalogue import Catalogue
from kpi.pace_model import Binding, Entry, Progress
from kpi.sheet import Sheet
from targets.binding import propose
from targets.findings import Finding, findings
from targets.progress import progress


@dataclass(frozen=True, slots=True)
class TargetsView:
    """目标: a sheet's progress. ``row`` None: there is no sheet yet."""

    sheets: tuple[SheetRow, ...]
    row: SheetRow | None
    sheet: Sheet | None
    progress: Progress | None
    findings: tuple[Finding, ...]
    as_of: date
    today: date


@dataclass(frozen=True, slots=True)
class ReviewView:
    """目标表校核: one revision beside what it was read from. ``proposed``: bindings nobody has confirmed."""

    row: SheetRow
    sheet: Sheet
    revision: int
    state: str
    flags: tuple[StoredFlag, ...]
    revisions: tuple[Revision, ...]
    bindings: dict[str, Binding]
    proposed: dict[str, Binding]
    source: str


@dataclass(frozen=True, slots=True)
class EntriesView:
    """填报: a sheet with its entries. ``waiting``: keys of indicators that are fed by hand and have no entry yet."""

    sheets: tuple[SheetRow, ...]
    row: SheetRow | None
    sheet: Sheet | None
    entries: tuple[Entry, ...]
    by_hand: tuple[str, ...]
    today: date


def build_targets(conn: Connection, catalogue: Catalogue, filters: TargetFilters, today: date) -> TargetsView:
    """The sheet that the filters name as it stood at the end of their day."""
    sheets, as_of = list_sheets(conn), filters.as_of or today
    row = next((one for one in sheets if one.code == filters.sheet), None)
    if row is None:
        return TargetsView(sheets, None, None, None, (), as_of, today)
    found = progress(conn, catalogue, row.code, as_of, today=today, calendar=load_calendar(conn))
    sheet = load_sheet(conn, row.code)
    return TargetsView(sheets, row, sheet, found, findings(sheet), as_of, today)


def build_review(conn: Connection, catalogue: Catalogue, code: str, revision: int | None) -> ReviewView | None:
    """One revision of a sheet, the newest unless named; None for a sheet there is not."""
    row = next((one for one in list_sheets(conn) if one.code == code), None)
    if row is None:
        return None
    history = revisions(conn, code)
    wanted = next((one for one in history if one.number == revision), history[0])
    sheet = load_sheet(conn, code, wanted.number)
    bindings = load_bindings(conn, code)
    proposed = {key: one for key, one in propose(sheet, catalogue).items() if key not in bindings}
    return ReviewView(
        row=row,
        sheet=sheet,
        revision=wanted.number,
        state=wanted.state,
        flags=list_flags(conn, code, wanted.number),
        revisions=history,
        bindings=bindings,
        proposed=proposed,
        source=source_text(conn, code, wanted.number),
    )


def build_entries(conn: Connection, catalogue: Catalogue, code: str, today: date) -> EntriesView:
    """What was entered by hand for a sheet, newest first."""
    sheets = list_sheets(conn)
    row = next((one for one in sheets if one.code == code), None)
    if row is None:
        return EntriesView(sheets, None, None, (), (), today)
    sheet = load_sheet(conn, code)
    bound = propose(sheet, catalogue) | load_bindings(conn, code)
    by_hand = tuple(key for _, _, key in sheet.indicators() if key not in bound or bound[key].bound_to.value != "kpi")
    entries = list_entries(conn, code, with_revoked=True)
    return EntriesView(sheets, row, sheet, tuple(reversed(entries)), by_hand, today)
