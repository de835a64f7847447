"""The only place that touches the UI kit (feffery-antd-components): theme provider, drawer, date pickers."""

from __future__ import annotations

from datetime import date
from typing import Any

import feffery_antd_components as fac  # type: ignore[import-untyped]
from dash import html
from dash.development.base_component import Component

from dashboard import language
from dashboard import theme as themes
from dashboard.components.parts import Children
from dashboard.texts import t


def provider(children: Children, theme: str, provider_id: str) -> Component:
    """Gives the kit's parts inside it the language, colours and type of the product."""
    made: Component = fac.AntdConfigProvider(
        children,
        id=provider_id,
        locale="en-us" if language.current() == language.ENGLISH else "zh-cn",
        algorithm=theme_algorithm(theme),
        token=themes.kit_tokens(theme),
        wavesDisabled=True,
    )
    return made


def theme_algorithm(theme: str) -> str:
    """The kit's own name for a theme."""
    return "dark" if theme == themes.DARK else "default"


def for_theme(theme: str) -> tuple[str, dict[str, Any]]:
    """What the provider is given for a theme: algorithm and tokens."""
    known = themes.known(theme)
    return theme_algorithm(known), themes.kit_tokens(known)


def drawer(drawer_id: str, body_id: str) -> Component:
    """A sheet from the right for what stands behind a figure; closed by Esc, the cross or a click beside it."""
    made: Component = fac.AntdDrawer(
        html.Div(id=body_id, className="drawer-body"),
        id=drawer_id,
        title=t("proof.formula"),
        width="min(560px, 100vw)",
        placement="right",
        destroyOnClose=False,
        forceRender=True,
    )
    return made


def period_picker(picker_id: str, start: date | None, end: date | None, today: date) -> Component:
    """Two days chosen in a Chinese calendar; ``value`` is [“2026-01-01”, “2026-01-31”]."""
    value: Any = [start.isoformat(), end.isoformat()] if start and end else None
    made: Component = fac.AntdDateRangePicker(
        id=picker_id,
        value=value,
        placeholder=[t("filter.from"), t("filter.to")],
        disabledDatesStrategy=[{"mode": "gt", "target": "specific-date", "value": today.isoformat()}],
        needConfirm=False,
        allowClear=False,
        size="middle",
    )
    return made


def text_field(
    field_id: object, value: str = "", placeholder: str = "", *, lines: int = 1, most: int = 500, wait: int = 0
) -> Component:
    """A text field, of several lines where asked for; ``value`` is its text, ``debounceValue`` the text once nothing
    was typed for ``wait`` milliseconds."""
    more: Any = {"mode": "text-area", "autoSize": {"minRows": lines, "maxRows": 24}} if lines > 1 else {}
    more |= {"debounceWait": wait} if wait else {}
    made: Component = fac.AntdInput(
        id=field_id, value=value, placeholder=placeholder, maxLength=most, allowClear=lines == 1, **more
    )
    return made


def choice(
    field_id: object,
    options: list[tuple[str, str]],
    value: str | None = None,
    *,
    search: bool = False,
    placeholder: str = "",
) -> Component:
    """One of several, given as (code, text); ``value`` is the code."""
    made: Component = fac.AntdSelect(
        id=field_id,
        options=[{"label": text, "value": code} for code, text in options],
        value=value,
        allowClear=False,
        placeholder=placeholder,
        optionFilterProp="label",
        showSearch=search,
        style={"width": "100%"},
    )
    return made


def day_picker(picker_id: object, value: date | None, latest: date) -> Component:
    """A day chosen in a Chinese calendar, not after ``latest``; ``value`` is “2026-01-31”."""
    made: Component = fac.AntdDatePicker(
        id=picker_id,
        value=value.isoformat() if value else None,
        disabledDatesStrategy=[{"mode": "gt", "target": "specific-date", "value": latest.isoformat()}],
        allowClear=False,
        needConfirm=False,
        style={"width": "100%"},
    )
    return made


def tick(field_id: str, text: str) -> Component:
    """A box to tick, its text beside it; remembered by the browser."""
    made: Component = fac.AntdCheckbox(id=field_id, label=text, checked=False, persistence=True)
    return made
