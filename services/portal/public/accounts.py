"""Accounts of reporters: sign up, sign in, the list of one's own reports."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.intake import OwnReport, SignedIn, SignedInHere
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PublicRequest
from services.portal.paths import own_path
from services.portal.public.access import leave_report
from services.portal.sealed_forms import CARRIED, NOT_YOURS
from services.portal.sessions import TokenPair
from services.portal.translation import language
from shared.http.paging import Page
from shared.http.problems import Problem, unauthorized

router = APIRouter(include_in_schema=False)

NAMES = {
    "name": "Nama",
    "phone": "Nomor telepon",
    "email": "Surel",
    "contact": "Nomor telepon atau surel",
    "password": "Kata sandi",
    "current_password": "Kata sandi sekarang",
    "nik": "NIK",
    "code": "Kode",
}


@router.get("/masuk")
async def sign_in_form(page_request: PublicRequest, lanjut: str = "") -> Response:
    return page_request.page("public/sign_in.html", form=FormData({"lanjut": lanjut}, NAMES))


@router.post("/masuk")
async def sign_in(page_request: PublicRequest) -> Response:
    sent = await page_request.form("contact", "password", "lanjut")
    form = FormData(sent, NAMES)
    body = {
        "contact": form.get("contact"),
        "password": form.get("password"),
        "device_tokens": page_request.devices,
    }
    try:
        answer = await page_request.call("intake", "POST", "/reporters/sign-in", json=body)
        signed_in = answer_as(SignedInHere, answer)
        enter(page_request, signed_in)
        page_request.store_device_tokens(signed_in.device_tokens)
    except Problem as problem:
        form.refuse(problem)
        return page_request.page("public/sign_in.html", problem.status, form=form)
    if carried := form.get(CARRIED):
        back = page_request.back_to_form(carried)
        return back or page_request.go("/laporan-saya", NOT_YOURS)
    return page_request.go(own_path(form.get("lanjut"), "/laporan-saya"))


@router.get("/daftar")
async def sign_up_form(page_request: PublicRequest) -> Response:
    return page_request.page("public/sign_up.html", form=FormData(names=NAMES))


@router.post("/daftar")
async def sign_up(page_request: PublicRequest) -> Response:
    form = FormData(await page_request.form("name", "phone", "email", "nik", "password"), NAMES)
    body = form.filled("name", "phone", "email", "nik") | {"password": form.get("password")}
    try:
        answer = await page_request.call("intake", "POST", "/reporters", json=body)
        enter(page_request, answer_as(SignedIn, answer))
    except Problem as problem:
        form.refuse(problem)
        return page_request.page("public/sign_up.html", problem.status, form=form)
    return page_request.go(
        "/laporan-saya", "Akun Anda sudah dibuat. Verifikasi kontaknya di Akun saya."
    )


@router.post("/keluar")
async def sign_out(page_request: PublicRequest) -> Response:
    await page_request.form()
    tokens, opened = page_request.session.tokens, page_request.session.reports
    page_request.session.sign_out()
    if tokens and tokens.refresh:
        body = {"refresh_token": tokens.refresh}
        await page_request.call("intake", "POST", "/reporters/sign-out", json=body)
    for number, token in opened.items():
        await leave_report(page_request, number, token)
    return page_request.go("/", "Anda sudah keluar.")


@router.get("/kata-sandi")
async def password_form(page_request: PublicRequest) -> Response:
    if not page_request.signed_in:
        return page_request.go("/masuk?lanjut=/kata-sandi")
    return page_request.page("public/password.html", form=FormData(names=NAMES))


@router.post("/kata-sandi")
async def change_password(page_request: PublicRequest) -> Response:
    form = FormData(await page_request.form("current_password", "password"), NAMES)
    body = {name: form.get(name) for name in ("current_password", "password")}
    try:
        answer = await page_request.call("intake", "POST", "/reporters/me/password", json=body)
        enter(page_request, answer_as(SignedIn, answer))
    except Problem as problem:
        form.refuse(problem)
        return page_request.page("public/password.html", problem.status, form=form)
    return page_request.go("/laporan-saya", "Kata sandi diubah. Sesi di perangkat lain berakhir.")


@router.get("/laporan-saya")
async def my_reports(page_request: PublicRequest, lanjut: str | None = None) -> Response:
    if not page_request.signed_in:
        return page_request.go("/masuk?lanjut=/laporan-saya")
    try:
        page = await page_request.filtered(
            "intake", "/reporters/me/reports", Page[OwnReport], {"cursor": lanjut}
        )
    except Problem as problem:
        if problem.status == 401:
            return page_request.go(
                "/masuk?lanjut=/laporan-saya",
                unauthorized("token_invalid").body(language.get())["detail"],
            )
        raise
    return page_request.page("public/my_reports.html", page=page)


def enter(page_request: PageRequest, signed_in: SignedIn | SignedInHere) -> None:
    """Make this browser's session that of the account."""
    page_request.session.sign_out()
    page_request.session.tokens = TokenPair(
        access=signed_in.access_token, refresh=signed_in.refresh_token
    )
