"""A workbook of mended rejects, fed again: changed rows go through the source's mapping and are added to their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from python_calamine import CalamineError, CalamineWorkbook
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.errors import OvertakenError
from db.mends import OpenReject, newest_runs, open_rejects, supersede
from db.runs import MEND
from db.store import sync_source
from ingest.batch import Batch
from ingest.config import Config
from ingest.day_check import batch_days, month_days
from ingest.errors import SourceError
from ingest.frames import PART_LENGTH
from ingest.mapping import EachFile
from ingest.mending import Row, read_rows
from ingest.pull_errors import message
from ingest.pull_unit import Guard, Job, Mended, RunResult, run_unit
from ingest.rejects import ID, OWN, shown
from ingest.sources.file_bytes import sha256_of
from ingest.sources.workbook import cell_text, check_package
from ingest.units import Place, Unit

_TOLD = 10
"""So many rows that are still bad are named one by one."""
_STALE = "行所在的日期已由来源重新提供, 没有补录, 以免重复计数。"


@dataclass(frozen=True, slots=True)
class MendedReject:
    """A reject with its row as it is now."""

    reject: OpenReject
    cells: Mapping[str, str]

    @property
    def row(self) -> Row:
        """The row in its place."""
        return Row(self.reject.file, self.reject.sheet, self.reject.row_no, self.cells)


def feed_mended(
    engine: Engine,
    config: Config,
    path: Path,
    *,
    source_code: str | None = None,
    now: datetime,
    tz: ZoneInfo,
    base_dir: Path,
    holder: str,
) -> RunResult:
    """Takes the changed rows of a workbook made by ``export_rejects``; all that came of it as one result.

    Rows left as they were stay rejects; so do, with the new reason, rows that are still bad. Rows of days that the
    source has given anew since are not added: they would count twice. ``source_code``: the only source expected.
    """
    try:
        given = _read(path)
        with engine.connect() as conn:
            known = open_rejects(conn, list(given))
        remarks = _remarks(given, known, source_code)
        by_source: dict[str, list[MendedReject]] = defaultdict(list)
        for id_, reject in known.items():
            cells = _changed(reject.row, given[id_])
            if cells is not None and reject.source == (source_code or reject.source):
                by_source[reject.source].append(MendedReject(reject, cells))
        results = []
        for code, rows in by_source.items():
            spec = config.source(code)
            job = Job(
                engine, spec, sync_source(engine, code, spec.kind, spec.title), MEND, Place(base_dir, now, tz), holder
            )
            results += _feed(job, rows, path)
    except (SourceError, DBAPIError, KeyError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) else message(error, None, None)
        return RunResult(None, "failed", error=text, name=path.name)
    return _together(results, remarks, path.name)


def _read(path: Path) -> dict[int, dict[str, str]]:
    """The rows of all sheets by reject id. Raises SourceError for what is no workbook of ours."""
    try:
        check_package(path)
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise SourceError(f"{path.name}: 打不开这个工作簿({error})。请给出用“导出剔除行”得到并改正的 xlsx。") from None
    found: dict[int, dict[str, str]] = {}
    ours = False
    for cells in sheets:
        texts = [[cell_text(cell) for cell in row] for row in cells]
        if texts and ID in texts[0]:
            ours = True
            found.update(_rows(texts[0], texts[1:]))
    if not ours:
        raise SourceError(f"{path.name}: 没有‘{ID}’一列, 不是本系统导出的剔除行。请重新导出, 在导出的文件里改正。")
    return found


def _rows(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    place = headers.index(ID)
    own = {max(n for n, header in enumerate(headers) if header == name) for name in OWN if name in headers}
    for row in rows:
        number = row[place].strip() if place < len(row) else ""
        if number.isdecimal():
            cells = {h: row[n] for n, h in enumerate(headers[: len(row)]) if n not in own}
            yield int(number), cells


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str] | None:
    """The row as it is now, None where nothing was changed or the reject kept no row."""
    cells: dict[str, str] = {}
    changed = False
    for header, old in before.items():
        text = now.get(shown(header), shown(old))
        same = text == shown(old)
        cells[header] = old if same else text
        changed = changed or not same
    return cells if changed else None


def _remarks(
    given: Mapping[int, Mapping[str, str]], known: Mapping[int, OpenReject], source_code: str | None
) -> list[str]:
    gone = len(given.keys() - known.keys())
    same = sum(_changed(reject.row, given[id_]) is None for id_, reject in known.items())
    others = {reject.source for reject in known.values()} - {source_code or ""} if source_code else set()
    remarks = []
    if gone:
        remarks.append(f"{gone} 行已经补录过, 或已被重新拉取的数据取代, 没有再次计入。")
    if same:
        remarks.append(f"{same} 行没有改动, 仍留在剔除行里。")
    if others:
        remarks.append(f"其中来源 {'、'.join(sorted(others))} 的行没有读取: 请在那个来源下补录。")
    return remarks


def _feed(job: Job, rows: Sequence[MendedReject], path: Path) -> list[RunResult]:
    if job.spec.start_date is not None or not job.spec.mapping.fields:
        text = "这个来源的行不能单独补录(没有逐行的日期或列的对应), 请改正原文件后重新放入。"
        return [RunResult(None, "failed", error=text, name=path.name)]
    by_run: dict[tuple[str, int], list[MendedReject]] = defaultdict(list)
    for row in rows:
        part = row.reject.file[-PART_LENGTH:] if job.spec.each_file is EachFile.ADDS else ""
        by_run[part, row.reject.run_id].append(row)
    return [_feed_part(job, part, ones, path) for (part, _), ones in by_run.items()]


def _feed_part(job: Job, part: str, rows: list[MendedReject], path: Path) -> RunResult:
    """Rows of one part that one run found: a run of their own."""
    try:
        fresh, stale = _split_stale(job, part, rows)
    except SourceError as error:
        return RunResult(None, "failed", error=message(error, job.spec, None), name=path.name)
    if stale:
        supersede(job.engine, [row.reject.id for row in stale])
    remark = f"{len(stale)} {_STALE}" if stale else ""
    if not fresh:
        return RunResult(None, "empty", warnings=(remark,), name=path.name)

    def read() -> Batch:
        batch = read_rows(job.spec, [row.row for row in fresh], job.place)
        batch.inputs = [{"name": path.name, "sha256": sha256_of(path), "rows": batch.rows_read}]
        batch.warnings += [remark] if remark else []
        for bad in batch.rejects[:_TOLD]:
            batch.warnings.append(f"{bad.file} 第 {bad.row_no or '?'} 行改正后仍不能用: {bad.reason}")
        return batch

    def guard(batch: Batch) -> Guard:
        def look(conn: Connection) -> None:
            if _is_stale(conn, job, part, fresh, batch):
                raise OvertakenError("这些行所在的日期刚刚由来源重新提供, 没有补录, 以免重复计数。请重新导出剔除行。")

        return look

    unit = Unit(path.name, read, window=rows[0].reject.window)
    return run_unit(job, unit, Mended(part, {row.reject.id: row.cells for row in fresh}, guard))


def _split_stale(job: Job, part: str, rows: list[MendedReject]) -> tuple[list[MendedReject], list[MendedReject]]:
    """The rows that may be added, and those of a day that a later run has given anew."""
    batch = read_rows(job.spec, [row.row for row in rows], job.place)
    with job.engine.connect() as conn:
        if not _is_stale(conn, job, part, rows, batch):
            return rows, []
    if len(rows) == 1:
        return [], rows
    middle = len(rows) // 2
    halves = [_split_stale(job, part, rows[:middle]), _split_stale(job, part, rows[middle:])]
    return [row for fresh, _ in halves for row in fresh], [row for _, stale in halves for row in stale]


def _is_stale(conn: Connection, job: Job, part: str, rows: Sequence[MendedReject], batch: Batch) -> bool:
    """Whether the source has given a day of the batch, made of these rows, since it gave the rows."""
    days = batch_days(batch)
    for centre, months in month_days(batch).items():
        days.setdefault(centre, set()).update(months)
    newest = newest_runs(conn, job.source_id, days, part)
    return any(run_id > rows[0].reject.run_id for run_id in newest.values())


def _together(results: Sequence[RunResult], remarks: Sequence[str], name: str) -> RunResult:
    states = [result.state for result in results]
    state = next((s for s in ("failed", "abandoned", "ok") if s in states), "empty")
    said = [warning for result in results for warning in result.warnings]
    # Each run counts its own: the same sentence of two runs must not be told as one.
    stale = sum(int(warning.split()[0]) for warning in said if warning.endswith(_STALE))
    told = [f"{stale} {_STALE}"] if stale else []
    return RunResult(
        run_id=next((result.run_id for result in reversed(results) if result.run_id is not None), None),
        state=state,
        rows_read=sum(result.rows_read for result in results),
        rows_used=sum(result.rows_used for result in results),
        rows_rejected=sum(result.rows_rejected for result in results),
        restated=sum(result.restated for result in results),
        error=" ".join(dict.fromkeys(result.error for result in results if result.error)) or None,
        warnings=(*remarks, *told, *dict.fromkeys(one for one in said if not one.endswith(_STALE))),
        name=name,
    )
