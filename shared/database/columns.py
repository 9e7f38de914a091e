"""Column types the models share."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from shared.clock import now as now

Int64 = BigInteger
Timestamp = DateTime(timezone=True)
Json = JSONB
Bytes = LargeBinary
Words = Text
Id = Uuid
IntArray = ARRAY(BigInteger)
IdArray = ARRAY(Uuid)
TextArray = ARRAY(String)


def timestamp(**options: Any) -> Any:
    """A column for an instant, with time zone."""
    return Field(sa_type=Timestamp, **options)
