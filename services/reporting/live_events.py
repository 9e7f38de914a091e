"""`GET /events`: the events of the reports in the caller's subtree, as server-sent events."""

import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import select
from sqlmodel import col

from services.reporting.live_feed import Happened, LiveFeed, OpenedOrLeft, Reading
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.http.auth import CurrentStaff, session_of, staff_in_directory
from shared.http.documentation import problem_responses
from shared.http.problems import Problem, too_many
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.events import shows_reporter_activity
from shared.privacy.publication import public_time

HEARTBEAT = 15.0
"""Seconds without an event after which the stream sends a sign of life."""
CHECKED_EVERY = 60.0
"""Seconds after which the reader's account and the agencies below are read again."""
STREAMS_OF_ONE = 6
_POSITION = re.compile(r"[0-9]{1,18}")

router = APIRouter(tags=["events"], responses=problem_responses(401, 403, 429, 503))


@dataclass(frozen=True)
class Listener:
    """The person who listens, and the position in the stream to continue after. `after` is None to
    start with new events."""

    staff: Staff
    session_id: UUID
    after: int | None
    feed: LiveFeed
    open_streams: Counter[int]


async def listener(
    request: Request,
    staff: CurrentStaff,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> Listener:
    """Return the listener of a request. Raises problems here, before the stream has begun: 429 if
    the person has enough streams open, 503 while NATS is unavailable."""
    feed: LiveFeed = request.app.state.live
    open_streams: Counter[int] = request.app.state.open_streams
    if open_streams[staff.id] >= STREAMS_OF_ONE:
        raise too_many(30)
    await feed.connected()
    after = int(last_event_id) if last_event_id and _POSITION.fullmatch(last_event_id) else None
    return Listener(staff, session_of(request), after, feed, open_streams)


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "Events `report` (JSON: number, version, event, status, tab,"
            " handler_id, overdue, at); `presence` (JSON: number): others opened the report or left"
            " it; `missed`: load anew, some are not kept any more",
        }
    },
)
async def live_events(
    listener: Annotated[Listener, Depends(listener)], database: CurrentDatabase
) -> AsyncIterator[ServerSentEvent]:
    """Stream the events as they happen. They hold only numbers, codes and times; texts are read
    from the usual endpoints. After a break, `Last-Event-ID` continues where the stream stopped."""
    listener.open_streams[listener.staff.id] += 1
    try:
        async with listener.feed.reading(listener.after) as reading:
            async for event in _events(reading, database, listener):
                yield event
    finally:
        listener.open_streams[listener.staff.id] -= 1


async def _events(
    reading: Reading, database: Database, listener: Listener
) -> AsyncIterator[ServerSentEvent]:
    staff = listener.staff
    yield ServerSentEvent(retry=3000)
    if reading.missed:
        yield ServerSentEvent(event="missed", data={})
    subtree, checked = await _subtree(database, staff), time.monotonic()
    while not reading.over:  # else the browser connects again, with the last id it has
        happened = await reading.next(HEARTBEAT)
        if time.monotonic() - checked > CHECKED_EVERY:
            try:
                await staff_in_directory(database, staff, listener.session_id)
            except Problem:
                return
            subtree, checked = await _subtree(database, staff), time.monotonic()
        if happened is None:
            yield ServerSentEvent(comment="alive")
        elif isinstance(happened, OpenedOrLeft):
            if happened.handler_id in subtree and happened.staff_ids != {staff.id}:
                yield ServerSentEvent(event="presence", data={"number": happened.number})
        elif happened.event.handler_id in subtree:
            yield _shown(happened)


def _shown(happened: Happened) -> ServerSentEvent:
    event = happened.event
    if shows_reporter_activity(event):
        # Cut to the hour for everyone: the exact second of an anonymous report's step would show
        # who was using the system then.
        event = event.model_copy(update={"at": public_time(event.at)})
    data = event.model_dump(mode="json", include=_TOLD)
    return ServerSentEvent(id=str(happened.position), event="report", data=data)


_TOLD = {"number", "version", "event", "status", "tab", "handler_id", "overdue", "at"}


async def _subtree(database: Database, staff: Staff) -> frozenset[int]:
    async with database.autocommit() as connection:
        path = col(AgencyEntry.path)
        below = select(col(AgencyEntry.id)).where(path.contains([staff.agency_id]))
        rows = await connection.execute(below)
        return frozenset(rows.scalars())
