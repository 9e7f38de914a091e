"""Names, headers and keys of attachments: harmless, stable, nobody else's."""

import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from shared.attachments import (
    AttachmentMissing,
    AttachmentRejected,
    AttachmentStore,
    serving_headers,
)
from shared.attachments.naming import MAX_NAME, file_name
from shared.attachments.recognition import EXTENSIONS, recognise
from shared.privacy.identity import IdentityCipher
from tests.intake.sample_files import (
    sound,
    uploaded,
)

CIPHER = IdentityCipher(Fernet.generate_key().decode())


@pytest.mark.parametrize(
    ("declared", "media_type", "name"),
    [
        ("foto.jpg", "image/jpeg", "foto.jpg"),
        ("FOTO.JPEG", "image/jpeg", "FOTO.jpeg"),
        ("foto.html", "image/jpeg", "foto.jpg"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("laporan v1.2", "application/pdf", "laporan v1.2.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\foto\\jalan rusak.png", "image/png", "jalan rusak.png"),
        ("gnp.\u202efdp", "application/pdf", "gnp.fdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie: x.pdf"),
        ("", "audio/ogg", "lampiran.ogg"),
        (".pdf", "application/pdf", "lampiran.pdf"),
        ("...", "application/pdf", "lampiran.pdf"),
    ],
)
def test_a_name_is_made_harmless_and_ends_in_what_the_file_is(
    declared: str, media_type: str, name: str
) -> None:
    assert file_name(declared, media_type) == name


@given(st.text(), st.sampled_from(sorted(EXTENSIONS)))
def test_every_name_fits_and_is_stable(declared: str, media_type: str) -> None:
    name = file_name(declared, media_type)
    assert len(name) <= MAX_NAME
    assert name.rpartition(".")[2] in EXTENSIONS[media_type]
    assert not set(name) & set("/\\\r\n\x00")
    assert file_name(name, media_type) == name


@given(st.text(), st.sampled_from(sorted(EXTENSIONS)))
def test_headers_of_any_name_are_one_ascii_line_each(declared: str, media_type: str) -> None:
    headers = serving_headers(file_name(declared, media_type), media_type, inline=True)
    for value in headers.values():
        assert value.isascii()
        assert value.isprintable()


def test_files_are_served_as_files_and_only_pictures_may_show_inline() -> None:
    headers = serving_headers("bukti “jalan”.pdf", "application/pdf", inline=True)
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": (
            'attachment; filename="bukti _jalan_.pdf"; '
            "filename*=UTF-8''bukti%20%E2%80%9Cjalan%E2%80%9D.pdf"
        ),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    assert serving_headers("a.png", "image/png", inline=True)["Content-Disposition"].startswith(
        "inline"
    )
    assert serving_headers("a.png", "image/png")["Content-Disposition"].startswith("attachment")


async def test_a_file_is_stored_under_a_random_key_opened_in_chunks_and_deleted(
    tmp_path: Path,
) -> None:
    store = AttachmentStore(f"file://{tmp_path}/new folder/attachments".replace(" ", "%20"), CIPHER)
    content = sound() + b"\x00" * 700_000
    one = await store.put(uploaded(content), "../Suara.doc")
    two = await store.put(uploaded(content), "Suara.wav")
    assert one.key != two.key
    assert one.sha256 == two.sha256
    assert (one.name, one.media_type, one.size) == ("Suara.wav", "audio/wav", len(content))
    chunks = [chunk async for chunk in await store.open(one.key)]
    assert b"".join(chunks) == content
    assert len(chunks) > 1
    await store.delete(one.key)
    await store.delete(one.key)
    with pytest.raises(AttachmentMissing):
        await store.open(one.key)
    assert recognise(b"".join([chunk async for chunk in await store.open(two.key)]))


async def test_a_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    store = AttachmentStore(f"file://{tmp_path}", CIPHER)
    with pytest.raises(AttachmentRejected):
        await store.put(uploaded(b"<html>"), "foto.jpg")
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32])
async def test_a_key_that_is_none_of_ours_opens_nothing(tmp_path: Path, key: str) -> None:
    with pytest.raises(AttachmentMissing):
        await AttachmentStore(f"file://{tmp_path}", CIPHER).open(key)
