"""One entry of ``sources:`` in sources.yaml → SourceSpec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.config_check import check_formats, check_shape, read_opening_hours
from ingest.config_fields import read_cell, read_mapping
from ingest.config_nodes import At, nearest
from ingest.config_personal import check_personal
from ingest.mapping import (
    AsteriskOptions,
    Cell,
    Duplicates,
    EachFile,
    FilesOptions,
    HttpOptions,
    Kind,
    Options,
    RowMapping,
    Shape,
    SourceSpec,
    SqlOptions,
)

_COMMON = ("code", "title", "kind", "shape", "enabled", "centre", "centre_column", "repull_days", "opening_hours")
_MAPPED = ("columns", "measures", "duplicates")
_OWN: dict[Kind, tuple[str, ...]] = {
    Kind.FILES: (
        *_MAPPED, "path", "each_file", "settle_seconds", "csv", "sheet", "header_row", "start_date",
    ),
    Kind.ASTERISK: ("path", "queues", "seats", "settle_seconds"),
    Kind.SQL: (*_MAPPED, "url", "url_env", "table", "query", "timeout", "time_zone"),
    Kind.HTTP: (
        *_MAPPED, "url", "token_env", "token_header", "rows", "next", "page_size", "allow_plain", "timeout", "retries",
    ),
}  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "big5")
_PLACES = re.compile(r"\{(\w*)\}")


def read_source(
    at: At, centres: Mapping[str, str], codes: Iterable[str], env: Mapping[str, str] | None
) -> SourceSpec | None:
    """One source, None where something it is made of can't be told. ``centres``: code → name; ``codes`` of measures.

    ``env``: the environment variables secrets are taken from; None leaves secrets empty and unchecked. A kind or
    shape that is misspelt is noted and taken as what it is nearest to, so that the rest is checked at once too.
    """
    pairs = at.pairs()
    if "kind" not in pairs and at.is_map:
        at.problem(f"缺少必填的键 ‘kind’;可选: {', '.join(Kind)}")
    kind_text = pairs["kind"].nearest_choice(tuple(Kind)) if "kind" in pairs else ""
    kind = Kind(kind_text) if kind_text else None
    every = tuple(dict.fromkeys(key for own in _OWN.values() for key in own))
    got = at.fields((*_COMMON, *(_OWN[kind] if kind else every)), _required(kind) if kind else ("code",))
    shape_text = got["shape"].nearest_choice(tuple(Shape)) if "shape" in got else Shape.CALLS.value
    shape = Shape(shape_text) if shape_text else None
    if kind is Kind.ASTERISK and shape is not Shape.CALLS:
        got["shape"].problem("kind: asterisk 的来源总是 shape: calls,可以不写")
    enabled = got["enabled"].flag(True) if "enabled" in got else True
    options = _OPTIONS[kind](at, got, env if enabled else None) if kind else None
    if kind is None or shape is None or options is None:
        known = kind or Kind.SQL, shape or Shape.CALLS  # what may be written with any kind and shape is checked
        _assemble(at, got, *known, enabled, options or SqlOptions(), RowMapping(), centres)
        return None
    mapping = _mapping(at, got, kind, shape, codes)
    spec = _assemble(at, got, kind, shape, enabled, options, mapping, centres)
    return spec if "code" in got else None


def _required(kind: Kind) -> tuple[str, ...]:
    own = {Kind.FILES: ("path", "shape"), Kind.ASTERISK: ("path",), Kind.SQL: ("shape",), Kind.HTTP: ("url", "shape")}
    return ("code", *own[kind])


def _mapping(at: At, got: dict[str, At], kind: Kind, shape: Shape, codes: Iterable[str]) -> RowMapping:
    mapping = read_mapping(shape, kind, got.get("columns"), got.get("measures"), codes)
    if "columns" in got:
        check_formats(mapping, got["columns"].pairs())
        check_personal(mapping, got["columns"].pairs())
    elif shape in (Shape.CALLS, Shape.ORDERS) and kind is not Kind.ASTERISK:
        at.problem("缺少必填的键 ‘columns’ (源文件的列与指标字段的对应)")
    check_shape(at, shape, kind, mapping, start_date="start_date" in got)
    return mapping


def _assemble(
    at: At,
    got: dict[str, At],
    kind: Kind,
    shape: Shape,
    enabled: bool,
    options: Options,
    mapping: RowMapping,
    centres: Mapping[str, str],
) -> SourceSpec:
    centre, column, values = _centre(at, got, kind, centres)
    keeps = Duplicates.REJECT if mapping.get("id") else Duplicates.KEEP
    given = got["duplicates"].choice(tuple(Duplicates)) if "duplicates" in got else keeps
    each = got["each_file"].choice(tuple(EachFile)) if "each_file" in got else EachFile.REPLACES_DAYS
    code = got["code"].code() if "code" in got else ""
    return SourceSpec(
        code=code,
        title=got["title"].text() if "title" in got else code,
        kind=kind,
        shape=shape,
        options=options,
        enabled=enabled,
        centre=centre,
        centre_column=column,
        centre_map=values,
        mapping=mapping,
        repull_days=got["repull_days"].integer(7, 0, 400) if "repull_days" in got else 7,
        each_file=EachFile(each or EachFile.REPLACES_DAYS),
        duplicates=Duplicates(given or keeps),
        opening_hours=read_opening_hours(got["opening_hours"]) if "opening_hours" in got else None,
        start_date=got["start_date"].day() if "start_date" in got else None,
        line=at.line,
    )


def _centre(
    at: At, got: dict[str, At], kind: Kind, centres: Mapping[str, str]
) -> tuple[str | None, Cell | None, tuple[tuple[str, str], ...]]:
    if "centre" in got and "centre_column" in got:
        got["centre"].problem("centre 与 centre_column 只能写一个")
    if "centre_column" in got:
        if kind is Kind.ASTERISK:
            got["centre_column"].problem("kind: asterisk 的来源请写固定的 centre")
        cell, keys = read_cell(got["centre_column"], kind, ("values",))
        named = {text: code for code, name in centres.items() for text in (name, code)}
        for text, item in keys["values"].pairs().items() if "values" in keys else ():
            named[text] = _known_centre(item, centres)
        return None, cell, tuple(named.items())
    if "centre" in got:
        return _known_centre(got["centre"], centres), None, ()
    if len(centres) != 1:
        at.problem("要写 centre (这个来源的数据属于哪个中心) 或 centre_column (按某一列区分中心)")
    return next(iter(centres), ""), None, ()


def _known_centre(at: At, centres: Mapping[str, str]) -> str:
    code = at.text()
    if code and code not in centres:
        at.problem(f"没有中心 ‘{code}’{nearest(code, centres)};centres 里有: {', '.join(centres)}")
    return code


def _path(got: dict[str, At]) -> str:
    path = got["path"].text() if "path" in got else ""
    if ".." in PurePath(path.replace("\\", "/")).parts:
        got["path"].problem("路径里不能有 “..”;数据目录以外的文件请写绝对路径")
    return path


def _whole(got: dict[str, At], name: str, default: int, low: int, high: int) -> int:
    return got[name].integer(default, low, high) if name in got else default


def _files(at: At, got: dict[str, At], env: Mapping[str, str] | None) -> FilesOptions:
    csv = got["csv"].fields(("delimiter", "encoding")) if "csv" in got else {}
    delimiter = csv["delimiter"].text(blank=True) if "delimiter" in csv else None
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
        if len(delimiter.encode()) != 1 or delimiter in '"\r\n':
            csv["delimiter"].problem('分隔符是一个半角字符,例如 "," ";" "|" 或 tab')
            delimiter = None
    encoding = csv["encoding"].text().lower() if "encoding" in csv else None
    if encoding is not None and encoding not in _ENCODINGS:
        csv["encoding"].problem(f"不认识的编码 ‘{encoding}’;可选: {', '.join(_ENCODINGS)};不写则自动判断")
        encoding = None
    sheet: str | int | None = got["sheet"].text() if "sheet" in got else None
    if isinstance(sheet, str) and re.fullmatch(r"[1-9]\d{0,2}", sheet):
        sheet = int(sheet)
    return FilesOptions(
        path=_path(got),
        settle_seconds=_whole(got, "settle_seconds", 10, 0, 86_400),
        delimiter=delimiter,
        encoding=encoding,
        sheet=sheet,
        header_row=_whole(got, "header_row", 1, 1, 1000) if "header_row" in got else None,
    )


def _asterisk(at: At, got: dict[str, At], env: Mapping[str, str] | None) -> AsteriskOptions:
    return AsteriskOptions(
        path=_path(got),
        queues=got["queues"].texts() if "queues" in got else (),
        seats=got["seats"].texts() if "seats" in got else (),
        settle_seconds=_whole(got, "settle_seconds", 10, 0, 86_400),
    )


def _secret(got: dict[str, At], name: str, env: Mapping[str, str] | None) -> tuple[str, str]:
    """The name of an environment variable and its value, ('', '') where none is named."""
    variable = got[name].text() if name in got else ""
    if not variable or env is None:
        return variable, ""
    if not env.get(variable):
        got[name].problem(f"环境变量 {variable} 没有设置;请在启动前设置它,或把这个来源设为 enabled: false")
    return variable, env.get(variable, "")


def _sql(at: At, got: dict[str, At], env: Mapping[str, str] | None) -> SqlOptions:
    variable, url = _secret(got, "url_env", env)
    written = got["url"].text() if "url" in got else ""
    if bool(written) == bool(variable):
        at.problem("要写 url (数据库地址) 或 url_env (存有地址的环境变量名),二者取一")
    if re.search(r"://[^/@]*:[^/@]+@", written):
        got["url"].problem("不要把密码写进配置文件;请把整个地址放进环境变量,改写 url_env: 变量名")
    if ("table" in got) == ("query" in got):
        at.problem("要写 table (表名) 或 query (查询语句),二者取一")
    return SqlOptions(
        url=written or url,
        url_env=variable,
        table=got["table"].text() if "table" in got else "",
        query=got["query"].text() if "query" in got else "",
        timeout=_whole(got, "timeout", 60, 1, 3600),
        time_zone=_zone(got["time_zone"]) if "time_zone" in got else "",
    )


def _zone(at: At) -> str:
    text = at.text()
    try:
        if text and not re.fullmatch(r"[+-]\d\d:\d\d", text):
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        at.problem(f'不认识的时区 ‘{text}’;请写 UTC、"+08:00" 或 Asia/Shanghai 这样的名称')
    return text


def _http(at: At, got: dict[str, At], env: Mapping[str, str] | None) -> HttpOptions:
    url = got["url"].text() if "url" in got else ""
    if url and not re.match(r"https?://[^/\s]+", url):
        got["url"].problem("地址要以 https:// (或内网的 http://) 开头")
    for place in _PLACES.findall(url):
        if place not in ("from", "to", "page"):
            got["url"].problem(f"地址里的 ‘{{{place}}}’ 不认识;可用: {{from}} {{to}} {{page}}")
    variable, token = _secret(got, "token_env", env)
    return HttpOptions(
        url=url,
        token_env=variable,
        token=token,
        token_header=got["token_header"].text() if "token_header" in got else "Authorization",
        rows=got["rows"].text(blank=True) if "rows" in got else "",
        next=got["next"].text(blank=True) if "next" in got else "",
        page_size=_whole(got, "page_size", 500, 1, 100_000) if "page_size" in got else None,
        timeout=_whole(got, "timeout", 30, 1, 3600),
        retries=_whole(got, "retries", 3, 0, 20),
        allow_plain=got["allow_plain"].flag(False) if "allow_plain" in got else False,
    )


_OPTIONS: dict[Kind, Callable[[At, dict[str, At], Mapping[str, str] | None], Options]] = {
    Kind.FILES: _files,
    Kind.ASTERISK: _asterisk,
    Kind.SQL: _sql,
    Kind.HTTP: _http,
}
