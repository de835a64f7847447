"""Every KPI of the catalogue as SQL written by hand from the rule book, straight on the fact tables.

``{w}`` stands for the condition on centre and days. Independent of ``kpi/`` and of ``day_totals``: the tests hold the
product's figures against these.
"""

from __future__ import annotations


def _calls(expression: str) -> str:
    return f"SELECT SUM({expression}) FROM call_stats WHERE {{w}}"


def _orders(column: str) -> str:
    return f"SELECT SUM({column}) FROM order_stats WHERE {{w}}"


def _reading(measure: str) -> str:
    return f"SELECT SUM(value) FROM readings WHERE measure = '{measure}' AND {{w}}"


def _level(measure: str) -> str:
    """The last reading on or before the end of the period."""
    return (
        f"SELECT value FROM readings WHERE measure = '{measure}' AND day = "
        f"(SELECT MAX(day) FROM readings WHERE measure = '{measure}' AND day <= :end)"
    )


_SEAT_DAY = (
    "(SELECT centre_id, day, seat, SUM(COALESCE(seat_calls, 0) + COALESCE(seat_orders, 0)) AS handled, "
    "SUM(COALESCE(signed_in_seconds, 0)) AS signed_in FROM seat_stats WHERE {w} GROUP BY centre_id, day, seat) worked"
)

HAND_SQL: dict[str, tuple[str, str | None]] = {
    "answer_rate": (_calls("answered"), _calls("offered")),
    "service_level": (_calls("answered_within_15"), _calls("answered + abandoned")),
    "speed_of_answer": (_calls("wait_seconds"), _calls("answered")),
    "handle_time": (_calls("talk_seconds + wrap_seconds"), _calls("answered")),
    "abandon_rate": (_calls("abandoned"), _calls("offered")),
    "ivr_loss_rate": (_calls("lost_in_ivr"), _calls("entered_ivr")),
    "recording_rate": (_calls("recorded"), _calls("answered")),
    "call_satisfaction_rate": (_calls("satisfied_calls"), _calls("rated_calls")),
    "call_satisfaction_score": (_calls("rating_points"), _calls("rated_calls")),
    "first_contact_rate": (_orders("solved_first"), _orders("accepted")),
    "dispatch_on_time_rate": (_orders("dispatched_on_time"), _orders("dispatched")),
    "dispatch_accuracy": (_orders("dispatched_right"), _orders("dispatched")),
    "at_fault_return_rate": (_orders("returned_at_fault"), _orders("dispatched")),
    "closure_rate": (_orders("closed"), _orders("due")),
    "on_time_closure_rate": (_orders("closed_on_time"), _orders("due")),
    "callback_rate": (_orders("called_back"), _orders("to_call_back")),
    "satisfaction_rate": (_orders("satisfied_orders"), _orders("rated_orders")),
    "missed_call_return_rate": (_calls("missed_returned"), _calls("missed_with_number")),
    "quality_pass_rate": (_reading("inspection_passed"), _reading("inspected")),
    "inspection_rate": (_reading("inspected"), _reading("to_inspect")),
    "at_fault_complaint_rate": (_reading("complaints_at_fault"), _calls("answered")),
    "service_complaints": (_reading("complaints"), None),
    "daily_output": (
        f"SELECT SUM(handled) FROM {_SEAT_DAY}",
        f"SELECT SUM(1) FROM {_SEAT_DAY} WHERE handled > 0 OR signed_in > 0",
    ),
    "occupancy": (
        "SELECT SUM(busy) FROM (SELECT SUM(seat_busy_seconds) AS busy FROM seat_stats WHERE {w} "
        "GROUP BY centre_id, day, seat HAVING SUM(signed_in_seconds) IS NOT NULL) AS seat_days",
        "SELECT SUM(signed_in_seconds) FROM seat_stats WHERE {w}",
    ),
    "retention_rate": (_level("seats_kept"), _level("seats_opening")),
    "accepted_volume": (_orders("accepted"), None),
    "inbound_volume": (_calls("entered_ivr"), None),
    "offered_volume": (_calls("offered"), None),
    "budget_execution_rate": (_reading("spent"), _level("budget")),
    "funds_received_rate": (_reading("received"), _level("funds_due")),
    "contract_payment_progress": (_reading("paid"), _level("contract_sum")),
    "budget_adjustment_rate": (_reading("moved"), _level("budget_approved")),
}

KEY_SQL: dict[str, tuple[str, str]] = {
    "hour": ("call_stats", "hour"),
    "queue": ("call_stats", "queue"),
    "channel": ("order_lines", "channel"),
    "department": ("order_lines", "department"),
    "category": ("order_lines", "category"),
}
"""Grain → the table and column a KPI's hand SQL is grouped by (``order_lines``: see ``tests/order_lines.py``)."""

EVENTS_ALONE = (
    "service_complaints",
    "budget_execution_rate",
    "funds_received_rate",
    "contract_payment_progress",
    "budget_adjustment_rate",
)
"""KPIs whose numerator is made of events: between the first and last record a day without one counts as zero."""
