"""backtest: how far the forecast may be believed, on the centre's own past."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, day_word
from kpi.model import Ask, Grain, Group, Kpi, KpiValue, Nature, Unit

if TYPE_CHECKING:
    from kpi.backtest import BacktestReport, ForecastQuality
    from kpi.forecast import History
    from kpi.workdays import WorkCalendar
    from product import Product

HEADERS = (
    "指标", "起点", "区间成立", "覆盖率", "平均误差", "当前累计值误差", "近28天误差", "与累计值之比", "与近28天之比",
    "误差单位",
)  # fmt: skip
TOO_SHORT = "至少要有一个从第一天到最后一天都已结束的半年(1—6 月或 7—12 月), 且起点前有 14 天数据"


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    parser = commands.add(
        "backtest",
        _backtest,
        "回测预测: 过去每个月末的预测与后来的实际相比",
        "站在过去每个月末预测半年末的数值, 与后来的实际相比: 80% 区间成立几次, "
        "误差比“当前累计值”与“最近 28 天”这两种简单办法大还是小。只写一个指标时逐个起点列出。",
    )
    parser.add_argument("--centre", metavar="中心", help="中心代码,含下级中心(缺省: 全部)")
    parser.add_argument("--kpi", nargs="+", default=[], metavar="指标", help="指标代码或名称(缺省: 全部比率指标)")
    parser.add_argument("--from", dest="start", type=day_word, metavar="日期", help="用哪天起的数据(缺省: 四年前)")
    parser.add_argument("--to", dest="end", type=day_word, metavar="日期", help="用到哪天,含当天(缺省: 昨天)")


def _backtest(args: argparse.Namespace, console: Console) -> int:
    from kpi.backtest import backtest, quality_of

    product = console.product()
    start, end = _days(args, console)
    kpis = _kpis(args.kpi, product)
    histories, calendar = _histories(kpis, args.centre, start, end, product)
    reports = {kpi: backtest(histories[kpi.code], calendar) for kpi in kpis}
    told = {kpi: report for kpi, report in reports.items() if report.rows}
    short = [kpi for kpi in kpis if kpi not in told]
    whole = quality_of([row for report in told.values() for row in report.rows])
    console.give(
        {
            "from": start,
            "to": end,
            "centre": args.centre,
            "kpis": [_plain(kpi, report) for kpi, report in told.items()],
            "origins": whole.origins,
            "held": whole.held,
            "coverage": whole.coverage,
            "too_little_history": [kpi.code for kpi in short],
        }
    )
    _say(told, whole, short, args, console)
    return 0


def _days(args: argparse.Namespace, console: Console) -> tuple[date, date]:
    from kpi.forecast_paths import HISTORY_DAYS

    end = console.day(args.end, console.product().today() - timedelta(days=1))
    start = console.day(args.start, end - timedelta(days=HISTORY_DAYS))
    if end < start:
        raise Failure(f"--to {end} 早于 --from {start}。请把两个日期对调。")
    return start, end


def _kpis(words: list[str], product: Product) -> list[Kpi]:
    try:
        asked = [product.catalogue.kpi(word) for word in dict.fromkeys(words)]
    except KeyError as error:
        raise Failure(str(error.args[0])) from None
    unfit = [kpi.name for kpi in asked if not _is_foretold(kpi, product)]
    if unfit:
        raise Failure(
            f"{'、'.join(unfit)} 不是由每日数据相除而得的比率, 不能回测。运行 python app.py backtest 回测全部。"
        )
    return asked or [kpi for kpi in product.catalogue if _is_foretold(kpi, product)]


def _is_foretold(kpi: Kpi, product: Product) -> bool:
    """True for ratios of what days bring: not counts, not money, not levels."""
    measures = product.catalogue.measures
    codes = [code for side in (kpi.formula().numerator, kpi.formula().denominator) for code, _ in side]
    levels = any(code in measures and measures[code].nature is Nature.STOCK for code in codes)
    return not kpi.is_count and kpi.group is not Group.MONEY and not levels


def _histories(
    kpis: list[Kpi], centre: str | None, start: date, end: date, product: Product
) -> tuple[dict[str, History], WorkCalendar]:
    from db.answers import evaluate
    from db.definitions import load_calendar

    ask = Ask(tuple(kpi.code for kpi in kpis), (centre,) if centre else (), start, end, end, Grain.DAY)
    with product.engine.connect() as conn:
        try:
            values = evaluate(conn, product.catalogue, ask).values
        except (KeyError, ValueError) as error:
            raise Failure(str(error.args[0])) from None
        calendar = load_calendar(conn)
    return {kpi.code: _history(kpi, values.get(kpi.code, ()), calendar) for kpi in kpis}, calendar


def _history(kpi: Kpi, values: Iterable[KpiValue], calendar: WorkCalendar) -> History:
    from kpi.forecast import History

    known = [(v.start, v.numerator, v.denominator) for v in values if v.days_with_data]
    days = [(day, above, below) for day, above, below in known if above is not None and below is not None]
    return History.build(
        [day for day, _, _ in days],
        [above for _, above, _ in days],
        [below for _, _, below in days],
        calendar,
        is_share=kpi.unit is Unit.PERCENT,
    )


def _plain(kpi: Kpi, report: BacktestReport) -> dict[str, object]:
    found = report.quality
    return {
        "kpi": kpi.code,
        "name": kpi.name,
        "unit": kpi.unit.value,
        "origins": found.origins,
        "held": found.held,
        "coverage": found.coverage,
        "mae": found.mae,
        "mae_to_date": found.mae_to_date,
        "mae_last_28": found.mae_last_28,
        "ratio_to_date": found.ratio_to_date,
        "ratio_last_28": found.ratio_last_28,
        "rows": [
            {
                "period_start": row.period.start,
                "period_end": row.period.end,
                "origin": row.origin,
                "actual": row.actual,
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "held": row.held,
                "value_to_date": row.value_to_date,
                "last_28_days": row.last_28_days,
            }
            for row in report.rows
        ],
    }


def _say(
    told: dict[Kpi, BacktestReport],
    whole: ForecastQuality,
    short: list[Kpi],
    args: argparse.Namespace,
    console: Console,
) -> None:
    from kpi.backtest import report_text

    if not told:
        console.say(f"历史太短, 没有可回测的半年: {TOO_SHORT}。拉取更早的数据, 或把 --from 提前后再运行。")
        return
    if len(args.kpi) == 1:
        ((kpi, report),) = told.items()
        console.say(f"{kpi.name} ({kpi.code})")
        console.say(report_text(report, percent=kpi.unit is Unit.PERCENT))
        return
    console.table(HEADERS, (_cells(kpi, report.quality) for kpi, report in told.items()))
    console.say()
    console.say(f"全部起点: {whole.origins} 次中 80% 区间成立 {whole.held} 次 ({_share(whole)}, 应在 75 %—85 %)。")
    console.say("之比小于 1, 即本预测的误差较小。")
    if short:
        console.say(f"历史太短、未回测: {'、'.join(kpi.name for kpi in short)}({TOO_SHORT})。")


def _cells(kpi: Kpi, found: ForecastQuality) -> tuple[object, ...]:
    percent = kpi.unit is Unit.PERCENT
    errors = (found.mae, found.mae_to_date, found.mae_last_28)
    return (
        f"{kpi.name} ({kpi.code})",
        found.origins,
        f"{found.held}/{found.origins}",
        _share(found),
        *("—" if error is None else f"{error * (100 if percent else 1):.3f}" for error in errors),
        *("—" if ratio is None else f"{ratio:.2f}" for ratio in (found.ratio_to_date, found.ratio_last_28)),
        "百分点" if percent else kpi.unit.value,
    )


def _share(found: ForecastQuality) -> str:
    return "—" if found.coverage is None else f"{found.coverage * 100:.1f} %"
