"""Authority by subtree: role, action, and where the own agency stands to the handler's.

`allowed_actions` and the commands themselves must agree, so both are asked.
"""

from typing import Any
from uuid import uuid4

import pytest

from tests.routing.country import Country

# To a report that kab-bandung, below jabar, is to verify, or has disposed to its pupr.
PEOPLE = {
    "admin above": "admin.jabar",
    "coordinator above": "koordinator.jabar",
    "officer above": "petugas.jabar",
    "pusat": "admin.pusat",
    "own admin": "admin.kab.bandung",
    "own coordinator": "koordinator.kab.bandung",
    "own officer": "petugas.kab.bandung",
    "officer below": "petugas.dinkes.kab.bandung",
    "admin below": "admin.dinkes.kab.bandung",
    "admin beside": "admin.kota.bandung",
    "ministry": "admin.kemensos",
}
ADMINS = {"admin above", "coordinator above", "pusat", "own admin", "own coordinator"}
READERS = ADMINS | {"officer above", "own officer"}

VERIFYING = ("verify", "throw", "defer", "archive")


def form(country: Country, action: str) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "verify": country.verification(),
        "amend": {"priority": True},
        "throw": {"agency_id": country.agencies["dinkes-kab-bandung"]},
        "defer": {"kind": "incomplete_data", "note": "Di mana?"},
        "archive": {"category": "unclear", "note": "Tidak jelas."},
        "forward": {"agency_id": country.agencies["dinkes-kab-bandung"]},
        "copies": {"agency_ids": [country.agencies["kemenkes"]]},
        "restore": {"reason": "Jelas."},
    }
    return forms[action]


CODES = {"copies": "change_copies"}


async def expect(
    country: Country, who: str, number: int, action: str, *, may: bool, reads: bool
) -> None:
    username = PEOPLE[who]
    seen = await country.get(username, f"/reports/{number}")
    assert seen.status_code == (200 if reads else 404), (who, action)
    if reads:
        codes = {action["code"] for action in seen.json()["allowed_actions"]}
        assert (CODES.get(action, action) in codes) == may, (who, action, codes)
    answer = await country.act(username, number, action, form(country, action))
    expected = 200 if may else (403 if reads else 404)
    assert answer.status_code == expected, (who, action, answer.text)


@pytest.mark.parametrize("action", VERIFYING)
@pytest.mark.parametrize("who", PEOPLE)
async def test_an_unverified_report_is_its_handler_s_admins(
    country: Country, who: str, action: str
) -> None:
    number = await country.report("kab-bandung")
    await expect(country, who, number, action, may=who in ADMINS, reads=who in READERS)


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_disposed_report_is_amended_and_forwarded_by_admins_above_the_unit(
    country: Country, who: str
) -> None:
    number = await country.verified()
    for action in ("copies", "amend", "forward"):
        await expect(country, who, number, action, may=who in ADMINS, reads=who in READERS)


@pytest.mark.parametrize("who", ["own officer", "own admin", "admin above"])
async def test_an_archived_report_is_restored_by_admins(country: Country, who: str) -> None:
    number = await country.report("kab-bandung")
    await country.done("admin.kab.bandung", number, "archive", form(country, "archive"))
    await expect(country, who, number, "restore", may=who in ADMINS, reads=True)


@pytest.mark.parametrize("action", ["amend", "forward", "restore"])
async def test_what_the_status_does_not_allow_is_a_409_and_stays_refused(
    country: Country, action: str
) -> None:
    number, key = await country.report("kab-bandung"), str(uuid4())
    body = form(country, action)
    answer = await country.act("admin.kab.bandung", number, action, body, idempotency_key=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_status")
    assert answer.json()["report_status"] == "UNVERIFIED"
    again = await country.act("admin.kab.bandung", number, action, body, idempotency_key=key)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_status")
