"""*Monitor > Statistik*: figures of an agency and a period; each opens the list of its reports."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
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
async def management(visit: PanelVisit) -> Response:
    asked = _asked(visit)
    staff = None
    if visit.session.role in ADMINS:
        staff = (await _read(visit, "staff", asked))["items"]
    return await _page(
        visit,
        "management",
        asked,
        await _read(visit, "management", asked),
        agencies=(await _read(visit, "agencies", asked))["items"],
        staff=staff,
    )


@router.get("/pemanfaatan")
async def usage(visit: PanelVisit) -> Response:
    asked = _asked(visit)
    return await _page(visit, "usage", asked, await _read(visit, "usage", asked))


@router.get("/wilayah")
async def places(visit: PanelVisit) -> Response:
    asked = _asked(visit)
    within = visit.request.query_params.get("within", "")
    told = await _read(visit, "places", asked, within=within)
    parts = within.split(".") if within else []
    above = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    trail = [(code, await name_of_mark(visit, f"place:{code}")) for code in above]
    return await _page(visit, "places", asked, told, trail=trail)


@router.get("/laporan")
async def reports(visit: PanelVisit) -> Response:
    asked = _asked(visit)
    marks = visit.request.query_params.getlist("mark")
    cursor = visit.request.query_params.get("lanjut")
    page = await _read(visit, "reports", asked, mark=marks, cursor=cursor, limit=50)
    names = [await name_of_mark(visit, mark) for mark in marks]
    return visit.page(
        "panel/statistics/reports.html", page=page, names=names, marks=marks, link=asked.link
    )


def _asked(visit: Visit) -> Asked:
    given = visit.request.query_params
    return Asked({name: given[name] for name in ("agency", "from", "to") if given.get(name)})


async def _read(visit: Visit, page: str, asked: Asked, **more: Any) -> Any:
    return await visit.read("reporting", f"/statistics/{page}", params={**asked.params, **more})


async def _page(
    visit: Visit, name: str, asked: Asked, told: dict[str, Any], **content: Any
) -> Response:
    """A page of figures with the form for agency and period above them."""
    scope = told["scope"]
    form = Filled({"agency": scope["agency_id"], "from": scope["first"], "to": scope["last"]})
    agency = await visit.read("routing", f"/agencies/{scope['agency_id']}")
    own = visit.session.agency_id
    above = agency["path"][-2] if own in agency["path"][:-1] else None
    return visit.page(
        f"panel/statistics/{name}.html",
        form=form,
        told=told,
        scope=scope,
        above=above,
        link=asked.link,
        page_name=name,
        **content,
    )
