"""Forwarding, copies, and not-authority requests up the chain."""

import asyncio

import pytest

from tests.routing.country import Country

ADMIN = "admin.kab.bandung"
COORDINATOR = "koordinator.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"


async def asked(country: Country, number: int, by: str = OFFICER) -> str:
    """A pending not-authority request; its id."""
    form = {
        "reason": "Ruas ini jalan provinsi.",
        "suggested_agency_id": country.agencies["binamarga-jabar"],
    }
    return str((await country.done(by, number, "not-authority", form))["command_id"])


async def test_forwarding_moves_the_duty_and_adds_copies(country: Country) -> None:
    number = await country.verified()
    form = {
        "agency_id": country.agencies["dinkes-kab-bandung"],
        "copies": [country.agencies["kemensos"]],
        "note": "Terkait ambulans.",
    }
    await country.done(ADMIN, number, "forward", form)
    assert await country.chain(number) == ["kab-bandung", "dinkes-kab-bandung"]
    gone = await country.get(OFFICER, f"/reports/{number}")
    assert gone.status_code == 404
    seen = await country.seen("admin.kemensos", number)
    assert seen["by_copy"]
    assert seen["reporter"]["hidden"] == "copy"
    assert seen["allowed_actions"] == []
    copies = await country.get("admin.kemensos", "/queue", tab="copies")
    assert number in [row["number"] for row in copies.json()["items"]]
    back = await country.act(ADMIN, number, "forward", {"agency_id": form["agency_id"]})
    assert (back.status_code, back.json()["code"]) == (409, "same_handler")


async def test_copies_are_set_as_a_whole_and_end_reading(country: Country) -> None:
    number = await country.verified()
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemenkes"]]})
    assert (await country.seen("admin.kemenkes", number))["by_copy"]
    await country.done(ADMIN, number, "copies", {"agency_ids": []})
    assert (await country.get("admin.kemenkes", f"/reports/{number}")).status_code == 404


async def test_a_unit_asks_and_its_delegating_agency_gets_the_request(country: Country) -> None:
    number = await country.verified()
    request_id = await asked(country, number)
    queue = await country.get(ADMIN, "/queue", tab="requests")
    [row] = [row for row in queue.json()["items"] if row["number"] == number]
    assert row["requests"] == ["not_authority"]
    codes = {action["code"] for action in row["allowed_actions"]}
    assert {"verify", "throw", "defer", "archive", "reject_request"} <= codes
    [request] = (await country.seen(ADMIN, number))["requests"]
    assert request["id"] == request_id
    assert request["decidable"]
    assert not request["withdrawable"]
    assert request["reason"] == "Ruas ini jalan provinsi."
    assert request["suggested"]["code"] == "binamarga-jabar"
    assert request["deciding"]["code"] == "kab-bandung"
    [own] = (await country.seen(OFFICER, number))["requests"]
    assert own["withdrawable"]
    assert not own["decidable"]


async def test_rejecting_leaves_the_report_with_a_reason(country: Country) -> None:
    number = await country.verified()
    request_id = await asked(country, number)
    form = {"reason": "Ruas ini jalan kabupaten."}
    await country.done(ADMIN, number, f"requests/{request_id}/reject", form)
    seen = await country.seen(OFFICER, number)
    assert seen["handler"]["code"] == "pupr-kab-bandung"
    assert seen["requests"][0]["decision"] == "rejected"
    assert seen["history"][-1]["words"] == "Ruas ini jalan kabupaten."


async def test_verifying_anew_accepts_the_request(country: Country) -> None:
    number = await country.verified()
    await asked(country, number)
    await country.done(ADMIN, number, "verify", country.verification("dinkes-kab-bandung"))
    assert await country.handler(number) == "dinkes-kab-bandung"
    [request] = (await country.seen(ADMIN, number))["requests"]
    assert request["decision"] == "accepted"


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("defer", {"kind": "incomplete_data", "note": "Ruas mana?"}),
        ("archive", {"category": "unclear", "note": "Tidak jelas."}),
    ],
)
async def test_who_defers_or_archives_a_request_has_the_report(
    country: Country, action: str, form: dict[str, str]
) -> None:
    number = await country.verified()
    await asked(country, number)
    await country.done(ADMIN, number, action, form)
    assert await country.chain(number) == ["kab-bandung"]


async def test_the_decider_may_ask_further_up_for_itself(country: Country) -> None:
    number = await country.report("jabar")
    below = {"agency_id": country.agencies["kab-bandung"]}
    await country.done("admin.jabar", number, "throw", below)
    await country.done(ADMIN, number, "verify", country.verification())
    first = await asked(country, number)
    second = await asked(country, number, by=ADMIN)
    assert await country.chain(number) == ["jabar", "kab-bandung"]
    requests = {r["id"]: r for r in (await country.seen("admin.jabar", number))["requests"]}
    assert requests[first]["decision"] == "passed_on"
    assert requests[second]["deciding"]["code"] == "jabar"
    assert requests[second]["decidable"]


async def test_who_asked_may_withdraw_and_nobody_else(country: Country) -> None:
    number = await country.verified()
    request_id = await asked(country, number)
    other = await country.act(
        "petugas.pupr.kab.bandung2", number, f"requests/{request_id}/withdraw", {}
    )
    assert (other.status_code, other.json()["code"]) == (403, "not_the_asker")
    await country.done(OFFICER, number, f"requests/{request_id}/withdraw", {})
    late = await country.act(ADMIN, number, f"requests/{request_id}/reject", {"reason": "Tidak."})
    assert (late.status_code, late.json()["code"]) == (409, "request_already_withdrawn")


async def test_an_admin_does_not_decide_the_own_request(country: Country) -> None:
    number = await country.verified()
    request_id = await asked(country, number, by=ADMIN)
    own = await country.act(ADMIN, number, f"requests/{request_id}/reject", {"reason": "Tidak."})
    assert own.status_code == 403
    await country.done(COORDINATOR, number, f"requests/{request_id}/reject", {"reason": "Tidak."})


async def test_two_admins_decide_the_same_request_at_once(country: Country) -> None:
    number = await country.verified()
    request_id = await asked(country, number)
    answers = await asyncio.gather(
        country.act(ADMIN, number, f"requests/{request_id}/reject", {"reason": "Tetap."}),
        country.act(COORDINATOR, number, "verify", country.verification("dinkes-kab-bandung")),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], [
        answer.text for answer in answers
    ]
    decisions = await country.rows(
        "SELECT decision FROM lifecycle.request WHERE number = :n", n=number
    )
    assert len(decisions) == 1
    assert decisions[0][0] in {"accepted", "rejected"}


async def test_pusat_has_nobody_to_ask(country: Country) -> None:
    number = await country.report(None)
    form = {"reason": "Bukan kami.", "suggested_agency_id": country.agencies["kemensos"]}
    answer = await country.act("admin.pusat", number, "not-authority", form)
    assert (answer.status_code, answer.json()["code"]) == (409, "root_may_not_ask")
    codes = {a["code"] for a in (await country.seen("admin.pusat", number))["allowed_actions"]}
    assert "request_not_authority" not in codes


async def test_while_a_request_is_pending_the_unit_only_waits(country: Country) -> None:
    number = await country.verified()
    await asked(country, number)
    codes = {a["code"] for a in (await country.seen(OFFICER, number))["allowed_actions"]}
    assert codes == {"coordinate", "withdraw_request"}


async def test_agencies_that_somebody_named_are_suggested_to_who_may_hand_to_them(
    country: Country,
) -> None:
    number = await country.verified()
    form = {"reason": "Urusan kesehatan.", "suggested_agency_id": 0}
    for named in ("dinkes-kab-bandung", "kemensos"):
        form["suggested_agency_id"] = country.agencies[named]
        request_id = (await country.done(OFFICER, number, "not-authority", form))["command_id"]
        await country.done(ADMIN, number, f"requests/{request_id}/reject", {"reason": "Tidak."})
    path = f"/reports/{number}/suggested-agencies"
    suggested = (await country.get(ADMIN, path)).json()
    assert [agency["code"] for agency in suggested] == ["dinkes-kab-bandung"]
    suggested = (await country.get(ADMIN, path, own=True)).json()
    assert [agency["code"] for agency in suggested] == ["dinkes-kab-bandung", "kab-bandung"]
    assert (await country.get("admin.kemenkes", path)).status_code == 404
