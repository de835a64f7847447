"""The web application: Dash with its pages, the guard around them, uploads and exports."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import dash
from dash import Dash
from flask import request

from dashboard import (
    auth,
    callbacks,
    chart_routes,
    delivery,
    drawer,
    health,
    language,
    report_routes,
    signin,
    target_routes,
    theme,
    upload,
    wall_routes,
)
from dashboard.data import EXTENSION, Data, DatabaseGone
from dashboard.english import edge
from dashboard.english.catalogue_words import own_words
from dashboard.product import ProductLike
from dashboard.shell import layout
from dashboard.texts import for_scripts, t

ASSETS = Path(__file__).resolve().parent.parent / "assets"
OTHER_BUNDLES = r".*\.LICENSE.*|.*\.md|.*\.txt"

_INDEX = """<!DOCTYPE html>
<html lang="{lang}"{theme}{menu}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="icon" type="image/svg+xml" href="{icon}"><style>{variables}</style>{css}</head>
<body>{app_entry}<noscript>{noscript}</noscript>
<script type="application/json" id="hotline-texts">{texts}</script>
<footer>{config}{scripts}{renderer}</footer></body></html>"""

_SKELETON = """<div id="react-entry-point"><div class="skeleton" role="status" aria-label="{label}">
<div class="skeleton-header"></div><div class="skeleton-body"></div></div></div>"""

_log = logging.getLogger("hotline.dashboard")


class _HotlineDash(Dash):
    """Dash with our own first page: Chinese, the theme chosen before anything is drawn, nothing from elsewhere."""

    def interpolate_index(self, *_args: Any, **parts: Any) -> str:
        """The first HTML a browser gets."""
        return _INDEX.format(
            lang=language.current(),
            theme=_chosen("theme", (theme.LIGHT, theme.DARK)),
            menu=_chosen("menu", ("open", "folded")),
            title=t("app.name"),
            icon=self.get_asset_url("favicon.svg"),
            variables=theme.css_variables(),
            noscript=t("app.noscript"),
            texts=json.dumps(for_scripts(), ensure_ascii=False),
            app_entry=_SKELETON.format(label=t("app.loading")),
            **{name: parts[name] for name in ("css", "config", "scripts", "renderer")},
        )


def _chosen(cookie: str, known: tuple[str, ...]) -> str:
    value = request.cookies.get(cookie)
    return f' data-{cookie}="{value}"' if value in known else ""


def create_app(product: ProductLike) -> Dash:
    """The pages of a product. Warmed: Dash sets itself up before the first user comes."""
    app = _HotlineDash(
        "dashboard",
        title=t("app.name"),
        update_title="",
        assets_folder=str(ASSETS),
        assets_ignore=OTHER_BUNDLES,
        use_pages=True,
        include_pages_meta=False,
        suppress_callback_exceptions=True,
        serve_locally=True,
        on_error=_report,
    )
    data = Data(product)
    settings = product.settings
    access = auth.Access(settings.access_password, settings.secret_key, settings.allowed_hosts)
    server = app.server
    server.extensions[EXTENSION] = data
    policy: list[str] = [auth.content_policy(())]
    language.install(
        server, own_words(product.catalogue)
    )  # first of all: the guard, too, speaks the language that was chosen
    auth.install(server, access, lambda: policy[0])
    delivery.install(server)
    edge.install(server)
    health.install(server, data)
    signin.install(server, access)
    upload.install(server, product)
    target_routes.install(server, product, data)
    report_routes.install(server, product)
    chart_routes.install(server, data)
    wall_routes.install(server, data)
    app.layout = lambda: _layout(data, can_sign_out=access.needs_sign_in)
    callbacks.register(app, data)
    drawer.register(app)
    server.test_client().get("/_dash-layout", environ_overrides={auth.WARM_UP: True})
    policy[0] = auth.content_policy(app.csp_hashes())
    return app


def _layout(data: Data, *, can_sign_out: bool) -> Any:
    try:
        version = data.version()
    except DatabaseGone:
        _log.exception("数据库连不上")
        version = "gone"
    chosen = theme.known(request.cookies.get("theme") if request else None)
    return layout(
        theme=chosen, version=version, fresh=data.freshness(), demo=data.product.demo, can_sign_out=can_sign_out
    )


def _report(error: Exception) -> Any:
    """A callback that failed leaves the page as it is; the log says why."""
    _log.error("回调出错", exc_info=error)
    return dash.no_update
