"""The first page."""

from fastapi import APIRouter, Response

from services.portal.page_request import PublicVisit

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(visit: PublicVisit) -> Response:
    return visit.page("public/home.html")
