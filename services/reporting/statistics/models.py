"""Tables of the statistics: a row for each report, and how many reports bear each mark."""

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Index, Text, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, IntArray, Json

_IN_SCHEMA = {"schema": "reporting"}


class FactRow(SQLModel, table=True):
    """One report in the statistics (see `facts.py`)."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("fact_of_handler", "handler_id", "day", "number"),
        Index("fact_placed", "handler_id", "path"),
        Index("fact_by_day", "day", "number"),
        Index("fact_by_mark", "marks", postgresql_using="gin"),
        Index("fact_to_count_anew", "number", postgresql_where=text("counted_by < 1")),
        _IN_SCHEMA,
    )

    number: int = Field(sa_type=Int64, primary_key=True)
    version: int
    handler_id: int
    path: list[int] = Field(sa_type=IntArray)
    """The handler's path in the tree, root first."""
    day: date
    """The day of submission, in the handler's time zone."""
    region_code: str | None = None
    marks: list[str] = Field(sa_type=ARRAY(Text))
    counted_by: int = Field(sa_column_kwargs={"server_default": "0"})
    """The version of the counting rules (`updates.COUNTED_BY`); 0 means before shares existed."""


class HoldingRow(SQLModel, table=True):
    """An agency's share of a report (see `holdings.py`)."""

    __tablename__ = "holding"
    __table_args__ = (Index("holding_placed", "agency_id", "path"), _IN_SCHEMA)

    number: int = Field(sa_type=Int64, primary_key=True)
    agency_id: int = Field(primary_key=True)
    path: list[int] = Field(sa_type=IntArray)
    day: date
    verification: int | None = None
    follow_up: int | None = None
    settlement: int | None = None
    late: list[str] = Field(sa_type=ARRAY(Text))
    waiting: list[str] = Field(sa_type=ARRAY(Text))
    acted: list[str] = Field(sa_type=ARRAY(Text))


class TallyRow(SQLModel, table=True):
    """How many reports of an agency and all below it bear each mark, by day, month and year of
    submission. The JSON columns map marks to counts."""

    __tablename__ = "tally"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True)
    span: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    """The first day of the span."""
    management: dict[str, Any] = Field(sa_type=Json)
    usage: dict[str, Any] = Field(sa_type=Json)
    staff: dict[str, Any] = Field(sa_type=Json, sa_column_kwargs={"server_default": "{}"})
    """Not used any more: `HeldTallyRow` has these counts."""


class HeldTallyRow(SQLModel, table=True):
    """The same for the clocks that an agency or one below held, wherever the reports are now.
    `staff` counts this agency's own people."""

    __tablename__ = "held_tally"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True)
    span: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    held: dict[str, Any] = Field(sa_type=Json)
    staff: dict[str, Any] = Field(sa_type=Json)
