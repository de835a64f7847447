"""score, report self-evaluation: a sheet scored, and the documents of its self-evaluation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands
from cli.progress import add_sheet, which_sheet
from cli.targets import save_document

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from kpi.scoring import RowScore
    from targets.evaluation import Evaluation
    from targets.self_evaluation import Judged

PERIODS = ("half", "full")
DOCUMENTS = ("form", "report")


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    score = commands.add("score", _score, "绩效自评打分", "按打分规则逐行打分。还缺完成值的行不计分,也就没有总分。")
    _period(score)
    report = commands.add("report", _no_action, "生成报告文档")
    actions = Commands(report)
    evaluation = actions.add("self-evaluation", _report, "绩效自评表(xlsx、docx)或绩效自评报告(docx)")
    _period(evaluation)
    evaluation.add_argument("--document", choices=DOCUMENTS, help="form 自评表, report 自评报告(缺省: form)")
    evaluation.add_argument("--format", choices=("xlsx", "docx"), help="格式(缺省: 按 --out 的结尾)")
    evaluation.add_argument("--out", type=Path, metavar="文件", help="写到哪个文件(缺省: 目标表代码-期间.格式)")


def _period(parser: argparse.ArgumentParser) -> None:
    from cli.parser import Parser

    assert isinstance(parser, Parser)
    add_sheet(parser)
    parser.add_argument("--period", choices=PERIODS, help="half 半年, full 全年(缺省: 当前考核的期间)")


def _no_action(args: argparse.Namespace, console: Console) -> int:
    raise Failure("要生成什么? 例: python app.py report self-evaluation --sheet 目标表")


def _judge(conn: Connection, args: argparse.Namespace, console: Console) -> Judged:
    from db.definitions import load_calendar
    from db.sheets import load_sheet
    from kpi.scoring import FormError
    from targets.self_evaluation import due_period, judge

    product = console.product()
    code, today = which_sheet(conn, args.sheet), product.today()
    as_of: date = console.day(args.as_of, today)
    try:
        return judge(
            conn,
            product.catalogue,
            code,
            args.period or due_period(load_sheet(conn, code).year, as_of),
            today=today,
            calendar=load_calendar(conn),
            tz=product.tz,
            min_sample=product.settings.min_sample,
            as_of=as_of,
        )
    except FormError as error:
        raise Failure(str(error)) from None


def _score(args: argparse.Namespace, console: Console) -> int:
    with console.product().engine.connect() as conn:
        found = _judge(conn, args, console)
    score = found.score
    console.give({"sheet": found.code, "period": found.period, "as_of": found.progress.as_of, "score": score})
    headers = ("行", "部分", "指标", "权重", "完成率", "得分", "算式", "缺")
    console.table(headers, map(_cells, score.rows), "打分表里没有行。")
    for section in score.sections:
        missing = f"(尚缺 {section.missing} 行)" if section.missing else ""
        console.say(f"{section.name}小计 {section.partial}{missing}")
    total = "还没有" if score.total is None else str(score.total)
    console.say(f"总分 {total}{'' if score.grade is None else f',{score.grade}'}")
    for note in score.notes:
        console.say(note)
    return 0


def _cells(row: RowScore) -> tuple[object, ...]:
    done = "" if row.completion is None else f"{row.completion} %"
    name = " ".join(row.row.name.split())
    return row.no, row.row.section, name, row.weight, done, row.score, row.proof, row.missing


def _report(args: argparse.Namespace, console: Console) -> int:
    ending = args.out.suffix.lower().removeprefix(".") if args.out else ""
    kind = args.format or (ending if ending in ("xlsx", "docx") else "docx")
    document = args.document or "form"
    if document == "report" and kind == "xlsx":
        raise Failure("自评报告只有 docx 格式")
    from targets.self_evaluation import evaluation

    product = console.product()
    with product.engine.connect() as conn:
        found = _judge(conn, args, console)
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
