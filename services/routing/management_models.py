"""Tables of managing people and agencies: links, factors, hand-overs, imports, templates, log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, Json, Words, timestamp

_IN_SCHEMA = {"schema": "routing"}
_NOW = {"server_default": text("now()")}


class PasswordLink(SQLModel, table=True):
    """A one-time link to choose a password, by its hash. A person has one at most."""

    __tablename__ = "password_link"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    token_hash: bytes = Field(sa_type=Bytes, unique=True)
    expires_at: datetime = timestamp()


class SecondFactor(SQLModel, table=True):
    """What a person's authenticator knows, encrypted; in use once `confirmed_at` is set. A code
    is good once: `last_step` is the half minute of the last one used."""

    __tablename__ = "second_factor"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    secret: bytes = Field(sa_type=Bytes)
    confirmed_at: datetime | None = timestamp(default=None)
    last_step: int = Field(default=0, sa_type=Int64)


class RecoveryCode(SQLModel, table=True):
    """A code for anyone who lost the authenticator, by its hash; deleted when it is used."""

    __tablename__ = "recovery_code"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    code_hash: bytes = Field(sa_type=Bytes, primary_key=True)


class Handover(SQLModel, table=True):
    """Reports that the worker hands over: `kind` is `agency` (all that names `from_id`, removed),
    `reports` (the open ones it handles), `assignments` (of officer `from_id` to `to_id`) or
    `chains` (at `from_id` and below it, which has moved in the tree). Nobody asked for the one
    that a migration begins."""

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
    """A spreadsheet of agencies and staff being checked or imported, all of it or nothing."""

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
    """When it was last heard of."""
    run_id: UUID | None = None
    """Of a dry run: the import of the file it checked."""


class ImportFile(SQLModel, table=True):
    """The spreadsheet of a dry run that found nothing wrong, encrypted."""

    __tablename__ = "import_file"
    __table_args__ = (_IN_SCHEMA,)

    import_id: UUID = Field(primary_key=True, foreign_key="routing.import.id")
    content: bytes = Field(sa_type=Bytes)
    expires_at: datetime = timestamp()


class AnswerTemplate(SQLModel, table=True):
    """Words for an answer (*templat jawaban*) that an agency keeps for itself and those below it,
    for all reports or those of a category; `{fields}` in them are filled in for a report."""

    __tablename__ = "answer_template"
    __table_args__ = (UniqueConstraint("agency_id", "name"), _IN_SCHEMA)

    id: UUID = Field(primary_key=True)
    agency_id: int = Field(foreign_key="routing.agency.id")
    category_id: int | None = Field(default=None, foreign_key="routing.category.id")
    name: str
    text: str = Field(sa_type=Words)


class ManagementEntry(SQLModel, table=True):
    """Who changed what of people, agencies and reference data, and when. Append-only."""

    __tablename__ = "management_log"
    __table_args__ = (Index("management_log_agency", "agency_id", "id"), _IN_SCHEMA)

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    at: datetime = timestamp(sa_column_kwargs=_NOW)
    staff_id: int | None = None
    operator: str | None = None
    """Of the platform, where there was nobody else."""
    agency_id: int
    """The agency that the change concerns; pusat's for what is national."""
    kind: str
    subject_id: str
    action: str
    details: dict[str, Any] = Field(default={}, sa_type=Json)
