"""SQL conditions for what a member of staff may know. They say which reports they may read now, and
whether the times of the reporter's actions are hidden from them. No message says more than its
recipient may read."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from shared.command_requests.directory import is_or_stands_below
from shared.database.lifecycle import Report
from shared.database.report_lists import CopyRow
from shared.database.views import AgencyEntry
from shared.lifecycle.people import Role


def is_readable(agency_id: int | SQLCoreOperations[int]) -> ColumnElement[bool]:
    """For a joined `Report`: whether this agency or one below it handles the report or has a copy,
    as in `shared.command_requests.report_access`."""
    copying = aliased(AgencyEntry)
    copied = (
        select(col(CopyRow.agency_id))
        .join(copying, col(copying.id) == col(CopyRow.agency_id))
        .where(col(CopyRow.number) == col(Report.number), is_or_stands_below(agency_id, copying))
    )
    return or_(_is_handled(agency_id), copied.correlate_except(CopyRow, copying).exists())


def are_reporter_times_hidden(
    agency_id: int | SQLCoreOperations[int], role: SQLCoreOperations[str]
) -> ColumnElement[bool]:
    """For a joined `Report` that they may read: whether the exact times of the reporter's actions
    are hidden from them, as in `ReportAccess.reporter_times_hidden`."""
    return or_(
        and_(col(Report.anonymous), role != Role.CENTRAL_ADMIN.value),
        role == Role.OVERSEER.value,
        ~_is_handled(agency_id),
    )


def _is_handled(agency_id: int | SQLCoreOperations[int]) -> ColumnElement[bool]:
    handler = aliased(AgencyEntry)
    handled = select(col(handler.id)).where(
        col(handler.id) == col(Report.handler_id), is_or_stands_below(agency_id, handler)
    )
    return handled.correlate_except(handler).exists()
