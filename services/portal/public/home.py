"""The first page."""

from fastapi import APIRouter, Response

from services.portal.page_request import PublicRequest

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(page_request: PublicRequest) -> Response:
    return page_request.page("public/home.html")
