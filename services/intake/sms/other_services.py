"""Calls notification and followup on behalf of a report's reporter."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from services.intake.access_codes import BEARER_TTL
from services.intake.models import Submission
from services.intake.resources import Resources
from services.intake.sms.senders import Reply, Sender
from shared.database.engine import Database
from shared.http.problems import unavailable
from shared.http.tokens import ReportBearer, Tokens


class OtherServices:
    """The other services. They are called while no transaction is open, so that a slow one does not
    hold a connection that reporters need. Raises the 503 problem if one does not answer; any other
    answer is returned."""

    def __init__(self, database: Database, intake: Resources) -> None:
        self._database = database
        self._notification, self._followup = intake.notification, intake.followup
        self._tokens = Tokens.of(intake.settings)

    async def sender_of(self, reply: Reply) -> Sender:
        """The sender of a message, as the notification service knows the phone."""
        number = reply.about.number
        async with self._database.session() as session:
            submission = await session.get(Submission, number)
        if submission is None:
            return Sender("", named=False, proven=False)
        version = submission.access_code_version
        bearer = ReportBearer(number=number, code_version=version, by_sms=True)
        token = self._tokens.issue(bearer, BEARER_TTL)
        phone = {"phone": reply.whole.sender}
        answer = await self.notify(token, number, "contacts/sms/sender", phone)
        if answer.status_code != 200:
            raise unavailable()
        contact = answer.json()
        # An older version of the service does not send these.
        reads, stopped = bool(contact.get("reads")), bool(contact.get("stopped"))
        return Sender(token, bool(contact["named"]), bool(contact["proven"]), reads, stopped)

    async def notify(
        self, token: str, number: int, path: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Call the notification service about the report's contacts."""
        return await _ask(self._notification, f"/reports/{number}/{path}", token, body, {})

    async def send_command(
        self, token: str, reply: Reply, path: str, body: dict[str, Any]
    ) -> httpx.Response:
        """Send the reporter's command to followup, as over HTTP. The same message again is the same
        command."""
        headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"sms {reply.whole.key}"))}
        return await _ask(
            self._followup, f"/reports/{reply.about.number}/{path}", token, body, headers
        )


async def _ask(
    service: httpx.AsyncClient,
    path: str,
    token: str,
    body: dict[str, Any] | None,
    headers: dict[str, str],
) -> httpx.Response:
    headers = headers | {"Authorization": f"Bearer {token}", "Accept-Language": "id"}
    try:
        answer = await service.post(path, json=body, headers=headers)
    except httpx.HTTPError:
        raise unavailable() from None
    if answer.status_code >= 500:
        raise unavailable()
    return answer
