"""Public figures: how many reports there are and where they stand; small groups are not told."""

from fastapi import APIRouter, Response

from services.portal.page_request import PublicVisit

router = APIRouter(prefix="/angka", include_in_schema=False)


@router.get("")
async def figures(visit: PublicVisit) -> Response:
    found = await visit.read("reporting", "/figures/public")
    return visit.page("public/figures.html", figures=found)
