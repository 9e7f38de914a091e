"""Tables of schema `routing`: agencies, staff, reference data, and what routing writes.

An `id` that the database gives is there once the row was flushed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, IdArray, Int64, IntArray, Json, Words, timestamp

SCHEMA = "routing"
_IN_SCHEMA = {"schema": SCHEMA}
_NOW = {"server_default": text("now()")}


class Agency(SQLModel, table=True):
    """A node of the tree. `path` holds the ids from the root to the agency itself."""

    __tablename__ = "agency"
    __table_args__ = (Index("agency_path", "path", postgresql_using="gin"), _IN_SCHEMA)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str
    parent_id: int | None = Field(default=None, foreign_key="routing.agency.id", index=True)
    path: list[int] = Field(sa_type=IntArray)
    zone: str
    active: bool = True
    successor_id: int | None = Field(default=None, foreign_key="routing.agency.id")


class StaffMember(SQLModel, table=True):
    """A person who works on reports. Sessions of an older `token_version` are over."""

    __tablename__ = "staff"
    __table_args__ = (_IN_SCHEMA,)

    id: int = Field(default=None, primary_key=True)
    username: str = Field(unique=True)
    name: str
    role: str
    agency_id: int = Field(foreign_key="routing.agency.id", index=True)
    password_hash: str
    active: bool = True
    token_version: int = 1


class StaffContact(SQLModel, table=True):
    """The e-mail address of a member of staff, encrypted by a key of their own, which the identity
    keys wrap."""

    __tablename__ = "staff_contact"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    email: bytes = Field(sa_type=Bytes)
    holder_key: bytes = Field(sa_type=Bytes)


class AgencyLeader(SQLModel, table=True):
    """Who leads an agency (*pimpinan*), and where the weekly letter goes: a contact, no account.
    The address is encrypted by a key of its own, which the identity keys wrap."""

    __tablename__ = "agency_leader"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    name: str
    title: str
    email: bytes = Field(sa_type=Bytes)
    holder_key: bytes = Field(sa_type=Bytes)


class StandIn(SQLModel, table=True):
    """Who stands in for a person who is away (*Plt.*), from a midnight of their agency's zone up to
    another. A person has one at most; who it was before is in the management log."""

    __tablename__ = "stand_in"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    stand_in_id: int = Field(foreign_key="routing.staff.id", index=True)
    begins_at: datetime = timestamp()
    ends_at: datetime = timestamp()


class StaffSession(SQLModel, table=True):
    """A refresh token, by its hash; each may be used once. Those of one `session_id` follow each
    other."""

    __tablename__ = "session"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    staff_id: int = Field(foreign_key="routing.staff.id", index=True)
    session_id: UUID = Field(index=True)
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = timestamp()
    used_at: datetime | None = timestamp(default=None)


class EndedSession(SQLModel, table=True):
    """A session that was ended, while an access token of it could still be shown."""

    __tablename__ = "ended_session"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    until: datetime = timestamp()


class Category(SQLModel, table=True):
    __tablename__ = "category"
    __table_args__ = (_IN_SCHEMA,)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    parent_id: int | None = Field(default=None, foreign_key="routing.category.id")
    active: bool = True


class Tag(SQLModel, table=True):
    __tablename__ = "tag"
    __table_args__ = (_IN_SCHEMA,)

    id: int = Field(default=None, primary_key=True)
    category_id: int = Field(foreign_key="routing.category.id", index=True)
    name: str
    active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})


class Programme(SQLModel, table=True):
    """A priority programme of the government (*Program Prioritas*)."""

    __tablename__ = "programme"
    __table_args__ = (_IN_SCHEMA,)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    active: bool = True


class Recourse(SQLModel, table=True):
    """Where else a reporter can go who was refused; a row applies where all that it names does."""

    __tablename__ = "recourse"
    __table_args__ = (_IN_SCHEMA,)

    code: str = Field(primary_key=True)
    place: int
    name: str
    how: str
    url: str | None = None
    archive_category: str | None = None
    classification: str | None = None
    category_id: int | None = Field(default=None, foreign_key="routing.category.id")
    active: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})


class ArchiveReason(SQLModel, table=True):
    """A reason to archive a report (*Kategori Arsip*), by the domain's code, in pusat's words."""

    __tablename__ = "archive_reason"
    __table_args__ = (_IN_SCHEMA,)

    code: str = Field(primary_key=True)
    place: int
    name: str
    active: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})


class PolicyVersion(SQLModel, table=True):
    """Process times from a moment on, national (`agency_id` NULL) or of one agency."""

    __tablename__ = "policy"
    __table_args__ = (_IN_SCHEMA,)

    version: int | None = Field(default=None, primary_key=True)
    agency_id: int | None = Field(default=None, foreign_key="routing.agency.id", index=True)
    body: dict[str, Any] = Field(sa_type=Json)
    valid_from: datetime = timestamp(sa_column_kwargs=_NOW)
    set_by: int | None = None


class ClosedDay(SQLModel, table=True):
    """A day that is no working day though no weekend: national holiday or *cuti bersama*."""

    __tablename__ = "closed_day"
    __table_args__ = (_IN_SCHEMA,)

    day: date = Field(primary_key=True)
    name: str


class Verification(SQLModel, table=True):
    """What a verification or amendment sets, copied into the report by the step that does it."""

    __tablename__ = "verification"
    __table_args__ = (_IN_SCHEMA,)

    command_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    title: str = Field(sa_type=Words)
    body: str = Field(sa_type=Words)
    category_id: int | None = None
    tag_ids: list[int] = Field(default=[], sa_type=IntArray)
    programme_id: int | None = None
    region_code: str | None = None
    place: str | None = Field(default=None, sa_type=Words)
    latitude: float | None = None
    longitude: float | None = None
    released_attachments: list[UUID] = Field(default=[], sa_type=IdArray)
    staff_id: int
    at: datetime = timestamp()


class Note(SQLModel, table=True):
    """The words of a routing command: *Keterangan Tunda*, *Keterangan Arsip*, a reason."""

    __tablename__ = "note"
    __table_args__ = (_IN_SCHEMA,)

    command_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    action: str
    words: str = Field(sa_type=Words)
    staff_id: int
    at: datetime = timestamp()


class AccessLogEntry(SQLModel, table=True):
    """A reading that must be accounted for: `reveal` of an identity and the steps to it,
    `attachment` download. By a member of staff, or by the operator named. Append-only."""

    __tablename__ = "access_log"
    __table_args__ = (_IN_SCHEMA,)

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    kind: str
    staff_id: int | None = None
    agency_id: int | None = None
    operator: str | None = None
    subject_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Words)
    address: bytes | None = Field(default=None, sa_type=Bytes)
    """From where an access code was used, encrypted."""
    at: datetime = timestamp(sa_column_kwargs=_NOW)


class Letterhead(SQLModel, table=True):
    """What stands on top of an agency's letters (*kop surat*). The logo lies in the store."""

    __tablename__ = "letterhead"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    name: str
    address: str
    logo_key: str | None = None
