"""Linking a report to a main one about the same thing (*Tautkan Laporan Serupa*), and untying it.

What stands against it depends on other reports, which change by runs of their own: whoever links
two holds both for the moment in which the command is saved, and looks at commands that wait.
"""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, conflict, validation
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import ENDED
from shared.values.words import Form, NoteText

MOST_LINKED: Final = 500
"""Reports that are linked to one."""


class Link(Form):
    main_number: Annotated[
        int,
        Field(
            ge=1,
            le=2**63 - 1,
            description="The main report, of the same handler or one above. Where that is linked"
            " itself, its own main report becomes this one's",
        ),
    ]


class Unlink(Form):
    note: NoteText | None = None


router = command_router("linking")


@router.by_staff(Action.LINK, "/reports/{number}/link")
async def link(session: AsyncSession, access: ReportAccess, form: Link) -> CommandFields:
    """Link the report to a main one about the same thing. Nobody but staff learns of it."""
    number = access.state.number
    main = await _main(session, access, form.main_number)
    await _hold(session, number, main["number"])
    main = await _main(session, access, main["number"])  # as it stands while both are held
    if main["status"] in ENDED:
        raise conflict("main_ended")
    if main["handler_id"] not in access.handler.path:
        raise conflict("main_handled_elsewhere")
    counted = (await session.execute(_COUNTED, {"n": number, "main": main["number"]})).one()
    if counted.own_linked:
        raise conflict("has_linked")
    if counted.waiting:
        raise conflict("link_waiting")
    if counted.linked >= MOST_LINKED:
        raise conflict("main_full")
    return {"main_number": main["number"]}


@router.by_staff(Action.UNLINK, "/reports/{number}/unlink")
async def unlink(_: AsyncSession, __: ReportAccess, form: Unlink) -> CommandFields:
    """Untie the report from its main one."""
    return {}


async def _main(session: AsyncSession, access: ReportAccess, number: int) -> RowMapping:
    """The report, or the one that it is linked to. 422 where that is not for this person to read
    as the handler's or from above, or is the report itself."""
    rows = await session.execute(_REPORT, {"number": number, "agency": access.own_agency_id})
    main = rows.mappings().one_or_none()
    if main is None:
        raise validation(FieldError("main_number", "report_not_found"))
    if main["number"] == access.state.number:
        raise validation(FieldError("main_number", "links_to_itself"))
    return main


async def _hold(session: AsyncSession, *numbers: int) -> None:
    """Until the command is saved. In their order, so that nobody waits for one another."""
    for number in sorted(numbers):
        await session.execute(_HELD, {"number": f"link {number}"})


_REPORT = text("""
SELECT main.number, main.status, main.handler_id, main.main_number
FROM lifecycle.report r
JOIN lifecycle.report main ON main.number = coalesce(r.main_number, r.number)
JOIN routing.agency_directory d ON d.id = main.handler_id
WHERE r.number = :number AND :agency = ANY (d.path)
""")
_HELD = text("SELECT pg_advisory_xact_lock(hashtextextended(:number, 0))")
# What waits is little, and has an index of its own.
_COUNTED = text("""
SELECT (SELECT count(*) FROM lifecycle.report WHERE main_number = :main) AS linked,
    EXISTS (SELECT FROM lifecycle.report WHERE main_number = :n) AS own_linked,
    EXISTS (SELECT FROM lifecycle.command c
            WHERE c.done IS NULL AND c.action IN ('link', 'unlink') AND c.number <> :n
              AND (c.number = :main OR CAST(c.body ->> 'main_number' AS bigint) = :n)) AS waiting
""")
