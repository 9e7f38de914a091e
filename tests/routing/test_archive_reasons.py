"""*Kategori Arsip* as pusat keeps them: said in other words, offered or not."""

from typing import Any

import httpx

from shared.labels import labels
from shared.lifecycle.actions import ArchiveCategory
from tests.routing.country import Country

PUSAT, ADMIN = "admin.pusat", "admin.kab.bandung"


async def change(country: Country, reason: str, who: str = PUSAT, **form: Any) -> httpx.Response:
    path = f"/management/archive-reasons/{reason}"
    return await country.http.patch(path, json=form, headers=country.header(who))


async def offered(country: Country) -> dict[str, str]:
    answer = (await country.get(ADMIN, "/archive-categories")).json()["items"]
    return {reason["code"]: reason["label"] for reason in answer}


async def test_a_new_system_offers_the_guides_eight_in_its_words(country: Country) -> None:
    assert list((await offered(country)).items()) == list(labels("archive_category").items())
    kept = (await country.get(PUSAT, "/management/archive-reasons")).json()
    assert [reason["code"] for reason in kept] == [*ArchiveCategory]


async def test_one_in_other_words_is_offered_in_them_and_one_retired_is_refused(
    country: Country,
) -> None:
    words = labels("archive_category")["too_general"]
    assert (await change(country, "too_general", ADMIN, name="X")).status_code == 403
    assert (await change(country, "too_general", name="Terlalu umum")).status_code == 200
    assert (await change(country, "unclear", active=False)).json()["active"] is False
    try:
        now_offered = await offered(country)
        assert now_offered["too_general"] == "Terlalu umum"
        assert "unclear" not in now_offered
        number = await country.report("kab-bandung")
        path = f"/reports/{number}/archive"
        form = {"category": "unclear", "note": "Tidak jelas."}
        refused = await country.http.post(path, json=form, headers=country.header(ADMIN))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "archive_reason_retired"
        log = (await country.get(PUSAT, "/management/log")).json()["items"]
        assert log[1]["details"]["name_changed"] == [words, "Terlalu umum"]
        assert log[1]["action_label"] == "Mengubah kategori arsip"
    finally:
        await change(country, "too_general", name=words)
        await change(country, "unclear", active=True)


async def test_one_at_least_is_offered(country: Country) -> None:
    for reason in list(ArchiveCategory)[1:]:
        assert (await change(country, reason, active=False)).status_code == 200
    try:
        last = await change(country, ArchiveCategory.CRIMINAL_CASE, active=False)
        assert (last.status_code, last.json()["code"]) == (409, "last_archive_reason")
    finally:
        for reason in list(ArchiveCategory)[1:]:
            await change(country, reason, active=True)
