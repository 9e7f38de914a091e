"""What a form refers to, checked: agency, category, region, an earlier report."""

import asyncio

from sqlalchemy import text

from services.intake.report_form import ReportForm
from shared import regions
from shared.database.process_time import Connection
from shared.http.problems import FieldError, validation


async def checked(session: Connection, form: ReportForm) -> tuple[int | None, int | None]:
    """The ids of addressee and category. Raises the 422 problem for what does not exist."""
    errors: list[FieldError] = []
    if form.region_code and not await asyncio.to_thread(regions.find, form.region_code):
        errors.append(FieldError("region_code", "region_unknown"))
    addressee_id = category_id = None
    if form.addressee is not None:
        addressee_id = await _one(session, _AGENCY, form.addressee)
        if addressee_id is None:
            errors.append(FieldError("addressee", "agency_unknown"))
    if form.category is not None:
        category_id = await _one(session, _CATEGORY, form.category)
        if category_id is None:
            errors.append(FieldError("category", "category_unknown"))
    if errors:
        raise validation(*errors)
    return addressee_id, category_id


def region_code(form: ReportForm) -> str | None:
    """The code in its dotted form; that it exists has been checked."""
    region = regions.find(form.region_code) if form.region_code else None
    return region.code if region else None


async def _one(session: Connection, query: str, wanted: int | str) -> int | None:
    number = int(wanted) if isinstance(wanted, int) or wanted.isdecimal() else None
    if number is not None and number >= 2**31:
        return None
    parameters = {"id": number, "code": str(wanted)}
    found: int | None = (await session.execute(text(query), parameters)).scalar_one_or_none()
    return found


_AGENCY = """
SELECT id FROM routing.agency_directory
WHERE active AND (id = CAST(:id AS int) OR code = CAST(:code AS text))
ORDER BY id = CAST(:id AS int) DESC NULLS LAST LIMIT 1
"""
_CATEGORY = """
SELECT id FROM routing.published_category
WHERE active AND (id = CAST(:id AS int) OR code = CAST(:code AS text))
ORDER BY id = CAST(:id AS int) DESC NULLS LAST LIMIT 1
"""
