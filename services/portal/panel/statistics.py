"""*Monitor > Statistik*: figures of an agency and a period; each opens the list of its reports."""

import asyncio
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse
from typing_extensions import TypeForm

from services.portal.contracts.reporting import (
    AgencyRanking,
    ListedReport,
    Management,
    Places,
    StaffFigures,
    StaffRanking,
    Usage,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.agency_finding import offered
from services.portal.panel.charts import chart_of
from services.portal.panel.choices import read_agency
from services.portal.panel.mark_names import name_of_mark
from services.portal.references import LEVEL_LABELS, agency_option
from services.portal.translation import language
from shared.http.paging import Page
from shared.labels.dates import full_hour
from shared.lifecycle.people import ADMINS

router = APIRouter(prefix="/panel/statistik", include_in_schema=False)

T = TypeVar("T")


@dataclass(frozen=True)
class StatisticsQuery:
    """The agency (one's own by default) and the period (this year by default) of a page."""

    params: dict[str, str]

    def link(self, page: str, **more: object) -> str:
        """Return the address of another page of the same agency and period, with further
        parameters."""
        query = {k: v for k, v in {**self.params, **more}.items() if v not in (None, "")}
        return f"/panel/statistik/{page}?{urlencode(query, doseq=True)}"


@router.get("")
async def statistics(request: Request) -> Response:
    """Redirect to the first page, for the same agency and period."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/panel/statistik/pengelolaan{query}", 303)


@router.get("/pengelolaan")
async def management(page_request: PanelRequest) -> Response:
    selection = _statistics_query(page_request)
    figures, agencies, staff = await asyncio.gather(
        _read(page_request, "management", Management, selection),
        _read(page_request, "agencies", AgencyRanking, selection),
        _staff(page_request, selection),
    )
    return await _page(
        page_request,
        "management",
        selection,
        figures,
        agencies=agencies.items,
        staff=staff,
        chart=chart_of([(_short(point.bucket), point.received) for point in figures.trend]),
    )


@router.get("/pemanfaatan")
async def usage(page_request: PanelRequest) -> Response:
    selection = _statistics_query(page_request)
    figures = await _read(page_request, "usage", Usage, selection)
    for each in figures.hours:
        each.label = full_hour(int(each.mark.partition(":")[2]), language.get())
    return await _page(page_request, "usage", selection, figures)


@router.get("/wilayah")
async def places(page_request: PanelRequest) -> Response:
    selection = _statistics_query(page_request)
    within = page_request.request.query_params.get("within", "")
    figures = await _read(page_request, "places", Places, selection, within=within)
    parts = within.split(".") if within else []
    above = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    trail = [(code, await name_of_mark(page_request, f"place:{code}")) for code in above]
    level = LEVEL_LABELS[min(len(trail), len(LEVEL_LABELS) - 1)]
    return await _page(page_request, "places", selection, figures, trail=trail, level=level)


@router.get("/laporan")
async def reports(page_request: PanelRequest) -> Response:
    selection = _statistics_query(page_request)
    marks = page_request.request.query_params.getlist("mark")
    cursor = page_request.request.query_params.get("lanjut")
    more = {"mark": marks, "cursor": cursor, "limit": 50}
    page = await _read(page_request, "reports", Page[ListedReport], selection, **more)
    names = [await name_of_mark(page_request, mark) for mark in marks]
    return page_request.page(
        "panel/statistics/reports.html", page=page, names=names, marks=marks, link=selection.link
    )


def _short(bucket: str) -> str:
    """Return `31/1` for a day and `1/26` for a month."""
    year, month, *day = bucket.split("-")
    return f"{int(day[0])}/{int(month)}" if day else f"{int(month)}/{year[2:]}"


async def _staff(
    page_request: PageRequest, selection: StatisticsQuery
) -> list[StaffFigures] | None:
    """Return the figures of the staff; None for officers, who see no figures of people."""
    if page_request.session.role not in ADMINS:
        return None
    return (await _read(page_request, "staff", StaffRanking, selection)).items


def _statistics_query(page_request: PageRequest) -> StatisticsQuery:
    query = page_request.request.query_params
    return StatisticsQuery(
        {name: query[name] for name in ("agency", "from", "to") if query.get(name)}
    )


async def _read(
    page_request: PageRequest,
    page: str,
    model: TypeForm[T],
    selection: StatisticsQuery,
    **more: object,
) -> T:
    params = {**selection.params, **more}
    return await page_request.filtered("reporting", f"/statistics/{page}", model, params)


async def _page(
    page_request: PageRequest,
    name: str,
    selection: StatisticsQuery,
    figures: Management | Usage | Places,
    **content: Any,
) -> Response:
    """Return a page of figures with the form for agency and period above them."""
    scope = figures.scope
    query = page_request.request.query_params.get("agency_cari", "").strip()
    agency = await read_agency(page_request, scope.agency_id)
    search = "" if query == agency.name else query  # its own name is no search
    form = FormData({"agency": scope.agency_id, "agency_cari": search})
    own = page_request.session.agency_id
    found = await offered(page_request, form, "agency", below=True)
    options = [agency_option(agency), *(option for option in found if option.id != agency.id)]
    above = agency.path[-2] if own in agency.path[:-1] else None
    return page_request.page(
        f"panel/statistics/{name}.html",
        form=form,
        agencies_found=options,
        figures=figures,
        scope=scope,
        above=above,
        link=selection.link,
        page_name=name,
        **content,
    )
