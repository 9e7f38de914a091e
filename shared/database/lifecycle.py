"""Tables of schema `lifecycle`: everybody reads a report here, and almost only the worker writes.

Intake inserts reports, texts and first history entries; every service inserts commands and outbox
rows; the worker writes the rest as it records each step.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Computed, Index, Sequence, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, IntArray, Json, Words, timestamp

SCHEMA = "lifecycle"

REPORT_NUMBER = Sequence(
    "report_number", schema=SCHEMA, start=10_000_001, metadata=SQLModel.metadata
)


class Report(SQLModel, table=True):
    """A report's row, which queues, exports and statistics read.

    `state` is the whole `ReportState`; the columns beside it repeat what people filter by, and are
    written in the same statement.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("system", "external_id", name="report_external_id_key"),
        Index(
            "report_queue",
            "handler_id",
            "tab",
            text("priority DESC"),
            text("due_at ASC NULLS LAST"),
            "number",
        ),
        Index(
            "report_of_tab",
            "tab",
            text("priority DESC"),
            text("due_at ASC NULLS LAST"),
            "number",
        ),
        Index(
            "report_replied",
            "handler_id",
            text("priority DESC"),
            text("due_at ASC NULLS LAST"),
            "number",
            postgresql_where=text("status = 'REPLIED_BY_REPORTER'"),
        ),
        Index("report_of_tab_newest", "tab", text("number DESC")),
        Index("report_newest", "handler_id", "tab", text("number DESC")),
        Index("report_chain", "chain", postgresql_using="gin"),
        Index("report_unlaunched", "submitted_at", postgresql_where=text("launched_at IS NULL")),
        Index(
            "report_due",
            "due_at",
            "number",
            postgresql_where=text("ended_at IS NULL AND due_at IS NOT NULL"),
        ),
        Index("report_open", "number", postgresql_where=text("ended_at IS NULL")),
        Index(
            "report_late",
            "tab",
            "handler_id",
            postgresql_where=text("overdue AND ended_at IS NULL"),
        ),
        Index(
            "report_urgent_late",
            "number",
            postgresql_where=text(
                "overdue AND (priority OR classification = 'complaint_with_oversight')"
            ),
        ),
        Index("report_assignee", "assignee_id", postgresql_where=text("assignee_id IS NOT NULL")),
        Index(
            "report_main",
            "main_number",
            "number",
            postgresql_where=text("main_number IS NOT NULL"),
        ),
        Index(
            "report_awaiting_agency",
            "awaited_agency_id",
            postgresql_where=text("awaited_agency_id IS NOT NULL"),
        ),
        {"schema": SCHEMA},
    )

    number: int = Field(
        sa_column=Column(
            Int64, REPORT_NUMBER, primary_key=True, server_default=REPORT_NUMBER.next_value()
        )
    )
    identity: UUID = Field(sa_column_kwargs={"server_default": text("gen_random_uuid()")})
    version: int
    status: str
    tab: str
    handler_id: int
    chain: list[int] = Field(sa_type=IntArray)
    channel: str
    classification: str | None = None
    category_id: int | None = None
    anonymous: bool = False
    secret: bool = False
    priority: bool = False
    held: bool = False
    overdue: bool = False
    region_code: str | None = None
    due_at: datetime | None = timestamp(default=None)
    auto_close_at: datetime | None = timestamp(default=None)
    submitted_at: datetime = timestamp()
    last_step_at: datetime = timestamp()
    verified_at: datetime | None = timestamp(default=None)
    ended_at: datetime | None = timestamp(default=None)
    launched_at: datetime | None = timestamp(default=None)
    system: str | None = None
    external_id: str | None = None
    linked_number: int | None = Field(default=None, sa_type=Int64)
    main_number: int | None = Field(default=None, sa_type=Int64)
    suggested_agency_id: int | None = None
    awaited_agency_id: int | None = None
    assignee_id: int | None = None
    state: dict[str, Any] = Field(sa_type=Json)


class ReportDetails(SQLModel):
    """Details of a report beside its text.

    A field declared here is accepted in the form under its name, and is a column of downloads.
    """

    happened_at: str | None = None
    place: str | None = Field(default=None, sa_type=Words)
    latitude: float | None = None
    longitude: float | None = None


class ReportText(ReportDetails, table=True):
    """The words of a report: as sent, and as corrected by verification (NULL without a
    correction)."""

    __tablename__ = "report_text"
    __table_args__ = (
        Index(
            "report_text_words",
            "search",
            text("(number / 4096)"),
            postgresql_using="gin",
        ),
        Index(
            "report_text_cell",
            text("(floor(latitude * 200)::int)"),
            text("(floor(longitude * 200)::int)"),
            "number",
            postgresql_where=text("latitude IS NOT NULL"),
        ),
        {"schema": SCHEMA},
    )

    number: int = Field(sa_type=Int64, primary_key=True, foreign_key="lifecycle.report.number")
    original_title: str = Field(sa_type=Words)
    original_body: str = Field(sa_type=Words)
    title: str | None = Field(default=None, sa_type=Words)
    body: str | None = Field(default=None, sa_type=Words)
    tag_ids: list[int] = Field(
        default=[], sa_type=IntArray, sa_column_kwargs={"server_default": "{}"}
    )
    programme_id: int | None = None
    search: Any = Field(
        default=None,
        sa_column=Column(
            TSVECTOR,
            Computed(
                "to_tsvector('indonesian', coalesce(title, original_title) || ' ' ||"
                " coalesce(body, original_body))",
                persisted=True,
            ),
        ),
    )


class HistoryEntry(SQLModel, table=True):
    """One line of a report's history (*riwayat*), numbered from 1 without gaps."""

    __tablename__ = "history"
    __table_args__ = (
        Index(
            "history_of_week",
            "at",
            postgresql_where=text("action IN ('follow_up', 'object')"),
        ),
        {"schema": SCHEMA},
    )

    number: int = Field(sa_type=Int64, primary_key=True, foreign_key="lifecycle.report.number")
    entry: int = Field(primary_key=True)
    version: int
    at: datetime = timestamp()
    action: str
    actor_kind: str
    staff_id: int | None = None
    role: str | None = None
    agency_id: int | None = None
    system: str | None = None
    from_status: str | None = None
    to_status: str
    visibility: str
    ref: UUID | None = None
    details: dict[str, Any] = Field(default={}, sa_type=Json)


class CommandRow(SQLModel, table=True):
    """A command and, once `done` is not NULL, its outcome.

    `digest` is made of the request, salted with the caller's key: the same key must send the same
    request again.
    """

    __tablename__ = "command"
    __table_args__ = (
        Index("command_waiting", "number", "at", postgresql_where=text("done IS NULL")),
        Index("command_of_report", "number"),
        {"schema": SCHEMA},
    )

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, foreign_key="lifecycle.report.number")
    action: str
    at: datetime = timestamp()
    body: dict[str, Any] = Field(sa_type=Json)
    digest: bytes | None = Field(default=None, sa_type=Bytes)
    done: bool | None = None
    version: int | None = None
    status: str | None = None
    refusal: str | None = None


class LinkedFollowUp(SQLModel, table=True):
    """A follow-up sent on from a main report to a linked one, by its own command.

    Kept for the histories of both; `bulk_id` is the same for all that were sent together.
    """

    __tablename__ = "linked_follow_up"
    __table_args__ = (Index("linked_follow_up_of_main", "main_number"), {"schema": SCHEMA})

    command_id: UUID = Field(primary_key=True)
    bulk_id: UUID
    main_number: int = Field(sa_type=Int64)
    number: int = Field(sa_type=Int64)
    staff_id: int
    agency_id: int
    role: str
    at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})


class OutboxRow(SQLModel, table=True):
    """A message for NATS, written with the step it reports; deleted when the stream has stored
    it."""

    __tablename__ = "outbox"
    __table_args__ = ({"schema": SCHEMA},)

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    number: int = Field(sa_type=Int64)
    subject: str
    message_id: str
    headers: dict[str, str] = Field(sa_type=Json)
    body: bytes = Field(sa_type=Bytes)
    created_at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})
