"""*Unduh Grafik*: pages that can be printed. What they look like was looked at by people."""

import xml.etree.ElementTree as ET
from io import BytesIO

import httpx
import pytest
from PIL import Image

from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY_ADMIN, PUSAT_ADMIN


async def chart(
    reporting: httpx.AsyncClient, header: dict[str, str], format: str, **selection: object
) -> bytes:
    answer = await reporting.post(
        "/downloads", json={"format": format, "selection": selection}, headers=header
    )
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("tab", ["incoming", "disposed", "users"])
async def test_the_picture_fills_an_a4_page_for_print(
    reporting: httpx.AsyncClient, bearer: Bearer, tab: str
) -> None:
    picture = Image.open(BytesIO(await chart(reporting, bearer(PUSAT_ADMIN), "png", tab=tab)))
    assert picture.size == (1654, 2338)
    assert round(picture.info["dpi"][0]) == 200


async def test_a_short_period_is_shown_by_the_day(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    page = await chart(
        reporting,
        bearer(CITY_ADMIN),
        "png",
        tab="incoming",
        submitted_from="2026-02-01",
        submitted_to="2026-02-28",
    )
    assert Image.open(BytesIO(page)).size == (1654, 2338)


async def test_vectors_for_documents(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    svg = await chart(reporting, bearer(CITY_ADMIN), "svg", tab="disposed")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    pdf = await chart(reporting, bearer(CITY_ADMIN), "pdf", tab="disposed")
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")


async def test_no_reports_are_no_error(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    page = await chart(
        reporting, bearer(CITY_ADMIN), "png", tab="archived", submitted_from="2031-01-01"
    )
    assert Image.open(BytesIO(page)).size == (1654, 2338)
