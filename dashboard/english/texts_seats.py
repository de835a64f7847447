"""English twins of ``dashboard.texts_seats``."""

from __future__ import annotations

SEAT_TEXTS_EN: dict[str, str] = {
    "page.seats": "Seats",
    "page.seat": "Seat",
    "seats.figures": "Seat figures",
    "seats.output_is": "{label}: {name} {value}",
    "seats.output_target": "{label}: {name} {value} (target {target})",
    "seats.made_by": "{seats} seats handled {items} items in {days} seat-days",
    "seats.the_target": "the target",
    "seats.the_centre": "the centre",
    "seats.apart": (
        "Of {n} comparable seats {above} are clearly above {against}, {below} clearly below, {unclear} can't "
        "be told apart from it"
    ),
    "seats.standing": "{above} seats are clearly above {against}, {below} clearly below, {unclear} can't be told apart",
    "seats.untold_title": "No source tells the seats",
    "seats.untold_hint": (
        "Map seat (the column of seat numbers) in a source of calls, work orders or sign-ins in sources.yaml; "
        "the page fills after the next pull."
    ),
    "seats.closed_title": "Single seats are not shown",
    "seats.closed_hint": (
        "An administrator has closed the pages of single seats with HOTLINE_SEAT_RANKING; for the centre see {link}."
    ),
    "seats.no_seat_title": "{label}: no record of seat {seat}",
    "seats.no_seat_hint": "Choose another period, or another seat from {link}.",
    "seats.ranking": "Ranking of seats",
    "seats.list": "Seats",
    "seats.list_hint": "Open a seat to see its days",
    "seats.seat": "Seat",
    "seats.nth": "Seat {n}",
    "seats.of_centre": "{centre} {seat}",
    "seats.place": "Place",
    "seats.place_is": "{place} ({best}–{worst})",
    "seats.interval": "95% interval",
    "seats.against": "Compared",
    "seats.above": "above {against}",
    "seats.below": "below {against}",
    "seats.unclear": "can't be told",
    "seats.items": "Items",
    "seats.seat_days": "Seat-days",
    "seats.calls": "Calls",
    "seats.orders": "Orders",
    "seats.too_few": "too few samples, not ranked",
    "seats.least": "ranked from {days} seat-days and {items} items on",
    "seats.none_ranked": "No seat has enough samples to be ranked ({least})",
    "seats.none_ranked_hint": "The period is short, or the seats are new: {least}. Choose a longer period.",
    "seats.few_hidden": "{n} more seats have too few samples and are not listed",
    "seats.by_chance": "even if all were alike, {out} of {n} seats would lie on one side of the line by chance alone",
    "seats.ranking_note": (
        "▲ above, ▼ below, ○ can't be told; lines: 95% intervals, where they overlap seats can't be ranked"
    ),
    "seats.interval_how": (
        "From how much the items of seat-days vary (t interval); fewer and more uneven days make it wider"
    ),
    "seats.place_how": (
        "In brackets the places it may have: another is ahead or behind only where the intervals don't touch"
    ),
    "seats.rates": "Answer and satisfaction rates",
    "seats.rates_how": "By seat the sources tell items and times only; ratings and missed calls are not kept by seat",
    "seats.ranking_off": "Ranking is switched off.",
    "seats.cut": (
        "Only the first {n} and the last {n} of {all} are listed, all are in the CSV or XLSX. Open another "
        "seat by its number:"
    ),
    "seats.open": "Open",
    "seats.open_label": "Seat",
    "seats.spread": "Spread of seat-days",
    "seats.spread_is": "Half of the seat-days have {median} items or more, 80% between {low} and {high}",
    "seats.spread_none": "No seat-day is over yet; today's are left out of the spread",
    "seats.spread_below": "; {share} of them have fewer than {target}",
    "seats.spread_note": (
        "Each seat counts once a day, by the items of that day; the dashed line is the target, which is meant "
        "for the mean and not for everyone every day; today, not over yet, is left out"
    ),
    "seats.day_how": (
        "A seat that signs in or handles at least one item on a day is one seat-day; one that only signed in "
        "has 0 items."
    ),
    "seats.items_of_day": "Items of the day",
    "seats.share": "Share (%)",
    "seats.target_mark": "Target {target}",
    "seats.bin_hover": "{bin} items: {n} seat-days",
    "seats.calendar": "Calendar of items per seat-day",
    "seats.calendar_note": "One cell a day; the further from the ground, the higher; blank: no data",
    "seats.calendar_target": (
        "One cell a day; the further from the ground, the higher; ✕ missed the target; blank: no data"
    ),
    "seats.month_axis": "{month}",
    "seats.team": "Team",
    "seats.shift": "Shift",
    "seats.centre": "Centre",
    "seats.seats": "Seats",
    "seats.by_team": "By team",
    "seats.by_shift": "By shift",
    "seats.by_centre": "By centre",
    "seats.none_team": "No source tells the teams. Where the sign-in sheet has the column, map team in sources.yaml.",
    "seats.none_shift": (
        "No source tells the shifts. Where the sign-in sheet has the column, map shift in sources.yaml."
    ),
    "seats.none_centre": "No centre has seats in this period.",
    "seats.group_only": "Only {who}: {value} items per seat-day",
    "seats.group_apart": "{most} highest with {high}, {least} lowest with {low}; hardly by chance",
    "seats.group_alike": "{most} highest with {high}, {least} lowest with {low}; perhaps only by chance",
    "seats.group_note": "Sum of items ÷ sum of seat-days; shifts differ in length and hours, so mind before comparing",
    "seats.untold": "{n} more seat-days tell no {kind}",
    "seats.hidden": "{n} more groups are too small to be listed",
    "seats.seat_is": "Seat {seat}, {label}: {items} items in {days} seat-days, {value}",
    "seats.seat_few": "too few samples ({least}) to compare with the centre",
    "seats.seat_above": "95% interval {interval}, clearly above the centre's {centre}",
    "seats.seat_below": "95% interval {interval}, clearly below the centre's {centre}",
    "seats.seat_unclear": "95% interval {interval}, not to be told apart from the centre's {centre}",
    "seats.seat_figures": "This seat and the centre",
    "seats.own": "This seat",
    "seats.of_whole": "Centre",
    "seats.path": "Items by day",
    "seats.path_is": "Of {n} seat-days {below} were below and {above} above the middle 80% of seats that day",
    "seats.path_alone": "Too few seats at work to compare with",
    "seats.path_note": (
        "A point a day (▲ above, ▼ below the middle 80%); grey: the middle 80% of seats that day, thin line: "
        "the centre's mean; gaps: days off"
    ),
    "seats.path_target": (
        "A point a day (▲ above, ▼ below the middle 80%); grey: the middle 80% of seats that day, thin line: "
        "the centre's mean, dashed: the target; gaps: days off"
    ),
    "seats.band": "Middle 80% of the day",
    "seats.band_how": (
        "The 10th to the 90th percentile of the items of all seats at work in the centre that day; none with "
        "fewer than 5 seats"
    ),
    "seats.centre_mean": "Centre's mean",
    "seats.path_hover": "{day}: {items} items, {calls} calls, {orders} orders",
    "seats.path_hover_band": "middle 80% {low} ~ {high}, centre's mean {centre}",
    "seats.hours": "Where the signed-in time went",
    "seats.share_of": "{name}, of the signed-in time",
    "seats.signed_in": "Signed in",
    "seats.signed_in_is": "{hours} h",
    "seats.signed_in_a_day": "{hours} h a day",
    "seats.hours_untold": "No sign-in times",
    "seats.hours_none": "No source tells how long this seat was signed in. Map signed_in_seconds in sources.yaml.",
    "seats.hours_alone": "Sign-in times are known, talk and pause times are not",
    "seats.hours_note": "From below: talk and wrap-up, pauses, the rest of the time signed in (hours)",
    "seats.hours_running": "pale: today, not over yet",
    "seats.hours_how": (
        "Occupancy is talk and wrap-up ÷ signed-in time; the rest is signed-in time less talk, wrap-up and pauses"
    ),
    "seats.share_is": "{name}: {own} of the signed-in time (centre {centre})",
    "seats.busy": "Talk and wrap-up",
    "seats.paused": "Pauses",
    "seats.signed_in_hours": "Signed in (hours)",
    "seats.busy_hours": "Talk and wrap-up (hours)",
    "seats.paused_hours": "Pauses (hours)",
    "seats.busy_share": "Occupancy (%)",
    "seats.hours_hover": "{day}: signed in {all} h, talk and wrap-up {busy}, pauses {paused}",
    "seats.to_seats": "All seats",
    "seats.axis_from": "the axis starts at {low}",
    "seats.axis_day": "%b %-d",
    "seats.axis_hours": " h",
}
