"""Files kept for a form that is not sent yet: whose they are, how long, how many."""

import asyncio
import io
import os
import time
import tracemalloc
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.app import make_app
from services.intake.drafts import PIECE, READS, UPLOADS_A_DAY
from shared.attachments import MAX_SIZE
from shared.attachments.drafts import KEPT_FOR, MOST, DraftStore, NoRoomForDrafts
from shared.database.engine import Database
from shared.http.limits import Limit, RateLimits
from shared.settings import Settings
from tests.intake.conftest import Country, form
from tests.intake.sample_files import picture, saved

MINE, OTHERS = {"Draft-Owner": "m" * 43}, {"Draft-Owner": "o" * 43}


async def _keep(intake: httpx.AsyncClient, content: bytes, **headers: Any) -> httpx.Response:
    part = {"file": ("foto.jpg", content, "image/jpeg")}
    return await intake.post("/drafts", files=part, headers=headers or MINE)


async def test_a_draft_is_found_by_its_owner_alone(intake: httpx.AsyncClient) -> None:
    content = saved(picture(), "JPEG")
    kept = await _keep(intake, content)
    assert kept.status_code == 201
    path = f"/drafts/{kept.json()['id']}"
    assert (await intake.get(path, headers=MINE)).content == content
    assert (await intake.get(path, headers=OTHERS)).status_code == 404
    assert (await intake.get(path)).status_code == 422
    await intake.delete(path, headers=OTHERS)
    assert (await intake.get(path, headers=MINE)).status_code == 200
    assert (await intake.delete(path, headers=MINE)).status_code == 204
    assert (await intake.get(path, headers=MINE)).status_code == 404


async def test_who_reads_the_disk_reads_no_draft(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    content = saved(picture(), "JPEG")
    await _keep(intake, content)
    [file] = _files(settings)
    assert content[:64] not in file.read_bytes()
    assert MINE["Draft-Owner"] not in str(file)


@pytest.mark.parametrize("size", [0, MAX_SIZE + 1])
async def test_a_file_of_no_size_that_is_taken_is_refused_when_it_is_chosen(
    intake: httpx.AsyncClient, settings: Settings, size: int
) -> None:
    assert (await _keep(intake, b"a" * size)).status_code == 422
    assert _files(settings) == []


@pytest.mark.parametrize("name", ["..%2Fx", "0" * 31, "0" * 33, "g" * 32, "A" * 32])
async def test_no_other_name_is_a_draft(intake: httpx.AsyncClient, name: str) -> None:
    assert (await intake.get(f"/drafts/{name}", headers=MINE)).status_code in (404, 422)


async def test_an_owner_has_so_many_drafts_and_no_more(intake: httpx.AsyncClient) -> None:
    content = saved(picture(), "JPEG")
    for _ in range(MOST):
        assert (await _keep(intake, content)).status_code == 201
    refused = await _keep(intake, content)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "draft_too_many"
    assert (await _keep(intake, content, **OTHERS)).status_code == 201


async def test_drafts_whose_time_is_up_go_and_the_others_stay(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    content = saved(picture(), "JPEG")
    old, new = await _keep(intake, content), await _keep(intake, content)
    past = time.time() - KEPT_FOR.total_seconds() - 60
    [file] = [file for file in _files(settings) if file.name == old.json()["id"]]
    os.utime(file, (past, past))
    drafts = make_app(settings).state.resources.drafts
    assert await drafts.sweep() == 1
    assert (await intake.get(f"/drafts/{old.json()['id']}", headers=MINE)).status_code == 404
    assert (await intake.get(f"/drafts/{new.json()['id']}", headers=MINE)).status_code == 200


async def test_a_check_says_what_sending_would_and_keeps_nothing(
    intake: httpx.AsyncClient, country: Country
) -> None:
    assert (await intake.post("/reports/check", json=form())).status_code == 204
    for wrong in ({"title": " "}, {"addressee": "abc"}, {"reporter": {"name": "Siti"}}):
        checked = await intake.post("/reports/check", json=form(**wrong))
        sent = await intake.post("/reports", json=form(**wrong))
        assert checked.status_code == sent.status_code == 422
        assert checked.json()["errors"] == sent.json()["errors"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


async def test_two_processes_that_look_at_once_are_in_nobodys_way(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    past = time.time() - KEPT_FOR.total_seconds() - 60
    for _ in range(5):
        await _keep(intake, saved(picture(), "JPEG"))
    for file in _files(settings):
        os.utime(file, (past, past))
    drafts = make_app(settings).state.resources.drafts
    gone = await asyncio.gather(drafts.sweep(), drafts.sweep())
    assert sum(gone) == 5
    assert _files(settings) == []


def _files(settings: Settings) -> list[Path]:
    folder = Path(settings.storage_url.removeprefix("file://")) / "drafts"
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_made_up_owners_do_not_fill_the_disk(tmp_path: Path) -> None:
    store = DraftStore(tmp_path.as_uri(), budget=250)
    kept = [
        (owner, await store.put(owner, io.BytesIO(b"a" * 100), 100))
        for owner in ("m" * 43, "n" * 43)
    ]
    with pytest.raises(NoRoomForDrafts):
        await store.put("o" * 43, io.BytesIO(b"a" * 100), 100)
    another = DraftStore(tmp_path.as_uri(), budget=250)
    await another.sweep()  # and what other processes keep counts too
    with pytest.raises(NoRoomForDrafts):
        await another.put("o" * 43, io.BytesIO(b"a" * 100), 100)
    await store.delete(*kept[0])
    await store.sweep()
    await store.put("o" * 43, io.BytesIO(b"a" * 50), 50)


async def test_a_hundred_files_kept_and_opened_and_not_read_take_little_memory(
    tmp_path: Path,
) -> None:
    """Two hundred megabytes, were all of them in memory once."""
    store, owner = DraftStore(tmp_path.as_uri()), "m" * 43
    sent = []
    for number in range(MOST):
        path = tmp_path / f"sent {number}"
        path.write_bytes(bytes(MAX_SIZE))
        sent.append(path.open("rb"))
    tracemalloc.start()
    try:
        kept = await asyncio.gather(*(store.put(owner, content, MAX_SIZE) for content in sent))
        opened = await asyncio.gather(*(store.open(owner, draft) for draft in kept * 5))
        now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(opened) == 100
    assert most < 15 * MAX_SIZE
    assert now < MAX_SIZE
    assert {len(file.read()) for file in opened} == {MAX_SIZE}
    for one in (*opened, *sent):
        one.close()


async def test_who_reads_a_file_slowly_gets_it_in_small_pieces(
    intake: httpx.AsyncClient, settings: Settings
) -> None:
    content = os.urandom(1_000_000)
    path = f"/drafts/{(await _keep(intake, content)).json()['id']}"
    sizes = []
    app = make_app(settings)
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"draft-owner", MINE["Draft-Owner"].encode())],
        "client": ("203.0.113.9", 1),
        "server": ("intake", 80),
        "scheme": "http",
        "http_version": "1.1",
    }

    asked: list[bool] = []

    async def receive() -> dict[str, Any]:
        if asked:
            await asyncio.Event().wait()  # the reader stays
        asked.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sizes.append(len(message.get("body", b"")))

    await app(scope, receive, send)
    assert sum(sizes) == len(content)
    assert max(sizes) <= PIECE


@pytest.mark.parametrize("limit", [READS, UPLOADS_A_DAY])
async def test_one_address_reads_and_keeps_so_many(
    intake: httpx.AsyncClient, settings: Settings, limit: Limit
) -> None:
    kept = await _keep(intake, b"a")
    database = Database(settings.database_url or "", pool_size=2)
    limits = RateLimits(database, "intake", settings.blind_index_key)
    while await limits.wait(limit, "203.0.113.7") is None:
        pass
    await database.dispose()
    if limit is READS:
        refused = await intake.get(f"/drafts/{kept.json()['id']}", headers=MINE)
    else:
        refused = await _keep(intake, b"a")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
