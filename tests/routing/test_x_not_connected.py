"""Where X is not connected, its page says so before anybody fills in a form."""

from typing import Any

from fastapi import FastAPI

from tests.portal.beside_one_service import served
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN = "admin.kab.bandung"


async def test_the_page_of_x_says_that_it_is_not_connected_and_what_to_do_instead(
    country: Country,
) -> None:
    async with (
        served(_intake(connected=False)) as address,
        signed_in(country, ADMIN, intake=address) as panel,
    ):
        await panel.opens("/panel/buat/x")
        [words] = panel.page.xpath("//*[@id='tanpa-x']")
        assert "X belum tersambung" in words.text_content()
        assert words.xpath("a/@href") == ["/panel/buat"]
        assert "Baca unggahan" not in panel.reads


async def test_a_post_is_read_where_x_is_connected(country: Country) -> None:
    async with (
        served(_intake(connected=True)) as address,
        signed_in(country, ADMIN, intake=address) as panel,
    ):
        await panel.opens("/panel/buat/x")
        assert "Baca unggahan" in panel.reads
        assert panel.page.xpath("//*[@id='tanpa-x']") == []


def _intake(*, connected: bool) -> FastAPI:
    """All else that the page offers to choose from is empty."""
    intake = FastAPI()

    @intake.get("/channels/x")
    async def state() -> dict[str, bool]:
        return {"connected": connected}

    @intake.get("/{_:path}")
    async def nothing(_: str) -> list[Any]:
        return []

    return intake
