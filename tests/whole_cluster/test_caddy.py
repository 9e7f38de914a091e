"""Caddy alone, before two copies of something small: one that is away is passed by."""

import asyncio
import os
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.cluster.caddy import Caddy
from deploy.cluster.certificates import certificates
from deploy.cluster.layout import lay_out, read_environment, write_environment
from deploy.errors import StackError
from deploy.local.ports import free_port
from shared.settings import Addresses
from tests.deadlines import READY_WITHIN


async def test_requests_take_turns_and_none_fails_when_a_copy_ends(tmp_path: Path) -> None:
    ports = {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
    layout = lay_out(Addresses.model_validate({"data_dir": tmp_path, **ports}))
    shown, answered = certificates(tmp_path / "tls", "127.0.0.1"), Counter[int]()
    caddy = Caddy(layout, shown)
    trusted = ssl.create_default_context(cafile=str(shown.authority))
    first, second = layout.copies["intake"]
    await caddy.prepare()
    caddy.start()
    try:
        await caddy.wait_ready(READY_WITHIN)
        async with httpx.AsyncClient(verify=trusted) as http, _copy(second, answered):

            async def ask() -> list[int]:
                url = layout.addresses.intake_url
                return [(await http.post(url, content=b"x")).status_code for _ in range(10)]

            async with _copy(first, answered):
                assert await ask() == [200] * 10
                assert min(answered[first], answered[second]) >= 4
            assert await ask() == [200] * 10
    finally:
        await caddy.stop()


def test_certificates_stay_until_the_host_is_another(tmp_path: Path) -> None:
    first = certificates(tmp_path, "127.0.0.1").certificate.read_bytes()
    assert certificates(tmp_path, "127.0.0.1").certificate.read_bytes() == first
    assert certificates(tmp_path, "lapor.example").certificate.read_bytes() != first
    assert os.stat(tmp_path / "server.key").st_mode & 0o077 == 0


def test_commands_find_the_cluster_by_its_folder(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="No cluster"):
        read_environment(tmp_path)
    layout = lay_out(Addresses(data_dir=tmp_path))
    write_environment(layout, tmp_path / "ca.crt")
    known = read_environment(tmp_path)
    assert known["LAPOR_POSTGRES_SERVERS"] == layout.addresses.postgres_servers
    assert known["LAPOR_INTAKE_URL"] == f"https://127.0.0.1:{layout.addresses.intake_port}"
    assert known["SSL_CERT_FILE"] == str(tmp_path / "ca.crt")


@asynccontextmanager
async def _copy(port: int, answered: Counter[int]) -> AsyncIterator[None]:
    """Answers everything with 200."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        answered[port] += b"POST" in head
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield
