"""Intake and notification on one database, as the owner of an account meets them."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.notification.contacts.resources import Resources
from shared.settings import Settings
from tests.intake.conftest import Country, running
from tests.notification.conftest import MAIL, until
from tests.notification.providers import MailServer
from tests.notification.test_proofs import CODE, code_in, serving

PASSWORD, OTHER = "gajah ungu melompat", "kuda hijau berenang"
ACCOUNT = {"name": "Siti Rahmawati", "email": MAIL, "password": PASSWORD}
NEW = "siti.baru@example.org"
CHANGES = "/reporters/me/contact-changes"


@dataclass
class Services:
    """Intake and notification on one database, with the mailbox of everybody."""

    intake: httpx.AsyncClient
    notify: httpx.AsyncClient
    mail: MailServer
    country: Country
    notification: Resources

    async def signs_up(self, **changes: Any) -> dict[str, str]:
        answer = await self.intake.post("/reporters", json=ACCOUNT | changes)
        assert answer.status_code == 201, answer.text
        return header(answer.json())

    async def signs_in(self, contact: str, password: str) -> int:
        form = {"contact": contact, "password": password}
        return (await self.intake.post("/reporters/sign-in", json=form)).status_code

    async def mailed(self, count: int) -> Any:
        """The mail of this place, once it came."""

        async def there() -> bool:
            return len(self.mail.got) >= count

        await until(there)
        return self.mail.got[count - 1]

    async def notice(self, number: int = 3) -> Any:
        """The mail of this place, which intake wrote: notification looks for such every five
        seconds, and at once when it wrote one itself."""
        self.notification.written.set()
        return await self.mailed(number)

    async def code_mailed(self, before: int) -> str:
        """The code in a mail that came after so many others: a notice may come in between, as
        nobody waits for it."""
        codes: list[str] = []

        async def there() -> bool:
            texts = map(text_of, self.mail.got[before:])
            codes.extend(code_in(text) for text in texts if re.search(CODE, text))
            return bool(codes)

        await until(there)
        return codes[0]

    async def code(self, path: str, own: dict[str, str] | None = None, **body: Any) -> str:
        """The code that a request for one brings into the mailbox."""
        before = len(self.mail.got)
        answer = await self.notify.post(path, json=body or None, headers=own)
        assert answer.status_code == 202, answer.text
        return await self.code_mailed(before)

    async def asks_to_recover(self, contact: str = MAIL) -> dict[str, str]:
        """What shows the contact, with the code that came there."""
        before = len(self.mail.got)
        answer = await self.notify.post("/account-recovery", json={"contact": contact})
        assert answer.status_code == 202, answer.text
        code = await self.code_mailed(before)
        return {"request_token": answer.json()["request_token"], "code": code}

    async def proves(self, own: dict[str, str]) -> None:
        code = await self.code("/reporters/me/contacts/email/code", own)
        path = "/reporters/me/contacts/email/proof"
        answer = await self.notify.post(path, json={"code": code}, headers=own)
        assert answer.json()["contacts"][0]["state"] == "proven"

    async def shows_new(self, own: dict[str, str], contact: str = NEW) -> dict[str, str]:
        """What intake asks to make this the contact of the account."""
        code = await self.code("/reporters/me/new-contact/code", own, contact=contact)
        shown = {"contact": contact, "code": code}
        answer = await self.notify.post("/reporters/me/new-contact/proof", json=shown, headers=own)
        assert answer.status_code == 200, answer.text
        return {"proof_token": answer.json()["proof_token"], "current_password": PASSWORD}

    async def asks_to_replace(self) -> tuple[dict[str, str], httpx.Response]:
        """An account whose contact, proven yesterday, is to be replaced; and the answer."""
        own = await self.signs_up()
        await self.proves(own)
        self.country.all("UPDATE notification.contact SET proven_at = now() - interval '1 day'")
        return own, await self.intake.post(CHANGES, json=await self.shows_new(own), headers=own)


def header(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


@pytest.fixture
async def services(
    settings: Settings,
    country: Country,
    mail_server: MailServer,
    fresh_database: Callable[[str], str],
) -> AsyncIterator[Services]:
    nobody = {"nats_url": "nats://127.0.0.1:1", "temporal_address": "127.0.0.1:1"}
    of_intake = {"database_url": fresh_database("lapor_intake")} | nobody
    async with (
        mail_server.there(),
        running(settings.model_copy(update=of_intake)) as intake,
        serving(settings.model_copy(update=nobody)) as notify,
    ):
        asgi: Any = notify._transport
        yield Services(intake, notify, mail_server, country, asgi.app.state.resources)
