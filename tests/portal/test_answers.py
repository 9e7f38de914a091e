"""What a service answers is read as its contract says; what does not fit is no defect of ours."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response

from services.portal.contracts.intake import OpenedSubmission
from tests.portal.beside_one_service import served, visiting

REPORT = {
    "view": "public",
    "number": 10000001,
    "status": "VERIFIED",
    "status_label": "Terverifikasi",
    "tab": "awaiting_follow_up",
    "colour": "blue",
    "submitted_at": "2026-11-23T08:15:00+07:00",
    "published": None,
}


class Service:
    """A service that answers what it is told to, status and JSON by path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.app = FastAPI()

        @self.app.get("/{path:path}")
        async def answer(path: str, response: Response) -> Any:
            status, content = self.answers.get(f"/{path}", (404, {"code": "not_found"}))
            response.status_code = status
            return content


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def visitor(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Of a visitor of a portal whose services are all this one."""
    async with served(service.app) as address, visiting(address) as client:
        yield client


async def test_an_answer_that_does_not_fit_is_a_page_that_says_so(
    service: Service, visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    service.answers["/reports/10000001"] = 200, {**REPORT, "submitted_at": "Kutulis rahasia"}
    with caplog.at_level(logging.ERROR):
        page = await visitor.get("/laporan/10000001")
    assert page.status_code == 502
    assert "Halaman ini belum dapat ditampilkan" in page.text
    assert page.headers["X-Request-ID"] in page.text
    [line] = [line for line in caplog.records if line.name == "lapor.portal"]
    fields = vars(line)["fields"]
    assert fields["path"] == "/reports/10000001"
    assert any(name.endswith("submitted_at") for name in fields["wrong"])
    assert "Kutulis" not in str(fields)


async def test_an_answer_that_is_no_json_is_a_page_that_says_so(
    service: Service, visitor: httpx.AsyncClient
) -> None:
    service.answers["/reports/10000001"] = 200, "<html>"
    assert (await visitor.get("/laporan/10000001")).status_code == 502


async def test_fields_and_codes_of_a_newer_service_are_passed_over(
    service: Service, visitor: httpx.AsyncClient
) -> None:
    newer = {**REPORT, "status": "TO_BE_INVENTED", "field_to_be_invented": {"a": 1}}
    service.answers["/reports/10000001"] = 200, newer
    page = await visitor.get("/laporan/10000001")
    assert page.status_code == 200
    assert "TO_BE_INVENTED" in page.text


async def test_what_a_service_of_the_version_before_leaves_out_is_nothing(
    service: Service, visitor: httpx.AsyncClient
) -> None:
    service.answers["/reports/10000001"] = 200, {k: v for k, v in REPORT.items() if v is not None}
    assert (await visitor.get("/laporan/10000001")).status_code == 200
    accepted = {name: REPORT[name] for name in ("number", "status", "status_label", "submitted_at")}
    submission = OpenedSubmission.model_validate({**accepted, "link": "/laporan/10000001"})
    assert (submission.access_token, submission.attachments) == (None, [])


async def test_a_page_behind_the_last_one_is_the_first_and_says_so(
    service: Service, visitor: httpx.AsyncClient
) -> None:
    service.answers |= dict.fromkeys(("/categories", "/regions"), (200, []))
    service.answers["/reports"] = 200, {"items": [], "next": None}
    page = await visitor.get("/laporan?lanjut=long-ago&tab=closed")
    assert page.status_code == 200
    assert "halaman ini tidak ada lagi; yang tampil halaman pertama." in page.text
    assert 'href="/laporan?tab=closed"' in page.text
