"""Files of anonymous reports: remade before anybody is served, the originals sealed."""

import asyncio
import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pikepdf
import pytest
from PIL import Image

from services.intake.app import make_app
from shared.attachments.remaking_queue import ATTEMPTS, RemakingQueue
from shared.attachments.store import AttachmentStore
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings
from tests.attachments.documents import compound
from tests.intake.conftest import Country, form
from tests.intake.sample_files import saved
from tests.privacy import marked_files
from tests.privacy.marked_files import MARK, marked_in, traces

REPORTER = {"name": "Warga", "phone": "+6281234567890"}


async def submitted(
    intake: httpx.AsyncClient, files: dict[str, bytes], **changes: Any
) -> dict[str, Any]:
    answer = await intake.post(
        "/reports/with-attachments",
        data={"report": json.dumps(form(**{"reporter": REPORTER, **changes}))},
        files=[("attachments", (name, content)) for name, content in files.items()],
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 201, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


def states(country: Country, number: int) -> dict[str, str]:
    rows = country.all(
        "SELECT name, state FROM intake.attachment WHERE number = %s ORDER BY name", number
    )
    return dict(rows)


async def settled(country: Country, number: int) -> dict[str, str]:
    """The states once none waits."""
    until = time.monotonic() + 60
    while "pending" in (found := states(country, number)).values():
        assert time.monotonic() < until, found
        await asyncio.sleep(0.1)
    return found


async def test_pictures_and_sound_are_remade_and_spreadsheets_taken_sealed(
    intake: httpx.AsyncClient, country: Country, settings: Settings
) -> None:
    files = {
        f"{MARK}.jpg": marked_files.jpeg(),
        f"{MARK}.pdf": marked_files.pdf(),
        f"{MARK}.wav": marked_files.wav(),
        f"{MARK}.xlsx": marked_files.xlsx(),
    }
    sent = await submitted(intake, files, anonymous=True)
    assert [file["size"] for file in sent["attachments"]] == list(map(len, files.values()))
    # A busy machine leaves more of them to the background.
    states_at_first = [file["state"] for file in sent["attachments"]]
    for state, expected in zip(
        states_at_first, ("remade", "remade", "pending", "sealed"), strict=True
    ):
        assert state in (expected, "pending")
    kept = "SELECT sha256 FROM lifecycle.sealed_original WHERE number = %s"
    assert {sha for (sha,) in country.all(kept, sent["number"])} == {
        hashlib.sha256(content).hexdigest() for content in files.values()
    }
    assert await settled(country, sent["number"]) == {
        f"{MARK}.jpg": "remade",
        f"{MARK}.pdf": "remade",
        f"{MARK}.m4a": "remade",
        f"{MARK}.xlsx": "sealed",
    }
    folder = Path(settings.storage_url.removeprefix("file://"))
    assert marked_in(folder) == []


async def test_an_original_is_kept_with_its_hash_and_opens_only_with_the_key(
    intake: httpx.AsyncClient, country: Country, settings: Settings
) -> None:
    content = marked_files.docx()
    sent = await submitted(intake, {"surat.docx": content}, anonymous=True)
    await settled(country, sent["number"])
    key, data_key, sha256, size = country.one(
        "SELECT key, data_key, sha256, size FROM lifecycle.sealed_original WHERE number = %s",
        sent["number"],
    )
    store = AttachmentStore(settings.storage_url, IdentityCipher(settings.identity_keys))
    opened = await store.open_sealed(key, data_key)
    assert opened == content
    assert (hashlib.sha256(opened).hexdigest(), len(opened)) == (sha256, size)


async def test_the_files_of_a_report_with_a_name_wait_from_when_it_is_made_anonymous(
    intake: httpx.AsyncClient, country: Country
) -> None:
    sent = await submitted(intake, {"foto.jpg": marked_files.jpeg()})
    number, address = sent["number"], f"/reports/{sent['number']}"
    [line] = (await _own(intake, sent)).json()["attachments"]
    assert (line["state"], line["href"] is not None) == ("as_sent", True)
    country.all("UPDATE lifecycle.report SET anonymous = true WHERE number = %s", number)
    unremade = await _own(intake, sent, f"{address}/attachments/{line['id']}")
    if unremade.status_code != 200:  # else it was remade meanwhile
        assert (unremade.status_code, unremade.json()["code"]) == (409, "file_pending")
    assert await settled(country, number) == {"foto.jpg": "remade"}
    remade = await _own(intake, sent, f"{address}/attachments/{line['id']}")
    assert remade.status_code == 200
    assert not any(trace in remade.content for trace in traces())


async def test_a_file_that_fails_again_and_again_is_set_aside_and_its_neighbour_served(
    intake: httpx.AsyncClient, country: Country, settings: Settings
) -> None:
    lost = await submitted(intake, {"suara.wav": marked_files.wav()})
    kept = await submitted(intake, {"foto.png": marked_files.png()})
    key = country.one("SELECT key FROM intake.attachment WHERE number = %s", lost["number"])
    (Path(settings.storage_url.removeprefix("file://")) / key[:2] / key).unlink()
    for sent in (lost, kept):
        country.all(
            "UPDATE lifecycle.report SET anonymous = true WHERE number = %s", sent["number"]
        )
    assert await settled(country, kept["number"]) == {"foto.png": "remade"}
    assert await settled(country, lost["number"]) == {"suara.wav": "sealed"}
    assert (
        country.one(
            "SELECT sealed_because FROM intake.attachment WHERE number = %s", lost["number"]
        )
        == "lost"
    )


async def test_a_process_that_died_over_a_file_loses_it_to_another(
    country: Country, settings: Settings
) -> None:
    database = Database(settings.database_url or "", pool_size=2)
    store = AttachmentStore(settings.storage_url, IdentityCipher(settings.identity_keys))
    queue = RemakingQueue(database, store, "intake")
    app = make_app(settings)
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        sent = await submitted(client, {"suara.wav": marked_files.wav()}, anonymous=True)
    held = "UPDATE intake.attachment SET attempts = %s, leased_until = now() + %s::interval"
    country.all(held, 1, "1 minute")
    assert not await queue.one()
    country.all(held, 1, "-1 second")
    assert await queue.one()
    assert states(country, sent["number"]) == {"suara.m4a": "remade"}
    country.all("UPDATE intake.attachment SET state = 'pending'")
    country.all(held, ATTEMPTS, "-1 second")
    assert await queue.one()
    assert states(country, sent["number"]) == {"suara.m4a": "sealed"}
    await database.dispose()


@pytest.mark.parametrize("secret", [False, True])
async def test_what_is_not_remade_has_no_key_in_what_others_read(
    intake: httpx.AsyncClient, country: Country, secret: bool
) -> None:
    sent = await submitted(intake, {"a.odt": marked_files.odt()}, anonymous=True, secret=secret)
    row = "SELECT key, served FROM intake.published_attachment WHERE number = %s"
    assert country.one(row, sent["number"]) == (None, False)
    await settled(country, sent["number"])
    assert country.one(row, sent["number"]) == (None, False)


@pytest.mark.parametrize("name", ["locked.pdf", "long.pdf", "macros.doc", "locked.docx"])
async def test_what_cannot_be_remade_is_taken_from_who_is_anonymous(
    intake: httpx.AsyncClient, country: Country, name: str
) -> None:
    content = {
        "locked.pdf": lambda: _locked(marked_files.pdf()),
        "long.pdf": lambda: marked_files.pdf(pages=41),
        "macros.doc": lambda: compound({"WordDocument": b"Isi", "Macros/_VBA_PROJECT": b"x"}),
        "locked.docx": lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
    }[name]()
    sent = await submitted(intake, {name: content}, anonymous=True)
    assert list((await settled(country, sent["number"])).values()) == ["sealed"]
    [line] = (await _own(intake, sent)).json()["attachments"]
    assert (line["state"], line["href"]) == ("sealed", None)
    refused = await _own(intake, sent, f"/reports/{sent['number']}/attachments/{line['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_sealed")


async def test_a_scan_in_black_and_white_is_remade_for_who_is_anonymous(
    intake: httpx.AsyncClient, country: Country
) -> None:
    scan = saved(Image.new("1", (4960, 7016)), "PNG")
    sent = await submitted(intake, {"pindaian.png": scan}, anonymous=True)
    assert await settled(country, sent["number"]) == {"pindaian.png": "remade"}


async def test_a_damaged_picture_is_refused_from_who_is_anonymous_too(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    content = marked_files.jpeg()
    answer = await intake.post(
        "/reports/with-attachments",
        data={"report": json.dumps(form(reporter=REPORTER, anonymous=True))},
        files=[("attachments", ("foto.jpg", content[:300]))],
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "file_unreadable"


def _locked(content: bytes) -> bytes:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user="rahasia"))
    return locked.getvalue()


async def _own(
    intake: httpx.AsyncClient, sent: dict[str, Any], address: str | None = None
) -> httpx.Response:
    """Read with the access code."""
    opened = await intake.post(
        f"/reports/{sent['number']}/access", json={"access_code": sent["access_code"]}
    )
    token = opened.json()["access_token"]
    return await intake.get(
        address or f"/reports/{sent['number']}", headers={"Authorization": f"Bearer {token}"}
    )
