"""What tables are made of: the metadata they belong to and the kinds of their columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text
from sqlalchemy.types import TypeEngine

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
metadata = MetaData(naming_convention=NAMES)

ROW_ID: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
KEY: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")  # compares bytes, as SQLite does


def organization_column() -> Column[str]:
    """The organisation that the row belongs to."""
    return Column("organization_id", KEY, ForeignKey("organizations.organization_id"), nullable=False)


def id_column(name: str) -> Column[int]:
    """Our own number of a row."""
    return Column(name, ROW_ID, primary_key=True)


def whole(name: str, nullable: bool = False, **more: Any) -> Column[int]:
    """Whole numbers."""
    return Column(name, BigInteger(), nullable=nullable, **more)


def words(name: str, nullable: bool = False, **more: Any) -> Column[str]:
    """Text."""
    return Column(name, Text(), nullable=nullable, **more)


def key_column(name: str) -> Column[str]:
    """A text that rows are found by."""
    return Column(name, KEY, nullable=False)


def delivery_column(name: str = "delivery_id", nullable: bool = False) -> Column[int]:
    """The delivery that a row came with."""
    return Column(name, ROW_ID, ForeignKey("deliveries.delivery_id"), nullable=nullable)
