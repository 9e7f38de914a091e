"""*Pengaturan Saya*: proving one's own e-mail address; which messages one gets by mail, and
when."""

from fastapi import APIRouter, Response

from services.portal.contracts.notification import OwnEmail, OwnMessages
from services.portal.page_request import PanelRequest
from shared.http.problems import Problem
from shared.labels import labels

router = APIRouter(prefix="/panel", include_in_schema=False)


@router.get("/pengaturan/saya")
async def own_settings(page_request: PanelRequest) -> Response:
    email = await page_request.read("notification", "/me/email", OwnEmail)
    messages = await page_request.read("notification", "/me/messages", OwnMessages)
    return page_request.page(
        "panel/own_settings.html",
        email=email,
        messages=messages,
        kinds=labels("staff_message_kind"),
        deliveries=labels("staff_delivery"),
    )


@router.post("/pengaturan/saya")
async def choose_messages(page_request: PanelRequest) -> Response:
    form = await page_request.form("kabar", *labels("staff_message_kind"))
    kinds = {kind: form[kind] for kind in labels("staff_message_kind") if kind in form}
    body = {"stopped": form.get("kabar") != "ya", "kinds": kinds}
    await page_request.call("notification", "PUT", "/me/messages", json=body)
    return page_request.go("/panel/pengaturan/saya", "Pilihan Anda disimpan.")


@router.post("/pengaturan/saya/surel")
async def send_proof_link(page_request: PanelRequest) -> Response:
    await page_request.form()
    await page_request.call("notification", "POST", "/me/email/link")
    return page_request.go("/panel/pengaturan/saya", "Tautan dikirim. Bukalah di surel Anda.")


@router.get("/surel")
async def proof_form(page_request: PanelRequest, kunci: str = "") -> Response:
    """Show the form; this does not prove the address, because programs that check links open it
    too."""
    return page_request.page("panel/prove_email.html", token=kunci, refused="")


@router.post("/surel")
async def prove_email(page_request: PanelRequest) -> Response:
    token = str((await page_request.form("token")).get("token", ""))
    try:
        await page_request.call("notification", "POST", "/me/email/proof", json={"token": token})
    except Problem as problem:
        if problem.status != 422:
            raise
        return page_request.page("panel/prove_email.html", 422, token="", refused="over")
    return page_request.go("/panel/pengaturan/saya", "Surel Anda sudah dibuktikan.")
