"""Attachments: what is taken and what is refused, by content, hostile files too."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.attachments import (
    MAX_SIZE,
    AttachmentRejected,
    check_count,
)
from shared.attachments.inspection import receive
from shared.attachments.recognition import EXTENSIONS
from tests.attachments.documents import compound
from tests.intake.conftest import Country, form
from tests.intake.sample_files import (
    MARK,
    ODT,
    WEBM,
    box,
    inspected,
    ooxml,
    outcome,
    picture,
    png_claiming,
    recording,
    refused,
    saved,
    sound,
    workbook,
    zipped,
)
from tests.sample_pdf import PDF


def _named(value: object) -> str:
    """Files hold the time they were made at: their bytes would name a test anew in each process."""
    return value if isinstance(value, str) else "file"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (sound(), "audio/wav"),
        (b"\xff\xf1\x50\x80" + b"\x00" * 40, "audio/aac"),
        (b"#!AMR\n" + b"\x00" * 40, "audio/amr"),
        (WEBM, "video/webm"),
    ],
    ids=_named,
)
def test_documents_and_sounds_are_recognised_and_kept_as_they_are(
    content: bytes, media_type: str
) -> None:
    result = inspected(content)
    assert result.media_type == media_type
    assert result.content == content


@pytest.mark.parametrize(
    ("brand", "media_type"),
    [
        (b"isom", "video/mp4"),
        (b"mp42", "video/mp4"),
        (b"M4A ", "audio/mp4"),
        (b"3gp4", "video/3gpp"),
        (b"qt  ", "video/quicktime"),
    ],
)
def test_a_recording_loses_its_place_without_moving_a_frame(brand: bytes, media_type: str) -> None:
    original = recording(brand)
    result = inspected(original)
    assert result.media_type == media_type
    assert MARK not in result.content
    assert len(result.content) == len(original)
    assert result.content.index(b"frames") == original.index(b"frames")
    assert b"\x05" * 100 in result.content
    assert b"\x07" * 80 in result.content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "type_not_allowed"),
        (b"Jalan rusak, mohon diperbaiki.", "type_not_allowed"),
        (b"MZ\x90\x00" + b"\x00" * 100, "type_not_allowed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type_not_allowed"),
        (zipped({"virus.exe": b"MZ"}), "type_not_allowed"),
        (ooxml("vnd.ms-excel.sheet.binary.macroEnabled"), "type_not_allowed"),
        (zipped({"mimetype": ODT.encode(), "content.xml": b""}), "unreadable"),
        (compound({"Setup.msi": b"x"}), "type_not_allowed"),
        (compound({"WordDocument": b"x"})[:700], "unreadable"),
        (box(b"ftyp", b"avif\x00\x00\x00\x00avif"), "type_not_allowed"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska", "type_not_allowed"),
        (b"OggS" + b"\x00" * 24 + b"\x80theora", "type_not_allowed"),
        (workbook()[:-30], "unreadable"),
        (saved(picture(400, 400), "JPEG")[:400], "unreadable"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "unreadable"),
        (b"GIF89a/*<script>alert(1)</script>*/", "unreadable"),
        (png_claiming(50_000, 50_000), "too_many_pixels"),
        (png_claiming(800, 800), "unreadable"),
        (b"\x00" * (MAX_SIZE + 1), "too_large"),
    ],
    ids=_named,
)
def test_what_is_not_taken_is_refused_with_the_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_document_that_unpacks_to_a_bomb_is_refused() -> None:
    megabytes = b"\x00" * (101 * 1024 * 1024)
    bomb = zipped({f"{n}.xml": megabytes for n in range(3)})
    assert len(bomb) < MAX_SIZE
    assert refused(bomb) == "too_complex"


def test_a_page_hidden_behind_a_picture_is_gone_after_saving_anew() -> None:
    result = inspected(saved(picture(), "JPEG") + b"<script>" + MARK)
    assert MARK not in result.content


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1024 * 1024
            yield b"\x00" * 1024 * 1024

    with pytest.raises(AttachmentRejected) as refusal:
        asyncio.run(receive(endless(), tmp_path / "source"))
    assert refusal.value.code == "too_large"
    assert read <= MAX_SIZE + 1024 * 1024


def test_a_sixth_file_is_too_many() -> None:
    check_count(5)
    with pytest.raises(AttachmentRejected) as refusal:
        check_count(6)
    assert refusal.value.code == "too_many"


MAGIC = [
    PDF[:5],
    WEBM[:4],
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"OggS",
    b"\x00\x00\x00\x18ftypisom",
    compound({"WordDocument": b"x"})[:600],
    workbook()[:300],
    recording()[:200],
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [*MAGIC, compound({"WordDocument": b"x"})[:600], workbook()[:300], recording()[:200]]
    ),
    st.binary(),
)
def test_no_bytes_break_the_inspection(magic: bytes, rest: bytes) -> None:
    # Bytes may claim any size.
    refusals = {"unreadable", "type_not_allowed", "too_many_pixels"}
    assert outcome(magic + rest) in {*EXTENSIONS, *refusals}


async def test_a_field_in_the_address_of_a_form_is_not_passed_over(
    intake: httpx.AsyncClient, country: Country
) -> None:
    answer = await intake.post(
        "/reports/with-attachments?anonymous=true", data={"report": json.dumps(form())}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "validation")
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0
