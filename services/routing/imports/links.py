"""One-time links for the people of an import."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import Integer, cast, select
from sqlmodel import col

from services.routing.accounts.password_links import make_link
from services.routing.accounts.staff_email import mail_password_link
from services.routing.directory.log import record
from services.routing.imports import workbook
from services.routing.imports.endpoints import XLSX, own_import
from services.routing.management_models import ManagementEntry
from services.routing.management_rights import Managing, roles_to_manage
from services.routing.models import Agency, StaffMember
from shared.attachments.serving import serving_headers
from shared.http.documentation import problem_responses
from shared.http.problems import conflict
from shared.http.transaction import Transaction

router = APIRouter(
    prefix="/management/imports",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 413, 422),
)


@router.post("/{import_id}/links", response_class=Response)
async def make_links(
    import_id: UUID, staff: Managing, session: Transaction, request: Request
) -> Response:
    """Make one-time links for imported people without a password whom the caller still manages.
    They come as a spreadsheet, shown only this once, and are mailed to people with an address.
    Asking again replaces the links with new ones."""
    job = await own_import(session, staff, import_id)
    if job.state != "done":
        raise conflict("import_not_done")
    added = select(cast(col(ManagementEntry.subject_id), Integer)).where(
        col(ManagementEntry.kind) == "staff",
        col(ManagementEntry.action) == "add",
        col(ManagementEntry.details)["import"].as_string() == str(import_id),
    )
    in_reach = select(col(Agency.id)).where(col(Agency.path).contains([staff.agency_id]))
    people = await session.scalars(
        select(StaffMember)
        .where(
            col(StaffMember.id).in_(added),
            col(StaffMember.active),
            col(StaffMember.password_hash) == "",
            col(StaffMember.id) != staff.id,
            col(StaffMember.agency_id).in_(in_reach),
            col(StaffMember.role).in_(roles_to_manage(staff)),
        )
        .order_by(col(StaffMember.id))
        .with_for_update(key_share=True)
    )
    base_url = request.app.state.settings.public_base_url
    cipher = request.app.state.identity
    rows = []
    for person in people:
        link = await make_link(session, base_url, person.id)
        await mail_password_link(session, cipher, person.id, link.url, first=True)
        rows.append([person.username, person.name, link.url, f"{link.expires_at:%Y-%m-%d %H:%M}"])
    headings = ["Nama Pengguna", "Nama", "Tautan", "Berlaku sampai (UTC)"]
    content = await asyncio.to_thread(workbook.sheet_of, "Tautan", headings, rows)
    record(session, staff, staff.agency_id, "import", import_id, "links", people=len(rows))
    return Response(content, headers=serving_headers("tautan.xlsx", XLSX), media_type=XLSX)
