"""The file of a dry run is what gets imported: once, by who sent it, while it is kept."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from cryptography.fernet import Fernet

from services.routing.imports.files import KeptImports
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher
from tests.routing.country import Country
from tests.routing.test_importing import COORDINATOR, filled, links, send

FILES = "SELECT count(*) FROM routing.import_file WHERE import_id = :id"


async def run(country: Country, import_id: str, who: str = COORDINATOR) -> httpx.Response:
    path = f"/management/imports/{import_id}/run"
    return await country.http.post(path, headers=country.header(who))


async def ended(country: Country, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    path = f"/management/imports/{answer.json()['id']}"
    while (seen := (await country.get(COORDINATOR, path)).json())["state"] == "running":
        await asyncio.sleep(0.05)
    return dict(seen)


async def checked(country: Country, code: str) -> dict[str, Any]:
    """A dry run, right in all, of an agency of this code and its officer."""
    agencies = [[code, f"Dinas {code}", "Unit Kerja", "kab-bandung", "WIB"]]
    people = [[f"{code}.satu", "Sari Rahasia", "Pejabat Penghubung", code]]
    dry = await send(country, await filled(country, agencies, people), dry_run=True)
    assert dry["state"] == "checked"
    return dry


async def agencies_of(country: Country, code: str) -> int:
    query = "SELECT count(*) FROM routing.agency WHERE code = :code"
    return int(await country.one(query, code=code))


async def test_the_file_that_was_checked_is_imported_and_then_kept_no_more(
    country: Country,
) -> None:
    dry = await checked(country, "dinas-periksa")
    assert dry["file_until"] is not None
    stored = await country.one(
        "SELECT content FROM routing.import_file WHERE import_id = :id", id=dry["id"]
    )
    assert country.app.state.identity.decrypt_bytes(stored).startswith(b"PK")
    assert b"PK\x03\x04" not in stored
    done = await ended(country, await run(country, dry["id"]))
    assert (done["state"], done["agencies"], done["people"]) == ("done", 1, 1)
    assert not done["dry_run"]
    assert done["file_name"] == dry["file_name"]
    assert await country.one(FILES, id=dry["id"]) == 0
    assert (await links(country, done["id"])).status_code == 200
    seen = (await country.get(COORDINATOR, f"/management/imports/{dry['id']}")).json()
    assert (seen["run_id"], seen["file_until"]) == (done["id"], None)
    listed = (await country.get(COORDINATOR, "/management/imports")).json()
    assert [(run["id"], run["state"]) for run in listed[:2]] == [
        (done["id"], "done"),
        (dry["id"], "checked"),
    ]
    assert (await country.get("admin.pusat", "/management/imports")).json() == []


async def test_pressed_twice_at_once_it_is_one_import(country: Country) -> None:
    dry = await checked(country, "dinas-ganda")
    answers = await asyncio.gather(*(run(country, dry["id"]) for _ in range(3)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await ended(country, answers[0]))["state"] == "done"
    assert await agencies_of(country, "dinas-ganda") == 1


async def test_what_changed_since_the_check_is_found_as_it_is_saved(country: Country) -> None:
    dry = await checked(country, "dinas-susul")
    new = {
        "code": "dinas-susul",
        "name": "Sudah dibuat",
        "kind": "unit",
        "parent_id": country.agencies["kab-bandung"],
        "zone": "WIB",
    }
    headers = country.header(COORDINATOR)
    made = await country.http.post("/management/agencies", json=new, headers=headers)
    assert made.status_code == 201, made.text
    refused = await ended(country, await run(country, dry["id"]))
    assert refused["state"] == "refused"
    assert [
        (problem["sheet"], problem["row"], problem["code"]) for problem in refused["problems"]
    ] == [("Instansi", 2, "taken")]
    query = "SELECT count(*) FROM routing.staff WHERE username = 'dinas-susul.satu'"
    assert await country.one(query) == 0


async def test_a_file_is_its_owner_s_and_a_wrong_one_is_not_kept(country: Country) -> None:
    dry = await checked(country, "dinas-milik")
    assert (await run(country, dry["id"], "admin.pusat")).status_code == 404
    assert (await run(country, dry["id"], "admin.jabar")).status_code == 403
    assert (await run(country, str(uuid4()))).status_code == 404
    wrong = await send(
        country, await filled(country, [], [["x", "", "Bos", "tidak-ada"]]), dry_run=True
    )
    assert await country.one(FILES, id=wrong["id"]) == 0
    assert (await run(country, wrong["id"])).json()["code"] == "import_not_checked"
    empty = await send(country, await filled(country, [], []), dry_run=True)
    assert (empty["state"], empty["problems"][0]["code"]) == ("refused", "no_rows")


async def test_after_its_time_the_file_is_gone_looked_for_or_not(country: Country) -> None:
    first, second = await checked(country, "dinas-lama"), await checked(country, "dinas-tua")
    kept = await checked(country, "dinas-muda")
    late = "UPDATE routing.import_file SET expires_at = now() WHERE import_id = :id"
    for one in (first, second):
        await country.rows(late, id=one["id"])
    assert (await run(country, first["id"])).json()["code"] == "import_file_gone"
    seen = (await country.get(COORDINATOR, f"/management/imports/{first['id']}")).json()
    assert (seen["state"], seen["file_until"], seen["run_id"]) == ("checked", None, None)
    await KeptImports(_routing(country), country.app.state.identity).forget_expired()
    assert [await country.one(FILES, id=run["id"]) for run in (first, second, kept)] == [0, 0, 1]


async def test_a_file_under_a_key_that_is_gone_counts_as_gone(country: Country) -> None:
    dry = await checked(country, "dinas-kunci")
    former = country.app.state.identity
    country.app.state.identity = IdentityCipher(Fernet.generate_key().decode())
    try:
        assert (await run(country, dry["id"])).json()["code"] == "import_file_gone"
    finally:
        country.app.state.identity = former
    assert await agencies_of(country, "dinas-kunci") == 0


def _routing(country: Country) -> Database:
    database: Database = country.app.state.database
    return database
