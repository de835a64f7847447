"""What a person has to look at in a sheet that was read: flags beside their source, bindings to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import forms, kit
from dashboard.components.parts import Child, Column, badge, row, table
from dashboard.format_pace import target_text
from dashboard.texts import t
from kpi.catalogue import Catalogue
from kpi.pace_model import Binding, BoundTo, PaceClass, Schedule
from kpi.sheet import Cell, FlagKind, Sheet

if TYPE_CHECKING:
    from dashboard.ask_targets import ReviewView
    from db.sheets import StoredFlag

BOUND_NAMES = {
    BoundTo.KPI: "指标目录(自动取数)",
    BoundTo.MONEY: "资金支出(填报累计金额)",
    BoundTo.COUNT: "事件次数(逐次填报)",
    BoundTo.STOCK: "存量(填报现值)",
    BoundTo.MILESTONE: "节点(填报是否完成)",
    BoundTo.READING: "读数(填报数值)",
    BoundTo.GRADE: "定性(填报结论)",
}
PACE_NAMES = {
    PaceClass.RATIO: "比率",
    PaceClass.TOWARDS: "累计不少于",
    PaceClass.EXACT: "累计等于",
    PaceClass.CAP: "累计不超过",
    PaceClass.BUDGET: "资金与序时进度",
    PaceClass.STOCK: "存量",
    PaceClass.MILESTONE: "按期完成",
    PaceClass.GRADE: "定性",
    PaceClass.VOLUME: "业务量(只看同比)",
}
SCHEDULE_NAMES = {Schedule.CALENDAR: "按日历天", Schedule.WORKING: "按工作日", Schedule.MONTHLY: "按月计划"}
BINDING_FIELDS = ("bound_to", "pace", "reference", "schedule", "tolerance", "min_sample", "note", "author")
KIND_NAMES = {
    FlagKind.LOST: "缺失",
    FlagKind.SHIFTED: "错位",
    FlagKind.LABEL: "补标签",
    FlagKind.NOISE: "杂字",
    FlagKind.SPLIT: "拆分",
    FlagKind.UNSURE: "存疑",
    FlagKind.MASKED: "已隐去",
}

FLAG_COLUMNS = (
    Column(t("targets.status")),
    Column(t("review.place"), "name"),
    Column(t("review.source"), "long"),
    Column(t("review.read"), "num"),
    Column(t("review.reason"), "long"),
    Column(t("review.decide"), "act"),
)
BINDING_COLUMNS = (
    Column(t("targets.name"), "name long"),
    Column(t("targets.half")),
    Column(t("targets.full")),
    Column(t("review.bind_to"), "long"),
    Column(t("review.bind_pace")),
    Column(t("review.decide"), "act"),
)


def blank_binding() -> Binding:
    """What an indicator without any proposal starts from."""
    return Binding(BoundTo.READING, PaceClass.RATIO)


def flags_table(view: ReviewView) -> list[Child]:
    """Open flags first to last; below them how many are dealt with."""
    waiting = [flag for flag in view.flags if flag.resolved_at is None]
    done = len(view.flags) - len(waiting)
    parts: list[Child] = []
    if waiting:
        rows = [_flag_row(view, flag) for flag in waiting]
        parts.append(table(t("review.flags"), FLAG_COLUMNS, rows, "plain-table review-table"))
    else:
        parts.append(html.P(t("review.flags_none"), className="note"))
    if done:
        parts.append(html.P(t("review.flags_done", n=done), className="note"))
    return parts


def _flag_row(view: ReviewView, stored: StoredFlag) -> Component:
    flag = stored.flag
    cell = cell_at(view.sheet, flag.place)
    where: list[Child] = [html.Span(place_text(view.sheet, flag.place))]
    if flag.line:
        where.append(html.Small(t("review.line", n=flag.line)))
    editable = view.state == "draft" and cell is not None
    return row(
        FLAG_COLUMNS,
        (
            KIND_NAMES[flag.kind],
            where,
            html.Code(flag.source) if flag.source else None,
            target_text(cell) if cell else None,
            [flag.message, html.Small(t("review.suggested", value=flag.suggestion)) if flag.suggestion else None],
            _decision(stored, editable=editable),
        ),
        heading=1,
    )


def _decision(stored: StoredFlag, *, editable: bool) -> Component:
    key = str(stored.id)
    parts: list[Component] = []
    if editable:
        parts.append(kit.text_field(ids.act("flag-value", key), stored.flag.suggestion, t("review.value"), most=80))
        parts.append(forms.button(ids.act("flag-set", key), t("review.set")))
    parts.append(forms.button(ids.act("flag-keep", key), t("review.keep")))
    return html.Div(parts, className="decision")


def cell_at(sheet: Sheet, place: str) -> Cell | None:
    """The cell that a place names, None for a place that is no cell."""
    parts = place.split("/")
    project = next((p for p in sheet.projects if str(p.no) == parts[0]), None)
    if project is None or len(parts) < 3:
        return None
    kind, which = parts[1], parts[2]
    if kind == "fund" and which.isdigit() and int(which) < len(project.funds):
        return project.funds[int(which)].amount
    if len(parts) < 4 or parts[3] not in ("half", "full"):
        return None
    if kind == "expense" and which.isdigit() and int(which) < len(project.expenses):
        line = project.expenses[int(which)]
        return line.half if parts[3] == "half" else line.full
    found = [i for i in project.indicators if which in (f"{i.row}.{i.part}", str(i.row))]
    if kind != "indicator" or not found:
        return None
    return found[0].half if parts[3] == "half" else found[0].full


def place_text(sheet: Sheet, place: str) -> str:
    """A place in words: “体检经费 · 资金总额”."""
    parts = place.split("/")
    project = next((p for p in sheet.projects if str(p.no) == parts[0]), None)
    if project is None:
        return place
    names = [project.name]
    which = parts[2] if len(parts) > 2 else ""
    if len(parts) > 2 and parts[1] == "fund" and which.isdigit() and int(which) < len(project.funds):
        names.append(project.funds[int(which)].name)
    elif len(parts) > 2 and parts[1] == "expense" and which.isdigit() and int(which) < len(project.expenses):
        names.append(project.expenses[int(which)].name)
    elif len(parts) > 2 and parts[1] == "indicator":
        names += [i.name for i in project.indicators if which in (f"{i.row}.{i.part}", str(i.row))][:1]
    elif which:
        names.append(which)
    if parts[-1] in ("half", "full"):
        names.append(t(f"targets.{parts[-1]}"))
    return " · ".join(names)


def bindings_table(view: ReviewView, catalogue: Catalogue) -> Component:
    """Every indicator with what it is bound to."""
    rows = [
        _binding_row(name, half, full, key, view.bindings.get(key), view.proposed.get(key), catalogue)
        for name, half, full, key in (
            (f"{project.name} · {one.name}" if len(view.sheet.projects) > 1 else one.name, one.half, one.full, key)
            for project, one, key in view.sheet.indicators()
        )
    ]
    return table(t("review.bindings"), BINDING_COLUMNS, rows, "plain-table review-table")


def _binding_row(
    name: str, half: Cell, full: Cell, key: str, bound: Binding | None, proposed: Binding | None, catalogue: Catalogue
) -> Component:
    binding = bound or proposed
    confirmed = binding is not None and bool(binding.confirmed_by)
    buttons: list[Component] = [forms.button(ids.act("bind-edit", key), t("indicator.binding_edit"))]
    if binding is not None and not confirmed:
        buttons.insert(0, forms.button(ids.act("bind-one", key), t("review.confirm")))
    said = t("review.confirmed", who=binding.confirmed_by) if binding and confirmed else t("targets.proposed")
    return row(
        BINDING_COLUMNS,
        (
            name,
            target_text(half),
            target_text(full),
            [bound_text(binding, catalogue), html.Small(said if binding else t("targets.unbound"))],
            PACE_NAMES[binding.pace] if binding else badge(None),
            html.Div(buttons, className="decision"),
        ),
        heading=0,
    )


def bound_text(binding: Binding | None, catalogue: Catalogue) -> str:
    """What an indicator is bound to, in words."""
    if binding is None:
        return t("targets.unbound")
    if binding.bound_to is BoundTo.KPI:
        kpi = catalogue.kpis.get(binding.reference)
        return f"{kpi.name if kpi else binding.reference}(自动取数)"
    return f"{BOUND_NAMES[binding.bound_to]}{' ' + binding.reference if binding.reference else ''}"


def binding_form(view: ReviewView, key: str, catalogue: Catalogue) -> Component:
    """The form of one binding, for the drawer."""
    known = view.bindings.get(key) or view.proposed.get(key) or blank_binding()
    project = next((p for p, _, own in view.sheet.indicators() if own == key), view.sheet.projects[0])
    references = [("", "—"), *((k.code, f"{k.name}({k.group.value})") for k in catalogue.kpis.values())]
    references += [(line.name, f"支出:{line.name}") for line in project.expenses]
    if known.reference not in {code for code, _ in references}:
        references.append((known.reference, known.reference))

    def of(name: str) -> str:
        return ids.field("binding", name)

    controls = (
        (
            t("review.bind_to"),
            kit.choice(of("bound_to"), [(b.value, n) for b, n in BOUND_NAMES.items()], known.bound_to),
        ),
        (t("review.bind_pace"), kit.choice(of("pace"), [(p.value, n) for p, n in PACE_NAMES.items()], known.pace)),
        ("对应", kit.choice(of("reference"), references, known.reference, search=True)),
        ("计划进度", kit.choice(of("schedule"), [(s.value, n) for s, n in SCHEDULE_NAMES.items()], known.schedule)),
        ("允许偏差(资金为百分点)", kit.text_field(of("tolerance"), f"{known.tolerance:g}", most=10)),
        ("最小样本", kit.text_field(of("min_sample"), str(known.min_sample), most=8)),
        (t("entries.note"), kit.text_field(of("note"), known.note)),
        (t("sheets.author"), kit.text_field(of("author"), most=40)),
    )
    save = forms.button(ids.act("bind-save", key), t("review.confirm"), strong=True)
    return html.Div(
        [*(forms.field(label, control) for label, control in controls), save, html.Div(id=ids.answer("binding"))],
        className="stack",
    )
