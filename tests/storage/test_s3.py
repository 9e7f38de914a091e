"""Files in an S3 bucket: against a server that speaks the protocol, in a process of its own."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import obstore
import pytest
from cryptography.fernet import Fernet

from services.reporting.downloads.storage import KeptFiles
from services.reporting.files.parts import AnotherWriter, Part, Parts
from shared.attachments import AttachmentMissing, AttachmentStore
from shared.privacy.identity import IdentityCipher
from tests.sample_pdf import PDF

BUCKET = "lapor-berkas"
URL = f"s3://{BUCKET}/lampiran"
CIPHER = IdentityCipher(Fernet.generate_key().decode())


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": f"http://127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(transport=transport, timeout=10) as client:
            _until_it_answers(client, server, f"{address}/{BUCKET}")
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The endpoint, with the environment of a production process set to it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "kunci")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "rahasia")
    return endpoint


async def test_an_attachment_is_put_opened_and_deleted(bucket: str) -> None:
    store = AttachmentStore(URL, CIPHER)
    kept = await store.put(_chunks(PDF), "Surat.pdf")
    assert _keys(bucket) == {f"lampiran/{kept.key[:2]}/{kept.key}"}
    content = b"".join([chunk async for chunk in await store.open(kept.key)])
    assert content.startswith(b"%PDF") and len(content) == kept.size
    await store.delete(kept.key)
    with pytest.raises(AttachmentMissing):
        await store.open(kept.key)
    await store.delete(kept.key)  # gone already
    assert _keys(bucket) == set()


async def test_an_original_is_sealed_and_opened_and_what_was_remade_lies_at_its_own_place(
    bucket: str,
) -> None:
    store = AttachmentStore(URL, CIPHER)
    key, data_key = await store.seal(PDF)
    assert _keys(bucket) == {f"lampiran/sealed/{key[:2]}/{key}"}
    assert await store.open_sealed(key, data_key) == PDF
    await store.replace(key, b"remade")
    await store.replace(key, b"remade again")
    content = b"".join([chunk async for chunk in await store.open(key)])
    assert content == b"remade again"
    await store.delete(key)
    await store.delete_sealed(key)
    with pytest.raises(AttachmentMissing):
        await store.open_sealed(key, data_key)
    assert _keys(bucket) == set()


async def test_a_large_download_is_sent_in_parts_and_read_back(bucket: str, tmp_path: Path) -> None:
    file, download = tmp_path / "laporan.xlsx", uuid4()
    content = os.urandom(12 * 1024 * 1024)
    file.write_bytes(content)
    files = KeptFiles(URL)
    await files.put(download, file)
    assert b"".join([chunk async for chunk in await files.open(download)]) == content
    await files.delete(download)
    with pytest.raises(FileNotFoundError):
        await files.open(download)
    await files.delete(download)


async def test_a_download_goes_on_from_the_parts_in_the_bucket(bucket: str) -> None:
    files, download = KeptFiles(URL), uuid4()
    part = {"layout": "a", "rows": 1, "last": [1], "read_at": "2026-01-01T00:00:00Z", "figures": {}}

    def write() -> None:
        written = Parts(files.parts_of(download))
        assert written.find("a") == []
        for content in (b"satu", b"dua"):
            written.add(Part.model_validate(part), content)

    def go_on() -> list[bytes]:
        parts = Parts(files.parts_of(download))
        assert len(parts.find("a")) == 2
        return list(parts.contents())

    def write_beside_it() -> None:
        late = Parts(files.parts_of(download))
        with pytest.raises(AnotherWriter):
            late.add(Part.model_validate(part), b"tiga")

    await asyncio.to_thread(write)
    await asyncio.to_thread(write_beside_it)
    assert await asyncio.to_thread(go_on) == [b"satu", b"dua"]
    await files.delete_parts(download)
    assert _keys(bucket) == set()


def _keys(endpoint: str) -> set[str]:
    """What is in the bucket, asked as an administrator would."""
    store = obstore.store.from_url(f"s3://{BUCKET}", endpoint=endpoint)
    return {entry["path"] for entries in obstore.list(store) for entry in entries}


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 1000):
        yield content[at : at + 1000]


def _until_it_answers(client: httpx.Client, server: subprocess.Popen[bytes], bucket: str) -> None:
    for _ in range(600):
        assert server.poll() is None, "the S3 server has ended"
        try:
            assert client.put(bucket).status_code == 200
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the S3 server does not answer")
