"""Which of pusat's offices, where else a reporter can go, concern a report: shown on its page, and
promised by mail where there are some."""

from typing import Any, Final

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from shared.database.views import RecourseEntry
from shared.lifecycle.statuses import Status

ENDED_BY_OTHERS: Final = frozenset(
    {Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN, Status.ARCHIVED_BY_ADMIN}
)
"""Where a report stands whose reporter may not be content with how it ended."""


def concern(
    archive_category: object, classification: object, category_id: object
) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `RecourseEntry`: an office concerns what bears all that it names. Values of
    one report, or columns."""
    return (
        _names(col(RecourseEntry.archive_category), archive_category),
        _names(col(RecourseEntry.classification), classification),
        _names(col(RecourseEntry.category_id), category_id),
    )


def _names(named: Mapped[Any], value: object) -> ColumnElement[bool]:
    return or_(named.is_(None), named == value)
