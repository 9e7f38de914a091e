"""Linking a report to a main one about the same thing (*Tautkan Laporan Serupa*), and unlinking.

Whether a link is allowed depends on other reports, which other workflow runs change. So linking
locks both reports until the command is saved, and takes waiting commands into account.
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
"""How many reports can be linked to one main report."""


class Link(Form):
    main_number: Annotated[
        int,
        Field(
            ge=1,
            le=2**63 - 1,
            description="The main report, which the same handler or an agency above handles. "
            "If it is itself linked, its own main report is used",
        ),
    ]


class Unlink(Form):
    note: NoteText | None = None


router = command_router("linking")


@router.by_staff(Action.LINK, "/reports/{number}/link")
async def link(session: AsyncSession, access: ReportAccess, form: Link) -> CommandFields:
    """Link the report to a main report about the same thing. Only staff can see the link."""
    number = access.state.number
    main = await _main(session, access, form.main_number)
    await _hold(session, number, main["number"])
    main = await _main(session, access, main["number"])  # read again under the locks
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
    """Remove the link between the report and its main report."""
    return {}


async def _main(session: AsyncSession, access: ReportAccess, number: int) -> RowMapping:
    """The report, or the main report it is linked to. 422 if this person may not read it as its
    handler or from above, or if it is the report itself."""
    rows = await session.execute(_REPORT, {"number": number, "agency": access.own_agency_id})
    main = rows.mappings().one_or_none()
    if main is None:
        raise validation(FieldError("main_number", "report_not_found"))
    if main["number"] == access.state.number:
        raise validation(FieldError("main_number", "links_to_itself"))
    return main


async def _hold(session: AsyncSession, *numbers: int) -> None:
    """Lock these reports until the command is saved; in the order of their numbers, so that no two
    requests wait for each other."""
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
# Few commands wait, and they have an index of their own.
_COUNTED = text("""
SELECT (SELECT count(*) FROM lifecycle.report WHERE main_number = :main) AS linked,
    EXISTS (SELECT FROM lifecycle.report WHERE main_number = :n) AS own_linked,
    EXISTS (SELECT FROM lifecycle.command c
            WHERE c.done IS NULL AND c.action IN ('link', 'unlink') AND c.number <> :n
              AND (c.number = :main OR CAST(c.body ->> 'main_number' AS bigint) = :n)) AS waiting
""")
