"""Files with a report: what is taken, what is removed from them, who downloads them."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from shared.attachments import MAX_SIZE
from shared.settings import Settings
from tests.intake.conftest import ADMIN, CITY, Bearer, Country, form
from tests.intake.test_reading import opened, stands


def picture() -> bytes:
    """A photograph that says where it was taken."""
    image, exif = Image.new("RGB", (64, 48), "green"), Image.Exif()
    exif[0x010F] = "Telepon Saya"
    exif.get_ifd(0x8825)[1] = "S"
    content = io.BytesIO()
    image.save(content, "JPEG", exif=exif)
    return content.getvalue()


async def send(
    intake: httpx.AsyncClient, *files: tuple[str, bytes], path: str = "/reports", **changes: Any
) -> httpx.Response:
    report = json.dumps(form(addressee=CITY, **changes.pop("fields", {})))
    return await intake.post(
        f"{path}/with-attachments",
        data={"report": report},
        files=[("attachments", (name, content, "text/html")) for name, content in files],
        **changes,
    )


def kept(settings: Settings) -> list[Path]:
    folder = Path(settings.storage_url.removeprefix("file://"))
    return [file for file in folder.rglob("*") if file.is_file()]


async def test_a_picture_loses_its_traces_and_is_the_reporters_alone(
    intake: httpx.AsyncClient, country: Country, settings: Settings, bearer: Bearer
) -> None:
    answer = await send(intake, ("../foto <saya>.jpg", picture()), ("dua.jpg", picture()))
    assert answer.status_code == 201, answer.text
    report = answer.json()
    own = await opened(intake, report)
    read = (await intake.get(f"/reports/{report['number']}", headers=own)).json()
    assert [file["name"] for file in read["attachments"]] == ["dua.jpg", "foto <saya>.jpg"]
    href = read["attachments"][1]["href"]
    got = await intake.get(href, headers=own)
    assert got.status_code == 200
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert b"Telepon Saya" not in got.content
    assert not Image.open(io.BytesIO(got.content)).getexif()
    stands(country, report["number"], "VERIFIED")
    for header in ({}, bearer(ADMIN)):
        assert (await intake.get(href, headers=header)).status_code == 404


async def test_the_public_downloads_what_the_verifier_released(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = (await send(intake, ("a.jpg", picture()), ("b.jpg", picture()))).json()
    number = report["number"]
    ids = [row[0] for row in country.all("SELECT id FROM intake.attachment ORDER BY name")]
    command = "6f1c2a34-0000-4000-8000-000000000001"
    country.all(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done, version)"
        " VALUES (%s, %s, 'verify', now(), '{}', true, 2)",
        *(command, number),
    )
    country.all(
        "INSERT INTO routing.verification (command_id, number, title, body, tag_ids,"
        " released_attachments, staff_id, at) VALUES (%s, %s, 't', 'b', '{}', %s, 11, now())",
        *(command, number, [ids[0]]),
    )
    paths = [f"/reports/{number}/attachments/{file}" for file in ids]
    assert [(await intake.get(path)).status_code for path in paths] == [404, 404]
    stands(country, number, "VERIFIED")
    assert [(await intake.get(path)).status_code for path in paths] == [200, 404]
    published = (await intake.get(f"/reports/{number}")).json()["published"]
    assert [file["name"] for file in published["attachments"]] == ["lampiran-1.jpg"]
    stands(country, number, "ARCHIVED_BY_ADMIN")
    assert (await intake.get(paths[0])).status_code == 404
    stands(country, number, "VERIFIED")
    country.all("UPDATE lifecycle.report SET secret = true")
    assert (await intake.get(paths[0])).status_code == 404


async def test_what_is_not_taken_is_named_and_nothing_is_left_behind(
    intake: httpx.AsyncClient, country: Country, settings: Settings
) -> None:
    cases = {
        ("virus.exe", b"MZ" + b"\0" * 200): ("attachments.1", "file_type_not_allowed"),
        ("besar.pdf", b"%PDF-1.4\n" + b"0" * MAX_SIZE): ("attachments.1", "file_too_large"),
        ("kosong.jpg", b""): ("attachments.1", "file_empty"),
        ("halaman.html", b"<html><script>1</script>"): ("attachments.1", "file_type_not_allowed"),
    }
    for file, (field, code) in cases.items():
        answer = await send(intake, ("foto.jpg", picture()), file)
        assert answer.status_code == 422, file[0]
        [error] = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code)
    answer = await send(intake, *[("foto.jpg", picture())] * 6)
    assert answer.json()["errors"][0]["code"] == "file_too_many"
    answer = await send(intake, ("foto.jpg", picture()), fields={"category": 404})
    assert answer.json()["errors"][0]["field"] == "category"
    assert kept(settings) == []
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("id", "Lampiran 1 (a.flac): berkas FLAC tidak diterima. Kirim sebagai MP3 atau M4A."),
        ("en", "Attachment 1 (a.flac): FLAC files are not taken. Send an MP3 or M4A instead."),
    ],
)
async def test_the_sender_reads_which_type_it_is_and_what_to_send(
    intake: httpx.AsyncClient, language: str, expected: str
) -> None:
    answer = await send(
        intake, ("a.flac", b"fLaC" + bytes(38)), headers={"Accept-Language": language}
    )
    [error] = answer.json()["errors"]
    assert (error["code"], error["message"]) == ("file_type_not_allowed", expected)


async def test_each_file_refused_is_called_by_place_and_name(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await send(
        intake,
        ("foto.jpg", picture()),
        ("surat\u202e\ufeff.txt", b"halo"),
        ("nama.txt", b""),
        headers={"Accept-Language": "id"},
    )
    assert answer.status_code == 422
    second, third = answer.json()["errors"]
    assert second["message"].startswith("Lampiran 2 (surat.txt): hanya gambar")
    assert second["pointer"] == "#/attachments/1"
    assert third["message"] == "Lampiran 3 (nama.txt): berkas kosong (0 bita)."
    assert third["pointer"] == "#/attachments/2"
    six = await send(intake, *[("foto.jpg", picture())] * 6, headers={"Accept-Language": "en"})
    [error] = six.json()["errors"]
    assert (error["pointer"], error["message"]) == ("#/attachments", "6 attachments, at most 5.")
    assert kept(settings) == []


async def test_a_file_field_left_open_is_no_file(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    """As browsers send it: a file without name and content."""
    parts = (
        b'name="report"\r\n\r\n' + json.dumps(form(addressee=CITY)).encode(),
        b'name="attachments"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n',
        b'name="attachments"; filename="foto.jpg"\r\n\r\n' + picture(),
    )
    head = b"--batas\r\nContent-Disposition: form-data; "
    answer = await intake.post(
        "/reports/with-attachments",
        content=b"".join(head + part + b"\r\n" for part in parts) + b"--batas--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=batas"},
    )
    assert answer.status_code == 201, answer.text
    assert len(kept(settings)) == 1


async def test_a_report_that_is_not_taken_has_no_file_opened(intake: httpx.AsyncClient) -> None:
    answer = await send(intake, ("a.html", b"<html>"), fields={"reporter": {"name": "Siti"}})
    assert [error["code"] for error in answer.json()["errors"]] == ["contact_missing"]
    answer = await send(intake, ("a.html", b"<html>"), fields={"linked_number": 1})
    assert [error["code"] for error in answer.json()["errors"]] == ["linked_not_yours"]


async def test_parts_that_are_not_asked_for_or_come_twice_are_named(
    intake: httpx.AsyncClient, bearer: Bearer, country: Country
) -> None:
    report = ("report", (None, json.dumps(form(addressee=CITY))))
    for path, headers in (("/reports", {}), ("/reports/manual", bearer(ADMIN))):
        for more, code in (
            (("attachments[]", ("a.jpg", picture())), "extra_forbidden"),
            (("lampiran", ("a.jpg", picture())), "extra_forbidden"),
            (("anonymous", (None, "true")), "extra_forbidden"),
            (report, "sent_twice"),
        ):
            answer = await intake.post(
                f"{path}/with-attachments", files=[report, more], headers=headers
            )
            assert answer.status_code == 400, (more[0], answer.text)
            [error] = answer.json()["errors"]
            assert (error["field"], error["code"]) == (more[0], code)
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


async def test_a_repeated_form_keeps_the_first_files_only(
    intake: httpx.AsyncClient, country: Country, settings: Settings
) -> None:
    key = {"Idempotency-Key": "0b1c2a34-0000-4000-8000-000000000001"}
    answers = [(await send(intake, ("a.jpg", picture()), headers=key)).json() for _ in range(2)]
    # Each opens the report for an hour from its own moment on.
    assert all(answer.pop("access_token") for answer in answers)
    assert answers[0] == answers[1]
    assert len(kept(settings)) == country.one("SELECT count(*) FROM intake.attachment") == 1
    other = await send(intake, ("a.jpg", picture()), headers=key, fields={"title": "Lain"})
    assert other.status_code == 409
    assert len(kept(settings)) == 1


async def test_a_form_with_files_is_checked_like_any_other(intake: httpx.AsyncClient) -> None:
    answer = await send(intake, ("a.jpg", picture()), fields={"reporter": {"phone": "x"}})
    assert answer.json()["errors"][0]["field"] == "reporter.phone"
    answer = await intake.post("/reports/with-attachments", data={"report": "{"})
    assert answer.status_code == 422


async def test_the_manual_form_takes_files_too(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    fields = {"channel": "letter"}
    answer = await send(
        intake,
        ("surat.jpg", picture()),
        path="/reports/manual",
        fields=fields,
        headers=bearer(ADMIN),
    )
    assert answer.status_code == 201, answer.text
    assert country.one("SELECT count(*) FROM intake.attachment") == 1
