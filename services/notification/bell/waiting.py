"""Decides whether a bell item still needs an action, by the present state of its report."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.staff_table import StaffKind
from services.notification.models import BellItem
from shared.database.lifecycle import Report
from shared.database.report_lists import RequestRow
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.statuses import TAB_OF, Status, Tab

Pending = Collection[tuple[int, bool]]
"""Reports with a request that waits for a decision; True for an objection."""


def item_columns() -> tuple[Any, ...]:
    """The columns that `waits` reads, of a `BellItem` with its `Report` joined."""
    return (
        *(col(BellItem.kind), col(BellItem.template)),
        col(BellItem.facts)["from_status"].astext.label("from_status"),
        *(col(Report.number), col(Report.status), col(Report.ended_at)),
    )


def waits(item: Row[*tuple[Any, ...]], pending: Pending) -> bool:
    """Whether somebody still has to act on the item. A decision that was made needs no action."""
    kind = StaffKind(item.kind)
    if kind in (StaffKind.NEW, StaffKind.REPLY):
        return item.status in _statuses(item)
    if kind in (StaffKind.OBJECTION, StaffKind.REQUEST):
        return (item.number, kind is StaffKind.OBJECTION) in pending
    return kind is not StaffKind.DECIDED and item.ended_at is None


async def pending_of(session: AsyncSession, numbers: Collection[int]) -> Pending:
    """The requests of these reports that wait for a decision."""
    waiting = select(col(RequestRow.number), col(RequestRow.kind)).where(
        col(RequestRow.number).in_(numbers), col(RequestRow.decision).is_(None)
    )
    rows = (await session.execute(waiting)).all()
    return {(row.number, row.kind == RequestKind.OBJECTION) for row in rows}


def _statuses(item: Row[*tuple[Any, ...]]) -> Collection[Status]:
    """The statuses in which the step named by the item is still to be done. Information that came
    when the report no longer waited for it may be handled in any status."""
    if item.template == "information_came" and item.from_status not in _ASKED:
        return _ANY
    return _WAITS_IN.get(item.template, _ANY)


_ANY: Final = frozenset(Status)
_ASKED: Final = [status for status in Status if TAB_OF[status] is Tab.DEFERRED]
_WAITS_IN: Final = {
    "to_verify": {Status.UNVERIFIED},
    "to_verify_again": {Status.UNVERIFIED},
    "to_follow_up": {Status.VERIFIED},
    "information_came": {Status.INFORMATION_TO_EVALUATE},
    "reply_came": {Status.REPLIED_BY_REPORTER},
}
"""By the template of a bell item."""
