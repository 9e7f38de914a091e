"""Files and words of a reporter before those who may not know who it is."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from shared.attachments import AttachmentStore, StoredAttachment
from tests.routing.conftest import (  # noqa: F401  fixtures
    country,
    loaded_demo,
    module_database,
    quick_passwords,
    settings,
)
from tests.routing.country import Country
from tests.sample_pdf import PDF

ADMIN = "admin.kab.bandung"
COPY = "admin.kemensos"
NAME = "KTP Siti Rahmawati.pdf"


async def _stored(
    country: Country,  # noqa: F811
    name: str = NAME,
    *,
    anonymous: bool = False,
) -> StoredAttachment:
    async def upload() -> AsyncIterator[bytes]:
        yield PDF

    store: AttachmentStore = country.app.state.attachments
    return await (store.put_anonymous if anonymous else store.put)(upload(), name)


async def _copied(country: Country, number: int) -> None:  # noqa: F811
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})


async def _says(
    country: Country,  # noqa: F811
    number: int,
    action: str,
    words: str,
    name: str,
    *,
    secret: bool = False,
    anonymous: bool = False,
) -> None:
    """A message with a file, as followup leaves one once its command is done."""
    file = await _stored(country, name, anonymous=anonymous)
    parameters = {"c": str(uuid4()), "n": number}
    kind = "reporter" if action == "reply" else "staff"
    await country.rows(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done, version)"
        " VALUES (CAST(:c AS uuid), :n, :a, now(), '{}', true, 3)",
        **parameters,
        a=action,
    )
    await country.rows(
        "INSERT INTO followup.message (command_id, number, action, words, secret, actor_kind, at)"
        " VALUES (CAST(:c AS uuid), :n, :a, :w, :s, :k, now())",
        **parameters,
        a=action,
        w=words,
        s=secret,
        k=kind,
    )
    await country.rows(
        "INSERT INTO followup.attachment"
        " (id, number, command_id, key, name, media_type, size, sha256, state)"
        " VALUES (gen_random_uuid(), :n, CAST(:c AS uuid), :key, :name, :type, :size, :sha, :st)",
        **parameters,
        key=file.key,
        name=file.name,
        type=file.media_type,
        size=file.size,
        sha=file.sha256,
        st=file.state,
    )


def _named(seen: dict[str, Any]) -> dict[str, str]:
    return {file["name"]: file["href"] for file in seen["attachments"]}


async def test_a_copy_holds_what_the_public_could_read_and_nothing_else_that_was_written(
    country: Country,  # noqa: F811
) -> None:
    number = await country.report()
    question = {"kind": "incomplete_data", "note": "Bu Siti, di mana tepatnya?"}
    await country.done(ADMIN, number, "defer", question)
    await country.done(ADMIN, number, "verify", country.verification())
    await _says(country, number, "coordinate", "Bu Siti sudah ditelepon.", "Catatan Siti.pdf")
    await _says(
        country, number, "follow_up", "Yth. Bu Siti, terlampir.", "Surat Bu Siti.pdf", secret=True
    )
    await _says(country, number, "follow_up", "Sudah ditambal.", "Berita acara Siti.pdf")
    await _copied(country, number)
    copy = await country.seen(COPY, number)
    assert [item["words"] for item in copy["written"]] == ["Sudah ditambal."]
    assert copy["attachments"] == []
    assert "Siti" not in str(copy)
    done = {line["action"] for line in copy["history"]}
    assert {"defer", "verify"} <= done  # that it was done, and when, is told
    handler = await country.seen(ADMIN, number)
    assert len(handler["attachments"]) == 3
    assert {"Bu Siti, di mana tepatnya?", "Yth. Bu Siti, terlampir."} <= {
        item["words"] for item in handler["written"]
    }


async def test_a_copy_gets_no_file_but_those_released(
    country: Country,  # noqa: F811
) -> None:
    number = await country.report(attachments=(await _stored(country),))
    await country.done(ADMIN, number, "verify", country.verification())
    await _says(country, number, "reply", "Belum. Salam, Siti Rahmawati", "Kartu Siti.pdf")
    await _says(country, number, "follow_up", "Sudah ditambal.", "Berita acara.pdf")
    await _copied(country, number)

    handler = _named(await country.seen(ADMIN, number))
    assert set(handler) == {NAME, "Kartu Siti.pdf", "Berita acara.pdf"}
    copy = await country.seen(COPY, number)
    assert _named(copy) == {}
    assert "Siti" not in str(copy)
    assert [item["words"] for item in copy["written"]] == ["Sudah ditambal."]
    for name in handler:
        assert (await country.get(ADMIN, handler[name])).status_code == 200
        assert (await country.get(COPY, handler[name])).status_code == 404

    [file] = await country.rows("SELECT id FROM intake.attachment WHERE number = :n", n=number)
    await country.done(ADMIN, number, "amend", {"released_attachments": [str(file.id)]})
    released = _named(await country.seen(COPY, number))
    assert set(released) == {"lampiran-1.pdf"}
    answer = await country.get(COPY, released["lampiran-1.pdf"])
    assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")
    assert "Siti" not in str(answer.headers)


@pytest.mark.parametrize("who", [ADMIN, "admin.pusat"])
async def test_files_of_who_is_anonymous_go_by_names_of_ours(country: Country, who: str) -> None:  # noqa: F811
    file = await _stored(country, anonymous=True)
    number = await country.report(anonymous=True, attachments=(file,))
    await _says(country, number, "reply", "Belum.", "Kartu Siti.pdf", anonymous=True)
    await _says(country, number, "follow_up", "Sudah ditambal.", "Berita acara.pdf")
    seen = await country.seen(who, number)
    assert "Siti" not in str(seen)
    assert "Berita acara.pdf" in _named(seen)
    for href in _named(seen).values():
        answer = await country.get(who, href)
        assert answer.status_code == 200
        assert "Siti" not in str(answer.headers)
