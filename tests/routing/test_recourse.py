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
