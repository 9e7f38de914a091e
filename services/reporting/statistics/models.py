"""Tables of the statistics: a row a report, and how many reports bear each mark."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, IntArray, Json, timestamp

_IN_SCHEMA = {"schema": "reporting"}


class FactRow(SQLModel, table=True):
    """What one report's history amounts to (see `facts.py`)."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("fact_of_handler", "handler_id", "day", "number"),
        Index("fact_by_day", "day", "number"),
        Index("fact_of_verifier", "verifier_id", "day"),
        Index("fact_of_responder", "responder_id", "day"),
        Index(
            "fact_by_region",
            "region_code",
            "day",
            postgresql_ops={"region_code": "text_pattern_ops"},
        ),
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
    submitted_at: datetime = timestamp()
    verified_at: datetime | None = timestamp(default=None)
    first_follow_up_at: datetime | None = timestamp(default=None)
    settled_at: datetime | None = timestamp(default=None)
    closed_at: datetime | None = timestamp(default=None)
    verifier_id: int | None = None
    responder_id: int | None = None
    """The member of staff of the first follow-up."""
    marks: list[str] = Field(sa_type=ARRAY(Text))


class TallyRow(SQLModel, table=True):
    """How many reports of an agency and all below bear each mark, by day and by month of
    submission. Both columns map marks to counts; the second holds the groups of *Pemanfaatan
    Data*, which are many."""

    __tablename__ = "tally"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True)
    span: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    management: dict[str, Any] = Field(sa_type=Json)
    usage: dict[str, Any] = Field(sa_type=Json)


class TalliedAgency(SQLModel, table=True):
    """Where in the tree an agency stood when its reports were tallied."""

    __tablename__ = "tallied_agency"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True)
    path: list[int] = Field(sa_type=IntArray)


class TalliedDay(SQLModel, table=True):
    """A closed day of the calendar by which working time was measured."""

    __tablename__ = "tallied_closed_day"
    __table_args__ = (_IN_SCHEMA,)

    day: date = Field(primary_key=True)
