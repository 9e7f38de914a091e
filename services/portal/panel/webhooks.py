"""*Webhook*: the addresses told of every step, what they answered, and sending again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from shared.clock import now
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/webhook", include_in_schema=False)

NAMES = {"url": "Alamat"}


@router.get("")
async def webhooks(visit: PanelVisit) -> Response:
    return await _list(visit, Filled(names=NAMES))


@router.post("")
async def create(visit: PanelVisit) -> Response:
    """The secret stands on this answer and nowhere else."""
    form = Filled(await visit.form(), NAMES)
    try:
        answer = await visit.call("reporting", "POST", "/webhooks", json=form.given("url"))
    except Problem as problem:
        form.refuse(problem)
        return await _list(visit, form, problem.status)
    return visit.page("panel/webhooks/secret.html", webhook=answer.json())


@router.get("/{webhook_id}")
async def webhook(visit: PanelVisit, webhook_id: UUID) -> Response:
    return await _shown(visit, webhook_id)


@router.post("/{webhook_id}/rahasia")
async def renew_secret(visit: PanelVisit, webhook_id: UUID) -> Response:
    await visit.form()
    answer = await visit.call("reporting", "POST", f"/webhooks/{webhook_id}/secret")
    return visit.page("panel/webhooks/secret.html", webhook=answer.json())


@router.post("/{webhook_id}/aktifkan")
async def enable(visit: PanelVisit, webhook_id: UUID) -> Response:
    await visit.form()
    await visit.call("reporting", "POST", f"/webhooks/{webhook_id}/enable")
    words = "Webhook aktif lagi. Yang gagal dapat dikirim ulang."
    return visit.go(f"/panel/webhook/{webhook_id}", words)


@router.post("/{webhook_id}/hapus")
async def remove(visit: PanelVisit, webhook_id: UUID) -> Response:
    await visit.form()
    await visit.call("reporting", "DELETE", f"/webhooks/{webhook_id}")
    return visit.go("/panel/webhook", "Webhook dihapus.")


@router.post("/{webhook_id}/kirim/{delivery_id}")
async def resend(visit: PanelVisit, webhook_id: UUID, delivery_id: UUID) -> Response:
    form = Filled(await visit.form())
    path = f"/webhooks/{webhook_id}/deliveries/{delivery_id}/resend"
    try:
        await visit.call("reporting", "POST", path)
    except Problem as problem:
        form.refuse(problem)
        return await _shown(visit, webhook_id, form, problem.status)
    return visit.go(f"/panel/webhook/{webhook_id}", "Sedang dikirim ulang.")


async def _list(visit: Visit, form: Filled, status: int = 200) -> Response:
    found = await visit.read("reporting", "/webhooks")
    return visit.page("panel/webhooks/list.html", status, webhooks=found, form=form)


async def _shown(
    visit: Visit, webhook_id: UUID, form: Filled | None = None, status: int = 200
) -> Response:
    asked = Filled(dict(visit.request.query_params))
    params: dict[str, Any] = {**asked.given("state"), "cursor": asked.get("lanjut") or None}
    shown = await visit.read("reporting", f"/webhooks/{webhook_id}")
    until = shown["previous_until"]
    return visit.page(
        "panel/webhooks/webhook.html",
        status,
        form=form or Filled(),
        state=asked.get("state"),
        webhook=shown,
        old_secret_until=until if until and datetime.fromisoformat(until) > now() else None,
        page=await visit.read("reporting", f"/webhooks/{webhook_id}/deliveries", params=params),
    )
