"""Calls to a service as a patient program makes them: the same key again until there is an answer.

What is busy or away (429, 502, 503, no connection) is asked again, what waits (202) is asked
after. Only a refusal is raised.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx

_PATIENCE = 90.0
_LONGEST_PAUSE = 5.0
_ASK_AGAIN = frozenset({429, 502, 503, 504})

File = tuple[str, bytes, str]
"""Name, content, media type."""


class Refusal(Exception):
    """A service said no: the problem's code, and what it was asked."""

    def __init__(self, code: str, asked: str) -> None:
        super().__init__(f"{code} ({asked})")
        self.code = code
        self.asked = asked


class Api:
    """One service. `address` in a call is whose the request is: limits count by it.

    The driver calls from the machine's own address as the portal does, and like the portal it
    says for whom.
    """

    def __init__(self, base_url: str, *, patience: float = _PATIENCE) -> None:
        self.base_url = base_url
        self._client = httpx.AsyncClient(base_url=base_url, timeout=30)
        self._patience = patience

    async def close(self) -> None:
        await self._client.aclose()

    async def reachable(self) -> bool:
        """Whether anybody answers there at this moment."""
        try:
            return (await self._client.get("/healthz")).is_success
        except httpx.TransportError:
            return False

    async def get(self, path: str, token: str | None = None, **parameters: Any) -> Any:
        """The JSON of an answer. Raises `Refusal`."""
        answer = await self._call("GET", path, _headers(token, None), params=parameters)
        return answer.json()

    async def put(self, path: str, body: Mapping[str, Any], token: str) -> Any:
        answer = await self._call("PUT", path, _headers(token, None), json=body)
        return answer.json()

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        token: str | None = None,
        address: str | None = None,
        key: str | None = None,
    ) -> Any:
        """Post JSON, with an Idempotency-Key. Raises `Refusal`, also where a command is refused
        later."""
        headers = _headers(token, address, key or str(uuid4()))
        answer = await self._call("POST", path, headers, json=body)
        return await self._settled(answer, token)

    async def post_raw(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Post bytes under their own headers."""
        answer = await self._call("POST", path, dict(headers), content=body)
        return answer.json()

    async def post_form(self, path: str, form: Mapping[str, str], *, address: str) -> Any:
        """Post a form of plain fields, with an Idempotency-Key."""
        headers = _headers(None, address, str(uuid4()))
        return (await self._call("POST", path, headers, data=form)).json()

    async def post_with_files(
        self,
        path: str,
        part: str,
        body: Mapping[str, Any],
        files: Sequence[File],
        *,
        token: str | None = None,
        address: str | None = None,
    ) -> Any:
        """As `post`, as a form: the JSON is its field `part`, the files are its attachments."""
        answer = await self._call(
            "POST",
            f"{path}/with-attachments",
            _headers(token, address, str(uuid4())),
            data={part: json.dumps(body)},
            files=[("attachments", file) for file in files],
        )
        return await self._settled(answer, token)

    async def _settled(self, answer: httpx.Response, token: str | None) -> Any:
        """What became of a command, which may take a while."""
        said = answer.json()
        return await self.outcome(said["href"], token) if answer.status_code == 202 else said

    async def outcome(self, href: str, token: str | None) -> Any:
        """The outcome of a command that waits, once there is one."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + self._patience, 0.2
        while True:
            said = await self.get(href, token)
            if said["state"] == "refused":
                raise Refusal(said["refusal"] or "refused", href)
            if said["state"] == "done":
                return said
            if loop.time() > deadline:
                raise Refusal("still_waiting", href)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _call(
        self, method: str, path: str, headers: Mapping[str, str], **content: Any
    ) -> httpx.Response:
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + self._patience, 0.2
        asked = f"{method} {path}"
        while True:
            code, wait = "no_connection", pause
            try:
                answer = await self._client.request(method, path, headers=headers, **content)
            except httpx.TransportError:
                pass
            else:
                if answer.is_success:
                    return answer
                code = _code(answer)
                if answer.status_code not in _ASK_AGAIN:
                    raise Refusal(code, asked)
                wait = max(pause, float(answer.headers.get("retry-after", 0)))
            if loop.time() + wait > deadline:
                raise Refusal(code, asked)
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _headers(token: str | None, address: str | None, key: str | None = None) -> dict[str, str]:
    headers = {"Accept-Language": "en"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if address:
        headers["X-Forwarded-For"] = address
    if key:
        headers["Idempotency-Key"] = key
    return headers


def _code(answer: httpx.Response) -> str:
    """The problem's code, and of a wrong field its name."""
    try:
        problem = answer.json()
        fields = [f"{error['field']}: {error['code']}" for error in problem.get("errors", ())]
        return " ".join([problem["code"], *fields])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"http_{answer.status_code}"
