"""An HTTP client that costs little: one connection, kept open, one request at a time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson


class Refusal(Exception):
    """An answer that is neither 2xx nor expected."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """A connection to one service. Opened at the first request."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: Mapping[str, str]) -> Any:
        return await self._ask("GET", path, headers, b"")

    async def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """The JSON of the answer. Raises `Refusal`."""
        return await self._ask("POST", path, headers, orjson.dumps(body))

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Whatever is answered. A body is JSON unless the headers, in small letters, say else."""
        if self._streams is None or self._streams[0].at_eof():  # a service closes what rests long
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if "content-type" not in headers:
            lines.append("content-type: application/json")
        lines += [f"content-length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
        named = {name.lower(): value for name, value in fields}
        content = await reader.readexactly(int(named["content-length"]))
        return Answer(int(head[9:12]), named, content)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        answer = await self.exchange(method, path, headers, body)
        if answer.status not in (200, 201, 202):
            raise Refusal(f"{method} {path}: {answer.status} {answer.content[:300]!r}")
        return orjson.loads(answer.content)
