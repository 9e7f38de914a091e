"""What a call from one of our services to another costs beside the call."""

import asyncio
import sys

import pytest

from shared.http.service_client import service_client


class Looked:
    """Stands before all that finds modules, and finds none."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, *_: object) -> None:
        self.names.append(name)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    looked = Looked()
    monkeypatch.setattr(sys, "meta_path", [looked, *sys.meta_path])
    return looked


async def test_a_call_looks_for_no_module_on_disk(looked: Looked) -> None:
    """httpcore imports `sniffio` several times for each call; an import of what is not installed
    looks through all folders every time."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = "http://{}:{}".format(*server.sockets[0].getsockname())
    async with server, service_client() as client:
        assert (await client.get(address)).status_code == 204
        looked.names.clear()
        assert (await client.get(address)).status_code == 204
    assert looked.names == []
