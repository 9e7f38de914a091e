"""Notifies anonymous reporters that pusat has read their identity. This comes from routing's
notices; the bus has no such event."""

import asyncio
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.contacts.reporters import reporters_of
from services.notification.events.message_rows import message_row
from services.notification.messages.channel_choice import choose_channel
from services.notification.messages.table import REVEALED, MessageKind
from services.notification.models import Message
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry, RevealNotice
from shared.lifecycle.calendar import Zone

RECENT = timedelta(days=3)
"""Notices that fell due earlier are not sent any more; the report's page shows them."""


class RevealNotices:
    """Writes these messages, and sets `written` so that they are sent at once."""

    def __init__(self, database: Database, written: asyncio.Event) -> None:
        self._database, self._written = database, written

    async def tell(self) -> None:
        """Write one message for each notice that has fallen due. Repeated runs write no second
        one."""
        due = (
            select(RevealNotice, col(Report.handler_id), col(AgencyEntry.zone))
            .join(Report, col(Report.number) == col(RevealNotice.number))
            .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
            .where(col(RevealNotice.tell_at) > now() - RECENT)
        )
        async with self._database.session() as session:
            notices = (await session.execute(due)).all()
            keys = {notice.request_id: f"revealed.{notice.request_id}" for notice, _, _ in notices}
            numbers = {notice.number for notice, _, _ in notices}
            of_reports = select(col(Message.key)).where(col(Message.number).in_(numbers))
            already = {key.rpartition(".")[0] for key in await session.scalars(of_reports)}
            new = [row for row in notices if keys[row[0].request_id] not in already]
            reporters = await reporters_of(session, {notice.number for notice, _, _ in new})
            for notice, handler_id, zone in new:
                reporter = reporters[notice.number]
                choice = choose_channel(
                    reporter.contacts,
                    MessageKind(REVEALED.kind),
                    discreet=reporter.discreet,
                    at=now(),
                )
                row = message_row(
                    reporter,
                    choice,
                    Zone(zone),
                    version=0,
                    event=REVEALED.event,
                    template=REVEALED.template,
                    recipient=REVEALED.audience.value,
                    facts={
                        "about": keys[notice.request_id],
                        "handler_id": handler_id,
                        "kind": REVEALED.kind.value,
                        "at": notice.at.isoformat(),
                        "reason_class": notice.reason_class,
                    },
                )
                once = insert(Message).values(row)
                await session.execute(once.on_conflict_do_nothing(index_elements=["key"]))
        if new:
            self._written.set()
