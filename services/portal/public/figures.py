"""Public figures: how many reports there are and where they stand; small groups are not told."""

from fastapi import APIRouter, Response

from services.portal.contracts.reporting import PublicFigures
from services.portal.page_request import PublicRequest

router = APIRouter(prefix="/angka", include_in_schema=False)


@router.get("")
async def figures(page_request: PublicRequest) -> Response:
    known = await page_request.read("reporting", "/figures/public", PublicFigures)
    return page_request.page("public/figures.html", figures=known)
