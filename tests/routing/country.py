"""The demo country with routing, followup and a worker in it: who is asked to do what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import CursorResult, text

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.new_report import Identity, NewReport
from services.intake.details import DetailsForm
from shared.attachments import StoredAttachment
from shared.database.engine import Database
from shared.http.tokens import Staff, Tokens
from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel

SITI = Identity(
    name="Siti Rahmawati", phone="+6281234567890", email="siti@contoh.id", nik="3204050101900001"
)


@dataclass
class Country:
    """`http` calls routing as nobody, `followup` the service where requests are made."""

    app: FastAPI
    followup_app: FastAPI
    http: httpx.AsyncClient
    followup: httpx.AsyncClient
    owner: Database
    intake: Database
    acceptance: Acceptance
    tokens: Tokens
    agencies: dict[str, int] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)

    async def learn(self) -> None:
        """Read who and what there is."""
        self.agencies = dict(await self.rows("SELECT code, id FROM routing.agency"))
        self.categories = dict(await self.rows("SELECT code, id FROM routing.category"))
        people = await self.rows(
            "SELECT s.username, d.id, d.role, d.agency_id, d.agency_path, d.name, d.token_version"
            " FROM routing.staff_directory d JOIN routing.staff s ON s.id = d.id"
        )
        self.staff = {row.username: Staff.model_validate(row._asdict()) for row in people}

    async def rows(self, query: str, **parameters: Any) -> list[Any]:
        async with self.owner.session() as session:
            result = await session.execute(text(query), parameters)
            assert isinstance(result, CursorResult)
            return list(result) if result.returns_rows else []

    async def one(self, query: str, **parameters: Any) -> Any:
        [[value]] = await self.rows(query, **parameters)
        return value

    def header(self, username: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.issue(self.staff[username])}"}

    async def get(self, username: str, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.header(username), params=params)

    async def seen(self, username: str, number: int) -> dict[str, Any]:
        """A report as this person reads it."""
        answer = await self.get(username, f"/reports/{number}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def act(
        self, username: str, number: int, action: str, body: dict[str, Any], **headers: str
    ) -> httpx.Response:
        marks = {name.replace("_", "-"): value for name, value in headers.items()}
        is_request = action == "not-authority" or action.startswith("requests/")
        http = self.followup if is_request else self.http
        return await http.post(
            f"/reports/{number}/{action}", json=body, headers=self.header(username) | marks
        )

    async def done(
        self, username: str, number: int, action: str, body: dict[str, Any], **headers: str
    ) -> dict[str, Any]:
        """As `act`, which has to take effect."""
        answer = await self.act(username, number, action, body, **headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "done"
        return dict(answer.json())

    async def report(
        self,
        to: str | None = "kab-bandung",
        *,
        identity: Identity = SITI,
        attachments: tuple[StoredAttachment, ...] = (),
        **changes: Any,
    ) -> int:
        """A report accepted from the website, addressed to this agency; its number."""
        values: dict[str, Any] = {
            "title": "Jalan berlubang di Soreang",
            "body": "Jalan di depan pasar Soreang berlubang, sdh 3 org jatuh.",
            "channel": Channel.WEBSITE,
            "scope": "test",
            "idempotency_key": str(uuid4()),
            "classification": Classification.COMPLAINT,
            "addressee_id": self.agencies[to] if to else None,
            "identity": identity,
            "attachments": attachments,
            "details": DetailsForm.model_validate(
                {name: changes.pop(name) for name in DetailsForm.model_fields if name in changes}
            ),
        }
        async with self.intake.session() as session:
            accepted = await self.acceptance.accept(session, NewReport(**values | changes))
        return accepted.number

    def verification(self, unit: str = "pupr-kab-bandung", **changes: Any) -> dict[str, Any]:
        """The form of a verification that disposes to this unit."""
        return {
            "agency_id": self.agencies[unit],
            "classification": "complaint_without_oversight",
            "category_id": self.categories["potholes"],
        } | changes

    async def verified(
        self, to: str = "kab-bandung", unit: str = "pupr-kab-bandung", **changes: Any
    ) -> int:
        """A report that was verified and disposed to the unit."""
        number = await self.report(to, **changes)
        admin = f"admin.{to.replace('-', '.')}"
        await self.done(admin, number, "verify", self.verification(unit))
        return number

    async def may_reveal(self, username: str, number: int, reason: str) -> None:
        """Somebody of pusat has asked to know who reported, and a colleague has granted it."""
        asked = await self.act(username, number, "reveal", {"reason": reason})
        assert asked.status_code == 202, asked.text
        second = next(
            name
            for name, staff in self.staff.items()
            if staff.role == "central_admin" and name != username
        )
        path = f"/second-person/requests/{asked.json()['id']}/grant"
        answer = await self.http.post(path, headers=self.header(second))
        assert answer.status_code == 200, answer.text

    async def status(self, number: int) -> str:
        return str(
            await self.one("SELECT status FROM lifecycle.report WHERE number = :n", n=number)
        )

    async def handler(self, number: int) -> str:
        return str(
            await self.one(
                "SELECT a.code FROM lifecycle.report r JOIN routing.agency a"
                " ON a.id = r.handler_id WHERE r.number = :n",
                n=number,
            )
        )

    async def chain(self, number: int) -> list[str]:
        """The codes of the delegation chain."""
        codes = {agency_id: code for code, agency_id in self.agencies.items()}
        chain = await self.one("SELECT chain FROM lifecycle.report WHERE number = :n", n=number)
        return [codes[agency_id] for agency_id in chain]


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the application, which runs meanwhile."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://routing", timeout=30
        ) as http:
            yield http
