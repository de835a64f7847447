"""kpi: the figures, with what they were divided from and how much of the period they cover."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser, day_word, positive
from kpi.model import Answer, Ask, Grain, Kpi, KpiValue
from kpi.periods import PRESETS, Period, containing
from kpi.showing import Showing

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from product import Product

HEADERS = ("指标", "期间", "键", "数值", "分子", "分母", "覆盖", "口径", "说明")


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add("kpi", _kpi, "计算指标", "计算指标: 数值、分子、分母、覆盖的天数与所用口径。")
    parser.add_argument("codes", nargs="*", metavar="指标", help="指标代码或名称,不写则为全部; --list 列出全部")
    parser.add_argument("--list", action="store_true", help="列出指标及其口径,不计算")
    add_question(parser)


def add_question(parser: Parser) -> None:
    """The options that say which figures are wanted."""
    parser.add_argument("--centre", action="append", default=[], metavar="中心", help="中心代码,可写多次; 含下级中心")
    parser.add_argument("--period", choices=sorted(PRESETS), help="期间的名字,代替 --from 与 --to")
    parser.add_argument("--from", dest="start", type=day_word, metavar="日期", help="第一天(缺省: 本月 1 日)")
    parser.add_argument("--to", dest="end", type=day_word, metavar="日期", help="最后一天,含当天(缺省: 今天)")
    parser.add_argument(
        "--by",
        choices=[g.value for g in Grain],
        default="total",
        help="按什么分(缺省: 整个期间)。hour: 一天中的各小时(00–23),把期间内各天的同一小时合在一起,不是逐日逐时,"
        "只看一天请让 --from 与 --to 相同; rolling24h: 每天一行,为结束于当天的连续 24 小时中最差的一段",
    )
    add_name_seats(parser)
    parser.add_argument("--formula", metavar="口径", help="改用这个口径(缺省: 各日当时有效的口径)")
    parser.add_argument("--as-of", type=day_word, metavar="日期", help="视哪一天为今天: 此后的数据不计")
    parser.add_argument("--exclude", action="store_true", help="剔除已批准的剔除时段")
    parser.add_argument(
        "--until-hour",
        type=positive,
        metavar="时",
        help="每天只计几时之前(1–24),用来与没过完的今天同时段比较; 只有话务指标能按小时计",
    )


def add_name_seats(parser: Parser) -> None:
    """The option that names seats whatever the setting says."""
    parser.add_argument(
        "--name-seats",
        action="store_true",
        help="按座席列出时写明工号,即使设置 HOTLINE_SEAT_RANKING 不是 on。供管理员核对数据用,请勿转发; 不写则随设置: "
        "anonymous 只写名次(坐席 1 是该指标数值最大的), off 不列单个坐席",
    )


def seats_shown(args: argparse.Namespace, console: Console) -> Showing:
    """How far single seats may be told of. Raises Failure where not at all."""
    showing = Showing.ON if args.name_seats else Showing(console.product().settings.seat_ranking)
    if showing is Showing.OFF:
        raise Failure(
            "设置 HOTLINE_SEAT_RANKING 为 off: 不列出单个坐席。请改用别的 --by; "
            "管理员核对数据确需工号的,加 --name-seats"
        )
    return showing


def _kpi(args: argparse.Namespace, console: Console) -> int:
    product = console.product()
    if args.list:
        return _list(product, console)
    rows, answer = figures(args, console)
    console.give({"data_version": answer.data_version, "as_of": answer.ask.as_of, "values": rows})
    console.table(HEADERS, (_cells(row) for row in rows), "没有可显示的数值(该指标不能这样分,或期间内没有数据)。")
    return 0


def figures(args: argparse.Namespace, console: Console) -> tuple[list[dict[str, object]], Answer]:
    """The figures asked for, one flat row each, and the answer they come from. Raises Failure."""
    from db.answers import evaluate

    product = console.product()
    ask = _ask(args, console)
    showing = seats_shown(args, console) if ask.by is Grain.SEAT else Showing.ON
    with product.engine.connect() as conn:
        try:
            answer = evaluate(conn, product.catalogue, ask)
        except (KeyError, ValueError) as error:
            raise Failure(str(error.args[0])) from None
        bounds = _bounds(conn, ask)
        texts = _Formulas(conn, product, ask)
        rows = [
            _row(product.catalogue.kpis[code], value, bounds.get(code, ()), texts)
            for code, values in answer.values.items()
            for value in (values if showing is Showing.ON else _by_place(values))
        ]
    return rows, answer


def _by_place(seats: Iterable[KpiValue]) -> list[KpiValue]:
    """Seats without their numbers, in the order of their values: the order of the numbers would tell them."""
    known = sorted(seats, key=lambda one: (one.value is None, -(one.value or 0.0), one.numerator or 0.0))
    return [replace(one, key=f"坐席 {place}") for place, one in enumerate(known, 1)]


def _ask(args: argparse.Namespace, console: Console) -> Ask:
    product = console.product()
    as_of = console.day(args.as_of, product.today())
    if args.period and (args.start or args.end):
        raise Failure("--period 不能与 --from、--to 一起用")
    try:
        if args.period:
            period = PRESETS[args.period][1](as_of)
        else:
            end = console.day(args.end, as_of)
            period = Period(console.day(args.start, containing(end, Grain.MONTH).start), end)
        kpis = tuple(product.catalogue.kpi(code).code for code in dict.fromkeys(args.codes))
        if args.formula and not kpis:
            kpis = tuple(k.code for k in product.catalogue if args.formula in {f.code for f in k.formulas})
            if not kpis:
                raise Failure(f"没有指标有口径 {args.formula!r}; 运行 python app.py kpi --list 查看")
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0])) from None
    span, by = (period.start, period.end, as_of), Grain(args.by)
    return Ask(kpis, tuple(args.centre), *span, by, args.formula, args.exclude, args.until_hour)


def _bounds(conn: Connection, ask: Ask) -> dict[str, tuple[float, ...]]:
    """The targets by KPI: a value is shown with as many decimals as it takes not to contradict them."""
    from db.kpi_targets import load_targets

    targets = [t for year in range(ask.start.year, ask.end.year + 1) for t in load_targets(conn, year)]
    return {code: tuple(t.value for t in targets if t.kpi == code) for code in {t.kpi for t in targets}}


class _Formulas:
    """The formulas written out, with the limits in force for the (first) centre asked for."""

    def __init__(self, conn: Connection, product: Product, ask: Ask) -> None:
        from db.centres import tree
        from db.definitions import load_definitions

        self._definitions = load_definitions(conn)
        centres = tree(conn)
        first = centres.get(ask.centres[0]) if ask.centres else next(iter(centres.roots()), None)
        self._chain = centres.chain(first.id) if first else ()

    def text(self, kpi: Kpi, value: KpiValue) -> str:
        from kpi.definitions import formula_text

        in_force = self._definitions.in_force(kpi, self._chain, value.end)
        return formula_text(kpi, replace(in_force, formula=value.formula))


def _row(kpi: Kpi, value: KpiValue, bounds: Iterable[float], formulas: _Formulas) -> dict[str, object]:
    from dashboard.format import number, rounded

    shown = "—" if value.value is None else f"{rounded(value.value, kpi.unit, tuple(bounds))} {kpi.unit.value}"
    figures = {f"{side}_shown": "" if n is None else number(n) for side, n in _sides(value)}
    return {
        **asdict(value),
        "coverage": value.coverage,
        "name": kpi.name,
        "unit": kpi.unit.value,
        "shown": shown,
        **figures,
        "formula_text": formulas.text(kpi, value),
    }


def _sides(value: KpiValue) -> tuple[tuple[str, float | None], ...]:
    return ("numerator", value.numerator), ("denominator", value.denominator)


def _cells(row: dict[str, object]) -> tuple[object, ...]:
    start, end = row["start"], row["end"]
    period = f"{start}" if start == end else f"{start}…{end}"
    reason = str(row["reason"] or "") + (f"({row['detail']})" if row["detail"] else "")
    key = "" if isinstance(start, date) and row["key"] == start.isoformat() else row["key"]
    covered = f"{row['days_with_data']}/{row['days_passed']}"
    return (
        row["name"], period, key, row["shown"], row["numerator_shown"], row["denominator_shown"], covered,
        row["formula_text"], reason,
    )  # fmt: skip


def _list(product: Product, console: Console) -> int:
    kpis = list(product.catalogue)
    console.give(kpis)
    rows = [
        (k.code, k.name, k.group.value, f.code, f.text.format(limit="T", short="S"), k.unit.value)
        for k in kpis
        for f in k.formulas
    ]
    console.table(("代码", "名称", "类别", "口径", "公式", "单位"), rows)
    return 0
