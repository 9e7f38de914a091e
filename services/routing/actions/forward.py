"""Forwarding the duty to follow up to an agency below (*Teruskan*), and copies (*Salinan*)."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.delegation import agency_below, handing_to, known_agencies
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.ids import AgencyId
from shared.values.words import Form, NoteText

COPIES_LIMIT = 50


class ForwardForm(Form):
    agency_id: AgencyId
    copies: list[AgencyId] = Field(
        [], max_length=COPIES_LIMIT, description="Agencies that get a copy"
    )
    note: NoteText | None = None


class Copies(Form):
    agency_ids: list[AgencyId] = Field(
        max_length=COPIES_LIMIT,
        description="All agencies that have a copy from now on, anywhere in the tree",
    )


router = command_router("forwarding")


@router.by_staff(Action.FORWARD, "/reports/{number}/forward")
async def forward(session: AsyncSession, access: ReportAccess, form: ForwardForm) -> CommandFields:
    """Hand the duty to follow up to an agency below, whichever agency below had it before."""
    receiver = await agency_below(session, access, form.agency_id, to_verify=False)
    await known_agencies(session, "copies", form.copies)
    return {"handing": handing_to(access, receiver), "copies": tuple(form.copies)}


@router.by_staff(Action.CHANGE_COPIES, "/reports/{number}/copies")
async def copies(session: AsyncSession, access: ReportAccess, form: Copies) -> CommandFields:
    """Set the agencies that read along: exactly those named here."""
    added = [a for a in form.agency_ids if a not in access.state.copies]
    await known_agencies(session, "agency_ids", added)
    return {"copies": tuple(form.agency_ids)}
