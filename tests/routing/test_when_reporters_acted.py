"""What an anonymous reporter does tells its hour alone: by what it ends, on paper, in copies."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.http.tokens import ReportBearer
from tests.routing.country import Country
from tests.routing.test_owed import followed
from tests.routing.test_printing import answered, paper

ADMIN, OFFICER, PUSAT = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.pusat"
COPY = "admin.kota.bandung"
ACTED = datetime(2026, 11, 23, 3, 17, 43, 171717, tzinfo=UTC)
EXACT, HOUR = "2026-11-23T03:17:43.171717Z", "2026-11-23T03:00:00Z"


async def replied(country: Country, **changes: Any) -> int:
    """By which a request to close ended."""
    number, _ = await answered(country, **changes)
    asked = {"kind": "close", "reason": "Sudah ditambal."}
    await followed(country, OFFICER, number, "requests", asked)
    token = country.tokens.issue(ReportBearer(number=number))
    reply = await country.followup.post(
        f"/reports/{number}/replies",
        json={"text": "Masih berlubang."},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert reply.status_code == 200, reply.text
    for statement in (
        "UPDATE lifecycle.history SET at = :at WHERE number = :n AND actor_kind = 'reporter'"
        " AND action <> 'submit'",
        "UPDATE lifecycle.request SET decided_at = :at WHERE number = :n",
    ):
        await country.rows(statement, n=number, at=ACTED)
    return number


def times_shown(seen: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """When the reply was, by what tells it, and whether that says that it is cut."""
    lines = {line["action"]: line for line in seen["history"]}
    [request] = seen["requests"]
    [words] = [one for one in seen["written"] if one["action"] == "reply"] or [lines["reply"]]
    of_reply = {"reply": lines["reply"], "what it ended": lines["end_request"], "words": words}
    return {what: (line["at"], line["to_the_hour"]) for what, line in of_reply.items()} | {
        "decided": (request["decided_at"], request["to_the_hour"])
    }


CUT = {
    **dict.fromkeys(("reply", "what it ended", "words"), (HOUR, True)),
    # When staff asked is told as it was.
    "decided": (HOUR, False),
}
FULL = dict.fromkeys(CUT, (EXACT, False))


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_reply_and_what_it_ended_are_told_to_the_hour_of_who_is_anonymous(
    country: Country, anonymous: bool
) -> None:
    number = await replied(country, anonymous=anonymous)
    for who in (OFFICER, ADMIN, "koordinator.jabar", PUSAT):
        cut = anonymous and who != PUSAT
        assert times_shown(await country.seen(who, number)) == (CUT if cut else FULL), who
    on_paper = await paper(country, ADMIN, f"/reports/{number}/document")
    minute, hour = "23 Nov 2026 10.17 WIB", "23 Nov 2026 10.00 WIB (dibulatkan ke jam)"
    words = " ".join(on_paper.split())
    assert (minute in words, hour in words) == (not anonymous, anonymous)


async def test_a_copy_is_told_the_hour_of_all(country: Country) -> None:
    number = await replied(country)
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kota-bandung"]]})
    assert times_shown(await country.seen(COPY, number)) == CUT


async def test_what_a_reply_ended_that_staff_recorded_names_neither_them_nor_the_minute(
    country: Country,
) -> None:
    number, _ = await answered(country, anonymous=True)
    asked = {"kind": "close", "reason": "Sudah ditambal."}
    await followed(country, OFFICER, number, "requests", asked)
    brought = {"brought_by": "visit", "text": "Masih berlubang."}
    await followed(country, ADMIN, number, "assisted-replies", brought)
    admin = country.staff[ADMIN].name
    for who in (OFFICER, PUSAT):
        seen = await country.seen(who, number)
        [request] = seen["requests"]
        ended = [one for one in seen["history"] if one["action"] in ("reply", "end_request")]
        hidden = who == OFFICER
        assert [line["actor"]["staff"] is None for line in ended] == [hidden, hidden]
        assert (request["decided_by"] is None) is hidden
        assert (admin in str((ended, request))) is not hidden
        for at in (*(line["at"] for line in ended), request["decided_at"]):
            assert at.endswith(":00:00Z") is hidden, who
        assert request["asked_by"]["id"] == country.staff[OFFICER].id
        assert not request["asked_at"].endswith(":00:00Z")
