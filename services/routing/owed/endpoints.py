"""`GET /owed` and `GET /owed/counts`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from services.routing.owed.counts import OwedCounts, owed_counts
from services.routing.owed.items import OwedItem, owed_items
from services.routing.owed.pages import OwedQuery, owed_page, owed_scope
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Page
from shared.http.transaction import Transaction

router = APIRouter(prefix="/owed", tags=["queue"], responses=problem_responses(401, 403, 422))


@router.get("")
async def owed(
    query: Annotated[OwedQuery, Query()],
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> Page[OwedItem]:
    """What the person or their agency owes now, in every tab: late items first, then by the day
    they are due, with priority first within a day.

    It lists steps on the agency's reports and, for an admin, requests and objections to decide and
    lateness escalated to the agency. It leaves out what waits for the reporter or for another's
    decision. A page may be shorter than asked for if something was done meanwhile.
    """
    page, next_page = await owed_page(session, staff, query, request.app.state.identity)
    return Page(items=await owed_items(session, staff, page), next=next_page)


@router.get("/counts")
async def counts(
    staff: CurrentStaff,
    session: Transaction,
    whose: Annotated[Literal["agency", "mine"], Query()] = "agency",
) -> OwedCounts:
    """How much is owed, by kind and by how soon it is due."""
    scope = await owed_scope(session, staff, OwedQuery(whose=whose))
    return await owed_counts(session, scope)
