"""The history of process times: who set which lengths, for whom, from when until when."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from services.routing.queue.handlers import agency_asked_for
from services.routing.reading.names import ShownAgency
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.transaction import Transaction
from shared.lifecycle.actions import Classification
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.policy import NATIONAL_DEFAULT, Length
from shared.values.ids import AgencyId


class SetLength(BaseModel):
    """One length that a version sets; only settlement has a `classification`."""

    clock: ClockKind
    classification: Classification | None
    length: Length


class ChangedLength(BaseModel):
    """A difference to the version before it for the same agency. Null: as at the agency above."""

    clock: ClockKind
    classification: Classification | None
    before: Length | None
    after: Length | None


class SetBy(BaseModel):
    id: int
    name: str


class FormerPolicy(BaseModel):
    """A version applies from `valid_from` until `valid_until`; null means that it still applies. A
    clock that started in that time keeps it."""

    version: int
    agency: ShownAgency | None = Field(description="null if it is national")
    valid_from: datetime
    valid_until: datetime | None
    set_by: SetBy | None
    lengths: list[SetLength] = Field(
        description="The process times that it sets; for all others an agency follows the one above"
    )
    changes: list[ChangedLength]


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int


router = APIRouter(tags=["process times"], responses=problem_responses(401, 403, 404, 422))


@router.get("/policy/versions")
async def list_policy_versions(
    staff: CurrentStaff,
    session: Transaction,
    agency_id: Annotated[
        AgencyId | None,
        Query(description="Only versions that apply to this agency, the own one or one below"),
    ] = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[FormerPolicy]:
    """All versions, newest first: national ones, and those of the own agency, of those above and of
    those below. Pusat sees the versions of all agencies."""
    about = await agency_asked_for(session, staff, agency_id)
    last = decode_cursor(cursor, _Position)
    parameters = {
        "about": about,
        "below": agency_id is None,
        "before": last.version if last else 2**31 - 1,
        "limit": limit + 1,
    }
    rows = (await session.execute(_PAGE, parameters)).mappings().all()
    items = [_shown(row) for row in rows[:limit]]
    more = len(rows) > limit
    position = _Position(version=items[-1].version) if more else None
    return Page(items=items, next=encode_cursor(position) if position else None)


_LengthOf = tuple[ClockKind, Classification | None]
_LENGTHS: list[_LengthOf] = [
    *((kind, None) for kind in ClockKind if kind is not ClockKind.SETTLEMENT),
    *((ClockKind.SETTLEMENT, classification) for classification in Classification),
]


def _shown(row: Any) -> FormerPolicy:
    national = row["agency_id"] is None
    before, after = _named(row["body_before"], national), _named(row["body"], national)
    return FormerPolicy(
        version=row["version"],
        agency=None
        if national
        else ShownAgency(id=row["agency_id"], code=row["code"], name=row["agency_name"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        set_by=SetBy(id=row["set_by"], name=row["set_by_name"]) if row["set_by_name"] else None,
        lengths=[
            SetLength(clock=clock, classification=classification, length=length)
            for (clock, classification), length in _named(row["body"], False).items()
        ],
        changes=[
            ChangedLength(
                clock=length_of[0],
                classification=length_of[1],
                before=before.get(length_of),
                after=after.get(length_of),
            )
            for length_of in _LENGTHS
            if before.get(length_of) != after.get(length_of)
        ],
    )


def _named(body: dict[str, Any] | None, national: bool) -> dict[_LengthOf, Length]:
    """The lengths of a version; of the nation the guide's where it names none."""
    guide = dict(_lengths(NATIONAL_DEFAULT.model_dump(mode="json"))) if national else {}
    return guide | dict(_lengths(body or {}))


def _lengths(body: dict[str, Any]) -> Iterator[tuple[_LengthOf, Length]]:
    for length_of in _LENGTHS:
        clock, classification = length_of
        length = (
            body.get(clock) if classification is None else body.get(clock, {}).get(classification)
        )
        if length is not None:
            yield length_of, Length.model_validate(length)


# Versions of one agency follow one another; those of others do not end them.
_PAGE = text("""
WITH known AS (
    SELECT version, agency_id, body, valid_from, set_by,
           lead(valid_from) OVER same AS valid_until, lag(body) OVER same AS body_before
    FROM routing.policy WINDOW same AS (PARTITION BY agency_id ORDER BY version)
)
SELECT k.*, a.code, a.name AS agency_name, s.name AS set_by_name
FROM known k
LEFT JOIN routing.agency a ON a.id = k.agency_id
LEFT JOIN routing.staff s ON s.id = k.set_by
WHERE k.version < :before
  AND (k.agency_id IS NULL
       OR k.agency_id = ANY (
           SELECT unnest(path) FROM routing.agency WHERE id = CAST(:about AS int))
       OR (CAST(:below AS boolean) AND a.path @> ARRAY[CAST(:about AS bigint)]))
ORDER BY k.version DESC LIMIT :limit
""")
