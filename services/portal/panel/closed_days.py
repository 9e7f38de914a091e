"""*Hari Libur*: the days that are not working days. Pusat edits them and sees the progress of
recomputing deadlines."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.portal.contracts.routing import ClosedDays, Redating
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.translation import translated
from shared.clock import now
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/hari-libur", include_in_schema=False)

Year = Annotated[int, Path(ge=2000, le=2100)]
NAMES = {"days": "Hari libur", "items": "Hari libur"}


@router.get("")
async def closed_days(
    page_request: PanelRequest,
    tahun: int | None = Query(None, ge=2000, le=2100),
    usulan: bool = False,
) -> Response:
    """Return the page of a year. With `usulan`, the form holds the decreed days that are still
    missing, to be checked."""
    year, form = (
        tahun or now().astimezone(page_request.session.zone.offset).year,
        FormData(names=NAMES),
    )
    if usulan:
        form.set("days", await _decreed(page_request, year))
    return await _page(page_request, year, form)


@router.post("/{year}/tambah")
async def add_days(page_request: PanelRequest, year: Year) -> Response:
    """Add days, one per line: the date, then its name. A day that exists already gets the new
    name."""
    form = FormData(await page_request.form("days"), NAMES)
    added: dict[date, str] = {}
    for number, line in _lines(form.get("days")):
        day, name = _day(line)
        if day is None or not name or day.year != year:
            unread = translated(
                "Baris {number} belum dapat dibaca: tulis tanggal di tahun {year}, lalu namanya."
            )
            form.wrong["days"] = unread.format(number=number, year=year)
            return await _page(page_request, year, form, 422)
        added[day] = name
    if not added:
        form.wrong["days"] = "Tulis paling sedikit satu hari."
        return await _page(page_request, year, form, 422)
    kept = await _kept(page_request, year) | added
    saved = translated("{count} hari disimpan.").format(count=len(added))
    return await _save(page_request, year, kept, form, saved)


@router.post("/{year}/hapus")
async def remove_days(page_request: PanelRequest, year: Year) -> Response:
    form = FormData(await page_request.form("day"), NAMES)
    kept = await _kept(page_request, year)
    left = {day: name for day, name in kept.items() if day.isoformat() not in form.all("day")}
    gone = len(kept) - len(left)
    if not gone:
        return page_request.go(f"/panel/hari-libur?tahun={year}", "Tidak ada hari yang dicentang.")
    removed = translated("{count} hari dihapus.").format(count=gone)
    return await _save(page_request, year, left, form, removed)


async def _save(
    page_request: PageRequest, year: int, days: dict[date, str], form: FormData, words: str
) -> Response:
    items = [{"day": day.isoformat(), "name": name} for day, name in sorted(days.items())]
    try:
        await page_request.call("routing", "PUT", f"/closed-days/{year}", json={"items": items})
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, year, form, problem.status)
    return page_request.go(f"/panel/hari-libur?tahun={year}", words)


async def _kept(page_request: PageRequest, year: int) -> dict[date, str]:
    closed = await page_request.read("routing", f"/closed-days/{year}", ClosedDays)
    return {closed_day.day: closed_day.name for closed_day in closed.items}


async def _decreed(page_request: PageRequest, year: int) -> str:
    """Return a line for each day that the package knows and the year does not have."""
    kept = await _kept(page_request, year)
    decreed = await page_request.read("routing", f"/closed-days/{year}/decreed", ClosedDays)
    missing = [closed for closed in decreed.items if closed.day not in kept]
    return "\n".join(f"{closed.day} {closed.name}" for closed in missing)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def _day(line: str) -> tuple[date | None, str]:
    """Read a line like `2026-03-20 Nama`, or as people write it: `20/03/2026 Nama`, `20-3-2026
    Nama`."""
    written, _, name = line.replace("\t", " ").partition(" ")
    parts = written.rstrip(",:;").replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        return None, ""
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    try:
        return date(int(year), int(month), int(day)), name.strip()
    except ValueError:
        return None, ""


async def _page(
    page_request: PageRequest, year: int, form: FormData, status: int = 200
) -> Response:
    may_set = page_request.session.is_central
    redating: Redating | None = None
    if may_set:
        redating = await page_request.read("routing", "/closed-days/redating", Redating)
    return page_request.page(
        "panel/closed_days.html",
        status,
        year=year,
        days=sorted((await _kept(page_request, year)).items()),
        form=form,
        may_set=may_set,
        redating=redating,
        proposed=bool(page_request.request.query_params.get("usulan")),
    )
