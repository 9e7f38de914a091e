"""Which reports a member of staff may read now: nobody is told more of one they may not."""

from sqlalchemy import ColumnElement, any_, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from shared.database.lifecycle import Report
from shared.database.report_lists import CopyRow
from shared.database.views import AgencyEntry


def is_readable(
    agency_id: SQLCoreOperations[int],
) -> ColumnElement[bool]:
    """Of a joined `Report`: that agency or one below handles it or has a copy, as
    `shared.command_requests.report_access` has it."""
    handler, copying = aliased(AgencyEntry), aliased(AgencyEntry)
    handled = select(col(handler.id)).where(
        col(handler.id) == col(Report.handler_id), agency_id == any_(col(handler.path))
    )
    copied = (
        select(col(CopyRow.agency_id))
        .join(copying, col(copying.id) == col(CopyRow.agency_id))
        .where(col(CopyRow.number) == col(Report.number), agency_id == any_(col(copying.path)))
    )
    return or_(
        handled.correlate_except(handler).exists(),
        copied.correlate_except(CopyRow, copying).exists(),
    )
