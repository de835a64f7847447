"""Readings of a whole file, handed in on the page."""

from __future__ import annotations

from datetime import date

from dashboard import language
from dashboard.act_targets import Done, decoded, refused
from dashboard.product import ProductLike
from dashboard.texts import t
from db.engine import write
from db.errors import StoreError
from targets.errors import SheetError

MOST_NAMED = 5


def take_file(product: ProductLike, code: str, name: str, contents: str, author: str, today: date) -> Done:
    """Stores the rows that can be used and names those that can't."""
    from targets.entries_file import read_entries, store_entries  # late: a reader of Excel takes a moment to load

    try:
        with write(product.engine) as conn:
            found = read_entries(conn, code, name, decoded(contents), author=author.strip(), today=today)
            store_entries(conn, code, found.entries, now=product.clock())
    except (StoreError, SheetError) as error:
        return refused(error)
    if found.problems:
        told = (language.spoken(str(one)).rstrip("。.") for one in found.problems[:MOST_NAMED])
        why = t("finding.semicolon").join(told)
        text = t("form.entries_partly", n=len(found.entries), bad=len(found.problems), why=why)
        return Done(bool(found.entries), text, code)
    return Done(True, t("form.entries_done", n=len(found.entries)), code)
