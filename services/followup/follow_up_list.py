"""The follow-ups of a report, as its staff read them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import ReportNumber
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import FollowUpKind


class ListedAttachment(BaseModel):
    id: UUID
    name: str
    media_type: str
    size: int
    href: str


class ListedFollowUp(BaseModel):
    """`command_id` names it; `secret`: the public does not see it."""

    command_id: UUID
    kind: FollowUpKind
    kind_label: str
    text: str
    secret: bool
    at: datetime
    staff: str | None
    agency: str | None
    attachments: list[ListedAttachment]


router = APIRouter(tags=["follow-ups"], responses=problem_responses(401, 403, 404))


@router.get("/reports/{number}/follow-ups")
async def list_follow_ups(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[ListedFollowUp]:
    """Newest first; for the handler and those above it, secret ones too, for agencies in copy
    those that are public, without files."""
    by_copy = (await staff_access(session, staff, number)).by_copy
    after = decode_cursor(cursor, _Position)
    parameters = {
        "number": number,
        "by_copy": by_copy,
        "version": after.version if after else None,
        "limit": limit + 1,
    }
    rows = (await session.execute(_FOLLOW_UPS, parameters)).mappings().all()
    items = [
        ListedFollowUp(
            **{
                name: row[name]
                for name in ("command_id", "kind", "secret", "at", "staff", "agency")
            },
            text=row["words"],
            kind_label=label("follow_up_kind", row["kind"]),
            attachments=[_attachment(number, row["command_id"], file) for file in row["files"]],
        )
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(
        items=items,
        next=encode_cursor(_Position(version=rows[limit - 1]["version"])) if more else None,
    )


class _Position(BaseModel):
    version: int


def _attachment(number: int, command_id: UUID, file: dict[str, str | int]) -> ListedAttachment:
    href = f"/reports/{number}/follow-ups/{command_id}/attachments/{file['id']}"
    return ListedAttachment.model_validate({**file, "href": href})


_FOLLOW_UPS = text("""
SELECT m.command_id, m.kind, m.words, m.secret, m.at, c.version, s.name AS staff,
       a.name AS agency,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'media_type',
                      f.media_type, 'size', f.size) ORDER BY f.name, f.id)
           FROM followup.published_attachment f
           WHERE f.command_id = m.command_id AND NOT :by_copy), '[]') AS files
FROM followup.published_message m
JOIN lifecycle.command c ON c.id = m.command_id
LEFT JOIN routing.staff_directory s ON s.id = m.staff_id
LEFT JOIN routing.agency_directory a ON a.id = m.agency_id
WHERE m.number = :number AND m.action = 'follow_up' AND NOT (m.secret AND :by_copy)
  AND (CAST(:version AS integer) IS NULL OR c.version < :version)
ORDER BY c.version DESC LIMIT :limit
""")
