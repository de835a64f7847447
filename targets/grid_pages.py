"""Where the pages of a form end: between the groups of a list where possible, never by chance inside one."""

from __future__ import annotations

from collections.abc import Sequence

from targets.grid import Look, Placed

PAGE_POINTS = 740.0
"""Height between the margins of an A4 page, in points; a form scaled down to the width of the page needs less."""
_WASTE = 0.3
"""The most of a page that may stay empty so that a group can begin on the next."""


def free_rows(placed: Sequence[Placed], count: int, *, from_column: int = 0) -> list[bool]:
    """For each row whether a page may end before it: no box from this column on reaches over that line, and it is
    not the first row below a head."""
    free = [True] * count
    for one in placed:
        if one.column >= from_column:
            for row in range(one.row + 1, one.row + one.box.rows):
                free[row] = False
        following = one.row + one.box.rows
        if one.box.look is Look.HEAD and following < count:
            free[following] = False
    return free


def page_ends(placed: Sequence[Placed], heights: Sequence[float], above: float, heads: float) -> list[int]:
    """The rows that begin a page, for rows of these heights in points.

    ``above``: what stands over the first row; ``heads``: what is repeated on every further page. A row longer than
    what is left runs on; it ends pages by itself.
    """
    strict, loose = free_rows(placed, len(heights)), free_rows(placed, len(heights), from_column=1)
    ends: list[int] = []
    used, since = above, 0
    for row, height in enumerate(heights):
        if used + height > PAGE_POINTS and row > since:
            begin = _last(strict, since, row, heights, used) or _last(loose, since, row, heights, used) or row
            ends.append(begin)
            used, since = heads + sum(heights[begin:row]), begin
        used += height
        if used > PAGE_POINTS:  # longer than a page: where it ends is not ours to say
            used %= PAGE_POINTS
            since = row + 1
    return ends


def _last(free: Sequence[bool], since: int, row: int, heights: Sequence[float], used: float) -> int | None:
    """The last row up to ``row`` before which a page may end without leaving too much of it empty."""
    for candidate in range(row, since, -1):
        if PAGE_POINTS - used + sum(heights[candidate:row]) > PAGE_POINTS * _WASTE:
            return None
        if free[candidate]:
            return candidate
    return None
