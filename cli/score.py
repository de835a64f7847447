"""score: a sheet scored by the rules of its self-evaluation."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cli.console import Console, Failure
from cli.parser import Commands, Parser
from cli.progress import add_sheet, which_sheet

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from kpi.scoring import RowScore
    from targets.evaluation import EvaluationRow
    from targets.self_evaluation import Judged

PERIODS = ("half", "full")


def register(commands: Commands) -> None:
    """Adds this group's commands."""
    score = commands.add("score", _score, "绩效自评打分", "按打分规则逐行打分。还缺完成值的行不计分,也就没有总分。")
    add_period(score)


def add_period(parser: Parser) -> None:
    """The options that say which sheet, and which period of it."""
    add_sheet(parser)
    parser.add_argument("--period", choices=PERIODS, help="half 半年, full 全年(缺省: 当前考核的期间)")


def judge_asked(conn: Connection, args: argparse.Namespace, console: Console) -> Judged:
    """The sheet judged over the period asked for. Raises Failure."""
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
    from targets.self_evaluation import evaluation

    product = console.product()
    with product.engine.connect() as conn:
        found = judge_asked(conn, args, console)
        made = evaluation(conn, product.catalogue, found, tz=product.tz, now=product.clock())
    score = found.score
    known = {one.key: one for project in made.projects for one in project.rows}
    rows = [(row, _done(row, known.get(row.row.key))) for row in score.rows]
    console.give(
        {
            **{"sheet": found.code, "period": found.period, "as_of": found.progress.as_of, "score": score},
            "completions": {row.row.key: done for row, done in rows},
        }
    )
    headers = ("行", "部分", "指标", "权重", "完成率", "得分", "算式", "缺")
    console.table(headers, (_cells(row, done) for row, done in rows), "打分表里没有行。")
    for section in score.sections:
        missing = f"(尚缺 {section.missing} 行)" if section.missing else ""
        console.say(f"{section.name}小计 {section.partial}{missing}")
    total = "还没有" if score.total is None else str(score.total)
    console.say(f"总分 {total}{'' if score.grade is None else f',{score.grade}'}")
    for note in score.notes:
        console.say(note)
    return 0


def _done(row: RowScore, told: EvaluationRow | None) -> str:
    """The completion as the page and the documents print it: what is allowed and kept is 100 %, not more."""
    if told is not None:
        return "" if told.completion == "—" else told.completion.replace("%", " %")
    return "" if row.completion is None else f"{row.completion} %"


def _cells(row: RowScore, done: str) -> tuple[object, ...]:
    name = " ".join(row.row.name.split())
    return row.no, row.row.section, name, row.weight, done, row.score, row.proof, row.missing
