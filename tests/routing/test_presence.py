"""Who else has a report open is told, for a minute, to those who may do something to it."""

from datetime import timedelta

import pytest
from lxml import html

from services.routing.reading import presence
from shared import clock
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN, COORDINATOR = "admin.kab.bandung", "koordinator.kab.bandung"


async def opens(country: Country, who: str, number: int) -> list[str]:
    """Who else has it open, told to this person."""
    path = f"/reports/{number}/presence"
    answer = await country.http.put(path, headers=country.header(who))
    assert answer.status_code == 200, answer.text
    return [reader["name"] for reader in answer.json()]


async def test_who_has_it_open_too_is_told_for_a_minute(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, other = await country.report(), await country.report()
    assert await opens(country, ADMIN, number) == []
    assert await opens(country, COORDINATOR, number) == [country.staff[ADMIN].name]
    assert await opens(country, COORDINATOR, other) == []
    later = clock.now() + presence.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(presence, "now", lambda: later)
    assert await opens(country, COORDINATOR, number) == []
    rows = await country.rows("SELECT staff_id FROM routing.presence WHERE number = :n", n=number)
    assert [row.staff_id for row in rows] == [country.staff[COORDINATOR].id]


async def test_who_of_pusat_has_it_open_is_told_to_pusat_alone(country: Country) -> None:
    number = await country.report(anonymous=True)
    assert await opens(country, "admin.pusat", number) == []
    assert await opens(country, ADMIN, number) == ["Admin Pusat"]
    assert await opens(country, "admin.pusat", number) == [country.staff[ADMIN].name]


async def test_whoever_may_not_read_it_is_told_of_nothing(country: Country) -> None:
    number = await country.verified()
    path = f"/reports/{number}/presence"
    answer = await country.http.put(path, headers=country.header("admin.kemensos"))
    assert answer.status_code == 404
    copied = {"agency_ids": [country.agencies["kemensos"]]}
    await country.done(ADMIN, number, "copies", copied)
    answer = await country.http.put(path, headers=country.header("admin.kemensos"))
    assert answer.status_code == 403


async def test_the_page_says_it_and_a_notice_waits_for_the_next_page(country: Country) -> None:
    number = await country.report()
    await opens(country, COORDINATOR, number)
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        form = next(each for each in panel.page.forms if each.get("data-presence") is not None)
        # As a browser that is on its way to the next page.
        redirected = await panel.http.get("/panel/massal?jenis=throw&kembali=/panel/tugas")
        assert redirected.status_code == 303
        answer = await panel.http.post(form.get("action"), data=dict(form.form_values()))
        words = html.fromstring(answer.text).xpath("string(//*[@id='pembaca'])")
        assert words.startswith(f"Sedang dibuka oleh {country.staff[COORDINATOR].name} (")
        await panel.opens("/panel/tugas")
        assert "Belum ada laporan yang dipilih." in panel.reads
