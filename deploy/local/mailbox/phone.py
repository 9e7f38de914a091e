"""A phone that sends text messages to 1708, in the form in which the operator's gateway passes them
on."""

from dataclasses import dataclass
from uuid import uuid4

import httpx
import orjson

from deploy.local.mailbox.kept import MessageStore
from shared.clock import now
from shared.http.gateway_signatures import signed_headers

SHORT_NUMBER = "1708"


@dataclass(frozen=True)
class Phone:
    """A phone. `secret` signs what is sent to `address`, which receives text messages."""

    kept: MessageStore
    secret: str
    address: str

    async def send(self, sender: str, text: str) -> str | None:
        """Send a text and store it with its answer. Returns what is wrong if it was not accepted,
        else None."""
        id, at = str(uuid4()), now()
        message = {"id": id, "from": sender, "text": text, "received_at": at.isoformat()}
        body = orjson.dumps(message)
        headers = signed_headers(self.secret, id, at, body)
        try:
            async with httpx.AsyncClient(timeout=30) as client:
                taken = await client.post(self.address, content=body, headers=headers)
        except httpx.TransportError:
            return "Nobody takes text messages now. Is the stack up?"
        if taken.status_code == 422:
            return "This is no phone number. Write it as +6281234567890."
        if taken.is_error:
            return f"It was not taken (HTTP {taken.status_code}). Send it again."
        self.kept.keep_sms(id, SHORT_NUMBER, text, sender=sender)
        if answer := taken.json()["answer"]:
            self.kept.keep_sms(str(uuid4()), sender, answer)
        return None
