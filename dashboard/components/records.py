"""The tables of 数据: sources, runs, rejects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import format as fmt
from dashboard.components.forms import AS_IS
from dashboard.components.parts import Child, Column, aria, data, icon, link, row, table
from dashboard.language import spoken
from dashboard.texts import KINDS, RUN_STATES, TRIGGERS, t
from dashboard.views import RejectView, RunView, SourceState, SourceView
from kpi.periods import Period

SOURCE_COLUMNS = (
    Column(t("data.source"), "name"),
    Column(t("data.state")),
    Column(t("data.checked"), "when"),
    Column(t("data.last_ok"), "when"),
    Column(t("data.span")),
    Column(t("data.days"), "num"),
    Column(t("data.rows"), "num"),
    Column(t("data.open"), "num"),
    Column(t("data.upload"), "act"),
)
RUN_COLUMNS = (
    Column(t("data.run"), "num"),
    Column(t("data.source"), "name"),
    Column(t("data.state")),
    Column(t("data.trigger")),
    Column(t("data.window")),
    Column(t("data.started"), "when"),
    Column(t("data.took"), "num"),
    Column(t("data.read"), "num"),
    Column(t("data.used"), "num"),
    Column(t("data.rejected"), "num"),
    Column(t("data.details"), "long"),
)
REJECT_COLUMNS = (
    Column(t("data.source"), "name"),
    Column(t("data.file"), "long"),
    Column(t("data.sheet")),
    Column(t("data.row"), "num"),
    Column(t("data.column")),
    Column(t("data.value"), "long"),
    Column(t("data.reason"), "long"),
)
SUMMARY_LENGTH = 36

SOURCE_MARKS = {
    SourceState.OK: ("✓", "met"),
    SourceState.STALE: ("▲", "risk"),
    SourceState.FAILED: ("✕", "missed"),
    SourceState.NEVER: ("◌", "none"),
    SourceState.OFF: ("–", "none"),
}
RUN_MARKS = {
    "ok": ("✓", "met"),
    "empty": ("–", "none"),
    "running": ("◐", "none"),
    "failed": ("✕", "missed"),
    "abandoned": ("▲", "risk"),
}


def _state(mark: str, kind: str, word: str) -> Component:
    return html.Span(
        [html.Span(mark, className="badge-mark", **aria(hidden="true")), word], className=f"badge badge-{kind}"
    )


def _moment(value: datetime | None, now: datetime) -> str:
    return fmt.moment(value, now) if value else t("data.never")


def sources_table(sources: Sequence[SourceView], now: datetime) -> Component:
    """What each source is at, with its last error and the way to hand it a file."""
    return table(t("data.sources"), SOURCE_COLUMNS, [_source_row(s, now) for s in sources], "plain-table")


def _source_row(source: SourceView, now: datetime) -> Component:
    name: list[Child] = [source.title, html.Small(f"{source.code} · {KINDS.get(source.kind, source.kind)}")]
    state: list[Child] = [_state(*SOURCE_MARKS[source.state], source.state.value)]
    if source.last_error:
        state.append(html.Div(source.last_error, className="error-text"))
    span = fmt.DASH
    if source.first_day and source.last_day:
        span = fmt.period(Period(source.first_day, source.last_day), now.date())
    return row(
        SOURCE_COLUMNS,
        (
            name,
            state,
            _moment(source.checked_at, now),
            _moment(source.last_ok_at, now),
            span,
            fmt.number(source.missing),
            fmt.number(source.rows),
            fmt.number(source.open_rejects),
            upload_button(source.code, source.title) if source.takes_files else t("data.upload_none"),
        ),
    )


def upload_button(code: str, title: str, *, mended: bool = False) -> Component:
    """Opens the file chooser; the script takes it from there (see assets/upload.js)."""
    label = t("data.mended") if mended else t("data.upload")
    spoken = label if mended else t("data.upload_to", title=title)
    marks = data(upload=code, mended="1" if mended else "", title=title)
    return html.Button([icon("upload"), label], className="button", type="button", **marks, **aria(label=spoken))


def runs_table(runs: Sequence[RunView], now: datetime) -> Component:
    """The newest pulls, each with its details folded away."""
    if not runs:
        return html.P(t("data.no_runs"), className="note")
    return table(t("data.runs"), RUN_COLUMNS, [_run_row(r, now) for r in runs], "plain-table")


def no_such_page() -> Component:
    """An address beyond the oldest pull: leads back to the newest."""
    return html.P([t("data.no_such_page"), link(t("data.first_page"), "/data")], className="note")


def _run_row(run: RunView, now: datetime) -> Component:
    mark, kind = RUN_MARKS.get(run.state, ("–", "none"))
    return row(
        RUN_COLUMNS,
        (
            str(run.id),
            run.title,
            _state(mark, kind, RUN_STATES.get(run.state, run.state)),
            TRIGGERS.get(run.trigger, run.trigger),
            fmt.period(run.window, now.date()) if run.window else fmt.DASH,
            fmt.moment(run.started_at, now),
            fmt.DASH if run.seconds is None else fmt.duration(run.seconds),
            fmt.number(run.rows_read),
            fmt.number(run.rows_used),
            fmt.number(run.rows_rejected),
            _details(run),
        ),
    )


def _details(run: RunView) -> Component:
    lines = [html.Div(text) for text in (*run.inputs, *run.warnings)]
    error = html.Div(run.error, className="error-text") if run.error else None
    if not lines and error is None:
        return html.Span(fmt.DASH, className="note")
    first = spoken(run.error or (run.warnings or run.inputs)[0])
    if error is None and len(lines) == 1 and len(first) <= SUMMARY_LENGTH:
        return html.Span(first)
    return html.Details([html.Summary(_short(first)), *([error] if error else []), *lines])


def _short(text: str) -> str:
    return text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1] + "…"


def rejects_table(rejects: Sequence[RejectView], count: int) -> Component:
    """Rows that could not be used, the newest first, with what to do about each."""
    if not rejects:
        return html.P(t("data.no_rejects"), className="note")
    rows = [row(REJECT_COLUMNS, _reject_cells(reject)) for reject in rejects]
    more = t("data.first_shown", shown=len(rejects), n=fmt.number(count)) if count > len(rejects) else ""
    return html.Div(
        [
            table(t("data.rejects"), REJECT_COLUMNS, rows, "plain-table"),
            html.P(more, className="note") if more else None,
        ]
    )


def _reject_cells(reject: RejectView) -> tuple[Child, ...]:
    """A rejected row. What the file calls its sheet and column and what the cell holds stand as they are there."""
    place = (reject.file, reject.sheet or fmt.DASH, str(reject.row_no or fmt.DASH), reject.column)
    given = [html.Span(text, **data(**AS_IS)) for text in place]
    return reject.title, *given, html.Q(reject.value, **data(**AS_IS)), reject.reason


def reject_actions(sources: Sequence[SourceView]) -> Component | None:
    """Export and mended upload of each source with open rejects."""
    actions: list[Component] = []
    for source in sources:
        if not source.open_rejects:
            continue
        text = t("data.export", title=source.title, n=fmt.number(source.open_rejects))
        href = f"/export/rejects/{source.code}.xlsx"
        actions.append(html.A([icon("download"), text], href=href, className="button", download=f"{source.code}.xlsx"))
        actions.append(upload_button(source.code, source.title, mended=True))
    if not actions:
        return None
    return html.Div([*actions, html.Span(t("data.mended_hint"), className="note")], className="actions")
