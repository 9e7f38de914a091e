"""Throwing a report to an agency below that is to verify it (*Lempar*)."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.command_context import CurrentActing
from services.routing.actions.delegation import agency_below, handing_to
from services.routing.words import Form, Words, note
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action


class Throw(Form):
    agency_id: int
    note: Words | None = None


router = APIRouter(tags=["verification"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/throw")
async def throw(acting: CurrentActing, form: Throw) -> CommandAnswer:
    """Hand an unverified report to an agency below, whose admin is to verify it."""

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        receiver = await agency_below(session, acting.staff, form.agency_id, to_verify=True)
        return {"handing": handing_to(access, acting.staff, receiver)}

    return await acting.do(Action.THROW, form, details, note(acting.staff, form.note))
