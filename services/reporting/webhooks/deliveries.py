"""The endpoints that list what was sent to a webhook with the answers, and that send it again."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reporting.late_client import LateClient
from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DeliveryRun
from services.reporting.webhooks.models import WebhookAttempt, WebhookDelivery
from services.reporting.webhooks.subscriptions import WebhookId, own_webhook
from shared.database.lifecycle import Report
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, open_cursor, seal_cursor
from shared.http.problems import conflict, not_found
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels import label
from shared.lifecycle.events import shows_arrival
from shared.privacy.identity import IdentityCipher
from shared.privacy.publication import public_time

router = APIRouter(tags=["webhooks"], responses=problem_responses(401, 403, 404, 422))

DeliveryId = Annotated[UUID, Path(alias="delivery")]
State = Literal["waiting", "delivered", "failed"]


class AttemptView(BaseModel):
    """One attempt and its answer; `at` is as exact as the times of the delivery."""

    attempt: int
    at: datetime
    status: int | None = Field(description="The HTTP status; null if there was no answer")
    error: str | None = Field(
        description="timeout, connection, certificate, address (not on the internet), unexpected"
    )
    ms: int = Field(description="Milliseconds until the answer")


class DeliveryView(BaseModel):
    """An event for a webhook, and how its delivery went. With `to_the_hour`, its times are cut to
    the hour: they would reveal when the event happened, which the receiver was sent only to the
    hour."""

    id: UUID
    message_id: str = Field(description="As in the header webhook-id")
    event: str
    number: int
    version: int
    state: State
    state_label: str
    created_at: datetime
    finished_at: datetime | None
    to_the_hour: bool
    attempts: list[AttemptView]


class Position(BaseModel):
    """The position of a delivery in the list; `at` is when it was written, to the microsecond."""

    at: datetime
    id: UUID


@router.get("/webhooks/{id}/deliveries")
async def list_deliveries(
    webhook_id: WebhookId,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
    state: State | None = None,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[DeliveryView]:
    """List the deliveries of a webhook, newest first, with every attempt. They are kept for 30 days
    after they ended."""
    webhook = await own_webhook(session, staff, webhook_id)
    cipher: IdentityCipher = request.app.state.identity
    position = open_cursor(cursor, Position, cipher)
    newest_first = col(WebhookDelivery.created_at), col(WebhookDelivery.id)
    of_webhook = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id)
    if state is not None:
        of_webhook = of_webhook.where(col(WebhookDelivery.state) == state)
    if position is not None:
        of_webhook = of_webhook.where(tuple_(*newest_first) < (position.at, position.id))
    newest = of_webhook.order_by(*(column.desc() for column in newest_first)).limit(limit + 1)
    deliveries = (await session.scalars(newest)).all()
    page = deliveries[:limit]
    attempts = await _attempts(session, [delivery.id for delivery in page])
    anonymous = await _anonymous(session, {delivery.number for delivery in page})
    items = [
        _shown(each, attempts[each.id], cut=each.number in anonymous or _is_cut(each))
        for each in page
    ]
    more = len(deliveries) > limit
    last = Position(at=page[-1].created_at, id=page[-1].id) if more else None
    return Page(items=items, next=seal_cursor(last, cipher) if last else None)


@router.post(
    "/webhooks/{id}/deliveries/{delivery}/resend",
    status_code=202,
    response_class=Response,
    responses=problem_responses(409),
)
async def resend_delivery(
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
    request: Request,
    staff: CurrentStaff,
    database: CurrentDatabase,
) -> Response:
    """Send a delivery again, with the same id, so that a receiver can recognise one that it already
    has."""
    async with database.session() as session:
        webhook = await own_webhook(session, staff, webhook_id)
        if webhook.disabled:
            raise conflict("webhook_disabled")
        delivery = await session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.webhook_id != webhook.id:
            raise not_found("webhook_not_found")
        if delivery.state == "waiting":
            raise conflict("webhook_waiting")
        delivery.state, delivery.round = "waiting", delivery.round + 1
        delivery.started, delivery.finished_at = False, None
        round = delivery.round
    await _start(request, DeliveryRun(delivery_id=delivery_id, round=round))
    return Response(status_code=202)


async def _start(request: Request, run: DeliveryRun) -> None:
    from temporalio.service import RPCError

    temporal: LateClient = request.app.state.temporal
    with suppress(RPCError, RuntimeError):  # Temporal is unavailable: the worker starts it later
        await names.start(await temporal.get(), run)


def _shown(
    delivery: WebhookDelivery, attempts: Sequence[WebhookAttempt], *, cut: bool
) -> DeliveryView:
    shown = public_time if cut else _exact
    return DeliveryView(
        **delivery.model_dump(exclude={"created_at", "finished_at"}),
        message_id=f"msg_{delivery.id.hex}",
        state_label=label("webhook_state", delivery.state),
        created_at=shown(delivery.created_at),
        finished_at=delivery.finished_at and shown(delivery.finished_at),
        to_the_hour=cut,
        attempts=[
            AttemptView(**attempt.model_dump(exclude={"at"}), at=shown(attempt.at))
            for attempt in attempts
        ],
    )


def _is_cut(delivery: WebhookDelivery) -> bool:
    """Return whether the receiver was sent times only to the hour: for the arrival of a report, for
    a copy, or for a report that was anonymous then."""
    step = delivery.body.get("data", {})
    if shows_arrival(step.get("action", ""), step.get("status", "")):
        return True
    sent = delivery.body.get("timestamp")
    return sent is not None and (at := datetime.fromisoformat(sent)) == public_time(at)


def _exact(at: datetime) -> datetime:
    return at


async def _anonymous(session: AsyncSession, numbers: Collection[int]) -> set[int]:
    """Return those of these reports that are anonymous now."""
    these = col(Report.number).in_(numbers), col(Report.anonymous)
    return set(await session.scalars(select(col(Report.number)).where(*these)))


async def _attempts(
    session: AsyncSession, delivery_ids: Sequence[UUID]
) -> Mapping[UUID, list[WebhookAttempt]]:
    of_deliveries = col(WebhookAttempt.delivery_id).in_(delivery_ids)
    made = select(WebhookAttempt).where(of_deliveries).order_by(col(WebhookAttempt.attempt))
    found: defaultdict[UUID, list[WebhookAttempt]] = defaultdict(list)
    for attempt in await session.scalars(made):
        found[attempt.delivery_id].append(attempt)
    return found
