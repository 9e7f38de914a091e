"""Calls to a service as a patient client makes them: the same key again until there is an answer.

A service that is busy or away (429, 502, 503, 504, no connection) is called again, the outcome of
a command that waits (202) is asked for. Only a refusal is raised.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
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
    """One service. `address` in a call is whose request it is: limits count by it. The driver
    calls from the machine's own address as the portal does, and like the portal it names whom it
    calls for."""

    def __init__(self, base_url: str) -> None:
        headers = {"Accept-Language": "en"}
        self.client = httpx.AsyncClient(base_url=base_url, timeout=30, headers=headers)

    async def get(self, path: str, token: str | None, **parameters: Any) -> Any:
        """The JSON of an answer. Raises `Refusal`."""
        return (await self._request("GET", path, _headers(token), params=parameters)).json()

    async def put(self, path: str, body: Mapping[str, Any], token: str) -> None:
        await self._request("PUT", path, _headers(token), json=body)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        token: str | None = None,
        address: str | None = None,
        files: Sequence[File] = (),
        part: str = "message",
    ) -> Any:
        """Post JSON; with files, as the field `part` of a form whose attachments they are. Raises
        `Refusal`, also where a command is refused later."""
        headers = _headers(token, address)
        if not files:
            answer = await self._request("POST", path, headers, json=body)
        else:
            answer = await self._request(
                "POST",
                f"{path}/with-attachments",
                headers,
                data={part: json.dumps(body)},
                files=[("attachments", file) for file in files],
            )
        content = answer.json()
        if answer.status_code == httpx.codes.ACCEPTED:
            return await self.outcome(content["href"], token)
        return content

    async def post_form(self, path: str, form: Mapping[str, str], address: str) -> Any:
        """Post a form of plain fields."""
        return (await self._request("POST", path, _headers(None, address), data=form)).json()

    async def post_signed(self, path: str, body: str, headers: Mapping[str, str]) -> Any:
        """Post a body with the headers that prove where it comes from."""
        return (await self._request("POST", path, headers, content=body)).json()

    async def outcome(self, href: str, token: str | None) -> Any:
        """The outcome of a command that waits, once there is one. Raises `Refusal`."""
        for pause in _pauses():
            answer = await self.get(href, token)
            if answer["state"] == "refused":
                raise Refusal(answer["refusal"] or "refused", href)
            if answer["state"] == "done":
                return answer
            await asyncio.sleep(pause)
        raise Refusal("still_waiting", href)

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str], **content: Any
    ) -> httpx.Response:
        problem = ""
        for pause in _pauses():
            try:
                answer = await self.client.request(method, path, headers=headers, **content)
            except httpx.TransportError:
                problem = "no_connection"
            else:
                if answer.is_success:
                    return answer
                problem = _problem(answer)
                if answer.status_code not in _BUSY:
                    break
                pause = max(pause, float(answer.headers.get("retry-after", 0)))
            await asyncio.sleep(pause)
        raise Refusal(problem, f"{method} {path}")


def _pauses() -> Iterator[float]:
    """Growing pauses between attempts, in seconds, until patience ends."""
    deadline, pause = time.monotonic() + _PATIENCE, 0.2
    while time.monotonic() < deadline:
        yield pause
        pause = min(pause * 2, 5.0)


def _headers(token: str | None, address: str | None = None) -> dict[str, str]:
    headers = {"Idempotency-Key": str(uuid4())}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if address:
        headers["X-Forwarded-For"] = address
    return headers


def _problem(answer: httpx.Response) -> str:
    """The problem's code, and the names of the fields that are wrong."""
    try:
        problem = answer.json()
        errors = [f"{error['field']}: {error['code']}" for error in problem.get("errors", ())]
        return " ".join([problem["code"], *errors])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"http_{answer.status_code}"
