"""Forwarding the duty to follow up to an agency below (*Teruskan*), and copies (*Salinan*)."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.command_context import CurrentActing
from services.routing.actions.delegation import agency_below, handing_to, known_agencies
from services.routing.words import Form, Words, note
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action

COPIES_LIMIT = 50


class Forwarding(Form):
    agency_id: int
    copies: list[int] = Field([], max_length=COPIES_LIMIT, description="Agencies to read along")
    note: Words | None = None


class Copies(Form):
    agency_ids: list[int] = Field(
        max_length=COPIES_LIMIT, description="All that read along from now on, anywhere in the tree"
    )


router = APIRouter(tags=["forwarding"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/forward")
async def forward(acting: CurrentActing, form: Forwarding) -> CommandAnswer:
    """Hand the duty to follow up to an agency below, whoever below had it before."""

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        receiver = await agency_below(session, acting.staff, form.agency_id, to_verify=False)
        await known_agencies(session, "copies", form.copies)
        return {
            "handing": handing_to(access, acting.staff, receiver),
            "copies": tuple(form.copies),
        }

    return await acting.do(Action.FORWARD, form, details, note(acting.staff, form.note))


@router.post("/reports/{number}/copies")
async def copies(acting: CurrentActing, form: Copies) -> CommandAnswer:
    """Set which agencies read along: those named, no others."""

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        added = [a for a in form.agency_ids if a not in access.state.copies]
        await known_agencies(session, "agency_ids", added)
        return {"copies": tuple(form.agency_ids)}

    return await acting.do(Action.CHANGE_COPIES, form, details, note(acting.staff, None))
