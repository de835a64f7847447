"""The sign-in page: plain HTML, so that it works before any script does."""

from __future__ import annotations

from flask import Flask, redirect, render_template_string, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from dashboard import language, theme
from dashboard.auth import SIGN_IN, SIGN_OUT, Access, sign_in
from dashboard.texts import t

ATTEMPTS = "6 per minute; 30 per hour"

_PAGE = """<!DOCTYPE html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ title }} · {{ product }}</title><style>{{ variables|safe }}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--ink);
font:16px/1.5 var(--font)}form{display:grid;gap:16px;width:min(320px,calc(100vw - 48px));padding:32px;
background:var(--surface);border:1px solid var(--line);border-radius:8px}h1{font-size:20px;margin:0}
label{display:grid;gap:4px;font-size:14px;color:var(--ink-soft)}input{font:inherit;padding:8px 12px;
color:var(--ink);background:var(--page);border:1px solid var(--line-strong);border-radius:4px}
button{font:inherit;padding:8px 12px;border:0;border-radius:4px;background:var(--ink);color:var(--surface)}
p{margin:0;font-size:14px;color:var(--missed)}:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
</style></head><body><main><form method="post"><h1>{{ product }}</h1>
{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}
<label>{{ password }}<input name="password" type="password" autocomplete="current-password" required autofocus></label>
<input type="hidden" name="next" value="{{ back }}"><button>{{ enter }}</button></form></main></body></html>"""


def install(server: Flask, access: Access) -> None:
    """Adds the sign-in and sign-out routes. Signing in is limited to a few attempts a minute for each address."""
    limiter = Limiter(get_remote_address, app=server, storage_uri="memory://", default_limits=[])

    def show() -> str:
        return _page("", _local(request.args.get("next", "/")))

    def enter() -> Response | tuple[str, int]:
        back = _local(request.form.get("next", "/"))
        if access.needs_sign_in and not access.accepts(request.form.get("password", "")[:1024]):
            return _page(t("signin.wrong"), back), 401
        sign_in(access)
        return redirect(back, 303)

    def leave() -> Response:
        session.clear()
        return redirect(SIGN_IN, 303)

    def slow_down(_error: Exception) -> tuple[str, int]:
        return _page(t("signin.slow_down"), _local(request.form.get("next", "/"))), 429

    server.add_url_rule(SIGN_IN, "signin", show, methods=["GET"])
    server.add_url_rule(SIGN_IN, "signin_enter", limiter.limit(ATTEMPTS)(enter), methods=["POST"])
    server.add_url_rule(SIGN_OUT, "signout", leave, methods=["POST"])
    server.register_error_handler(429, slow_down)


def _local(address: str) -> str:
    """An address of this site, whatever was asked for: never a way to lead people elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address[:2000] if plain else "/"


def _page(problem: str, back: str) -> str:
    return render_template_string(
        _PAGE,
        lang=language.current(),
        title=t("signin.title"),
        product=t("app.name"),
        password=t("signin.password"),
        enter=t("signin.enter"),
        variables=theme.css_variables(),
        problem=problem,
        back=back,
    )
