"""The reports that a report is linked with (*laporan serupa*), as this person may read them."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.history_rows import Rows
from services.routing.reading.names import ShownAgency, ShownStatus, shown_status
from shared.command_requests.report_access import ReportAccess, readable
from shared.http.tokens import Staff
from shared.lifecycle.statuses import Status
from shared.privacy.publication import public_time


class LinkedReport(BaseModel):
    number: int
    title: str | None = Field(description="null if this person may not read it")
    status: ShownStatus | None
    handler: ShownAgency | None
    submitted_at: datetime | None = Field(description="Cut to the hour, except for pusat")


class Links(BaseModel):
    main: LinkedReport | None = Field(description="The main report to which this one is linked")
    linked: list[LinkedReport] = Field(description="The reports linked to this one, oldest first")
    linked_elsewhere: int = Field(
        description="The number of further linked reports, which other agencies handle"
    )


async def links_of(session: AsyncSession, access: ReportAccess) -> Links:
    """The linked reports; none for readers of a copy."""
    if access.by_copy:
        return Links(main=None, linked=[], linked_elsewhere=0)
    main_number = access.state.main_number
    asked = {"number": access.state.number, "main": main_number, "agency": access.own_agency_id}
    rows = (await session.execute(_LINKED, asked)).mappings().all()
    exactly = not access.arrival_hidden
    shown = [_shown(row, exactly=exactly) for row in rows if row["readable"]]
    main = next((report for report in shown if report.number == main_number), None)
    if main is None and main_number is not None:
        main = LinkedReport(
            number=main_number, title=None, status=None, handler=None, submitted_at=None
        )
    return Links(
        main=main,
        linked=[report for report in shown if report.number != main_number],
        linked_elsewhere=sum(not row["readable"] and row["number"] != main_number for row in rows),
    )


async def openable(
    session: AsyncSession, staff: Staff, lines: Rows, links: Links, linked_number: int | None
) -> list[int]:
    """The other reports named on a report's page, or in these lines, that this person may open. All
    others are a 404 to them. A main report shown in `links` can be opened; one that is only named
    may be open to them as a copy."""
    in_lines = (line["details"].get("main_number") for line in lines)
    main = links.main
    beside = linked_number, main.number if main else None
    named = {number for number in (*in_lines, *beside) if number is not None}
    shown = {main.number} if main and main.status else set()
    further = named - shown
    return sorted([*shown, *(await readable(session, staff, further) if further else ())])


def _shown(row: RowMapping, *, exactly: bool) -> LinkedReport:
    at = row["submitted_at"]
    return LinkedReport(
        number=row["number"],
        title=row["title"],
        status=shown_status(Status(row["status"])),
        handler=ShownAgency(id=row["handler_id"], code=row["code"], name=row["name"]),
        submitted_at=at if exactly else public_time(at),
    )


_LINKED = text("""
SELECT r.number, r.status, r.handler_id, r.submitted_at, d.code, d.name,
    coalesce(t.title, t.original_title) AS title, :agency = ANY (d.path) AS readable
FROM lifecycle.report r JOIN lifecycle.report_text t ON t.number = r.number
JOIN routing.agency_directory d ON d.id = r.handler_id
WHERE r.main_number = :number OR r.number = :main
ORDER BY r.number
""")
