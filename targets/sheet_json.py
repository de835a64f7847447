"""A sheet as JSON and back: for the presets, for exports and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from kpi.sheet import (
    Cell,
    CellKind,
    ExpenseLine,
    Flag,
    FlagKind,
    FundLine,
    Indicator,
    Project,
    ProjectType,
    Sheet,
    Statistic,
    YearCost,
)
from kpi.status import Operator
from targets.errors import SheetError

VERSION = 1
Item = TypeVar("Item")


def to_json(sheet: Sheet) -> dict[str, Any]:
    """The sheet as data that ``json.dumps`` takes. Decimals are texts; what has its default is left out."""
    return {"version": VERSION, **_plain(sheet)}


def _plain(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields(item):
        value = getattr(item, each.name)
        if value is None or value == () or (value == "" and each.name not in _ALWAYS):
            continue
        if each.default == value and type(each.default) is type(value):
            continue
        found[each.name] = _value(value)
    return found


_ALWAYS = frozenset({"name", "title", "unit"})


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if hasattr(value, "__dataclass_fields__"):
        return _plain(value)
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return value


def from_json(data: Any) -> Sheet:
    """The sheet that ``to_json`` made. Raises SheetError, naming the place, where the data isn't one."""
    top = _object(data, "目标表")
    if top.get("version", VERSION) != VERSION:
        raise SheetError(f"目标表数据的版本是“{top['version']}”,本系统读版本 {VERSION}。请用本系统导出的文件。")
    return Sheet(
        unit=_text(top, "unit", "目标表"),
        year=_whole(top, "year", "目标表"),
        title=_text(top, "title", "目标表"),
        form=_text(top, "form", "目标表") or "standard",
        projects=_list(top, "projects", "目标表", _project),
        flags=_list(top, "flags", "目标表", _flag),
        statistics=_list(top, "statistics", "目标表", _statistic),
        sections=_list(top, "sections", "目标表", _pair),
        score_form=top.get("score_form"),
    )


def cell_from_json(data: Any, at: str = "单元格") -> Cell:
    """A cell from its JSON. Raises SheetError."""
    cell = _object(data, at)
    operator = cell.get("operator")
    return Cell(
        kind=_choice(CellKind, cell.get("kind"), at),
        text=_text(cell, "text", at),
        operator=None if operator is None else _choice(Operator, operator, at),
        number=_decimal(cell.get("number"), at),
        unit=_text(cell, "unit", at),
        strict=bool(cell.get("strict", False)),
    )


def cell_to_json(cell: Cell) -> dict[str, Any]:
    """A cell as JSON."""
    return _plain(cell)


def _project(data: Any, at: str) -> Project:
    one = _object(data, at)
    return Project(
        no=_whole(one, "no", at),
        name=_text(one, "name", at),
        type=_choice(ProjectType, one.get("type"), at),
        unit=_text(one, "unit", at),
        starts=_text(one, "starts", at),
        ends=_text(one, "ends", at),
        money_unit=_text(one, "money_unit", at) or "万元",
        texts=_list(one, "texts", at, _pair),
        extra=_list(one, "extra", at, _pair),
        funds=_list(one, "funds", at, _fund),
        expenses=_list(one, "expenses", at, _expense),
        costs=_list(one, "costs", at, _cost),
        indicators=_list(one, "indicators", at, _indicator),
    )


def _indicator(data: Any, at: str) -> Indicator:
    one = _object(data, at)
    reported = one.get("reported")
    return Indicator(
        row=_whole(one, "row", at),
        level1=_text(one, "level1", at),
        level2=_text(one, "level2", at),
        name=_text(one, "name", at),
        half=cell_from_json(one.get("half"), at),
        full=cell_from_json(one.get("full"), at),
        part=_whole(one, "part", at, 1),
        section=_text(one, "section", at),
        reported=None if reported is None else cell_from_json(reported, at),
        weight=_decimal(one.get("weight"), at),
        line=_optional(one, "line", at),
    )


def _fund(data: Any, at: str) -> FundLine:
    one = _object(data, at)
    return FundLine(_text(one, "name", at), cell_from_json(one.get("amount"), at), _whole(one, "level", at, 1))


def _expense(data: Any, at: str) -> ExpenseLine:
    one = _object(data, at)
    return ExpenseLine(_text(one, "name", at), cell_from_json(one.get("half"), at), cell_from_json(one.get("full"), at))


def _cost(data: Any, at: str) -> YearCost:
    one = _object(data, at)
    return YearCost(_optional(one, "year", at), cell_from_json(one.get("amount"), at), _text(one, "kind", at))


def _flag(data: Any, at: str) -> Flag:
    one = _object(data, at)
    return Flag(
        place=_text(one, "place", at),
        kind=_choice(FlagKind, one.get("kind"), at),
        message=_text(one, "message", at),
        line=_optional(one, "line", at),
        source=_text(one, "source", at),
        suggestion=_text(one, "suggestion", at),
    )


def _statistic(data: Any, at: str) -> Statistic:
    one = _object(data, at)
    value = _decimal(one.get("value"), at)
    if value is None:
        raise SheetError(f"{at}缺少“value”。")
    return Statistic(
        name=_text(one, "name", at),
        value=value,
        unit=_text(one, "unit", at),
        change=_decimal(one.get("change"), at),
        line=_optional(one, "line", at),
        text=_text(one, "text", at),
    )


def _pair(data: Any, at: str) -> tuple[str, str]:
    if not isinstance(data, list) or len(data) != 2 or not all(isinstance(one, str) for one in data):
        raise SheetError(f"{at}应当是两段文字。")
    return data[0], data[1]


def _object(data: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise SheetError(f"{at}的数据不是对象。请用本系统导出的文件。")
    return data


def _list(data: Mapping[str, Any], key: str, at: str, read: Callable[[Any, str], Item]) -> tuple[Item, ...]:
    items = data.get(key, [])
    if not isinstance(items, list):
        raise SheetError(f"{at}的“{key}”应当是列表。")
    return tuple(read(item, f"{at} {key} 第 {number} 项") for number, item in enumerate(items, start=1))


def _text(data: Mapping[str, Any], key: str, at: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise SheetError(f"{at}的“{key}”应当是文字。")
    return value


def _whole(data: Mapping[str, Any], key: str, at: str, default: int | None = None) -> int:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise SheetError(f"{at}的“{key}”应当是整数。")
    return value


def _optional(data: Mapping[str, Any], key: str, at: str) -> int | None:
    return None if data.get(key) is None else _whole(data, key, at)


def _decimal(value: Any, at: str) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise SheetError(f"{at}的数值“{value}”应当是写成文字的数。")
    return number


def _choice(kind: Callable[[Any], Item], value: Any, at: str) -> Item:
    try:
        return kind(value)
    except (ValueError, TypeError):
        raise SheetError(f"{at}的“{value}”不是允许的值。请用本系统导出的文件。") from None
