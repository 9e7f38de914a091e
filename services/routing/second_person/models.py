"""The table of requests that one person makes and another has to grant."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, Words, timestamp


class Kind(StrEnum):
    """What is asked for. `REVEAL` is about a report, the others are about a member of staff."""

    REVEAL = "reveal"
    PASSWORD = "reset_password"  # noqa: S105
    SECOND_FACTOR = "reset_second_factor"
    RESTORE = "restore"
    NEW_ADMIN = "new_admin"
    """Somebody was made an admin of people; until granted, they are no second person for others."""


class SecondPersonRequest(SQLModel, table=True):
    """A request by one person. `decision` is granted or refused, by another person or the operator.
    In force until `ends_at`, or until it was used once."""

    __tablename__ = "second_person_request"
    __table_args__ = (
        Index("second_person_request_waiting", "kind", postgresql_where=text("decision IS NULL")),
        Index("second_person_request_subject", "subject_id", "kind"),
        {"schema": "routing"},
    )

    id: UUID = Field(primary_key=True)
    kind: str
    subject_id: int = Field(sa_type=Int64)
    asked_by: int = Field(foreign_key="routing.staff.id")
    asked_at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})
    reason: str | None = Field(default=None, sa_type=Words)
    reason_class: str | None = None
    """For a reveal: the only part of the reason that its reporter is told."""
    tell_on: date | None = None
    """For a reveal for law enforcement: the reporter is not notified before this day."""
    emergency: bool = False
    decision: str | None = None
    decided_by: int | None = Field(default=None, foreign_key="routing.staff.id")
    operator: str | None = None
    decided_at: datetime | None = timestamp(default=None)
    ends_at: datetime | None = timestamp(default=None)
    used_at: datetime | None = timestamp(default=None)


class KeptRevealNotice(SQLModel, table=True):
    """Under this grant somebody of pusat first read an identity, at the time `at`. The reporter is
    notified of it from `tell_at` on."""

    __tablename__ = "reveal_notice"
    __table_args__ = ({"schema": "routing"},)

    request_id: UUID = Field(primary_key=True, foreign_key="routing.second_person_request.id")
    number: int = Field(sa_type=Int64, index=True)
    reason_class: str
    at: datetime = timestamp()
    tell_at: datetime = timestamp(index=True)
