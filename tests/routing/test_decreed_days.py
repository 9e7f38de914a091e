"""Holidays as the maintained package knows them, for pusat to begin a year with."""

from tests.routing.country import Country


async def test_pusat_reads_the_decreed_days_of_a_year(country: Country) -> None:
    answer = await country.get("admin.pusat", "/closed-days/2025/decreed")
    days = {day["day"]: day["name"] for day in answer.json()["items"]}
    assert days["2025-08-17"] == "Hari Kemerdekaan Republik Indonesia"
    assert "Cuti Bersama" in days["2025-04-02"]
    assert list(days) == sorted(days)
    assert (await country.get("koordinator.jabar", "/closed-days/2025/decreed")).status_code == 403
