"""What the tables are made with: their metadata, with names for every constraint, and the type of an id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)

Id = BigInteger().with_variant(Integer, "sqlite")
