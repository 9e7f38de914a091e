"""Receives delivery reports of the SMS gateway: a text message arrived, or never will."""

import binascii
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import update
from sqlmodel import col
from standardwebhooks import WebhookVerificationError

from services.notification.models import Message
from services.notification.sending.late_failures import came_back
from shared.clock import now
from shared.http.documentation import problem_responses, raw_body
from shared.http.gateway_signatures import signing
from shared.http.problems import FieldError, unauthorized, validation
from shared.http.transaction import Transaction
from shared.settings import Settings

router = APIRouter(prefix="/sms", tags=["SMS gateway"])

_SIGNATURE = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]


class DeliveryReport(BaseModel):
    """The report on the message that we sent as `id`. `number_unknown`: the number does not
    exist."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: UUID
    state: Literal["delivered", "undelivered"]
    code: Literal["number_unknown", "other"] | None = None


@router.post(
    "/deliveries",
    status_code=204,
    responses=problem_responses(401, 422, 503),
    openapi_extra={**raw_body(DeliveryReport), "parameters": _SIGNATURE},
)
async def report_delivery(request: Request, session: Transaction) -> None:
    """Report what became of a text message (Standard Webhooks signature over the raw body). The
    same report again changes nothing; a report on a message that is not ours is accepted and
    ignored."""
    body = await request.body()
    settings: Settings = request.app.state.settings
    try:
        signing(settings.sms_gateway_secret).verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, binascii.Error, ValueError):
        raise unauthorized() from None
    try:
        report = DeliveryReport.model_validate_json(body)
    except ValidationError:
        raise validation(FieldError("", "invalid")) from None
    if report.state == "delivered":
        ours = col(Message.id) == report.id, col(Message.channel) == "sms"
        arrived = update(Message).where(*ours, col(Message.delivered_at).is_(None))
        await session.execute(arrived.values(delivered_at=now()))
        return
    nobody = report.code == "number_unknown"
    await came_back(session, report.id, "sms", nobody_there=nobody)
