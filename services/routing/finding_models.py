"""Tables of schema `routing` that help find agencies and words, and saved views."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from shared.database.columns import IntArray, Json, TextArray, timestamp

_IN_SCHEMA = {"schema": "routing"}


class AgencyAlias(SQLModel, table=True):
    """Another name by which people know an agency: an abbreviation, a former name."""

    __tablename__ = "agency_alias"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    alias: str = Field(primary_key=True)


class CategoryAlias(SQLModel, table=True):
    """An everyday word for a category: an abbreviation, what people call it."""

    __tablename__ = "category_alias"
    __table_args__ = (_IN_SCHEMA,)

    category_id: int = Field(primary_key=True, foreign_key="routing.category.id")
    alias: str = Field(primary_key=True)


class AgencyWords(SQLModel, table=True):
    """The words by which an agency is found. Triggers of `agency`, `agency_alias` and `staff` write
    them."""

    __tablename__ = "agency_words"
    __table_args__ = (Index("agency_words_words", "words", postgresql_using="gin"), _IN_SCHEMA)

    agency_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    name: str
    path: list[int] = Field(sa_type=IntArray)
    active: bool
    aliases: list[str] = Field(sa_type=TextArray)
    words: str = Field(sa_type=TSVECTOR)
    has_admin: bool
    has_officer: bool


class DirectoryWord(SQLModel, table=True):
    """A word in the name of some agency; mistyped words are compared with these."""

    __tablename__ = "directory_word"
    __table_args__ = (
        Index(
            "directory_word_like",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
        _IN_SCHEMA,
    )

    word: str = Field(primary_key=True)


class ReportWord(SQLModel, table=True):
    """A word that several published reports use; mistyped words are compared with these."""

    __tablename__ = "report_word"
    __table_args__ = (
        Index(
            "report_word_like",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
        _IN_SCHEMA,
    )

    word: str = Field(primary_key=True)
    reports: int
    """How many of some thousands of reports use the word."""
    seen_at: datetime = timestamp()


class WordsGathered(SQLModel, table=True):
    """The only row, which says when the words of reports were last gathered."""

    __tablename__ = "words_gathered"
    __table_args__ = (_IN_SCHEMA,)

    id: int = Field(primary_key=True)
    at: datetime = timestamp()


class Abbreviation(SQLModel, table=True):
    """What a short word stands for in a search, folded: *pju*, *penerangan jalan umum*."""

    __tablename__ = "abbreviation"
    __table_args__ = (Index("abbreviation_meaning", "meaning"), _IN_SCHEMA)

    short: str = Field(primary_key=True)
    meaning: str = Field(primary_key=True)


class UsualUnit(SQLModel, table=True):
    """How many reports of a category an agency's staff disposed to a unit."""

    __tablename__ = "usual_unit"
    __table_args__ = (_IN_SCHEMA,)

    agency_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    category_id: int = Field(primary_key=True, foreign_key="routing.category.id")
    unit_id: int = Field(primary_key=True, foreign_key="routing.agency.id")
    times: int


class SavedView(SQLModel, table=True):
    """A tab of the queue with its filters, for one person, or `shared` within their agency."""

    __tablename__ = "saved_view"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    staff_id: int = Field(foreign_key="routing.staff.id", index=True)
    agency_id: int = Field(foreign_key="routing.agency.id", index=True)
    shared: bool
    name: str
    query: dict[str, Any] = Field(sa_type=Json)
