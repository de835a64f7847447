"""接通率 over any continuous 24 hours (GB/T 33358 asks ≥ 95 %): hourly sums → sums of the 24 hours that end there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

WINDOW = 24


def rolling_sums(parts: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """``parts``: columns centre, day, hour, numerator, denominator (an absent hour of a day on record is 0).

    Returns columns ends (datetime, the hour's end), numerator, denominator, hours (how many of the 24 lie on days on
    record), one row for each hour from the first full window to ``until``. A day without any row is missing, so
    windows touching it hold fewer hours.
    """
    columns = ["ends", "numerator", "denominator", "hours"]
    if parts.empty:
        return pd.DataFrame(columns=columns)
    first, last = min(parts["day"]), max(parts["day"])
    sums = parts.groupby(["day", "hour"])[["numerator", "denominator"]].sum()
    on_record = set(parts["day"])
    slots = [(day, hour) for day in _days(first, last) for hour in range(WINDOW)]
    line = sums.reindex(pd.MultiIndex.from_tuples(slots, names=["day", "hour"])).fillna(0.0).reset_index()
    line["known"] = [float(day in on_record) for day in line["day"]]
    line["ends"] = [datetime(d.year, d.month, d.day) + timedelta(hours=h + 1) for d, h in slots]
    summed = line[["numerator", "denominator", "known"]].rolling(WINDOW).sum()
    result = pd.DataFrame(
        {
            "ends": line["ends"],
            "numerator": summed["numerator"],
            "denominator": summed["denominator"],
            "hours": summed["known"],
        }
    )
    return result[result["hours"].notna() & (result["ends"] <= until)].reset_index(drop=True)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]
