"""Files that the script sends before their form, one at a time, to show the progress of each."""

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from services.portal.drafts import keep, why
from services.portal.page_request import PageRequest, PanelRequest, PublicRequest
from services.portal.translation import translated
from shared.attachments import MAX_SIZE
from shared.http.problems import Problem

router = APIRouter(include_in_schema=False)

LIMIT = MAX_SIZE + 64 * 1024


@router.post("/lampiran", max_body_size=LIMIT)
async def keep_for_public(page_request: PublicRequest) -> Response:
    return await _kept(page_request)


@router.post("/panel/lampiran", max_body_size=LIMIT)
async def keep_for_panel(page_request: PanelRequest) -> Response:
    return await _kept(page_request)


async def _kept(page_request: PageRequest) -> Response:
    sent = await page_request.form("file")
    file = sent.get("file")
    if not isinstance(file, UploadFile):
        return page_request.sealed(JSONResponse({"wrong": translated("Tidak ada berkas.")}, 422))
    try:
        kept = await keep(page_request, file)
    except Problem as problem:
        return page_request.sealed(JSONResponse({"wrong": why(problem)}, problem.status))
    return page_request.sealed(JSONResponse({"value": kept.value, "name": kept.name}, 201))
