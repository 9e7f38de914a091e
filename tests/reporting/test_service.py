"""The service starts, answers, and makes one workbook."""

from io import BytesIO

import httpx
from openpyxl import load_workbook

from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY_ADMIN


async def test_it_says_that_it_is_well(reporting: httpx.AsyncClient) -> None:
    assert (await reporting.get("/healthz")).json() == {"status": "ok"}
    assert (await reporting.get("/readyz")).status_code == 200
    assert "/downloads" in (await reporting.get("/openapi.json")).json()["paths"]


async def test_a_small_download_is_sent_at_once(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    answer = await reporting.post(
        "/downloads", json={"selection": {"tab": "deferred"}}, headers=bearer(CITY_ADMIN)
    )
    assert answer.status_code == 200, answer.text
    assert load_workbook(BytesIO(answer.content)).sheetnames == ["Laporan", "Ringkasan"]
