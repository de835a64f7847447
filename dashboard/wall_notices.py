"""The page on which a manager sets notices for the wall: plain HTML, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from dashboard import format as fmt
from dashboard import language, theme
from dashboard.data import Data, DatabaseGone
from dashboard.filters import Filters, day_of
from dashboard.texts import t
from dashboard.wall_asked import PATH
from dashboard.wall_parts import Html, Part, el
from db.engine import write
from db.notices import Notice, add_notice, load_notices, remove_notice
from kpi.periods import Period

NOTICES = f"{PATH}/notices"
LONGEST, MOST = 120, 20

_STYLE = """body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 var(--font)}
main{max-width:720px;margin:0 auto;padding:32px 16px;display:grid;gap:24px}h1{font-size:20px;margin:0}
h2{font-size:16px;margin:0}form.new,section{display:grid;gap:16px;padding:24px;background:var(--surface);
border:1px solid var(--line);border-radius:8px}label{display:grid;gap:4px;font-size:14px;color:var(--ink-soft)}
.days{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:16px}p{margin:0}
input,textarea,select,button{font:inherit;color:inherit;padding:8px 12px;background:var(--page);
border:1px solid var(--line-strong);border-radius:4px}textarea{min-height:72px;resize:vertical}
button{justify-self:start;cursor:pointer}form.new button{background:var(--ink);color:var(--surface);border:0}
small{color:var(--grey);font-size:14px}.problem{color:var(--missed)}ul{list-style:none;margin:0;padding:0;display:grid;
gap:16px}li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:8px 16px;align-items:start;
border-top:1px solid var(--line);padding-top:16px}li p{overflow-wrap:anywhere}:focus-visible{outline:2px solid
var(--focus);outline-offset:2px}a{color:inherit}"""

_PAGE = """<!DOCTYPE html>
<html lang="{lang}"{theme}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<style>{variables}{style}</style></head><body>{body}</body></html>"""

Form = Mapping[str, str]


def install(server: Flask, data: Data) -> None:
    """Adds the routes."""

    def show() -> Response:
        try:
            return _answer(data, {}, ())
        except DatabaseGone:
            return Response(t("fresh.broken"), status=503, mimetype="text/plain")

    def change() -> BaseResponse:
        try:
            problems = _changed(data, request.form.to_dict())
        except DatabaseGone:
            return Response(t("fresh.broken"), status=503, mimetype="text/plain")
        if problems:
            return _answer(data, request.form.to_dict(), problems, 400)
        return redirect(NOTICES, 303)

    server.add_url_rule(NOTICES, "wall_notices", show, methods=["GET"])
    server.add_url_rule(NOTICES, "wall_notices_change", change, methods=["POST"])


def _changed(data: Data, form: Form) -> tuple[str, ...]:
    """Adds or removes a notice; the sentences say why not."""
    number = form.get("remove", "")
    if number:
        with write(data.product.engine) as conn:
            done = number.isascii() and number.isdigit() and len(number) < 10 and remove_notice(conn, int(number))
        return () if done else (t("notices.gone"),)
    problems = tuple(checked(form, [one.code for one in data.centres()]))
    if problems:
        return problems
    start, end = (date.fromisoformat(form[name].strip()) for name in ("start", "end"))
    with write(data.product.engine) as conn:
        if len(load_notices(conn)) >= MOST:
            return (t("notices.too_many", most=MOST),)
        add_notice(conn, _tidy(form["text"]), start, end, form.get("centre", ""))
    return ()


def _tidy(text: str) -> str:
    return " ".join(text.split())


def checked(form: Form, centres: Sequence[str]) -> list[str]:
    """What is wrong with a notice as written; nothing, where it can be published."""
    text = _tidy(form.get("text", ""))
    problems = [] if text else [t("notices.empty")]
    if len(text) > LONGEST:
        problems.append(t("notices.too_long", n=len(text), most=LONGEST))
    unfit = next((at for at, sign in enumerate(text, start=1) if not sign.isprintable()), None)
    if unfit is not None:
        problems.append(t("notices.not_plain", at=unfit))
    days = {name: day_of(form.get(name, "").strip()) for name in ("start", "end")}
    for name, day in days.items():
        if day is None:
            problems.append(t("notices.bad_day", name=t(f"notices.{name}"), value=form.get(name, "")[:40]))
    start, end = days["start"], days["end"]
    if start is not None and end is not None and end < start:
        problems.append(t("notices.backwards", start=start, end=end))
    if form.get("centre", "") not in ("", *centres):
        problems.append(t("notices.unknown_centre", value=form.get("centre", "")[:40]))
    return problems


def _answer(data: Data, form: Form, problems: Sequence[str], status: int = 200) -> Response:
    chosen = request.cookies.get("theme")
    known = data.view("notices", Filters(), lambda scope: load_notices(scope.conn))
    text = _PAGE.format(
        lang=language.current(),
        theme=f' data-theme="{chosen}"' if chosen in (theme.LIGHT, theme.DARK) else "",
        title=f"{t('notices.title')} · {t('app.name')}",
        variables=theme.css_variables(),
        style=_STYLE,
        body=_body(data, form, problems, known),
    )
    return Response(text, status=status, mimetype="text/html")


def _body(data: Data, form: Form, problems: Sequence[str], known: Sequence[Notice]) -> Html:
    today = data.today()
    said = el("div", [el("p", text) for text in problems], cls="problem", role="alert") if problems else None
    rows = [_row(one, today, {c.code: c.name for c in data.centres()}) for one in known]
    listed = el("ul", rows) if rows else el("p", t("notices.none"))
    return el(
        "main",
        el("h1", t("notices.title")),
        _form(data, form, said, today),
        el("section", el("h2", t("notices.listed")), listed),
        el("p", el("a", t("notices.back"), href=PATH)),
    )


def _form(data: Data, form: Form, said: Part, today: date) -> Html:
    choices = [("", t("notices.everywhere")), *((one.code, one.name) for one in data.centres())]
    options = [el("option", name, value=code, selected=form.get("centre") == code) for code, name in choices]
    text = el("textarea", form.get("text", ""), name="text", maxlength=str(LONGEST), required=True)
    return el(
        "form",
        said,
        el("label", t("notices.text"), text, el("small", t("notices.hint", most=LONGEST))),
        el("div", _day("start", form, today), _day("end", form, today),
           el("label", t("notices.centre"), el("select", options, name="centre")), cls="days"),
        el("button", t("notices.add")),
        method="post", cls="new",
    )  # fmt: skip


def _day(name: str, form: Form, today: date) -> Html:
    shown = form.get(name, today.isoformat())
    box = Html(el("input", type="date", name=name, required=True, value=shown).removesuffix("</input>"))
    return el("label", t(f"notices.{name}"), box)


def _row(one: Notice, today: date, centres: Mapping[str, str]) -> Html:
    state = "notices.coming" if today < one.start else "notices.over" if today > one.end else "notices.showing"
    where = centres.get(one.centre, one.centre) or t("notices.everywhere")
    about = " · ".join((t(state), fmt.period(Period(one.start, one.end), today), where))
    button = el("button", t("notices.remove"), name="remove", value=str(one.id))
    return el("li", el("div", el("p", one.text), el("small", about)), el("form", button, method="post"))
