"""`GET /me/bell/live`: how many items are unread, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.notification.bell.changes import BellChanges
from services.notification.bell.items import unread_of
from shared.database.engine import Database
from shared.http.auth import CurrentStaff, session_of, staff_in_directory
from shared.http.documentation import problem_responses
from shared.http.problems import Problem, too_many
from shared.http.streams import until_stopping
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase

HEARTBEAT = 15.0
"""Seconds without an event after which a comment shows the reader that the stream is alive."""
CHECKED_EVERY = 60.0
"""Seconds between two checks of the reader, who may have signed out or moved to another agency.
Unread items are counted again then too."""

router = APIRouter(tags=["Staff"], responses=problem_responses(401, 403, 429))


@dataclass(frozen=True)
class Listener:
    staff: Staff
    session_id: UUID
    changes: BellChanges


async def listener(request: Request, staff: CurrentStaff) -> Listener:
    """Check the limits while an error can still be answered. 429: too many bells are open."""
    changes: BellChanges = request.app.state.bell_changes
    if changes.is_full(staff.id):
        raise too_many(30)
    return Listener(staff, session_of(request), changes)


@router.get(
    "/me/bell/live",
    response_class=EventSourceResponse,
    responses={200: {"description": "Events `unread` (JSON: a number, at most 100)"}},
)
async def live_bell(
    listener: Annotated[Listener, Depends(listener)], database: CurrentDatabase, request: Request
) -> AsyncIterator[ServerSentEvent]:
    """Stream the number of unread items: first at once, then again whenever it may have changed."""
    async for event in until_stopping(request.app.state.stopping, _events(listener, database)):
        yield event


async def _events(listener: Listener, database: Database) -> AsyncGenerator[ServerSentEvent, None]:
    staff, checked = listener.staff, time.monotonic()
    with listener.changes.listening(staff.id) as bell:
        yield ServerSentEvent(retry=5000)
        bell.changed.set()
        while True:
            if bell.changed.is_set():
                bell.changed.clear()
                async with database.session() as session:
                    unread = await unread_of(session, staff)
                # No transaction is open while the event is written: a browser may be slow to read.
                yield ServerSentEvent(event="unread", data=unread)
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await bell.changed.wait()
            if not bell.changed.is_set():
                yield ServerSentEvent(comment="alive")
            if time.monotonic() - checked > CHECKED_EVERY:
                try:
                    staff = await staff_in_directory(database, staff, listener.session_id)
                except Problem:
                    return
                checked = time.monotonic()
                bell.changed.set()
