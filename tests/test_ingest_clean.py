"""What a text cell is read as, asked of the engine cell by cell."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import duckdb
import pytest

from ingest import clean, clean_times
from ingest.clean import Read
from ingest.mapping import As, Cell, RatingField, TextField, YesNoField

CELL = Cell(("列",))


def read(how: Read, cell: str | None) -> object:
    """The value of one cell, read quickly or slowly as ``frames_plan`` does."""
    sql = (
        f"SELECT coalesce(q, {how.slow('h')}) FROM (SELECT *, CASE WHEN q IS NULL AND c IS NOT NULL "
        f"THEN {clean.half('c')} END AS h FROM (SELECT c, {how.quick} AS q FROM (SELECT CAST(? AS VARCHAR) AS c)))"
    )
    row = duckdb.connect().execute(sql, [cell]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("17", 17), ("0", 0), ("0.0", 0), ("1.5", "1.5"), ("0:00:17", 17), ("1:30", 90), ("00:01:23.5", "83.5"),
        ("36:00:00", 129600), ("1,234", 1234), ("１，２３４", 1234), ("１：３０", 90), (" 12 ", 12), ("\t12", 12),
        ('="12"', 12), ("0.0015625", 135), ("1.1574E-05", 1), ("1分20秒", 80), ("2小时3秒", 7203), ("90秒", 90),
        ("5分钟", 300), ("-5", -5), ("-0:00:05", -5), ("1e3", 1000),
    ],
)  # fmt: skip
def test_it_reads_durations_however_they_are_written(cell: str, seconds: object) -> None:
    assert read(clean_times.duration("c", As.DURATION), cell) == Decimal(str(seconds))


@pytest.mark.parametrize(
    "cell", ["25:71:00", "1:60", "0:0:61", "abc", "12,34", "秒", ".", "1e400", "1:2:3:4", "", "-", None]
)
def test_it_gives_no_duration_for_what_is_none(cell: str | None) -> None:
    assert read(clean_times.duration("c", As.DURATION), cell) is None


@pytest.mark.parametrize(
    ("how", "cell", "seconds"),
    [(As.SECONDS, "0.5", "0.5"), (As.MINUTES, "0.5", "30"), (As.MINUTES, "0:10", "10"), (As.DAYS, "0.5", "43200")],
)
def test_it_reads_a_plain_number_in_the_unit_it_is_told(how: As, cell: str, seconds: str) -> None:
    assert read(clean_times.duration("c", how), cell) == Decimal(seconds)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"), ("1,234", "1234"), ("1，２３４", "1234"), ("¥1,234.50", "1234.5"), ("12件", "12"), ("-3", "-3"),
        (".5", "0.5"), ("5.", "5"), ("1.5e3", "1500"), ("\u3000７\u3000", "7"),
    ],
)  # fmt: skip
def test_it_reads_numbers_with_separators_and_units(cell: str, value: str) -> None:
    assert read(clean.number("c"), cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["12,34", "1 234", "1,2345", "nan", "inf", "0x10", "abc", "1e30", "一百", "", "--"])
def test_it_gives_no_number_for_what_is_none(cell: str) -> None:
    assert read(clean.number("c"), cell) is None


@pytest.mark.parametrize(
    ("cell", "fraction"),
    [
        ("94.01%", "0.9401"), ("0.9401", "0.9401"), ("94．01％", "0.9401"), ("94.01 %", "0.9401"), ("1", "1"),
        ("0", "0"), ("101%", "1.01"), ("-1%", "-0.01"), ("0.9401384083044983", "0.9401384083"),
    ],
)  # fmt: skip
def test_it_reads_percentages_as_fractions(cell: str, fraction: str) -> None:
    assert read(clean.percent(As.PERCENT), cell) == Decimal(fraction)


def test_it_reads_percent_points_where_it_is_told() -> None:
    assert read(clean.percent(As.PERCENT_POINTS), "94.01") == Decimal("0.9401")
    assert read(clean.percent(As.PERCENT_POINTS), "94.01%") == Decimal("0.9401")
    assert read(clean.percent(As.PERCENT), "99999999999999999999%") is None


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2025-01-02 10:05:06", datetime(2025, 1, 2, 10, 5, 6)),
        ("2025-1-2 9:05", datetime(2025, 1, 2, 9, 5)),
        ("2025/1/2", datetime(2025, 1, 2)),
        ("20250102", datetime(2025, 1, 2)),
        ("20250102100506", datetime(2025, 1, 2, 10, 5, 6)),
        ("2025年1月2日 10时5分6秒", datetime(2025, 1, 2, 10, 5, 6)),
        ("2025-01-02T10:05:06", datetime(2025, 1, 2, 10, 5, 6)),
        ("2025-01-02 10:05:06.789", datetime(2025, 1, 2, 10, 5, 6)),
        ("２０２５－０１－０２", datetime(2025, 1, 2)),
        ("44197.384", datetime(2021, 1, 1, 9, 12, 58)),
        ("44197", datetime(2021, 1, 1)),
        ("\u3000 2025-01-02\t", datetime(2025, 1, 2)),
    ],
)
def test_it_reads_moments_with_the_year_first_without_being_told(cell: str, moment: datetime) -> None:
    assert read(clean_times.moment("c", ()), cell) == moment


@pytest.mark.parametrize(
    "cell", ["2025-02-30", "25:71:00", "2025-01-01 24:00:00", "13/01/2025", "01/02/2025", "99999", "昨天", "", None]
)
def test_it_gives_no_moment_for_what_is_none_or_has_two_readings(cell: str | None) -> None:
    assert read(clean_times.moment("c", ()), cell) is None


def test_it_reads_the_formats_it_is_given_and_true_date_cells_besides() -> None:
    how = clean_times.moment("c", ("%m/%d/%Y %H:%M", "%d.%m.%y"))
    assert read(how, "5/4/2018 16:33") == datetime(2018, 5, 4, 16, 33)
    assert read(how, "04.05.18") == datetime(2018, 5, 4)
    assert read(how, "2018-05-04 16:33:00") == datetime(2018, 5, 4, 16, 33)
    assert read(how, "13/4/2018 16:33") is None


def test_it_turns_a_utc_offset_into_wall_time_only_where_it_knows_the_zone() -> None:
    shanghai = clean_times.moment("c", (), "Asia/Shanghai")
    assert read(shanghai, "2025-01-01T18:30:00Z") == datetime(2025, 1, 2, 2, 30)
    assert read(shanghai, "2025-01-01T18:30:00.5+08:00") == datetime(2025, 1, 1, 18, 30)
    assert read(clean_times.moment("c", ()), "2025-01-01T18:30:00Z") is None


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("9:12:58", time(9, 12, 58)), ("09:12", time(9, 12)), ("9:05 PM", time(21, 5)), ("0.384", time(9, 12, 58)),
        ("1899-12-31 09:12:58", time(9, 12, 58)), ("24:00", None), ("x", None), ("", None),
    ],
)  # fmt: skip
def test_it_reads_the_time_of_day(cell: str, moment: time | None) -> None:
    assert read(clean_times.time_of_day("c"), cell) == moment


@pytest.mark.parametrize(
    ("cell", "hour"),
    [("8", 8), ("08:00", 8), ("08:00-09:00", 8), ("8时", 8), ("8.0", 8), ("24", 24), ("x", None), ("123", None)],
)
def test_it_reads_the_hour(cell: str, hour: int | None) -> None:
    assert read(clean_times.hour("c", ()), cell) == hour


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("是", True),
        (" 是 ", True),
        ("y", True),
        ("Ｙ", True),
        ("1", True),
        ("否", False),
        ("", False),
        ("-", False),
        ("x", None),
    ],
)
def test_it_reads_yes_and_no_by_their_words(cell: str, said: bool | None) -> None:
    field = YesNoField(CELL, yes=("是", "Y", "1"), no=("否", "N", ""))
    assert read(clean.yes_no("c", field), cell) is said
    assert read(clean.yes_no("c", YesNoField(CELL, field.yes, field.no, invert=True)), cell) is (
        None if said is None else not said
    )


@pytest.mark.parametrize(
    ("cell", "said"), [("2025-01-01", True), ("abc", True), ("", False), ("--", False), (" ", False)]
)
def test_it_takes_any_text_for_yes_where_the_presence_counts(cell: str, said: bool) -> None:
    assert read(clean.yes_no("c", YesNoField(CELL, present=True)), cell) is said


def test_it_reads_ratings_by_their_words() -> None:
    field = RatingField(CELL, (("非常满意", 5), ("满意", 4), ("不满意", 1)), 4, not_a_rating=("未评价", ""))
    points = clean.rating_points("c", field)
    assert [read(points, cell) for cell in ("非常满意", " 满意", "不满意", "未评价", "", "好", None)] == [
        5,
        4,
        1,
        None,
        None,
        None,
        None,
    ]


def test_it_reads_ratings_given_as_numbers() -> None:
    points = clean.rating_points("c", RatingField(CELL, satisfied_from=4, not_a_rating=("0",)))
    assert [read(points, cell) for cell in ("3.0", "５", "0", "好", "")] == [3, 5, None, None, None]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 综合 队列 ", "综合 队列"),
        ('="007"', "007"),
        ("007", "007"),
        ("\u3000甲\u00a0", "甲"),
        ("  ", None),
        ("=甲", "=甲"),
    ],
)
def test_it_keeps_names_as_they_are_but_for_the_space_around_them(cell: str, name: str | None) -> None:
    row = duckdb.connect().execute(f"SELECT {clean.name('c', TextField(CELL))} FROM (SELECT ? AS c)", [cell]).fetchone()
    assert row == (name,)


def test_it_quotes_what_the_user_wrote() -> None:
    nasty = "a'; DROP TABLE x; --\"{h}"
    field = YesNoField(CELL, yes=(nasty,), no=("否",))
    assert read(clean.yes_no("c", field), nasty) is True
    assert duckdb.connect().execute(f"SELECT 1 AS {clean.ident(nasty)}").fetchdf().columns[0] == nasty


@pytest.mark.parametrize("cell", ["", " ", "\u3000", "-", "--", "—", "/", "NULL", "n/a", "#N/A", "\\N", "NaN", None])
def test_it_knows_a_blank_cell_when_it_sees_one(cell: str | None) -> None:
    sql = f"SELECT {clean.blank(clean.half('c'))} FROM (SELECT CAST(? AS VARCHAR) AS c)"
    assert duckdb.connect().execute(sql, [cell]).fetchone() == (True,)
