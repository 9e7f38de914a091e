"""Tables of the statistics: a row a report, and how many reports bear each mark."""

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, IntArray, Json

_IN_SCHEMA = {"schema": "reporting"}


class FactRow(SQLModel, table=True):
    """What one report's history amounts to (see `facts.py`)."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("fact_of_handler", "handler_id", "day", "number"),
        Index("fact_placed", "handler_id", "path"),
        Index("fact_by_day", "day", "number"),
        Index("fact_by_mark", "marks", postgresql_using="gin"),
        _IN_SCHEMA,
    )

    number: int = Field(sa_type=Int64, primary_key=True)
    version: int
    handler_id: int
    path: list[int] = Field(sa_type=IntArray)
    """The handler's path in the tree, root first."""
    day: date
    """Of submission, in the handler's time zone."""
    region_code: str | None = None
    marks: list[str] = Field(sa_type=ARRAY(Text))


class TallyRow(SQLModel, table=True):
    """How many reports of an agency and all below bear each mark, by day, month and year of
    submission. The columns map marks to counts; `staff` is of this agency's own people."""

    __tablename__ = "tally"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True)
    span: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    """The first of the span."""
    management: dict[str, Any] = Field(sa_type=Json)
    usage: dict[str, Any] = Field(sa_type=Json)
    staff: dict[str, Any] = Field(sa_type=Json)
