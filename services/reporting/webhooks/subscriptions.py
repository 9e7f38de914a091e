"""The endpoints by which admins manage webhooks of their own agency and those below."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reporting.webhooks.destination import checked_url
from services.reporting.webhooks.models import Webhook
from shared.command_requests.directory import agency
from shared.database.columns import now
from shared.database.views import AgencyEntry
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import conflict, forbidden, not_found
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import ADMINS
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings
from shared.values.fields import PlainNumbers
from shared.values.ids import AgencyId
from shared.values.text import WEBHOOK_ADDRESS_LIMIT

MOST = 20
"""The most webhooks of one agency."""
BOTH = timedelta(days=1)
"""How long the previous secret still signs."""

router = APIRouter(tags=["webhooks"], responses=problem_responses(401, 403, 404, 422))

WebhookId = Annotated[UUID, Path(alias="id")]


class NewWebhook(PlainNumbers):
    """An address to notify of the reports of an agency and those below it."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        max_length=WEBHOOK_ADDRESS_LIMIT, examples=["https://sistem.instansi.go.id/lapor"]
    )
    agency: AgencyId | None = Field(None, description="Default: the own agency")


class WebhookView(BaseModel):
    """A webhook and its state."""

    id: UUID
    agency_id: int
    url: str
    created_at: datetime
    failing_since: datetime | None = Field(description="No delivery has arrived since")
    disabled: str | None = Field(
        description="failing (nothing arrived for days) or gone (the receiver said 410)"
    )
    disabled_label: str | None
    disabled_at: datetime | None
    previous_until: datetime | None = Field(
        description="Until then, messages are also signed with the former secret"
    )

    @classmethod
    def of(cls, row: Webhook) -> "WebhookView":
        noted = label("webhook_disabled", row.disabled) if row.disabled else None
        return cls(**row.model_dump(include=set(cls.model_fields)), disabled_label=noted)


class CreatedWebhook(WebhookView):
    """A webhook with its secret, which is not shown again."""

    secret: str = Field(
        description="The secret with which a Standard Webhooks library checks signatures"
    )


@router.post("/webhooks", status_code=201, responses=problem_responses(409))
async def create_webhook(
    form: NewWebhook, request: Request, staff: CurrentStaff, session: Transaction
) -> CreatedWebhook:
    """Notify this address of every step of every report of the agency and those below it, from now
    on. Events hold ids, codes and states; texts are read over HTTP. They are signed as in Standard
    Webhooks."""
    _only_admins(staff)
    own = await agency(session, form.agency or staff.agency_id)
    if own is None or not own.is_or_stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    settings: Settings = request.app.state.settings
    url = checked_url(form.url, private=settings.webhooks_to_private_addresses)
    present = select(func.count(col(Webhook.id))).where(
        col(Webhook.agency_id) == own.id, col(Webhook.removed_at).is_(None)
    )
    if (await session.scalar(present) or 0) >= MOST:
        raise conflict("webhooks_too_many", limit=MOST)
    secret = _new_secret()
    row = Webhook(
        id=uuid4(),
        agency_id=own.id,
        url=url,
        secret=IdentityCipher(settings.identity_keys).encrypt(secret),
        created_by=staff.id,
        created_at=now(),
    )
    session.add(row)
    return CreatedWebhook(**WebhookView.of(row).model_dump(), secret=secret)


@router.get("/webhooks")
async def list_webhooks(staff: CurrentStaff, session: Transaction) -> list[WebhookView]:
    """List the webhooks of one's own agency and the agencies below, oldest first."""
    _only_admins(staff)
    below = select(col(AgencyEntry.id)).where(col(AgencyEntry.path).contains([staff.agency_id]))
    rows = await session.scalars(
        select(Webhook)
        .where(col(Webhook.agency_id).in_(below), col(Webhook.removed_at).is_(None))
        .order_by(col(Webhook.created_at), col(Webhook.id))
    )
    return [WebhookView.of(row) for row in rows]


@router.get("/webhooks/{id}")
async def read_webhook(
    webhook_id: WebhookId, staff: CurrentStaff, session: Transaction
) -> WebhookView:
    """Return a webhook, without its secret."""
    return WebhookView.of(await own_webhook(session, staff, webhook_id))


@router.post("/webhooks/{id}/enable")
async def enable_webhook(
    webhook_id: WebhookId, staff: CurrentStaff, session: Transaction
) -> WebhookView:
    """Enable a disabled webhook. Events of the time between are not sent afterwards; failed
    deliveries can be sent again."""
    row = await own_webhook(session, staff, webhook_id, to_change=True)
    row.disabled = row.disabled_at = row.failing_since = None
    session.add(row)
    return WebhookView.of(row)


@router.post("/webhooks/{id}/secret")
async def renew_secret(
    webhook_id: WebhookId, request: Request, staff: CurrentStaff, session: Transaction
) -> CreatedWebhook:
    """Create a new secret, shown only in this answer. For a day everything is signed with both
    secrets, so that the receiver can change over without missing anything."""
    row = await own_webhook(session, staff, webhook_id, to_change=True)
    secret = _new_secret()
    settings: Settings = request.app.state.settings
    row.previous_secret, row.previous_until = row.secret, now() + BOTH
    row.secret = IdentityCipher(settings.identity_keys).encrypt(secret)
    session.add(row)
    return CreatedWebhook(**WebhookView.of(row).model_dump(), secret=secret)


@router.delete("/webhooks/{id}", status_code=204)
async def remove_webhook(webhook_id: WebhookId, staff: CurrentStaff, session: Transaction) -> None:
    """Remove a webhook; nothing more is sent to it."""
    row = await own_webhook(session, staff, webhook_id, to_change=True)
    row.removed_at = now()
    session.add(row)


async def own_webhook(
    session: AsyncSession, staff: Staff, webhook_id: UUID, *, to_change: bool = False
) -> Webhook:
    """Return a webhook within the caller's authority. Raises the 404 problem otherwise, and the 403
    problem for anyone who is not an admin. With `to_change`, the row is locked until the
    transaction ends."""
    _only_admins(staff)
    row = await session.get(
        Webhook, webhook_id, with_for_update={"key_share": True} if to_change else None
    )
    if row is not None and row.removed_at is None:
        own = await agency(session, row.agency_id)
        if own is not None and own.is_or_stands_below(staff.agency_id):
            return row
    raise not_found("webhook_not_found")


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _only_admins(staff: Staff) -> None:
    if staff.role not in ADMINS:
        raise forbidden("webhooks_for_admins")
