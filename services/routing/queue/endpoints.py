"""`GET /queue` and `GET /queue/counts`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from services.routing.queue.by_contact import contact_in
from services.routing.queue.counts import TabCount, tab_counts
from services.routing.queue.filters import QueueQuery
from services.routing.queue.handlers import agency_asked_for
from services.routing.queue.pages import page_of
from services.routing.queue.rows import QueueRow, queue_rows
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.paging import Page
from shared.http.transaction import Transaction
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.values.ids import AgencyId


class QueuePage(Page[QueueRow]):
    """One page of a queue."""

    corrected: str | None = Field(
        description="Nothing says the words of `q`: these are found by these words, spelt nearly so"
    )
    by_contact: bool = Field(
        description="`q` is a phone number or e-mail address: it finds, whoever asks, only those"
        " that were proven, of reporters whom this person may know"
    )


router = APIRouter(tags=["queue"], responses=problem_responses(401, 403, 404, 422))


@router.get("/queue")
async def queue(
    query: Annotated[QueueQuery, Query()],
    staff: CurrentReader,
    session: Transaction,
    request: Request,
) -> QueuePage:
    """One tab of the queue of the own agency or of one below.

    It also shows reports of agencies below that have nobody left for the step owed. A search by
    words reads a limited number of reports at a time: its page may be short, even empty, and have a
    `next` that continues with older ones. It ranks the best matches first among a hundred at a
    time, starting with the newest hundred.
    """
    cipher: IdentityCipher = request.app.state.identity
    index: BlindIndex = request.app.state.contact_index
    found = await page_of(session, staff, query, cipher, index)
    rows = await queue_rows(session, staff, found.numbers)
    by_contact = not staff.role.only_reads and contact_in(query.q or "") is not None
    return QueuePage(items=rows, next=found.next, corrected=found.corrected, by_contact=by_contact)


@router.get("/queue/counts")
async def queue_counts(
    staff: CurrentReader,
    session: Transaction,
    scope: Annotated[Literal["own", "below"], Query()] = "own",
    agency: Annotated[AgencyId | None, Query()] = None,
) -> list[TabCount]:
    """How many reports each tab has."""
    agency_id = await agency_asked_for(session, staff, agency)
    return await tab_counts(session, agency_id, below=scope == "below")
