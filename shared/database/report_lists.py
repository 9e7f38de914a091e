"""Tables of schema `lifecycle` beside the report: its requests, copies, escalations, counts.

The step that records them writes them; everybody reads them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, timestamp
from shared.database.lifecycle import SCHEMA


class RequestRow(SQLModel, table=True):
    """A request from below, or the reporter's objection.

    For an objection `staff_id` and `agency_id` are of the person who ended the report. `decision`
    is accepted, rejected, withdrawn, passed_on or ended.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index("request_pending", "decider_id", postgresql_where=text("decision IS NULL")),
        Index(
            "request_one_a_kind",
            "number",
            "kind",
            unique=True,
            postgresql_where=text("decision IS NULL"),
        ),
        {"schema": SCHEMA},
    )

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, foreign_key="lifecycle.report.number", index=True)
    kind: str
    asked_at: datetime = timestamp()
    staff_id: int | None
    agency_id: int
    decider_id: int
    suggested_agency_id: int | None = None
    reason_code: str | None = None
    due_at: datetime | None = timestamp(default=None)
    overdue: bool = False
    decision: str | None = None
    decided_at: datetime | None = timestamp(default=None)
    decided_by: int | None = None


class CopyRow(SQLModel, table=True):
    """An agency that reads along (*salinan*)."""

    __tablename__ = "copy"
    __table_args__ = ({"schema": SCHEMA},)

    number: int = Field(sa_type=Int64, primary_key=True, foreign_key="lifecycle.report.number")
    agency_id: int = Field(primary_key=True, index=True)


class Escalation(SQLModel, table=True):
    """An escalation of an overdue clock to the agency above; `ended_at` is NULL while the step is
    owed."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("escalation_now", "agency_id", "number", postgresql_where=text("ended_at IS NULL")),
        Index(
            "escalation_of_requests",
            "agency_id",
            "number",
            postgresql_where=text("ended_at IS NULL AND clock = 'request'"),
        ),
        {"schema": SCHEMA},
    )

    number: int = Field(sa_type=Int64, primary_key=True, foreign_key="lifecycle.report.number")
    version: int = Field(primary_key=True)
    agency_id: int = Field(index=True)
    clock: str
    at: datetime = timestamp()
    level: int | None = None
    """How many levels above the handler; NULL for a request, and in old rows."""
    ended_at: datetime | None = timestamp(default=None)


class TabCount(SQLModel, table=True):
    """How many reports are in a tab: those the agency handles, or (`given`) has handed down.

    The count is the sum of `tab_reports`: this number and the changes not yet added to it.
    """

    __tablename__ = "tab_count"
    __table_args__ = ({"schema": SCHEMA},)

    agency_id: int = Field(primary_key=True)
    given: bool = Field(primary_key=True)
    tab: str = Field(primary_key=True)
    reports: int = Field(sa_type=Int64)


class TabChange(SQLModel, table=True):
    """Reports that entered a tab (negative: left it), appended by triggers on the report's row."""

    __tablename__ = "tab_change"
    __table_args__ = (Index("tab_change_of_agency", "agency_id"), {"schema": SCHEMA})

    id: int = Field(sa_type=Int64, primary_key=True)
    agency_id: int
    given: bool
    tab: str
    reports: int = Field(sa_type=Int64)


class CalendarMark(SQLModel, table=True):
    """The one row that names the calendar by which all running clocks were calculated."""

    __tablename__ = "calendar_mark"
    __table_args__ = ({"schema": SCHEMA},)

    id: int = Field(primary_key=True)
    mark: str


class RedatingProgress(SQLModel, table=True):
    """The one row with the progress of re-dating after the last calendar edit, in reports."""

    __tablename__ = "redating_progress"
    __table_args__ = ({"schema": SCHEMA},)

    id: int = Field(primary_key=True)
    mark: str
    total: int = Field(sa_type=Int64)
    done: int = Field(sa_type=Int64)
    started_at: datetime = timestamp()
    finished_at: datetime | None = timestamp(default=None)


class HandoverProgress(SQLModel, table=True):
    """How many reports of a hand-over (`routing.handover`) have been handed over."""

    __tablename__ = "handover_progress"
    __table_args__ = ({"schema": SCHEMA},)

    id: UUID = Field(primary_key=True)
    handed: int = Field(sa_type=Int64)
    finished_at: datetime | None = timestamp(default=None)
