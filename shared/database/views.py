"""The published views by which one schema is read from another: to select from, never to write.

What they show is in `deploy/migrations/sql/views.sql`.
"""

from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, IntArray


class _View(SQLModel):
    """Apart from the tables, which migrations are compared with."""

    metadata = MetaData()


class AgencyEntry(_View, table=True):
    """An agency; `has_admin` and `has_officer` say whether somebody is there to verify, to follow
    up; `admins` how many to verify; `admin_above`, whether some stand above. `path` holds the ids
    from the root to the agency itself."""

    __tablename__ = "agency_directory"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: list[int] = Field(sa_type=IntArray)
    zone: str
    active: bool
    successor_id: int | None
    has_admin: bool
    has_officer: bool
    admins: int
    admin_above: bool


class StaffEntry(_View, table=True):
    """A member of staff; `active` while the agency is, too."""

    __tablename__ = "staff_directory"
    __table_args__ = ({"schema": "routing"},)

    id: int = Field(primary_key=True)
    name: str
    role: str
    agency_id: int
    agency_path: list[int] = Field(sa_type=IntArray)
    active: bool
    token_version: int


class Contact(_View, table=True):
    """Who reported, as ciphertext: as the report says, else as the account does."""

    __tablename__ = "published_contact"
    __table_args__ = ({"schema": "intake"},)

    number: int = Field(sa_type=Int64, primary_key=True)
    name: bytes | None = Field(sa_type=Bytes)
    phone: bytes | None = Field(sa_type=Bytes)
    email: bytes | None = Field(sa_type=Bytes)
    nik: bytes | None = Field(sa_type=Bytes)
    made_by: int | None


class PartnerEntry(_View, table=True):
    """A partner system, and the hash of its token for HTTP."""

    __tablename__ = "partner_directory"
    __table_args__ = ({"schema": "intake"},)

    system: str = Field(primary_key=True)
    name: str
    http_token_hash: bytes = Field(sa_type=Bytes)
    active: bool
