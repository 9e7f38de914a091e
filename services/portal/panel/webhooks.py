"""*Webhook*: the addresses notified of every step, their answers, and sending again."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.reporting import CreatedWebhook, DeliveryView, WebhookView
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from shared.clock import now
from shared.http.paging import Page
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/webhook", include_in_schema=False)

NAMES = {"url": "Alamat"}


@router.get("")
async def webhooks(page_request: PanelRequest) -> Response:
    return await _list(page_request, FormData(names=NAMES))


@router.post("")
async def create(page_request: PanelRequest) -> Response:
    """Create a webhook. Its secret is only in this answer."""
    form = FormData(await page_request.form("url"), NAMES)
    try:
        answer = await page_request.call("reporting", "POST", "/webhooks", json=form.filled("url"))
    except Problem as problem:
        form.refuse(problem)
        return await _list(page_request, form, problem.status)
    return page_request.page(
        "panel/webhooks/secret.html", webhook=answer_as(CreatedWebhook, answer)
    )


@router.get("/{webhook_id}")
async def webhook(page_request: PanelRequest, webhook_id: UUID) -> Response:
    return await _shown(page_request, webhook_id)


@router.post("/{webhook_id}/rahasia")
async def renew_secret(page_request: PanelRequest, webhook_id: UUID) -> Response:
    await page_request.form()
    answer = await page_request.call("reporting", "POST", f"/webhooks/{webhook_id}/secret")
    return page_request.page(
        "panel/webhooks/secret.html", webhook=answer_as(CreatedWebhook, answer)
    )


@router.post("/{webhook_id}/aktifkan")
async def enable(page_request: PanelRequest, webhook_id: UUID) -> Response:
    await page_request.form()
    await page_request.call("reporting", "POST", f"/webhooks/{webhook_id}/enable")
    words = "Webhook aktif lagi. Yang gagal dapat dikirim ulang."
    return page_request.go(f"/panel/webhook/{webhook_id}", words)


@router.post("/{webhook_id}/hapus")
async def remove(page_request: PanelRequest, webhook_id: UUID) -> Response:
    await page_request.form()
    await page_request.call("reporting", "DELETE", f"/webhooks/{webhook_id}")
    return page_request.go("/panel/webhook", "Webhook dihapus.")


@router.post("/{webhook_id}/kirim/{delivery_id}")
async def resend(page_request: PanelRequest, webhook_id: UUID, delivery_id: UUID) -> Response:
    form = FormData(await page_request.form())
    path = f"/webhooks/{webhook_id}/deliveries/{delivery_id}/resend"
    try:
        await page_request.call("reporting", "POST", path)
    except Problem as problem:
        form.refuse(problem)
        return await _shown(page_request, webhook_id, form, problem.status)
    return page_request.go(f"/panel/webhook/{webhook_id}", "Sedang dikirim ulang.")


async def _list(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    own = await page_request.read("reporting", "/webhooks", list[WebhookView])
    return page_request.page("panel/webhooks/list.html", status, webhooks=own, form=form)


async def _shown(
    page_request: PageRequest, webhook_id: UUID, form: FormData | None = None, status: int = 200
) -> Response:
    query = FormData(dict(page_request.request.query_params))
    params: dict[str, object] = {**query.filled("state"), "cursor": query.get("lanjut") or None}
    path = f"/webhooks/{webhook_id}"
    shown = await page_request.read("reporting", path, WebhookView)
    until = shown.previous_until
    return page_request.page(
        "panel/webhooks/webhook.html",
        status,
        form=form or FormData(),
        state=query.get("state"),
        webhook=shown,
        old_secret_until=until if until and until > now() else None,
        page=await page_request.filtered(
            "reporting", f"{path}/deliveries", Page[DeliveryView], params
        ),
    )
