"""Tables for managing people and agencies: links, factors, hand-overs, imports, templates, log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, Json, Words, timestamp

_IN_SCHEMA = {"schema": "routing"}
_NOW = {"server_default": text("now()")}


class PasswordLink(SQLModel, table=True):
    """A one-time link to choose a password, stored as its hash. A person has at most one."""

    __tablename__ = "password_link"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    token_hash: bytes = Field(sa_type=Bytes, unique=True)
    expires_at: datetime = timestamp()


class SecondFactor(SQLModel, table=True):
    """The secret of a person's authenticator, encrypted; in use once `confirmed_at` is set. Each
    code works once: `last_step` is the half minute of the last one used."""

    __tablename__ = "second_factor"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    secret: bytes = Field(sa_type=Bytes)
    confirmed_at: datetime | None = timestamp(default=None)
    last_step: int = Field(default=0, sa_type=Int64)


class RecoveryCode(SQLModel, table=True):
    """A code to use when the authenticator is lost, stored as its hash; deleted when it is used."""

    __tablename__ = "recovery_code"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    code_hash: bytes = Field(sa_type=Bytes, primary_key=True)


class Handover(SQLModel, table=True):
    """Reports for the worker to hand over. `kind` is `agency` (everything that names the removed
    agency `from_id`), `reports` (the open ones that it handles), `assignments` (from officer
    `from_id` to `to_id`) or `chains` (of agency `from_id`, which has moved in the tree, and those
    below it). The one begun by a migration has no person who asked."""

    __tablename__ = "handover"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    kind: str
    from_id: int
    to_id: int
    agency_id: int
    """Where the reports are when it begins."""
    total: int
    staff_id: int | None = None
    role: str | None = None
    staff_agency_id: int | None = None
    asked_at: datetime = timestamp(sa_column_kwargs=_NOW)


class Import(SQLModel, table=True):
    """A spreadsheet of agencies and staff being checked or imported, as a whole or not at all."""

    __tablename__ = "import"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    staff_id: int = Field(foreign_key="routing.staff.id")
    file_name: str
    dry_run: bool
    state: str
    total: int = 0
    done: int = 0
    problems: list[dict[str, Any]] = Field(default=[], sa_type=Json)
    agencies: int = 0
    people: int = 0
    at: datetime = timestamp(sa_column_kwargs=_NOW)
    """The time of its last sign of life."""
    run_id: UUID | None = None
    """For a dry run: the import of the file that it checked."""


class ImportFile(SQLModel, table=True):
    """The spreadsheet of a dry run that found nothing wrong, encrypted."""

    __tablename__ = "import_file"
    __table_args__ = (_IN_SCHEMA,)

    import_id: UUID = Field(primary_key=True, foreign_key="routing.import.id")
    content: bytes = Field(sa_type=Bytes)
    expires_at: datetime = timestamp()


class AnswerTemplate(SQLModel, table=True):
    """The text of an answer (*templat jawaban*), for all reports or for those of a category. The
    agency keeps it for itself and those below it. Its `{fields}` are filled in for each report."""

    __tablename__ = "answer_template"
    __table_args__ = (UniqueConstraint("agency_id", "name"), _IN_SCHEMA)

    id: UUID = Field(primary_key=True)
    agency_id: int = Field(foreign_key="routing.agency.id")
    category_id: int | None = Field(default=None, foreign_key="routing.category.id")
    name: str
    text: str = Field(sa_type=Words)


class ManagementEntry(SQLModel, table=True):
    """A change to people, agencies or reference data: who made it and when. Append-only."""

    __tablename__ = "management_log"
    __table_args__ = (Index("management_log_agency", "agency_id", "id"), _IN_SCHEMA)

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    at: datetime = timestamp(sa_column_kwargs=_NOW)
    staff_id: int | None = None
    operator: str | None = None
    """The operator of the platform, if nobody else could do it."""
    agency_id: int
    """The agency that the change concerns; pusat for national matters."""
    kind: str
    subject_id: str
    action: str
    details: dict[str, Any] = Field(default={}, sa_type=Json)
