"""Who reports by SMS gets a first code: that a message came from a number proves only that one can
come back to it."""

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
"""Who reported longer ago does not wait for a code that lasts ten minutes: one is asked for on the
report's page."""


class FirstCodes:
    """Sends them, one for each report and within the budgets that all codes have."""

    def __init__(
        self, database: Database, cipher: IdentityCipher, codes: Codes, limits: CodeLimits
    ) -> None:
        self._database, self._cipher = database, cipher
        self._codes, self._limits = codes, limits

    async def send(self, events: Sequence[ReportEvent]) -> None:
        """To the senders of these reports. One that is told again sends no second code."""
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
