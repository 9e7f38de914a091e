"""The offices of pusat's list to which a reporter can also turn, by report.

They are shown on the report's page, and mentioned in mails if there are any.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from shared.database.views import RecourseEntry
from shared.lifecycle.statuses import Status

ENDED_BY_OTHERS: Final = frozenset(
    {Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN, Status.ARCHIVED_BY_ADMIN}
)
"""The statuses of reports whose reporter may not be content with how they ended."""


def concern(
    archive_category: object, classification: object, category_id: object
) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `RecourseEntry` for a report, given by values or columns.

    An office applies to a report that has all criteria which the office names.
    """
    return (
        _names(col(RecourseEntry.archive_category), archive_category),
        _names(col(RecourseEntry.classification), classification),
        _names(col(RecourseEntry.category_id), category_id),
    )


def _names(named: Mapped[Any], value: object) -> ColumnElement[bool]:
    return or_(named.is_(None), named == value)
