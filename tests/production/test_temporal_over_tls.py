"""Temporal behind mutual TLS, as the compose file has it: no certificate, no way in."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.ports import free_port
from shared.settings import Settings
from shared.temporal.client import connect
from tests.production.test_encryption import write_certificates


@pytest.fixture
async def address(temporal_address: str, tmp_path: Path) -> AsyncIterator[str]:
    """The real server behind a listener that asks for a certificate by our authority."""
    write_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "ca.crt"))
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    host, port = temporal_address.split(":")

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection(host, int(port))
        both = (_copy(reader, ours), _copy(theirs, writer))
        await asyncio.gather(*both, return_exceptions=True)

    listening = free_port()
    server = await asyncio.start_server(pass_on, "127.0.0.1", listening, ssl=context)
    yield f"127.0.0.1:{listening}"
    server.close()


async def test_our_processes_show_their_certificate(address: str, tmp_path: Path) -> None:
    settings = Settings(
        temporal_address=address,
        temporal_tls_ca=tmp_path / "ca.crt",
        temporal_tls_certificate=tmp_path / "server.crt",
        temporal_tls_key=tmp_path / "server.key",
    )
    client = await connect(settings, "test", lazy=False)
    assert await client.service_client.check_health()


async def test_who_has_none_is_not_let_in(address: str, tmp_path: Path) -> None:
    settings = Settings(temporal_address=address, temporal_tls_ca=tmp_path / "ca.crt")
    with pytest.raises(RuntimeError):
        await connect(settings, "test", lazy=False)


async def test_a_server_by_another_authority_is_not_believed(address: str) -> None:
    with pytest.raises(RuntimeError):
        await connect(Settings(temporal_address=address, temporal_tls=True), "test", lazy=False)


async def test_a_key_for_the_cluster_goes_with_its_namespace_and_never_in_the_clear() -> None:
    settings = Settings(
        temporal_address="temporal.example:7233",
        temporal_namespace="lapor.a1b2c",
        temporal_api_key="kunci",
    )
    client = await connect(settings, "test")
    config = client.service_client.config
    assert (client.namespace, config.api_key, config.tls) == ("lapor.a1b2c", "kunci", True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
