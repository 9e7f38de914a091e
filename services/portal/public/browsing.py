"""What is public: listing and searching reports."""

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.form_data import Filled
from services.portal.page_request import PublicVisit

router = APIRouter(include_in_schema=False)

_FILTERS = ("q", "tab", "classification", "category", "region")


@router.get("/laporan")
async def public_reports(visit: PublicVisit) -> Response:
    asked = visit.request.query_params
    form = Filled({name: asked[name] for name in _FILTERS if name in asked})
    params = {**form.given(*_FILTERS), "cursor": asked.get("lanjut"), "limit": 20}
    return visit.page(
        "public/browse.html",
        form=form,
        page=await visit.read("intake", "/reports", params=params),
        categories=await references.categories(visit),
        provinces=await visit.read("intake", "/regions"),
        given=form.given(*_FILTERS),
    )
