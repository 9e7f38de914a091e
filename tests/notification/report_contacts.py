"""A report without an account, as the person who holds its number and access code meets it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.intake.conftest import form
from tests.notification.account_services import NEW, Services, header
from tests.notification.conftest import MAIL


@dataclass
class OwnReport:
    """Intake and notification, asked by whoever has opened the report by its code."""

    services: Services
    number: int
    code: str
    own: dict[str, str]

    @property
    def path(self) -> str:
        return f"/reports/{self.number}"

    @property
    def changes(self) -> str:
        return f"{self.path}/contact-changes"

    async def contacts(self) -> list[tuple[str, str, str]]:
        """Channel, what is shown of it, and state."""
        answer = await self.services.notify.get(f"{self.path}/contacts", headers=self.own)
        return [
            (each["channel"], each["shown"], each["state"]) for each in answer.json()["contacts"]
        ]

    async def proves(self) -> None:
        """The present e-mail address, by the code that comes there."""
        contact = f"{self.path}/contacts/email"
        code = await self.services.code(f"{contact}/code", self.own)
        body = {"code": code}
        answer = await self.services.notify.post(f"{contact}/proof", json=body, headers=self.own)
        assert answer.status_code == 200, answer.text

    async def shows_new(self, contact: str = NEW) -> dict[str, Any]:
        """What intake asks to make this the contact of the report."""
        new = f"{self.path}/new-contact"
        code = await self.services.code(f"{new}/code", self.own, contact=contact)
        shown = {"contact": contact, "code": code}
        answer = await self.services.notify.post(f"{new}/proof", json=shown, headers=self.own)
        assert answer.status_code == 200, answer.text
        return {"proof_token": answer.json()["proof_token"], "safe": True}

    async def asks(self, **shown: Any) -> httpx.Response:
        """For the contact that was shown."""
        return await self.services.intake.post(self.changes, json=shown, headers=self.own)

    async def asks_to_replace(self, contact: str = NEW) -> httpx.Response:
        """For another contact; the present one was proven yesterday."""
        await self.proves()
        self.services.country.all(
            "UPDATE notification.contact SET proven_at = now() - interval '1 day'"
        )
        return await self.asks(**await self.shows_new(contact))

    async def removes(self, channel: str = "email") -> int:
        path = f"{self.path}/contacts/{channel}/removal"
        return (await self.services.intake.post(path, headers=self.own)).status_code

    async def asks_to_recover(self, contact: str) -> None:
        """Somebody says that the access code is lost."""
        asked = {"number": self.number, "contact": contact}
        assert (await self.services.notify.post("/recovery", json=asked)).status_code == 202


async def made(services: Services, **changes: Any) -> OwnReport:
    """A report with an e-mail address that its reporter calls safe, or as told otherwise."""
    who = {"name": "Siti Rahmawati", "email": MAIL, "email_safe": True}
    filled = form(**{"reporter": who} | changes)
    accepted = (await services.intake.post("/reports", json=filled)).json()
    number, code = accepted["number"], accepted["access_code"]
    opened = await services.intake.post(f"/reports/{number}/access", json={"access_code": code})
    return OwnReport(services, number, code, header(opened.json()))
