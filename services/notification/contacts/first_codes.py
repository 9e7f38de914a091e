"""First codes for people who report by SMS. That a message came from a number proves only that an
answer can go back to it."""

from collections.abc import Sequence
from datetime import timedelta

from services.notification.contacts.code_limits import CodeLimits
from services.notification.contacts.codes import Codes
from services.notification.contacts.named_contacts import named_contacts
from shared.clock import now
from shared.database.engine import Database
from shared.labels.catalogue import INDONESIAN
from shared.lifecycle.actions import Action
from shared.lifecycle.channels import Channel
from shared.lifecycle.events import EVENT_OF, ReportEvent
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import by_itself

STILL_THERE = timedelta(minutes=30)
"""Later than this the reporter no longer waits for a code, which lasts ten minutes. They can
request one on the report's page."""


class FirstCodes:
    """Sends first codes: one for each report, within the budgets for all codes."""

    def __init__(
        self, database: Database, cipher: IdentityCipher, codes: Codes, limits: CodeLimits
    ) -> None:
        self._database, self._cipher = database, cipher
        self._codes, self._limits = codes, limits

    async def send(self, events: Sequence[ReportEvent]) -> None:
        """Send a code to the senders of these reports. The same event again sends no second
        code."""
        for event in events:
            by_sms = event.event == EVENT_OF[Action.SUBMIT] and event.channel == Channel.SMS
            if by_sms and event.at > now() - STILL_THERE:
                await by_itself("first codes", event.number, self._to_sender(event.number))

    async def _to_sender(self, number: int) -> None:
        async with self._database.session() as session:
            for contact in await named_contacts(session, self._cipher, number):
                if contact.channel != "sms" or await self._codes.row_of(session, contact):
                    continue
                wait = await self._limits.wait(
                    contact.value, contact.channel, contact.holder, proven=False
                )
                if wait is None:
                    await self._codes.send(session, contact, INDONESIAN, "by_sms")
