"""The history tells to whom, of which kind, what was accepted, and what stood there before."""

from typing import Any
from uuid import uuid4

import pytest

from services.routing.reading.names import ShownAgency
from services.routing.reading.people import Names
from services.routing.reading.step_facts import facts_of
from tests.routing.country import Country
from tests.routing.test_owed import followed

ADMIN = "admin.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"
COPY = "admin.kota.bandung"


async def step_facts(country: Country, who: str, number: int, action: str) -> dict[str, Any]:
    """The facts of the last step of this action, by their labels; a pair where something was."""
    lines = (await country.seen(who, number))["history"]
    facts = next(line["facts"] for line in reversed(lines) if line["action"] == action)
    return {
        fact["label"]: (fact["was"], fact["value"]) if fact["was"] else fact["value"]
        for fact in facts
    }


async def test_a_verification_tells_to_whom_and_what_it_corrected(country: Country) -> None:
    number = await country.report()
    corrected = {"title": "Jalan Raya Soreang berlubang", "place": "Depan Pasar Soreang"}
    await country.done(ADMIN, number, "verify", country.verification(**corrected))
    facts = await step_facts(country, ADMIN, number, "verify")
    assert "Pekerjaan Umum" in facts["Diserahkan kepada"]
    assert facts["Judul"] == ("Jalan berlubang di Soreang", "Jalan Raya Soreang berlubang")
    assert facts["Tempat"] == "Depan Pasar Soreang" and "Kategori" in facts

    moved = {"place": "Depan Terminal Soreang"}
    await country.done(ADMIN, number, "amend", moved)
    facts = await step_facts(country, ADMIN, number, "amend")
    assert facts == {"Tempat": ("Depan Pasar Soreang", "Depan Terminal Soreang")}


async def test_a_follow_up_tells_its_kind_and_a_rectification_which_it_took_back(
    country: Country,
) -> None:
    number = await country.verified()
    done = {"kind": "follow_up", "outcome": "done", "text": "Selesai diperbaiki."}
    await followed(country, OFFICER, number, "follow-ups", done)
    assert await step_facts(country, ADMIN, number, "follow_up") == {
        "Jenis": "Tindak Lanjut",
        "Hasil": "Selesai",
    }
    seen = await country.seen(ADMIN, number)
    [answer] = [one for one in seen["written"] if one["action"] == "follow_up"]
    entry = next(line["entry"] for line in seen["history"] if line["ref"] == answer["id"])
    reason = {"rectifies": answer["id"], "reason": "Salah ruas."}
    await followed(country, OFFICER, number, "rectify", reason)
    assert await step_facts(country, ADMIN, number, "rectify") == {
        "Meralat": f"tindak lanjut No. {entry}"
    }


async def test_what_was_asked_and_by_whom_is_told_where_it_was_accepted(country: Country) -> None:
    number = await country.verified()
    done = {"kind": "follow_up", "outcome": "done", "text": "Selesai diperbaiki."}
    await followed(country, OFFICER, number, "follow-ups", done)
    asked = {"kind": "hold", "reason": "Menunggu anggaran."}
    await followed(country, OFFICER, number, "requests", asked)
    [request] = (await country.seen(ADMIN, number))["requests"]
    await followed(country, ADMIN, number, f"requests/{request['id']}/accept", {})
    facts = await step_facts(country, ADMIN, number, "hold")
    assert facts["Menerima"].startswith("Permintaan Tahan Laporan, diminta oleh Dinas")


async def test_a_copy_is_told_no_corrections(country: Country) -> None:
    number = await country.verified()
    copies = {"agency_ids": [country.agencies["kota-bandung"]]}
    await country.done(ADMIN, number, "copies", copies)
    facts = await step_facts(country, COPY, number, "verify")
    assert set(facts) == {"Diserahkan kepada"}
    assert "Kota Bandung" in (await step_facts(country, COPY, number, "change_copies"))["Salinan"]


@pytest.mark.parametrize(("kind", "by"), [("objection", "Pelapor"), ("hold", "Dinas PU")])
def test_who_asked_is_told_with_what_became_of_it(kind: str, by: str) -> None:
    asked = {"id": uuid4(), "agency_id": 7}
    details = {"request": kind, "request_id": str(asked["id"])}
    line = {"ref": None, "action": "accept_request", "details": details}
    names = Names(staff={}, agencies={7: ShownAgency(id=7, code="pu", name="Dinas PU")})
    [fact] = facts_of(line, [line], [asked], names, "id")
    assert fact.value.endswith(f", diminta oleh {by}")
    [fact] = facts_of(line, [line], [asked], names, "en")
    asker = "Reporter" if kind == "objection" else by
    assert fact.value.endswith(f", asked for by {asker}")
