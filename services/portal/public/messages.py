"""The messages of a reporter: proving contacts, choosing or stopping messages, and recovering a
lost access code."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.intake import RenewedCode, WaitingChange
from services.portal.contracts.notification import OwnContacts, Recovered, Unsubscribed
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PublicRequest
from services.portal.public.contact_changes import (
    REPLACED,
    apply_waiting,
    of_report,
    read_waiting,
    why_refused,
)
from shared.http.paths import ReportNumber
from shared.http.problems import Problem
from shared.labels import labels
from shared.values.report_numbers import only_number_in

router = APIRouter(include_in_schema=False)

Channel = Literal["email", "sms"]

NAMES = {"code": "Kode", "number": "Nomor laporan", "contact": "Nomor telepon atau surel"}
_PLACES = {"tanda-terima": "/tanda-terima"}
"""Other pages with these forms, besides a report's page."""


async def waiting_contacts(page_request: PageRequest, number: int) -> dict[str, WaitingChange]:
    """Return the contacts that will replace those of one's own report, and when; none if they
    cannot be read."""
    try:
        waiting = await read_waiting(page_request, of_report(page_request, number))
    except Problem:
        return {}
    return {change.channel: change for change in waiting.waiting}


async def own_contacts(page_request: PageRequest, number: int) -> OwnContacts | None:
    """Return the contacts of one's own report. Returns None if they cannot be read, because the
    page is still useful without them."""
    token = page_request.session.reports.get(number)
    path = f"/reports/{number}/contacts"
    try:
        return await page_request.read("notification", path, OwnContacts, token=token)
    except Problem:
        return None


@router.post("/laporan/{number}/kontak/{channel}/kode")
async def send_code(
    page_request: PublicRequest, channel: Channel, number: ReportNumber
) -> Response:
    form = FormData(await page_request.form("dari"), NAMES)
    path = f"/reports/{number}/contacts/{channel}/code"
    notice = "Kode sudah dikirim. Masukkan enam angkanya di bawah ini; berlaku 10 menit."
    return await _call_and_redirect(page_request, number, form, path, None, notice)


@router.post("/laporan/{number}/kontak/{channel}/bukti")
async def prove(page_request: PublicRequest, channel: Channel, number: ReportNumber) -> Response:
    form = FormData(await page_request.form("code", "dari"), NAMES)
    path = f"/reports/{number}/contacts/{channel}/proof"
    body, of = {"code": form.get("code")}, of_report(page_request, number)
    try:
        await page_request.call("notification", "POST", path, json=body, token=of.token)
        replaced = await apply_waiting(page_request, of)
    except Problem as problem:
        return _refused(page_request, number, form, problem)
    notice = REPLACED if replaced else await _proven(page_request, number, channel)
    return _back(page_request, number, form, notice)


async def _proven(page_request: PageRequest, number: int, channel: Channel) -> str:
    """Return the notice for a proven contact. It promises news there only if the reporter allows
    it."""
    contacts = await own_contacts(page_request, number)
    if contacts is None or contacts.stopped or not getattr(contacts, channel):
        return "Terima kasih. Kontak ini sudah diverifikasi."
    return "Terima kasih. Kontak ini sudah diverifikasi: kabar dikirim ke sini."


@router.post("/laporan/{number}/kontak/pilihan")
async def choose(page_request: PublicRequest, number: ReportNumber) -> Response:
    form = FormData(await page_request.form("kinds", "email", "sms", "stopped"), NAMES)
    wanted = form.all("kinds")
    body = {
        "stopped": form.get("stopped") == "1",
        "email": form.get("email") == "1",
        "sms": form.get("sms") == "1",
        "muted": [kind for kind in labels("message_kind") if kind not in wanted],
    }
    path = f"/reports/{number}/preferences"
    return await _call_and_redirect(
        page_request, number, form, path, body, "Pilihan Anda disimpan.", "PUT"
    )


@router.post("/laporan/{number}/kontak/berhenti")
async def stop_all(page_request: PublicRequest, number: ReportNumber) -> Response:
    """*Jangan hubungi saya*, with one tap on the report's page; the other choices are kept."""
    form = FormData(await page_request.form(), NAMES)
    contacts = await own_contacts(page_request, number)
    chosen = contacts.model_dump(include={"email", "sms", "muted"}) if contacts else {}
    body = {"email": False, "sms": False, "muted": [], **chosen, "stopped": True}
    path = f"/reports/{number}/preferences"
    return await _call_and_redirect(
        page_request, number, form, path, body, "Anda tidak dihubungi lagi.", "PUT"
    )


@router.get("/berhenti/{token}")
async def stop_page(page_request: PublicRequest, token: str) -> Response:
    """Show the page of the link in each mail. Opening it stops nothing, because mail programs open
    links by themselves. If the link cannot be read, the page does not say whether it was used."""
    if not _is_uuid(token):
        return _stop_page(page_request, token, "unknown")
    try:
        link = await page_request.read("notification", f"/unsubscribe/{token}", Unsubscribed)
    except Problem as problem:
        return _stop_page(page_request, token, "unknown" if problem.status == 404 else "asked")
    return _stop_page(page_request, token, "used" if link.stopped else "asked", link.audience)


@router.post("/berhenti/{token}")
async def stop(page_request: PublicRequest, token: str) -> Response:
    """Stop the messages with one tap. A mail program may send it too (RFC 8058): it has no session
    and no form of ours, and gets no cookie, so the token is the permission. For an unknown token
    the page has status 404 and says where else to choose."""
    if not _is_uuid(token):
        return _stop_page(page_request, token, "unknown", no_cookie=True)
    try:
        body = {"token": token}
        answer = await page_request.call("notification", "POST", "/unsubscribe", json=body)
    except Problem as problem:
        if problem.status != 404:
            raise
        return _stop_page(page_request, token, "unknown", no_cookie=True)
    link = answer_as(Unsubscribed, answer)
    return _stop_page(page_request, token, "stopped", link.audience, no_cookie=True)


def _is_uuid(token: str) -> bool:
    """Return whether the token is complete; mail programs cut some links short."""
    try:
        return bool(UUID(token))
    except ValueError:
        return False


def _stop_page(
    page_request: PageRequest,
    token: str,
    state: Literal["asked", "stopped", "used", "unknown"],
    audience: str = "",
    *,
    no_cookie: bool = False,
) -> Response:
    """Return the page in words for the recipient of the mail, as its token says: a `reporter`,
    `staff`, or the `leader` of an agency. Without an audience, its words suit all of them."""
    status = 404 if state == "unknown" else 200
    return page_request.page(
        "public/stop_messages.html",
        status,
        no_cookie=no_cookie,
        token=token,
        state=state,
        audience=audience,
    )


@router.get("/kode-hilang")
async def recovery_form(page_request: PublicRequest) -> Response:
    return page_request.page("public/lost_code.html", form=FormData(names=NAMES), asked=False)


@router.post("/kode-hilang")
async def recover(page_request: PublicRequest) -> Response:
    """Recover an access code in two steps: first number and contact, then the code. The page is the
    same whether or not a code was sent."""
    form = FormData(await page_request.form("number", "contact", "code"), NAMES)
    number = only_number_in(form.get("number"))
    if number is None:
        form.wrong["number"] = "Nomor laporan terdiri atas angka saja."
        return page_request.page("public/lost_code.html", 422, form=form, asked=False)
    asked = {"number": number, "contact": form.get("contact")}
    try:
        if not form.get("code"):
            await page_request.call("notification", "POST", "/recovery", json=asked)
            return page_request.page("public/lost_code.html", form=form, asked=True)
        shown = asked | {"code": form.get("code")}
        answer = await page_request.call("notification", "POST", "/recovery/proof", json=shown)
        token = answer_as(Recovered, answer).recovery_token
        answer = await page_request.call(
            "intake",
            "POST",
            f"/reports/{number}/access-code/recovered",
            json={"recovery_token": token},
        )
    except Problem as problem:
        form.refuse(problem)
        asked_before = bool(form.get("code"))
        return page_request.page(
            "public/lost_code.html", problem.status, form=form, asked=asked_before
        )
    renewed = answer_as(RenewedCode, answer)
    page_request.session.keep_report(number, renewed.access_token)
    return page_request.page("public/new_code.html", number=number, code=renewed.access_code)


async def _call_and_redirect(
    page_request: PageRequest,
    number: int,
    form: FormData,
    path: str,
    body: Mapping[str, object] | None,
    notice: str,
    method: str = "POST",
) -> Response:
    """Call the service and redirect to the page of the form, which also shows a refusal."""
    token = page_request.session.reports.get(number)
    try:
        await page_request.call("notification", method, path, json=body, token=token)
    except Problem as problem:
        return _refused(page_request, number, form, problem)
    return _back(page_request, number, form, notice)


def _refused(page_request: PageRequest, number: int, form: FormData, problem: Problem) -> Response:
    of = of_report(page_request, number)
    if of.is_closed_by(problem):
        return of.ask_again(page_request)
    return _back(page_request, number, form, why_refused(form, problem))


def _back(page_request: PageRequest, number: int, form: FormData, notice: str) -> Response:
    place = _PLACES.get(form.get("dari"), f"/laporan/{number}")
    return page_request.go(f"{place}#kabar-untuk-anda", notice)
