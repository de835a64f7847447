"""The tree of centres (市 → 区分中心)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from db.day_memory import settled
from db.schema import centres


@dataclass(frozen=True, slots=True)
class Centre:
    """One centre; ``parent`` is the code of the centre above, None at the top."""

    id: int
    code: str
    name: str
    parent: str | None


class CentreTree:
    """All centres, with the ways up and down."""

    def __init__(self, rows: Iterable[Centre]) -> None:
        self.by_code = {c.code: c for c in rows}
        self.by_id = {c.id: c for c in self.by_code.values()}

    def __iter__(self) -> Iterator[Centre]:
        return iter(self.by_code.values())

    def get(self, code: str) -> Centre:
        """The centre with this code. Raises KeyError naming the codes there are."""
        if code not in self.by_code:
            raise KeyError(f"没有中心 {code!r}; 可用: {', '.join(self.by_code) or '(还没有中心)'}")
        return self.by_code[code]

    def chain(self, centre_id: int) -> tuple[str, ...]:
        """The centre's code, then its parents' up to the top."""
        codes: list[str] = []
        centre: Centre | None = self.by_id[centre_id]
        while centre is not None and centre.code not in codes:
            codes.append(centre.code)
            centre = self.by_code.get(centre.parent) if centre.parent else None
        return tuple(codes)

    def under(self, code: str) -> tuple[int, ...]:
        """Ids of the centre and of all centres below it, ascending."""
        self.get(code)
        return tuple(sorted(c.id for c in self.by_code.values() if code in self.chain(c.id)))

    def under_all(self, codes: Iterable[str]) -> tuple[int, ...]:
        """Ids of the centres and all below them, each once; of all centres where no code is given."""
        wanted = list(codes)
        if not wanted:
            return tuple(sorted(self.by_id))
        return tuple(sorted({i for code in wanted for i in self.under(code)}))

    def roots(self) -> tuple[Centre, ...]:
        """Centres with no centre above them."""
        return tuple(c for c in self.by_code.values() if c.parent is None)


def tree(conn: Connection) -> CentreTree:
    """The centres as stored, in order of id."""
    return settled(conn, "centres", lambda: _tree(conn))


def _tree(conn: Connection) -> CentreTree:
    rows = conn.execute(select(centres.c.id, centres.c.code, centres.c.name, centres.c.parent_id).order_by("id")).all()
    codes = {row.id: row.code for row in rows}
    return CentreTree(Centre(row.id, row.code, row.name, codes.get(row.parent_id)) for row in rows)
