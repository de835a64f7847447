"""The raw engine: the same sums from the same files by DuckDB alone, written by hand.

Rows whose durations cannot be read are left out, as the product leaves them out; nothing is said about them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from kpi.measures import ANSWER_LIMITS, SHORT_LIMITS, STRICT_LIMITS

_LIMITS = ",\n".join(
    [f"count(*) FILTER (answered AND wait <= {t}) AS answered_within_{t}" for t in ANSWER_LIMITS]
    + [f"count(*) FILTER (NOT answered AND wait <= {t}) AS abandoned_within_{t}" for t in ANSWER_LIMITS]
    + [f"count(*) FILTER (answered AND wait < {t}) AS answered_under_{t}" for t in STRICT_LIMITS]
    + [f"count(*) FILTER (NOT answered AND wait < {t}) AS abandoned_under_{t}" for t in SHORT_LIMITS]
)

_READ_CALLS = """
CREATE TEMP TABLE rows AS
SELECT 中心 AS centre, 来电时间 AS asked, 技能组 AS queue, 是否接通 = '是' AS answered, 等待时长 AS wait,
       TRY_CAST(通话时长 AS INTEGER) AS talk, 话后时长 AS wrap, 工号 AS seat, 录音 = '有' AS recorded,
       CASE 评价 WHEN '非常满意' THEN 5 WHEN '满意' THEN 4 WHEN '一般' THEN 3 WHEN '不满意' THEN 1 END AS points
FROM read_csv(?, header=true, delim=',', columns={
    '流水号': 'VARCHAR', '中心': 'VARCHAR', '来电时间': 'TIMESTAMP', '技能组': 'VARCHAR', '是否接通': 'VARCHAR',
    '等待时长': 'INTEGER', '通话时长': 'VARCHAR', '话后时长': 'INTEGER', '工号': 'VARCHAR', '录音': 'VARCHAR',
    '评价': 'VARCHAR'})
WHERE 通话时长 IS NULL OR TRY_CAST(通话时长 AS INTEGER) IS NOT NULL
"""

_CALL_SUMS = f"""
CREATE TABLE call_sums AS
SELECT centre, asked::DATE AS day, hour(asked) AS hour, queue, count(*) AS offered,
       count(*) FILTER (answered) AS answered, count(*) FILTER (NOT answered) AS abandoned,
       sum(wait) FILTER (answered) AS wait_seconds, sum(talk) AS talk_seconds, sum(wrap) AS wrap_seconds,
       count(*) FILTER (recorded) AS recorded, count(points) AS rated_calls,
       count(*) FILTER (points >= 4) AS satisfied_calls, sum(points) AS rating_points,
       {_LIMITS}
FROM rows GROUP BY ALL
"""

_SEAT_SUMS = """
CREATE TABLE seat_sums AS
SELECT centre, asked::DATE AS day, seat, count(*) AS seat_calls, sum(talk + wrap) AS seat_busy_seconds
FROM rows WHERE answered GROUP BY ALL
"""

_READ_ORDERS = """
CREATE TEMP TABLE rows AS SELECT * FROM read_csv(?, header=true, delim=',', columns={
    '工单编号': 'VARCHAR', '中心': 'VARCHAR', '受理时间': 'TIMESTAMP', '受理渠道': 'VARCHAR', '诉求类型': 'VARCHAR',
    '受理工号': 'VARCHAR', '直接答复': 'VARCHAR', '派单时间': 'TIMESTAMP', '及时派单': 'VARCHAR', '承办单位': 'VARCHAR',
    '办理时限': 'TIMESTAMP', '办结时间': 'TIMESTAMP', '回访时间': 'TIMESTAMP', '回访结果': 'VARCHAR'})
"""

_ORDER_ROLES = (
    ("受理时间", "count(*) AS accepted, count(*) FILTER (直接答复 = '是') AS solved_first,"
     " count(*) FILTER (办结时间 IS NOT NULL) AS accepted_closed,"
     " count(*) FILTER (办结时间 <= 办理时限) AS accepted_on_time"),
    ("派单时间", "count(*) AS dispatched, count(*) FILTER (及时派单 = '是') AS dispatched_on_time"),
    ("办理时限", "count(*) AS due, count(办结时间) AS closed,"
     " count(*) FILTER (办结时间 <= 办理时限) AS closed_on_time"),
    ("办结时间", "count(*) AS to_call_back, count(回访时间) AS called_back"),
    ("回访时间", "count(*) FILTER (回访结果 IN ('满意', '基本满意', '不满意')) AS rated_orders,"
     " count(*) FILTER (回访结果 IN ('满意', '基本满意')) AS satisfied_orders"),
)  # fmt: skip

ORDER_TABLES = tuple(f"order_sums_{number}" for number in range(len(_ORDER_ROLES)))


def sum_calls(csv: Path) -> duckdb.DuckDBPyConnection:
    """Read the calls once and sum them by centre, day, hour and queue, and by centre, day and seat."""
    con = duckdb.connect()
    con.execute(_READ_CALLS, [str(csv)])
    con.execute(_CALL_SUMS)
    con.execute(_SEAT_SUMS)
    return con


def sum_orders(csv: Path) -> duckdb.DuckDBPyConnection:
    """Read the orders once and sum them by each of their five dates, and by seat."""
    con = duckdb.connect()
    con.execute(_READ_ORDERS, [str(csv)])
    for table, (column, sums) in zip(ORDER_TABLES, _ORDER_ROLES, strict=True):
        con.execute(
            f"CREATE TABLE {table} AS SELECT 中心 AS centre, {column}::DATE AS day,"
            f" 受理时间::DATE AS anchor, 承办单位, 受理渠道, 诉求类型, {sums}"
            f" FROM rows WHERE {column} IS NOT NULL GROUP BY ALL"
        )
    con.execute(
        "CREATE TABLE seat_sums AS SELECT 中心 AS centre, 受理时间::DATE AS day, 受理工号 AS seat,"
        " count(*) AS seat_orders FROM rows GROUP BY ALL"
    )
    return con
