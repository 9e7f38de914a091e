"""Calls to a service as a patient client makes them: with the same key until there is an answer.

A service that is busy or unavailable is called again, and the outcome of a waiting command is
polled. Only a refusal is raised.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx

_PATIENCE = 90.0
_BUSY = frozenset({429, 502, 503, 504})

File = tuple[str, bytes, str]
"""Name, content, media type."""


class Refusal(Exception):
    """A service refused: the problem's code, and the request."""

    def __init__(self, code: str, request: str) -> None:
        super().__init__(f"{code} ({request})")
        self.code = code
        self.request = request


class Api:
    """One service. `address` in a call is the address of the person it is made for, by which limits
    count. The driver calls from the machine's own address, as the portal does, and like the portal
    it names that person's address."""

    def __init__(self, base_url: str) -> None:
        headers = {"Accept-Language": "en"}
        self.client = httpx.AsyncClient(base_url=base_url, timeout=30, headers=headers)

    async def get(self, path: str, token: str | None, **parameters: Any) -> Any:
        """Return the JSON of an answer. Raises `Refusal`."""
        return await self.call("GET", path, token=token, params=parameters)

    async def post(
        self, path: str, body: Mapping[str, Any], files: Sequence[File] = (), **options: Any
    ) -> Any:
        """Post JSON; with files, post a form that has them as attachments."""
        if not files:
            return await self.call("POST", path, json=body, **options)
        part = "report" if path == "/reports" else "message"
        attachments = [("attachments", file) for file in files]
        path, form = f"{path}/with-attachments", {part: json.dumps(body)}
        return await self.call("POST", path, data=form, files=attachments, **options)

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        address: str | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Any:
        """Send a request and return the JSON of the answer, if any. `content` is passed to httpx.
        Raises `Refusal`, also if a command that had to wait is refused."""
        sent = {"Idempotency-Key": str(uuid4()), **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if address:
            sent["X-Forwarded-For"] = address
        problem = "no_connection"
        for pause in _pauses():
            with suppress(httpx.TransportError):
                answer = await self.client.request(method, path, headers=sent, **content)
                if answer.is_success and not answer.content:
                    return None
                if answer.status_code == httpx.codes.ACCEPTED:
                    return await self.outcome(answer.json()["href"], token)
                if answer.is_success:
                    return answer.json()
                problem = _problem(answer)
                if answer.status_code not in _BUSY:
                    break
                pause = max(pause, float(answer.headers.get("retry-after", 0)))
            await asyncio.sleep(pause)
        raise Refusal(problem, f"{method} {path}")

    async def outcome(self, href: str, token: str | None) -> Any:
        """Wait for the outcome of a waiting command and return it. Raises `Refusal`."""
        for pause in _pauses():
            answer = await self.get(href, token)
            if answer["state"] == "refused":
                raise Refusal(answer["refusal"] or "refused", href)
            if answer["state"] == "done":
                return answer
            await asyncio.sleep(pause)
        raise Refusal("still_waiting", href)


def _pauses() -> Iterator[float]:
    """Yield growing pauses between attempts, in seconds, until the time is up."""
    deadline, pause = time.monotonic() + _PATIENCE, 0.2
    while time.monotonic() < deadline:
        yield pause
        pause = min(pause * 2, 5.0)


def _problem(answer: httpx.Response) -> str:
    """Return the problem's code with the names of the wrong fields."""
    try:
        problem = answer.json()
        errors = [f"{error['field']}: {error['code']}" for error in problem.get("errors", ())]
        return " ".join([problem["code"], *errors])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"http_{answer.status_code}"
