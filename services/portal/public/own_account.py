"""One's own account: proving its contacts and adding earlier reports to it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.notification import (
    AccountContacts,
    EarlierReports,
    ReportShown,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PublicRequest
from services.portal.public.access import open_report
from services.portal.public.contact_changes import NAMES as CONTACT_NAMES
from services.portal.public.contact_changes import (
    OF_ACCOUNT,
    REPLACED,
    Channel,
    apply_waiting,
    read_waiting,
)
from services.portal.public.tracking import NOT_OPENED
from shared.http.paths import ReportNumber
from shared.http.problems import Problem
from shared.values.report_numbers import only_number_in

router = APIRouter(include_in_schema=False)

NAMES = CONTACT_NAMES | {"number": "Nomor laporan", "access_code": "Kode akses"}


@router.get("/akun")
async def own_account(page_request: PublicRequest) -> Response:
    return await _page(page_request, FormData(names=NAMES))


@router.post("/akun/kontak/{channel}/kode")
async def send_code(page_request: PublicRequest, channel: Channel) -> Response:
    await page_request.form()
    notice = "Kode sudah dikirim. Masukkan enam angkanya di bawah ini; berlaku 10 menit."
    try:
        path = f"/reporters/me/contacts/{channel}/code"
        await page_request.call("notification", "POST", path)
    except Problem as problem:
        return OF_ACCOUNT.refused(page_request, problem)
    return page_request.go("/akun", notice)


@router.post("/akun/kontak/{channel}/bukti")
async def prove(page_request: PublicRequest, channel: Channel) -> Response:
    """Prove a contact. Changes of contacts that waited for it take effect at once, because both
    contacts are proven now."""
    form = FormData(await page_request.form("code"), NAMES)
    path = f"/reporters/me/contacts/{channel}/proof"
    notice = "Terima kasih. Kontak ini sudah diverifikasi."
    try:
        shown = {"code": form.get("code")}
        await page_request.call("notification", "POST", path, json=shown)
        if await apply_waiting(page_request, OF_ACCOUNT):
            notice = REPLACED
    except Problem as problem:
        return OF_ACCOUNT.refused(page_request, problem)
    return page_request.go("/akun", notice)


@router.post("/akun/laporan/{number}")
async def put_into_account(page_request: PublicRequest, number: ReportNumber) -> Response:
    await page_request.form()
    return await _put(page_request, FormData(names=NAMES), number, {})


@router.post("/akun/laporan")
async def put_discreet_into_account(page_request: PublicRequest) -> Response:
    """Add an anonymous or secret report, which also needs its access code."""
    form = FormData(await page_request.form("number", "access_code"), NAMES)
    number = only_number_in(form.get("number"))
    if number is None:
        form.wrong["number"] = "Nomor laporan terdiri atas angka saja."
        return await _page(page_request, form, 422)
    try:
        await open_report(page_request, number, form.get("access_code"))
    except Problem as problem:
        if problem.status == 404:
            form.wrong["access_code"] = NOT_OPENED
        else:
            form.refuse(problem)
        return await _page(page_request, form, problem.status)
    token = page_request.session.reports[number]
    return await _put(page_request, form, number, {"report_token": token})


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    if not page_request.signed_in:
        return OF_ACCOUNT.ask_again(page_request)
    try:
        contacts = await page_request.read(
            "notification", "/reporters/me/contacts", AccountContacts
        )
        waiting = await read_waiting(page_request, OF_ACCOUNT)
        earlier = await page_request.read(
            "notification", "/reporters/me/earlier-reports", EarlierReports
        )
    except Problem as problem:
        if problem.status == 401:
            return OF_ACCOUNT.ask_again(page_request)
        raise
    return page_request.page(
        "public/account.html",
        status,
        form=form,
        contacts=contacts.contacts,
        waiting={change.channel: change for change in waiting.waiting},
        earlier=earlier.numbers,
    )


async def _put(
    page_request: PageRequest, form: FormData, number: int, body: Mapping[str, Any]
) -> Response:
    path = f"/reporters/me/earlier-reports/{number}"
    try:
        answer = await page_request.call("notification", "POST", path, json=body)
        shown = {"proof_token": answer_as(ReportShown, answer).proof_token}
        await page_request.call("intake", "POST", "/reporters/me/reports", json=shown)
    except Problem as problem:
        if problem.status == 401:
            return OF_ACCOUNT.ask_again(page_request)
        if problem.status == 404:
            form.wrong["number"] = "Laporan ini tidak memakai kontak akun Anda yang terverifikasi."
        else:
            form.refuse(problem)
        return await _page(page_request, form, problem.status)
    return page_request.go("/laporan-saya", "Laporan itu ada di akun Anda sekarang.")
