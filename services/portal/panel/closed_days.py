"""*Hari Libur*: the days that are no working days; pusat edits them and sees the re-dating."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from shared.clock import now
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/hari-libur", include_in_schema=False)

Year = Annotated[int, Path(ge=2000, le=2100)]
NAMES = {"days": "Hari libur", "items": "Hari libur"}


@router.get("")
async def closed_days(
    visit: PanelVisit, tahun: int | None = Query(None, ge=2000, le=2100), usulan: bool = False
) -> Response:
    """With `usulan`, the form holds the decreed days that are not there yet, to be looked over."""
    year, form = tahun or now().astimezone(visit.session.zone.offset).year, Filled(names=NAMES)
    if usulan:
        form.set("days", await _decreed(visit, year))
    return await _page(visit, year, form)


@router.post("/{year}/tambah")
async def add_days(visit: PanelVisit, year: Year) -> Response:
    """One day a line: the date, then its name. A day that is there gets the new name."""
    form = Filled(await visit.form(), NAMES)
    added: dict[str, str] = {}
    for number, line in _lines(form.get("days")):
        day, name = _day(line)
        if day is None or not name or day.year != year:
            form.wrong["days"] = (
                f"Baris {number} belum dapat dibaca: tulis tanggal di tahun {year}, lalu namanya."
            )
            return await _page(visit, year, form, 422)
        added[day.isoformat()] = name
    if not added:
        form.wrong["days"] = "Tulis paling sedikit satu hari."
        return await _page(visit, year, form, 422)
    kept = await _kept(visit, year) | added
    return await _save(visit, year, kept, form, f"{len(added)} hari disimpan.")


@router.post("/{year}/hapus")
async def remove_days(visit: PanelVisit, year: Year) -> Response:
    form = Filled(await visit.form(), NAMES)
    kept = await _kept(visit, year)
    left = {day: name for day, name in kept.items() if day not in form.all("day")}
    gone = len(kept) - len(left)
    if not gone:
        return visit.go(f"/panel/hari-libur?tahun={year}", "Tidak ada hari yang dicentang.")
    return await _save(visit, year, left, form, f"{gone} hari dihapus.")


async def _save(
    visit: Visit, year: int, days: dict[str, str], form: Filled, words: str
) -> Response:
    items = [{"day": day, "name": name} for day, name in sorted(days.items())]
    try:
        await visit.call("routing", "PUT", f"/closed-days/{year}", json={"items": items})
    except Problem as problem:
        form.refuse(problem)
        return await _page(visit, year, form, problem.status)
    return visit.go(f"/panel/hari-libur?tahun={year}", words)


async def _kept(visit: Visit, year: int) -> dict[str, str]:
    found = await visit.read("routing", f"/closed-days/{year}")
    return {one["day"]: one["name"] for one in found["items"]}


async def _decreed(visit: Visit, year: int) -> str:
    """A line for each day that the package knows and the year has not."""
    kept = await _kept(visit, year)
    found = await visit.read("routing", f"/closed-days/{year}/decreed")
    missing = [one for one in found["items"] if one["day"] not in kept]
    return "\n".join(f"{one['day']} {one['name']}" for one in missing)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def _day(line: str) -> tuple[date | None, str]:
    """`2026-03-20 Nama`, or as people write it: `20/03/2026 Nama`, `20-3-2026 Nama`."""
    written, _, name = line.replace("\t", " ").partition(" ")
    parts = written.rstrip(",:;").replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        return None, ""
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    try:
        return date(int(year), int(month), int(day)), name.strip()
    except ValueError:
        return None, ""


async def _page(visit: Visit, year: int, form: Filled, status: int = 200) -> Response:
    may_set = visit.session.role == "central_admin"
    redating: dict[str, Any] | None = None
    if may_set:
        redating = await visit.read("routing", "/closed-days/redating")
    return visit.page(
        "panel/closed_days.html",
        status,
        year=year,
        days=sorted((await _kept(visit, year)).items()),
        form=form,
        may_set=may_set,
        redating=redating,
        proposed=bool(visit.request.query_params.get("usulan")),
    )
