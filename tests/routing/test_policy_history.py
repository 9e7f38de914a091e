"""Process times as they were: who set what for whom, from when until when, and who sees it."""

from typing import Any

import httpx
import pytest

from tests.routing.country import Country

PUSAT = "admin.pusat"
WEEK = {"amount": 7, "unit": "calendar_days"}
TWO = {"amount": 2, "unit": "working_days"}


async def set_for(country: Country, agency: str | None, **lengths: Any) -> int:
    """The version that this makes."""
    answer = await put(country, agency, **lengths)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["version"])


async def put(country: Country, agency: str | None, **lengths: Any) -> httpx.Response:
    body = {"agency_id": country.agencies[agency] if agency else None, **lengths}
    return await country.http.put("/policy", json=body, headers=country.header(PUSAT))


async def former(country: Country, who: str, **params: Any) -> list[dict[str, Any]]:
    answer = await country.get(who, "/policy/versions", limit=100, **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_each_version_says_what_changed_who_set_it_and_until_when_it_counted(
    country: Country,
) -> None:
    first = await set_for(country, "jabar", follow_up=WEEK, settlement={"aspiration": WEEK})
    other = await set_for(country, "kemensos", follow_up=TWO)
    second = await set_for(country, "jabar", follow_up=TWO)
    seen = {policy["version"]: policy for policy in await former(country, "koordinator.jabar")}
    assert list(seen)[:2] == [second, first]
    assert other not in seen
    assert seen[first]["agency"]["code"] == "jabar"
    assert seen[first]["set_by"]["id"] == country.staff[PUSAT].id
    assert seen[first]["valid_until"] == seen[second]["valid_from"]
    assert seen[second]["valid_until"] is None
    assert seen[first]["lengths"] == [
        {"clock": "follow_up", "classification": None, "length": WEEK},
        {"clock": "settlement", "classification": "aspiration", "length": WEEK},
    ]
    assert seen[second]["changes"] == [
        {"clock": "follow_up", "classification": None, "before": WEEK, "after": TWO},
        {"clock": "settlement", "classification": "aspiration", "before": WEEK, "after": None},
    ]


async def test_of_the_nation_the_guides_lengths_are_what_it_was_before(country: Country) -> None:
    version = await set_for(country, None, question=WEEK)
    [one] = [one for one in await former(country, "petugas.kemensos") if one["version"] == version]
    assert one["agency"] is None
    before = {"amount": 10, "unit": "working_days"}
    assert one["changes"] == [
        {"clock": "question", "classification": None, "before": before, "after": WEEK}
    ]


async def test_what_is_set_already_makes_no_new_version(country: Country) -> None:
    version = await set_for(country, "kota-bandung", request=TWO)
    assert await set_for(country, "kota-bandung", request=TWO) == version
    assert await set_for(country, "kota-bandung", request=WEEK) > version


async def test_one_sees_those_above_the_own_and_those_below_and_nobody_beside(
    country: Country,
) -> None:
    of = {
        code: await set_for(country, code, verification={"amount": 4, "unit": "working_days"})
        for code in ("jabar", "kab-bandung", "pupr-kab-bandung", "kota-bandung")
    }

    async def codes(who: str, **params: Any) -> set[str]:
        seen = {policy["version"] for policy in await former(country, who, **params)}
        return {code for code, version in of.items() if version in seen}

    assert await codes("petugas.pupr.kab.bandung") == {"jabar", "kab-bandung", "pupr-kab-bandung"}
    assert await codes("admin.kab.bandung") == {"jabar", "kab-bandung", "pupr-kab-bandung"}
    assert await codes("koordinator.jabar") == set(of) == await codes(PUSAT)
    dinas = country.agencies["pupr-kab-bandung"]
    assert await codes("koordinator.jabar", agency_id=dinas) == set(of) - {"kota-bandung"}
    beside = await country.get(
        "admin.kab.bandung", "/policy/versions", agency_id=country.agencies["kota-bandung"]
    )
    assert beside.status_code == 404


async def test_pages_follow_one_another(country: Country) -> None:
    for days in (3, 4, 5):
        await set_for(country, "jabar", request={**WEEK, "amount": days})
    whole = [policy["version"] for policy in await former(country, PUSAT)]
    paged: list[int] = []
    cursor: str | None = None
    while True:
        further = {"cursor": cursor} if cursor else {}
        page = (await country.get(PUSAT, "/policy/versions", limit=2, **further)).json()
        paged += [policy["version"] for policy in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole == sorted(whole, reverse=True)


async def test_how_long_a_contact_is_believed_is_set_for_the_whole_country_alone(
    country: Country,
) -> None:
    half_a_year = {"amount": 180, "unit": "calendar_days"}
    refused = await put(country, "jabar", proof=half_a_year)
    assert refused.json()["errors"][0]["field"] == "proof"
    assert (await put(country, None, proof=half_a_year)).status_code == 200
    assert (await country.get(PUSAT, "/policy")).json()["proof"] == half_a_year


@pytest.mark.parametrize("amount", [0, -1, 3651, 10**12])
async def test_a_length_that_no_clock_could_count_is_refused(country: Country, amount: int) -> None:
    answer = await put(country, None, question={"amount": amount, "unit": "working_days"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "question.amount"
