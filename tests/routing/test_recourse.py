"""Pusat keeps where else reporters can go."""

from functools import partial

from tests.routing.country import Country
from tests.routing.test_archive_reasons import ADMIN, PUSAT

PATH = "/management/recourse/ombudsman"


async def test_pusat_changes_what_reporters_are_told_and_nobody_else(country: Country) -> None:
    words = {"how": "Telepon 137.", "url": "https://ombudsman.go.id/pengaduan"}
    patch = partial(country.http.patch, PATH, json=words)
    assert (await patch(headers=country.header(ADMIN))).status_code == 403
    changed = await patch(headers=country.header(PUSAT))
    assert (changed.json()["how"], changed.json()["url"]) == (words["how"], words["url"])
    kept = (await country.get(PUSAT, "/management/recourse")).json()
    assert [office["code"] for office in kept][-1] == "ombudsman"
    assert kept[-1]["how"] == "Telepon 137."


async def test_pusat_names_another_office_and_then_no_more(country: Country) -> None:
    office = {
        "code": "kpai",
        "name": "KPAI",
        "how": "Telepon 021 3190 1556.",
        "url": "https://www.kpai.go.id",
        "archive_category": "criminal_case",
    }

    async def add(who: str, **changes: object) -> tuple[int, str | None]:
        answer = await country.http.post(
            "/management/recourse", json=office | changes, headers=country.header(who)
        )
        return answer.status_code, answer.json().get("code")

    assert await add(ADMIN) == (403, "forbidden")
    assert await add(PUSAT, category_id=2**31 - 1) == (422, "validation")
    assert await add(PUSAT, url="javascript:alert(1)") == (422, "validation")
    assert await add(PUSAT) == (201, "kpai")
    assert await add(PUSAT) == (409, "recourse_code_taken")
    assert await add(PUSAT, code="lpsk", archive_category=None) == (201, "lpsk")
    kept = [office["code"] for office in (await country.get(PUSAT, "/management/recourse")).json()]
    assert (kept[0], kept[-1]) == ("kpai", "lpsk")
    named = "SELECT count(*) FROM routing.published_recourse WHERE code = 'kpai'"
    assert await country.one(named) == 1
    path, no_more = "/management/recourse/kpai", {"active": False}
    await country.http.patch(path, json=no_more, headers=country.header(PUSAT))
    assert await country.one(named) == 0
    lines = (await country.get(PUSAT, "/management/log")).json()["items"]
    assert [line["action"] for line in lines if line["subject_id"] == "kpai"] == [
        "change",
        "create",
    ]
