"""The pages for everyone: the first page, the reports, listed and searched, and the figures."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.contracts.intake import PublicItem
from services.portal.contracts.reporting import PublicFigures
from services.portal.filters import applied
from services.portal.form_data import FormData
from services.portal.page_request import PublicRequest
from services.portal.pages import labels
from services.portal.passed_over import only_known
from shared.http.paging import Page
from shared.lifecycle.policy import NATIONAL_DEFAULT

router = APIRouter(include_in_schema=False)

_FILTERS = ("q", "tab", "classification", "category", "region")


@router.get("/")
async def home(page_request: PublicRequest) -> Response:
    """Return the first page: what happens to a report, with the national process times."""
    return page_request.page("public/home.html", policy=NATIONAL_DEFAULT)


@router.get("/laporan")
async def public_reports(page_request: PublicRequest) -> Response:
    query = page_request.request.query_params
    form = FormData({name: query[name] for name in _FILTERS if name in query})
    params = {**form.filled(*_FILTERS), "cursor": query.get("lanjut"), "limit": 20}
    page, categories, provinces = await asyncio.gather(
        page_request.filtered("intake", "/reports", Page[PublicItem], params),
        references.categories(page_request),
        references.provinces(page_request),
    )
    categories = references.with_chosen_category(form, categories)
    only_known(page_request.request, region=[code for code, _ in provinces])
    given = form.filled(*_FILTERS)

    def link(**changed: None) -> str:
        return "/laporan?" + urlencode({k: v for k, v in given.items() if k not in changed})

    shown = {
        "tab": labels("tab"),
        "classification": labels("classification"),
        "category": {
            category.code: category.name for _, inside in categories for category in inside
        },
        "region": dict(provinces),
        "q": {},
    }
    return page_request.page(
        "public/browse.html",
        form=form,
        page=page,
        categories=categories,
        provinces=provinces,
        given=given,
        applied=list(applied(form, link, shown)),
    )


@router.get("/angka")
async def figures(page_request: PublicRequest) -> Response:
    """Return the page of public figures; small groups are not shown."""
    known = await page_request.read("reporting", "/figures/public", PublicFigures)
    return page_request.page("public/figures.html", figures=known)
