"""`GET /events`: what happens to the reports of the own subtree, as server-sent events."""

import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from services.reporting.live_feed import Happened, LiveFeed, Reading
from shared.database.engine import Database
from shared.http.auth import CurrentStaff, session_of, staff_in_directory
from shared.http.documentation import problem_responses
from shared.http.problems import Problem, too_many
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.statuses import Tab
from shared.publication import public_time

HEARTBEAT = 15.0
"""Seconds without an event after which the reader is told that the stream is alive."""
CHECKED_EVERY = 60.0
"""Seconds after which it is asked again who the reader is, and which agencies are below."""
STREAMS_OF_ONE = 6
_POSITION = re.compile(r"[0-9]{1,18}")

router = APIRouter(tags=["events"], responses=problem_responses(401, 403, 429, 503))


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `report` (JSON: number, version, event, status, tab,"
            " handler_id, overdue, at); `missed`: load anew, some are not kept any more",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def live_events(
    request: Request,
    staff: CurrentStaff,
    database: CurrentDatabase,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> StreamingResponse:
    """Numbers, codes and times only; what is written is read where it always is. After a break,
    `Last-Event-ID` goes on where the stream was left."""
    feed: LiveFeed = request.app.state.live
    open_streams: Counter[int] = request.app.state.open_streams
    if open_streams[staff.id] >= STREAMS_OF_ONE:
        raise too_many(30)
    after = int(last_event_id) if last_event_id and _POSITION.fullmatch(last_event_id) else None
    await feed.connected()  # here, where NATS being away is still a proper problem

    async def stream() -> AsyncIterator[bytes]:
        open_streams[staff.id] += 1
        try:
            async with feed.reading(after) as reading:
                async for piece in _pieces(reading, database, staff, session_of(request)):
                    yield piece
        finally:
            open_streams[staff.id] -= 1

    return StreamingResponse(
        stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _pieces(
    reading: Reading, database: Database, staff: Staff, session_id: UUID
) -> AsyncIterator[bytes]:
    yield b"retry: 3000\n\n"
    if reading.missed:
        yield b"event: missed\ndata: {}\n\n"
    subtree, checked = await _subtree(database, staff), time.monotonic()
    while not reading.over:  # else the browser connects again, with the last id it has
        happened = await reading.next(HEARTBEAT)
        if time.monotonic() - checked > CHECKED_EVERY:
            try:
                await staff_in_directory(database, staff, session_id)
            except Problem:
                return
            subtree, checked = await _subtree(database, staff), time.monotonic()
        if happened is None:
            yield b": alive\n\n"
        elif happened.event.handler_id in subtree:
            yield _piece(happened)


def _piece(happened: Happened) -> bytes:
    told = {"number", "version", "event", "status", "tab", "handler_id", "overdue", "at"}
    event = happened.event
    if event.tab is Tab.UNVERIFIED:
        # To the hour for all: of an anonymous report the second says who entered it.
        event = event.model_copy(update={"at": public_time(event.at)})
    data = orjson.dumps(event.model_dump(mode="json", include=told))
    return b"id: %d\nevent: report\ndata: %b\n\n" % (happened.place, data)


async def _subtree(database: Database, staff: Staff) -> frozenset[int]:
    async with database.autocommit() as connection:
        rows = await connection.execute(_SUBTREE, {"path": [staff.agency_id]})
        return frozenset(rows.scalars())


_SUBTREE = text("SELECT id FROM routing.agency_directory WHERE path @> CAST(:path AS bigint[])")
