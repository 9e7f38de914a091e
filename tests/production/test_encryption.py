"""NATS as production runs it: encrypted, by a certificate of an authority of one's own."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from nats.aio.transport import TcpTransport

from deploy.local.nats import BINARY
from deploy.local.ports import free_port
from deploy.nats.authority import from_variables, new_authority
from deploy.nats.permissions import COMMANDS
from shared.bus.connection import connect

CONFIG = Path(__file__).parents[2] / "deploy" / "production" / "nats.conf"


def write_certificates(folder: Path) -> None:
    """`ca.crt`, and by it `server.crt` with `server.key` for this machine."""
    begin, name = datetime.now(UTC) - timedelta(days=1), x509.NameOID.COMMON_NAME
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    authority = x509.Name([x509.NameAttribute(name, "Otoritas")])

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=30))
        )

    root = builder(authority, keys[0]).add_extension(x509.BasicConstraints(True, None), True)
    server = builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nats")]), keys[1])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    for file, made in (("ca.crt", root), ("server.crt", server.add_extension(here, False))):
        signed = made.sign(keys[0], hashes.SHA256())
        (folder / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The server on production's configuration, with folders and ports of the test."""
    write_certificates(tmp_path)
    port = free_port()
    text = CONFIG.read_text().replace("/tls/", f"{tmp_path}/").replace("/data/nats", str(tmp_path))
    text = re.sub(r'listen: "[^"]*"', f'listen: "127.0.0.1:{port}"', text)
    text = re.sub(r'http: "[^"]*"\n', "", text)
    (tmp_path / "nats.conf").write_text(text)
    authority = from_variables(new_authority())
    (tmp_path / "operator.conf").write_text(authority.server_config())
    process = await asyncio.create_subprocess_exec(
        str(BINARY),
        *("--config", str(tmp_path / "nats.conf")),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"{authority.user(COMMANDS)}@127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def test_our_processes_speak_with_it_encrypted(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.crt"))
    bus = await connect(f"tls://{address}", "test", patience=20)
    try:
        transport = bus.nc._transport
        assert isinstance(transport, TcpTransport)
        assert transport._io_writer is not None
        assert transport._io_writer.get_extra_info("cipher")
    finally:
        await bus.close()


@pytest.mark.parametrize("scheme", ["nats", "tls"])
async def test_a_server_whose_authority_is_unknown_is_not_trusted(
    address: str, scheme: str
) -> None:
    with pytest.raises(TimeoutError):
        await connect(f"{scheme}://{address}", "test", patience=3)
