"""``columns`` and ``measures`` of a source in sources.yaml → RowMapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ingest.config_nodes import At, nearest
from ingest.mapping import (
    DURATIONS,
    PERCENTAGES,
    As,
    Cell,
    DurationField,
    HourField,
    Kind,
    MeasureField,
    MomentField,
    RatingField,
    RowField,
    RowMapping,
    Shape,
    TextField,
    YesNoField,
)

MOMENT, YES_NO, DURATION, RATING, TEXT, HOUR = "moment", "yes_no", "duration", "rating", "text", "hour"

FIELD_KINDS: dict[Shape, dict[str, str]] = {
    Shape.CALLS: {
        "asked_at": MOMENT,
        "answered": YES_NO,
        "wait": DURATION,
        "talk": DURATION,
        "wrap": DURATION,
        "seat": TEXT,
        "queue": TEXT,
        "channel": TEXT,
        "rating": RATING,
        "recorded": YES_NO,
        "to_person": YES_NO,
        "lost_in_ivr": YES_NO,
        "number_known": YES_NO,
        "returned": YES_NO,
        "id": TEXT,
    },
    Shape.ORDERS: {
        "accepted_at": MOMENT,
        "dispatched_at": MOMENT,
        "dispatch_on_time": YES_NO,
        "dispatched_right": YES_NO,
        "returned_at_fault": YES_NO,
        "due_at": MOMENT,
        "closed_at": MOMENT,
        "on_time": YES_NO,
        "solved_first": YES_NO,
        "to_call_back": YES_NO,
        "called_back": YES_NO,
        "called_back_at": MOMENT,
        "rating": RATING,
        "department": TEXT,
        "channel": TEXT,
        "category": TEXT,
        "seat": TEXT,
        "id": TEXT,
    },
    Shape.DAYS: {
        "day": MOMENT,
        "hour": HOUR,
        "queue": TEXT,
        "channel": TEXT,
        "seat": TEXT,
        "team": TEXT,
        "shift": TEXT,
        "department": TEXT,
        "category": TEXT,
    },
    Shape.MONTHS: {"month": MOMENT},
}
"""The fields a shape has, and how the text of each is read."""

REQUIRED: dict[Shape, tuple[str, ...]] = {
    Shape.CALLS: ("asked_at", "answered"),
    Shape.ORDERS: ("accepted_at",),
    Shape.DAYS: (),
    Shape.MONTHS: ("month",),
}
"""The fields a shape can't do without (shape days: day, or start_date at the source)."""

YES_WORDS = ("是", "有", "y", "yes", "true", "t", "1", "√", "✓")
NO_WORDS = ("否", "无", "n", "no", "false", "f", "0", "×", "✗")

_CELL = ("column", "sql", "optional")
_RATING_KEYS = ("values", "satisfied_from", "satisfied", "dissatisfied", "not_a_rating")
_HOW = {how.value: how for how in As}
_DURATION_HOW = tuple(how.value for how in DURATIONS)


def read_cell(at: At, kind: Kind, extra: Iterable[str] = ()) -> tuple[Cell, dict[str, At]]:
    """A column, written short (its header, or a list of headers) or long, with the further keys it has."""
    if not at.is_map:
        return Cell(names=at.words()), {}
    got = at.fields((*_CELL, *extra))
    names = got["column"].words() if "column" in got else ()
    sql = got["sql"].text() if "sql" in got else ""
    if sql and kind is not Kind.SQL:
        got["sql"].problem("只有 kind: sql 的来源可以写 sql 表达式,请改写 column")
    if bool(names) == bool(sql):
        at.problem("要写 column (源文件里的列名)" + (" 或 sql 表达式,二者取一" if kind is Kind.SQL else ""))
    optional = got["optional"].flag(False) if "optional" in got else False
    return Cell(names, sql, optional), got


def _formats(got: dict[str, At]) -> tuple[str, ...]:
    return got["format"].words() if "format" in got else ()


def _moment(at: At, kind: Kind) -> MomentField:
    if at.is_map and not {"date", "time"}.isdisjoint(at.pairs()):
        parts = at.fields(("date", "time"), required=("date", "time"))
        date_cell, got = read_cell(parts["date"], kind, ("format",)) if "date" in parts else (Cell(), {})
        time_cell = read_cell(parts["time"], kind)[0] if "time" in parts else Cell()
        return MomentField(date_cell, _formats(got), time_cell)
    cell, got = read_cell(at, kind, ("format",))
    return MomentField(cell, _formats(got))


def _yes_no(at: At, kind: Kind) -> YesNoField:
    cell, got = read_cell(at, kind, ("yes", "no", "not", "present"))
    given_yes, given_no = (got[name].words() if name in got else () for name in ("yes", "no"))
    yes = given_yes or _without(YES_WORDS, given_no)  # the usual words give way to those written down
    no = given_no or _without(NO_WORDS, given_yes)
    both = {_fold(word) for word in yes} & {_fold(word) for word in no}
    if both:
        at.problem(f"这些词同时写在 yes 和 no 里: {', '.join(sorted(both))}")
    invert = got["not"].flag(False) if "not" in got else False
    present = got["present"].flag(False) if "present" in got else False
    return YesNoField(cell, (), (), invert, True) if present else YesNoField(cell, yes, no, invert)


def _fold(word: str) -> str:
    return word.strip().lower()


def _without(words: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    folded = {_fold(word) for word in taken}
    return tuple(word for word in words if _fold(word) not in folded)


def _duration(at: At, kind: Kind) -> DurationField:
    cell, got = read_cell(at, kind, ("as",))
    how = got["as"].choice(_DURATION_HOW) if "as" in got else ""
    return DurationField(cell, _HOW[how] if how else As.DURATION)


def _rating(at: At, kind: Kind) -> RatingField:
    cell, got = read_cell(at, kind, _RATING_KEYS)
    values: list[tuple[str, float]] = []
    for word, item in got["values"].pairs().items() if "values" in got else ():
        points = item.number()
        if points is not None and not 0 <= points <= 100:
            item.problem("评价的分数应在 0 到 100 之间")
        values.append((word, points if points is not None else 0.0))
    start = got["satisfied_from"].number() if "satisfied_from" in got else None
    satisfied, dissatisfied, none = (
        got[name].words() if name in got else () for name in ("satisfied", "dissatisfied", "not_a_rating")
    )
    if start is None and not satisfied:
        at.problem("要写 satisfied_from (几分起算满意) 或 satisfied (哪些词算满意)")
    if satisfied and not values and not dissatisfied and start is None:
        at.problem("写了 satisfied 就还要写 dissatisfied (哪些词算不满意)")
    return RatingField(cell, tuple(values), start, satisfied, dissatisfied, none)


def _text(at: At, kind: Kind) -> TextField:
    cell, got = read_cell(at, kind, ("values",))
    return TextField(cell, got["values"].texts() if "values" in got else ())


def _hour(at: At, kind: Kind) -> HourField:
    cell, got = read_cell(at, kind, ("format",))
    return HourField(cell, _formats(got))


_READERS: dict[str, Callable[[At, Kind], RowField]] = {
    MOMENT: _moment,
    YES_NO: _yes_no,
    DURATION: _duration,
    RATING: _rating,
    TEXT: _text,
    HOUR: _hour,
}


def _measure(at: At, kind: Kind) -> MeasureField:
    cell, got = read_cell(at, kind, ("as", "mean_of", "share_of"))
    how = got["as"].choice(_HOW) if "as" in got else ""
    mean = got["mean_of"].text() if "mean_of" in got else ""
    share = got["share_of"].text() if "share_of" in got else ""
    found = MeasureField(cell, _HOW[how] if how else As.NUMBER, mean, share)
    if mean and share:
        at.problem("mean_of 与 share_of 只能写一个")
    if found.how in PERCENTAGES and not share:
        at.problem("百分比要乘上总数才能相加:请写 share_of: 总数的计量代码")
    if share and found.how not in PERCENTAGES:
        at.problem("share_of 要与 as: percent 一起写;如果是平均值,请改写 mean_of")
    return found


def _measures(at: At, kind: Kind, known: Iterable[str]) -> tuple[tuple[str, MeasureField], ...]:
    known = tuple(known)
    found: dict[str, MeasureField] = {}
    places = at.pairs()
    for code, item in places.items():
        if code not in known:
            item.problem(f"不认识的计量 ‘{code}’{nearest(code, known)};自有的计量要先写在 measures: 里")
            continue
        found[code] = _measure(item, kind)
    for code, measure in found.items():
        other = measure.times
        if other and (other not in places or (other in found and found[other].times)):
            places[code].problem(f"‘{other}’ 要在同一处 measures 里直接给出,才能与它相乘")
    return tuple(found.items())


def read_mapping(shape: Shape, kind: Kind, columns: At | None, measures: At | None, known: Iterable[str]) -> RowMapping:
    """The mapping of one source; ``known`` are the codes of the measures there are. Problems are noted."""
    kinds = FIELD_KINDS[shape]
    fields: dict[str, RowField] = {}
    if columns is not None:
        for name, item in columns.fields(kinds, REQUIRED[shape]).items():
            fields[name] = _READERS[kinds[name]](item, kind)
    read = _measures(measures, kind, known) if measures is not None else ()
    return RowMapping(tuple(fields.items()), read)
