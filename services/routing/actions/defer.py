"""Deferring a report (*Tunda*): until the reporter completes it, or an agency connects."""

from typing import Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.delegation import known_agencies, taken_back
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import conflict
from shared.lifecycle.actions import Action, DeferralKind
from shared.values.ids import AgencyId
from shared.values.words import Form, NoteText


class Deferral(Form):
    """`incomplete_data` asks the reporter; `agency_not_connected` names the agency to wait for."""

    kind: DeferralKind
    note: NoteText = Field(
        description="Keterangan Tunda. If data are incomplete, it says what is missing, and "
        "the reporter reads it"
    )
    awaited_agency_id: AgencyId | None = Field(None, validate_default=True)

    @field_validator("awaited_agency_id")
    @classmethod
    def _is_named_where_waited_for(cls, agency_id: int | None, info: ValidationInfo) -> Any:
        awaits = info.data.get("kind") is DeferralKind.AGENCY_NOT_CONNECTED
        if "kind" in info.data and awaits != (agency_id is not None):
            code = "needed_here" if awaits else "not_needed_here"
            raise PydanticCustomError(code, "An agency where one is waited for, and else none")
        return agency_id


router = command_router("verification")


@router.by_staff(Action.DEFER, "/reports/{number}/defer")
async def defer(session: AsyncSession, access: ReportAccess, form: Deferral) -> CommandFields:
    """Defer the report. The verification clock pauses while nothing can be done."""
    if form.awaited_agency_id is not None:
        awaited_ids = [form.awaited_agency_id]
        [awaited] = (await known_agencies(session, "awaited_agency_id", awaited_ids)).values()
        if awaited.is_connected():
            raise conflict("agency_connected")
    return {
        "deferral": form.kind,
        "awaited_agency_id": form.awaited_agency_id,
        "handing": await taken_back(session, access),
    }
