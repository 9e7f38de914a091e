"""What was planted where, and the hands to plant it with."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute

from services.followup import actions as followup_actions
from shared.command_requests.endpoints import command_routers
from tests.chaos.people import somewhere
from tests.cluster import ABOVE, Cluster, Who
from tests.privacy.marks import Marks
from tests.sample_pdf import PDF
from tests.workflows.country import DINAS, PROVINCE

Headers = dict[str, str]


@dataclass
class Planted:
    """What was planted where. `numbers`: the reports, by how they came in."""

    cluster: Cluster
    marks: Marks
    numbers: dict[str, int] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[httpx.Response] = field(default_factory=list)
    """The answers to all that was wrong."""

    def reporter(self, which: str) -> Headers:
        return self.cluster.reporter(self.numbers[which])

    def report(self, **changes: Any) -> dict[str, Any]:
        word = self.marks.word
        if who := changes.get("reporter"):
            changes["reporter"] = who | {"phone_safe": True, "email_safe": True}
        return {
            "classification": "complaint",
            "title": word("judul"),
            "body": word("isi"),
            "place": word("tempat"),
            "addressee": f"A{PROVINCE}",
        } | changes

    async def post(
        self,
        service: str,
        path: str,
        body: Any,
        headers: Headers | None = None,
        file: str | None = None,
        part: str = "message",
    ) -> httpx.Response:
        address = self.cluster.address(service) + path
        headers = somewhere() | (headers or {}) | {"Idempotency-Key": str(uuid4())}
        if file is None:
            return await self.cluster.http.post(address, json=body, headers=headers)
        return await self.cluster.http.post(
            f"{address}/with-attachments",
            data={part: json.dumps(body)},
            files=[("attachments", (file, PDF))],
            headers=headers,
        )

    async def must(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        answer = await self.post(*arguments, **more)
        assert answer.status_code in (200, 201), (arguments, answer.text)
        content: dict[str, Any] = answer.json()
        return content

    async def accepted(self, which: str, *arguments: Any, **more: Any) -> int:
        """Plant a report; keep its number and its access code."""
        report = await self.must("intake", *arguments, **more)
        self.marks.keep(report["access_code"])
        self.numbers[which] = int(report["number"])
        return self.numbers[which]

    async def staff(self, which: str, what: str, who: Who, **body: Any) -> str:
        """A step by staff, in the service whose step it is; the id of its command."""
        service = "followup" if what in _OF_FOLLOWUP or "/" in what else "routing"
        path = f"/reports/{self.numbers[which]}/{what}"
        return str((await self.must(service, path, body, self.cluster.staff(who)))["command_id"])

    async def says(self, which: str, what: str, file: str | None = None, **body: Any) -> None:
        """A step by the reporter."""
        path = f"/reports/{self.numbers[which]}/{what}"
        await self.must("followup", path, body, self.reporter(which), file=file)

    async def verify(self, which: str, who: Who = ABOVE, **changes: Any) -> None:
        await self.staff(which, "verify", who, **self.verification(**changes))

    def verification(self, **changes: Any) -> dict[str, Any]:
        word = self.marks.word
        return {
            "agency_id": DINAS,
            "classification": "complaint_without_oversight",
            "category_id": 1,
            "title": word("ejaan"),
            "body": word("koreksi"),
            "place": word("lokasi"),
        } | changes


async def until(cluster: Cluster, query: str) -> None:
    """Wait for the first value of the first row to hold."""
    async with asyncio.timeout(25):
        while not (rows := await cluster.rows(query)) or not rows[0][0]:
            await asyncio.sleep(0.1)


_OF_FOLLOWUP = {
    route.path.removeprefix("/reports/{number}/")
    for router in command_routers(followup_actions)
    for route in router.routes
    if isinstance(route, APIRoute)
}
