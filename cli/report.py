"""report: the daily, weekly, monthly and half-year report, written or sent; the documents of the self-evaluation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, day_word
from cli.score import add_period, judge_asked
from cli.targets import save_document

if TYPE_CHECKING:
    from product import Product
    from reports.scope import Wanted
    from reports.send import Made
    from targets.evaluation import Evaluation

DOCUMENTS = ("form", "report")
KINDS = {
    "daily": "日报: 某一天(缺省: 昨天)",
    "weekly": "周报: 某一天所在的周(缺省: 上周)",
    "monthly": "月报: 某一天所在的月(缺省: 上月)",
    "half-year": "半年报: 某一天所在的半年(缺省: 上个半年)",
}
ENDINGS = ("pdf", "html", "xlsx", "docx")


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    report = commands.add("report", _no_action, "日报、周报、月报、半年报,以及绩效自评的文档")
    actions = Commands(report)
    for kind, about in KINDS.items():
        made = actions.add(kind, _report, about, f"{about}。没有 --out 也没有 --send 时,在屏幕上给出要点。")
        made.set_defaults(kind=kind)
        made.add_argument("--centre", default="", metavar="中心", help="中心代码(缺省: 目标表所属的中心,或全部)")
        made.add_argument("--sheet", default="", metavar="目标表", help="目标表代码(缺省: 该中心当年启用的那份)")
        made.add_argument("--date", type=day_word, metavar="日期", help="期间里的任何一天")
        made.add_argument("--format", choices=ENDINGS, help="格式(缺省: 按 --out 的结尾)")
        made.add_argument("--out", type=Path, metavar="文件", help="写到哪个文件")
        made.add_argument("--send", action="store_true", help="存档并发给读者: 每份报告对每个读者只发一次")
        made.add_argument("--group", action="append", metavar="读者组", help="发给哪个读者组(缺省: 这种报告的计划里的)")
    evaluation = actions.add("self-evaluation", _evaluation, "绩效自评表(xlsx、docx)或绩效自评报告(docx)")
    add_period(evaluation)
    evaluation.add_argument("--document", choices=DOCUMENTS, help="form 自评表, report 自评报告(缺省: form)")
    evaluation.add_argument("--format", choices=("xlsx", "docx"), help="格式(缺省: 按 --out 的结尾)")
    evaluation.add_argument("--out", type=Path, metavar="文件", help="写到哪个文件(缺省: 目标表代码-期间.格式)")


def _no_action(args: argparse.Namespace, console: Console) -> int:
    raise Failure("要生成什么? 例: python app.py report weekly --out 周报.pdf")


def _report(args: argparse.Namespace, console: Console) -> int:
    from reports.errors import ReportError
    from reports.model import Kind
    from reports.scope import Wanted, last_finished

    product = console.product()
    kind = Kind(args.kind)
    day = console.day(args.date, last_finished(kind, product.today()).end)
    wanted = Wanted(kind, day, args.centre, args.sheet)
    ending = _ending(args)
    try:
        return _written(args, console, wanted, ending) if not args.send else _sent(args, console, wanted, ending)
    except ReportError as error:
        raise Failure(str(error)) from None


def _ending(args: argparse.Namespace) -> str:
    if args.format is not None:
        return str(args.format)
    ending = args.out.suffix.lower().removeprefix(".") if args.out is not None else ENDINGS[0]
    if ending not in ENDINGS:
        raise Failure(f"不认识的格式 {ending!r},请用 --format 写明: {'、'.join(ENDINGS)}。")
    return str(ending)


def _written(args: argparse.Namespace, console: Console, wanted: Wanted, ending: str) -> int:
    """Writes one file, or says on the screen what the report says."""
    from reports.build import build
    from reports.model import to_json
    from reports.render import file_name, render
    from scheduler.reporting import office_of

    product = console.product()
    with product.engine.connect() as conn:
        report = build(conn, office_of(product).house, wanted, today=product.today())
    if args.out is not None or args.format is not None:
        return save_document(console, args.out or Path(file_name(report, ending)), render(report, ending))
    console.give(to_json(report))
    console.say(report.title)
    console.say(report.sentence)
    for finding in report.findings:
        console.say(f"· {finding}")
    return 0


def _sent(args: argparse.Namespace, console: Console, wanted: Wanted, ending: str) -> int:
    """Keeps the report and records a delivery to each reader, for the running scheduler to bring out."""
    from reports.send import make, send_now
    from scheduler.reporting import office_of

    product = console.product()
    groups = args.group or _groups(product, wanted)
    office, now = office_of(product), product.clock()
    made: Made = make(product.engine, office, wanted, now)
    posted = send_now(product.engine, office, wanted, groups, now, made=made)
    if args.out is not None:
        args.out.write_bytes(made.files[ending])
    console.give({"report": posted.report, "groups": groups, "readers": posted.readers, "told": posted.told})
    again = posted.readers - posted.told
    if posted.readers and not posted.told:
        console.say(f"{made.report.title}: {again} 个读者都已收到过(编号 {posted.report}),没有再发。")
        return 0
    console.say(f"{made.report.title}: 已存档(编号 {posted.report}),交给发送 {posted.told} 份。")
    if again:
        console.say(f"{again} 个读者已经收到过这份报告,不再重发。")
    if not posted.readers:
        console.warn(f"读者组 {'、'.join(groups)} 没有启用的联系方式。请先添加读者。")
        return 1
    return 0


def _groups(product: Product, wanted: Wanted) -> list[str]:
    """The groups that the schedules give this report to."""
    from db.report_store import list_schedules

    with product.engine.connect() as conn:
        schedules = list_schedules(conn, only_enabled=True)
    found = [
        one.group
        for one in schedules
        if one.kind == wanted.kind.value and wanted.centre in ("", one.centre) and wanted.sheet in ("", one.sheet)
    ]
    if not found:
        raise Failure("没有哪个计划发送这种报告。请用 --group 写明读者组,或在“报告”页添加计划。")
    return list(dict.fromkeys(found))


def _evaluation(args: argparse.Namespace, console: Console) -> int:
    ending = args.out.suffix.lower().removeprefix(".") if args.out else ""
    kind = args.format or (ending if ending in ("xlsx", "docx") else "docx")
    document = args.document or "form"
    if document == "report" and kind == "xlsx":
        raise Failure("自评报告只有 docx 格式")
    from targets.self_evaluation import evaluation

    product = console.product()
    with product.engine.connect() as conn:
        found = judge_asked(conn, args, console)
        data = evaluation(conn, product.catalogue, found, tz=product.tz, now=product.clock())
    path = args.out or Path(f"{found.code}-{found.period}{'-报告' if document == 'report' else ''}.{kind}")
    for question in data.open_questions:
        console.warn(question.message)
    return save_document(console, path, _content(data, document, kind))


def _content(data: Evaluation, document: str, kind: str) -> bytes:
    from targets.evaluation_form import evaluation_docx, evaluation_xlsx
    from targets.evaluation_report import report_docx

    if document == "report":
        return report_docx(data)
    return evaluation_xlsx(data) if kind == "xlsx" else evaluation_docx(data)
