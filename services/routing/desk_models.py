"""Tables of schema `routing` for work at the desk: open reports, checklists, drafts of forms, and
reporters told in another way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, timestamp

_IN_SCHEMA = {"schema": "routing"}
_NOW = {"server_default": text("now()")}


class ToldOtherwise(SQLModel, table=True):
    """A member of staff has told the reporter what this message could not deliver."""

    __tablename__ = "told_otherwise"
    __table_args__ = (_IN_SCHEMA,)

    message_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    staff_id: int = Field(foreign_key="routing.staff.id")
    agency_id: int
    at: datetime = timestamp()


class Presence(SQLModel, table=True):
    """A member of staff has a report open. A row lasts a minute; unlogged, so that no trace is
    kept."""

    __tablename__ = "presence"
    __table_args__ = {"prefixes": ["UNLOGGED"], **_IN_SCHEMA}

    number: int = Field(sa_type=Int64, primary_key=True)
    staff_id: int = Field(primary_key=True)
    seen_at: datetime = timestamp(index=True)


class CheckedItem(SQLModel, table=True):
    """An item of the verification checklist that was checked for a report, and by whom."""

    __tablename__ = "checked_item"
    __table_args__ = (_IN_SCHEMA,)

    number: int = Field(sa_type=Int64, primary_key=True)
    code: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="routing.staff.id")
    at: datetime = timestamp(sa_column_kwargs=_NOW)


class FormDraft(SQLModel, table=True):
    """What a person has typed into the form of an action and not sent: JSON, encrypted with the
    identity keys. A row lasts a week."""

    __tablename__ = "form_draft"
    __table_args__ = (_IN_SCHEMA,)

    staff_id: int = Field(primary_key=True, foreign_key="routing.staff.id")
    number: int = Field(sa_type=Int64, primary_key=True)
    action: str = Field(primary_key=True)
    fields: bytes = Field(sa_type=Bytes)
    kept_at: datetime = timestamp(index=True)
