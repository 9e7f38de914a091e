"""*Monitor > Statistik*: figures of an agency and a period; each opens the list of its reports."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.mark_names import name_of_mark

router = APIRouter(prefix="/panel/statistik", include_in_schema=False)

ADMINS = ("agency_admin", "coordinating_admin", "central_admin")


@dataclass(frozen=True)
class Asked:
    """The agency (the own by default) and the period (this year by default) of a page."""

    params: dict[str, str]

    def link(self, page: str, **more: Any) -> str:
        """Another page of the same agency and period, with further parameters."""
        given = {k: v for k, v in {**self.params, **more}.items() if v not in (None, "")}
        return f"/panel/statistik/{page}?{urlencode(given, doseq=True)}"


@router.get("")
async def statistics() -> Response:
    return RedirectResponse("/panel/statistik/pengelolaan", 303)


@router.get("/pengelolaan")
async def management(page_request: PanelRequest) -> Response:
    asked = _asked(page_request)
    staff = None
    if page_request.session.role in ADMINS:
        staff = (await _read(page_request, "staff", asked))["items"]
    return await _page(
        page_request,
        "management",
        asked,
        await _read(page_request, "management", asked),
        agencies=(await _read(page_request, "agencies", asked))["items"],
        staff=staff,
    )


@router.get("/pemanfaatan")
async def usage(page_request: PanelRequest) -> Response:
    asked = _asked(page_request)
    return await _page(page_request, "usage", asked, await _read(page_request, "usage", asked))


@router.get("/wilayah")
async def places(page_request: PanelRequest) -> Response:
    asked = _asked(page_request)
    within = page_request.request.query_params.get("within", "")
    told = await _read(page_request, "places", asked, within=within)
    parts = within.split(".") if within else []
    above = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    trail = [(code, await name_of_mark(page_request, f"place:{code}")) for code in above]
    return await _page(page_request, "places", asked, told, trail=trail)


@router.get("/laporan")
async def reports(page_request: PanelRequest) -> Response:
    asked = _asked(page_request)
    marks = page_request.request.query_params.getlist("mark")
    cursor = page_request.request.query_params.get("lanjut")
    page = await _read(page_request, "reports", asked, mark=marks, cursor=cursor, limit=50)
    names = [await name_of_mark(page_request, mark) for mark in marks]
    return page_request.page(
        "panel/statistics/reports.html", page=page, names=names, marks=marks, link=asked.link
    )


def _asked(page_request: PageRequest) -> Asked:
    given = page_request.request.query_params
    return Asked({name: given[name] for name in ("agency", "from", "to") if given.get(name)})


async def _read(page_request: PageRequest, page: str, asked: Asked, **more: Any) -> Any:
    return await page_request.read(
        "reporting", f"/statistics/{page}", params={**asked.params, **more}
    )


async def _page(
    page_request: PageRequest, name: str, asked: Asked, told: dict[str, Any], **content: Any
) -> Response:
    """A page of figures with the form for agency and period above them."""
    scope = told["scope"]
    form = FormData({"agency": scope["agency_id"], "from": scope["first"], "to": scope["last"]})
    agency = await page_request.read("routing", f"/agencies/{scope['agency_id']}")
    own = page_request.session.agency_id
    above = agency["path"][-2] if own in agency["path"][:-1] else None
    return page_request.page(
        f"panel/statistics/{name}.html",
        form=form,
        told=told,
        scope=scope,
        above=above,
        link=asked.link,
        page_name=name,
        **content,
    )
