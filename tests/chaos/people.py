"""People who insist: they send the same thing again, with its key, until they have an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from random import randrange
from typing import Any, Generic
from uuid import UUID, uuid4

import httpx
from typing_extensions import TypeVar

from tests.cluster import ABOVE, OFFICER, Cluster, ClusterAccess, Who
from tests.workflows.country import DINAS, PROVINCE

_numbers = count(1)

FOLLOW_UP = {"kind": "follow_up", "outcome": "done", "text": "Lubang sudah ditambal."}
REASON = {"reason": "Sudah selesai."}
VERIFICATION = {
    "agency_id": DINAS,
    "classification": "complaint_without_oversight",
    "category_id": 1,
}


C = TypeVar("C", bound=ClusterAccess, default=Cluster, covariant=True)


@dataclass
class People(Generic[C]):
    """The citizens and officers of a cluster; `accepted` holds what they were told was accepted."""

    cluster: C
    accepted: dict[UUID, int] = field(default_factory=dict)
    patience: float = 60.0
    """Seconds for which they insist."""
    put_off: int = 0
    """How often somebody had to ask again."""

    async def submit(self, **changes: Any) -> int:
        """A report to the province; its number."""
        key = uuid4()
        body = {
            "classification": "complaint",
            "title": f"Jalan rusak {next(_numbers)}",
            "body": "Jalan di depan pasar berlubang.",
            "addressee": f"A{PROVINCE}",
            "reporter": {"name": "Warga", "phone": "+6281234567890"},
        }
        answer = await self.insist("intake", "/reports", body | changes, somewhere(), key)
        assert answer.status_code == 201, answer.text
        self.accepted[key] = int(answer.json()["number"])
        return self.accepted[key]

    async def verify(self, number: int) -> httpx.Response:
        return await self.does("routing", number, "verify", ABOVE, VERIFICATION)

    async def follow_up(self, number: int) -> httpx.Response:
        return await self.does("followup", number, "follow-ups", OFFICER, FOLLOW_UP)

    async def close(self, number: int) -> httpx.Response:
        return await self.does("followup", number, "close", ABOVE, REASON)

    async def in_process(self) -> int:
        number = await self.submit()
        await self.verify(number)
        await self.follow_up(number)
        return number

    async def does(
        self, service: str, number: int, what: str, who: Who, body: dict[str, Any]
    ) -> httpx.Response:
        """A step that must take effect."""
        path, headers = f"/reports/{number}/{what}", self.cluster.staff(who)
        answer = await self.insist(service, path, body, headers, uuid4())
        assert answer.status_code == 200, (path, answer.text)
        return answer

    async def insist(
        self, service: str, path: str, body: dict[str, Any], headers: dict[str, str], key: UUID
    ) -> httpx.Response:
        """The answer once there is one, as `until_answered`."""
        return await self.until_answered(partial(self.ask, service, path, body, headers, key))

    async def until_answered(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """The answer once there is one: not 202, not 5xx of a server away, no lost connection."""
        async with asyncio.timeout(self.patience):
            while True:
                try:
                    answer = await ask()
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code not in (202, 502, 503, 504):
                    return answer
                self.put_off += 1
                await asyncio.sleep(0.2)

    async def ask(
        self, service: str, path: str, body: dict[str, Any], headers: dict[str, str], key: UUID
    ) -> httpx.Response:
        return await self.cluster.http.post(
            self.cluster.address(service) + path,
            json=body,
            headers=headers | {"Idempotency-Key": str(key)},
        )

    @asynccontextmanager
    async def at_work(self, lanes: int = 6, *, at_least: int = 6) -> AsyncIterator[None]:
        """Whole lives, several at a time, for as long as the block takes; then those begun are
        ended. Some were to begin before trouble comes."""
        over, lived = asyncio.Event(), count()
        begun = datetime.now(UTC)

        async def lane() -> None:
            while not over.is_set():
                number = await self.in_process()
                if next(lived) % 2:
                    await self.close(number)

        async with asyncio.timeout(100), asyncio.TaskGroup() as group:
            for _ in range(lanes):
                group.create_task(lane())
            while len(self.accepted) < at_least:
                await asyncio.sleep(0.05)
            await asyncio.sleep(max(0.0, 1 - (datetime.now(UTC) - begun).total_seconds()))
            try:
                yield
            finally:
                over.set()


def somewhere() -> dict[str, str]:
    """One of many addresses: public submission is limited by address."""
    return {"X-Forwarded-For": ".".join(str(randrange(1, 255)) for _ in range(4))}
