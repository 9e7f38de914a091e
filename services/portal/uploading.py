"""Files sent ahead of their form, one at a time, by the script that shows how far each is."""

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from services.portal.drafts import keep, why
from services.portal.page_request import PanelVisit, PublicVisit, Visit
from shared.attachments import MAX_SIZE
from shared.http.problems import Problem

router = APIRouter(include_in_schema=False)

LIMIT = MAX_SIZE + 64 * 1024


@router.post("/lampiran", max_body_size=LIMIT)
async def keep_for_public(visit: PublicVisit) -> Response:
    return await _kept(visit)


@router.post("/panel/lampiran", max_body_size=LIMIT)
async def keep_for_panel(visit: PanelVisit) -> Response:
    return await _kept(visit)


async def _kept(visit: Visit) -> Response:
    sent = await visit.form()
    file = sent.get("file")
    if not isinstance(file, UploadFile):
        return visit.sealed(JSONResponse({"wrong": "Tidak ada berkas."}, 422))
    try:
        kept = await keep(visit, file)
    except Problem as problem:
        return visit.sealed(JSONResponse({"wrong": why(problem)}, problem.status))
    return visit.sealed(JSONResponse({"value": kept.value, "name": kept.name}, 201))
