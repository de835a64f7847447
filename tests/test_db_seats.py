"""Seat-days read from the facts: over all sources, the same by seat as for the centre."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from db.answers import evaluate
from db.seats import has_seats, seat_days
from kpi.catalogue import build
from kpi.model import Ask, Grain
from tests.factories import DAY, Desk, batch, seats

NEXT = date(2026, 3, 6)


def _fill(engine: Engine) -> Desk:
    """On the first day one seat takes calls and orders, another only signs in; on the next only sign-ins are known."""
    desk = Desk(engine)
    desk.write(batch(seats=seats({"seat": "a", "seat_calls": 40, "seat_busy_seconds": 7200})), "calls")
    desk.write(batch(seats=seats({"seat": "a", "seat_orders": 5})), "orders")
    signed = [{"seat": seat, "day": day, "signed_in_seconds": 28_800} for seat in ("a", "b") for day in (DAY, NEXT)]
    rows = [row | {"team": "一组", "shift": "早班" if row["seat"] == "a" else ""} for row in signed]
    desk.write(batch(seats=seats(*rows)), "signed")
    return desk


def test_it_gives_one_row_a_seat_and_day_over_all_sources(engine: Engine) -> None:
    desk = _fill(engine)
    with engine.connect() as conn:
        rows = seat_days(conn, [desk.centres["city"]], DAY, NEXT)
        assert has_seats(conn, [desk.centres["city"]]) and not has_seats(conn, [desk.centres["district"]])
        assert len(seat_days(conn, [desk.centres["district"]], DAY, NEXT)) == 0
    city = desk.centres["city"]
    assert rows.names == ((city, "a"), (city, "b"))
    assert rows.calls[0] == 40 and rows.orders[0] == 5 and rows.busy[0] == 7200 and rows.signed_in[0] == 28_800
    assert (rows.teams, rows.shifts) == (("一组",) * 4, ("早班", "", "早班", ""))
    assert rows.worked.tolist() == [True, True, False, False]


def test_it_counts_seats_alike_for_the_centre_and_seat_by_seat(engine: Engine) -> None:
    """A seat that only signed in is a seat-day of the centre, so it is one in the list of seats as well."""
    _fill(engine)

    def told(by: Grain) -> list[tuple[float | None, float | None]]:
        ask = Ask(("daily_output",), (), DAY, NEXT, NEXT, by)
        with engine.connect() as conn:
            values = evaluate(conn, build(), ask).values["daily_output"]
        return [(value.numerator, value.denominator) for value in values]

    assert told(Grain.TOTAL) == [(45, 2)]
    assert told(Grain.SEAT) == [(45, 1), (0, 1)]
