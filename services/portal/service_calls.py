"""Calls to the services: with the visitor's address and token; errors of services become
problems."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, Literal
from uuid import UUID

import httpx
from fastapi import Request

from services.portal.downloads import ServiceFile, VisitorSlots
from services.portal.translation import language
from shared.http.callers import client_address
from shared.http.problems import FieldError, Problem, unavailable
from shared.http.service_client import service_client
from shared.settings import Settings

Service = Literal["intake", "routing", "followup", "reporting", "notification"]
File = tuple[str, tuple[str, BinaryIO, str]]
"""A part of a request; a large content is on disk."""

CARRIED_AT_ONCE = 8
"""The most requests with files that this process stores or sends at a time."""
CARRIED_AFTER = 30.0
"""Seconds after which a request that waits for this is refused."""
LISTENING_AT_ONCE = 1_000
"""The most streams of events that this process passes on."""
IN_MEMORY = 256 * 1024
"""The most bytes of a file in memory; larger files are on disk."""


class Refusal(Problem):
    """A service's refusal, in its words: `title` and `detail` are Indonesian; `fields` holds the
    errors by field."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        errors = [e for e in document.get("errors") or () if isinstance(e, Mapping)]
        super().__init__(
            status,
            str(document.get("code", "unavailable")),
            errors=[FieldError(str(e.get("field", "")), str(e.get("code", ""))) for e in errors],
        )
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail", ""))
        self.fields: dict[str, str] = {
            str(e.get("field", "")): _WORDS.get(str(e.get("code")), str(e.get("message", "")))
            for e in errors
        }


class Services:
    """The other services, called over HTTP. There is one object for the whole process; `close`
    it."""

    def __init__(self, settings: Settings) -> None:
        self._bases: dict[Service, str] = {
            "intake": settings.intake_url,
            "routing": settings.routing_url,
            "followup": settings.followup_url,
            "reporting": settings.reporting_url,
            "notification": settings.notification_url,
        }
        self._client = _client()
        # Files have their own connections, so that slow downloads do not block pages.
        self._files = _client()
        self._live = _client(LISTENING_AT_ONCE)
        self._slots = VisitorSlots()
        self._carrying = VisitorSlots(each=4)
        self._carried = asyncio.Semaphore(CARRIED_AT_ONCE)

    async def close(self) -> None:
        await self._client.aclose()
        await self._files.aclose()
        await self._live.aclose()

    async def call(
        self,
        request: Request,
        service: Service,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        files: Sequence[File] = (),
        key: UUID | None = None,
        version: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Call a service and return a successful answer. Raises `Refusal`, or the 503 problem if
        the service is unavailable. The visitor's address is sent along, so that limits count
        people, not portals."""
        headers = {
            "Accept-Language": language.get(),
            "X-Forwarded-For": _address(request),
            **(headers or {}),
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = str(key)
        if version:
            headers["If-Match"] = f'"{version}"'
        try:
            answer = await self._client.request(
                method,
                self._bases[service] + path,
                headers=headers,
                params=_without_empty(params),
                json=json,
                data=data,
                files=files or None,
            )
        except httpx.TransportError:
            raise unavailable() from None
        if answer.is_error:
            raise _refusal(answer)
        return answer

    async def stream(
        self,
        request: Request,
        service: Service,
        path: str,
        token: str | None,
        *,
        method: str = "GET",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> ServiceFile:
        """Call a service as `call` does; the caller reads the body and closes it. Also raises the
        429 problem if this visitor is fetching too many files already."""
        headers = {
            "Accept-Language": language.get(),
            "X-Forwarded-For": _address(request),
            **(headers or {}),
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = self._bases[service] + path
        built = self._files.build_request(method, address, headers=headers, json=json)
        visitor = client_address(request)
        await self._slots.take(visitor)
        try:
            answer = await self._files.send(built, stream=True)
            if answer.is_error:
                await answer.aread()
                raise _refusal(answer)
        except BaseException as error:
            self._slots.give_back(visitor)
            if isinstance(error, httpx.TransportError):
                raise unavailable() from None
            raise

        async def close() -> None:
            self._slots.give_back(visitor)
            await answer.aclose()

        return ServiceFile(answer, close)

    async def listen(
        self, request: Request, service: Service, path: str, token: str | None
    ) -> ServiceFile:
        """Return a stream of events, which the caller reads and closes. Raises as `call` does, and
        the 503 problem if this process has too many streams."""
        headers = {"X-Forwarded-For": _address(request), "Authorization": f"Bearer {token}"}
        built = self._live.build_request("GET", self._bases[service] + path, headers=headers)
        try:
            answer = await self._live.send(built, stream=True)
        except httpx.TransportError:
            raise unavailable() from None
        if answer.is_error:
            await answer.aread()
            raise _refusal(answer)
        return ServiceFile(answer, answer.aclose)

    @asynccontextmanager
    async def carrying(self, request: Request) -> AsyncIterator[None]:
        """Limit the work that stores or sends files within this block: so many at a time for all,
        fewer for each visitor. Raises the 429 problem if this visitor has too many, and the 503
        problem if all have."""
        visitor = client_address(request)
        await self._carrying.take(visitor)
        try:
            try:
                async with asyncio.timeout(CARRIED_AFTER):
                    await self._carried.acquire()
            except TimeoutError:
                raise unavailable() from None
            try:
                yield
            finally:
                self._carried.release()
        finally:
            self._carrying.give_back(visitor)


async def spooled(file: ServiceFile) -> BinaryIO:
    """Return the whole answer, on disk if it is not small. The caller closes it."""
    content = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    try:
        async for piece in file.answer.aiter_bytes(64 * 1024):
            await asyncio.to_thread(content.write, piece)
        content.seek(0)
    except BaseException as error:
        content.close()
        if isinstance(error, httpx.TransportError):
            raise unavailable() from None
        raise
    finally:
        await file.close()
    return content  # type: ignore[return-value]


# A page shows the choices beside the message; their codes mean nothing to a person.
_WORDS = {
    "literal_error": "Pilih salah satu.",
    "enum": "Pilih salah satu.",
    "missing": "Wajib diisi.",
}


def _client(connections: int = 100) -> httpx.AsyncClient:
    return service_client(
        timeout=httpx.Timeout(30, connect=3),
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=60),
        follow_redirects=False,
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _without_empty(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the parameters without empty ones: a form sends every field that it has."""
    return {k: v for k, v in params.items() if v not in (None, "", [])} if params else None


def _refusal(answer: httpx.Response) -> Problem:
    if answer.status_code >= 500:
        after = answer.headers.get("retry-after", "")
        return unavailable(seconds=int(after)) if after.isdecimal() else unavailable()
    try:
        document = answer.json()
    except ValueError:
        document = {}
    return Refusal(answer.status_code, document if isinstance(document, dict) else {})
