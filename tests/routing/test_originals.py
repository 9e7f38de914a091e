"""The original of a file of an anonymous report: opened as an identity is, each time logged."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from shared.attachments import AttachmentStore, StoredAttachment
from shared.attachments.remaking_queue import RemakingQueue
from tests.privacy import marked_files
from tests.privacy.marked_files import MARK, traces
from tests.routing.country import Country

PUSAT, SECOND = "admin.pusat", "admin.pusat2"
ADMIN, COPY = "admin.kab.bandung", "admin.kemensos"


async def sealed(country: Country, content: bytes, name: str) -> StoredAttachment:
    async def upload() -> AsyncIterator[bytes]:
        yield content

    store: AttachmentStore = country.app.state.attachments
    return await store.put_anonymous(upload(), name)


async def test_an_original_is_downloaded_while_a_reveal_is_in_force_and_each_time_logged(
    country: Country,
) -> None:
    content = marked_files.xlsx()
    file = await sealed(country, content, f"{MARK}.xlsx")
    number = await country.report(anonymous=True, attachments=(file,))
    [shown] = (await country.seen(ADMIN, number))["attachments"]
    assert (shown["state"], shown["href"], shown["size"]) == ("sealed", None, len(content))
    assert shown["media_type"].endswith("spreadsheetml.sheet")
    path = f"/reports/{number}/attachments/{shown['id']}/original"

    unasked = await country.get(PUSAT, path)
    assert (unasked.status_code, unasked.json()["code"]) == (409, "reveal_needed")
    await country.may_reveal(PUSAT, number, "Diminta pengadilan.")
    for _ in range(2):
        opened = await country.get(PUSAT, path)
        assert (opened.status_code, opened.content) == (200, content)
        assert opened.headers["Content-Disposition"].startswith("attachment")
    assert (await country.get(SECOND, path)).status_code == 409
    assert (await country.get(ADMIN, path)).status_code == 403
    assert (await country.get(COPY, path)).status_code == 404
    log = "SELECT subject_id FROM routing.access_log WHERE number = :n AND kind = 'original'"
    assert [str(row.subject_id) for row in await country.rows(log, n=number)] == [shown["id"]] * 2
    told = "SELECT reason_class FROM routing.published_reveal_notice WHERE number = :n"
    assert len(await country.rows(told, n=number)) == 1  # what it may tell is who sent it


async def test_the_history_keeps_the_hash_of_what_was_sent_for_pusat_alone(
    country: Country,
) -> None:
    content = marked_files.jpeg()
    digest = hashlib.sha256(content).hexdigest()
    file = await sealed(country, content, "foto.jpg")
    number = await country.report(anonymous=True, attachments=(file,))
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    [line, *_] = (await country.seen(PUSAT, number))["history"]
    assert [file["sha256"] for file in line["sealed"]] == [digest]
    [line, *_] = (await country.seen(ADMIN, number))["history"]
    assert [(file["size"], file["sha256"]) for file in line["sealed"]] == [(len(content), None)]
    for who in (ADMIN, COPY):
        assert digest not in str(await country.seen(who, number))
    changing = "UPDATE lifecycle.sealed_original SET sha256 = 'x' WHERE number = :n"
    async with country.intake.session() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(changing), {"n": number})


async def test_what_is_said_of_a_file_that_was_cleaned_is_not_that_it_is_as_it_was_sent(
    country: Country,
) -> None:
    content = marked_files.jpeg()

    async def upload() -> AsyncIterator[bytes]:
        yield content

    store: AttachmentStore = country.app.state.attachments
    number = await country.report(attachments=(await store.put(upload(), "foto.jpg"),))
    [shown] = (await country.seen(ADMIN, number))["attachments"]
    assert (await country.get(ADMIN, shown["href"])).content != content
    assert shown["state_label"] == "Diperiksa, tidak dibuat ulang"


async def test_staff_get_what_was_remade_and_nothing_of_what_was_sent(country: Country) -> None:
    files = [
        await sealed(country, make(), name)
        for name, make in (
            marked_files.PICTURES | marked_files.PAGES | marked_files.DOCUMENTS
        ).items()
    ]
    number = await country.report(anonymous=True, attachments=tuple(files))
    # On a busy machine some wait for the background.
    await RemakingQueue(country.intake, country.app.state.attachments, "intake").work()
    await country.done(ADMIN, number, "verify", country.verification())
    ids = [
        str(row.id)
        for row in await country.rows(
            "SELECT id FROM intake.attachment WHERE number = :n", n=number
        )
    ]
    await country.done(ADMIN, number, "amend", {"released_attachments": ids})
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    for who in (PUSAT, ADMIN, COPY):
        seen = await country.seen(who, number)
        assert MARK not in str(seen)
        served = 0
        for file in seen["attachments"]:
            answer = await country.get(
                who, file["href"] or f"/reports/{number}/attachments/{file['id']}"
            )
            assert (answer.status_code == 200) == (file["href"] is not None)
            assert not any(trace in answer.content for trace in traces()), file
            assert MARK not in str(answer.headers)
            served += file["href"] is not None
        assert served == len(marked_files.PICTURES | marked_files.PAGES)
