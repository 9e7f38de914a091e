"""Accounts of reporters: sign up, sign in, the list of one's own reports."""

import httpx
from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PublicVisit, Visit
from services.portal.paths import own_path
from services.portal.public.access import leave_report
from services.portal.sealed_forms import CARRIED, NOT_YOURS
from services.portal.sessions import TokenPair
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
}


@router.get("/masuk")
async def sign_in_form(visit: PublicVisit, lanjut: str = "") -> Response:
    return visit.page("public/sign_in.html", form=Filled({"lanjut": lanjut}, NAMES))


@router.post("/masuk")
async def sign_in(visit: PublicVisit) -> Response:
    sent = await visit.form()
    form = Filled(sent, NAMES)
    body = {
        "contact": form.get("contact"),
        "password": form.get("password"),
        "device_tokens": visit.devices,
    }
    try:
        _enter(visit, await visit.call("intake", "POST", "/reporters/sign-in", json=body))
    except Problem as problem:
        form.refuse(problem)
        return visit.page("public/sign_in.html", problem.status, form=form)
    if carried := form.get(CARRIED):
        back = visit.back_to_form(carried)
        return back or visit.go("/laporan-saya", NOT_YOURS)
    return visit.go(own_path(form.get("lanjut"), "/laporan-saya"))


@router.get("/daftar")
async def sign_up_form(visit: PublicVisit) -> Response:
    return visit.page("public/sign_up.html", form=Filled(names=NAMES))


@router.post("/daftar")
async def sign_up(visit: PublicVisit) -> Response:
    form = Filled(await visit.form(), NAMES)
    given = form.given("name", "phone", "email", "nik") | {"password": form.get("password")}
    try:
        _enter(visit, await visit.call("intake", "POST", "/reporters", json=given))
    except Problem as problem:
        form.refuse(problem)
        return visit.page("public/sign_up.html", problem.status, form=form)
    return visit.go("/laporan-saya", "Akun Anda sudah dibuat.")


@router.post("/keluar")
async def sign_out(visit: PublicVisit) -> Response:
    await visit.form()
    tokens, opened = visit.session.tokens, visit.session.reports
    visit.session.sign_out()
    if tokens and tokens.refresh:
        body = {"refresh_token": tokens.refresh}
        await visit.call("intake", "POST", "/reporters/sign-out", json=body)
    for number, token in opened.items():
        await leave_report(visit, number, token)
    return visit.go("/", "Anda sudah keluar.")


@router.get("/kata-sandi")
async def password_form(visit: PublicVisit) -> Response:
    if not visit.signed_in:
        return visit.go("/masuk?lanjut=/kata-sandi")
    return visit.page("public/password.html", form=Filled(names=NAMES))


@router.post("/kata-sandi")
async def change_password(visit: PublicVisit) -> Response:
    form = Filled(await visit.form(), NAMES)
    body = {name: form.get(name) for name in ("current_password", "password")}
    try:
        _enter(visit, await visit.call("intake", "POST", "/reporters/me/password", json=body))
    except Problem as problem:
        form.refuse(problem)
        return visit.page("public/password.html", problem.status, form=form)
    return visit.go("/laporan-saya", "Kata sandi diubah. Sesi di perangkat lain berakhir.")


@router.get("/laporan-saya")
async def my_reports(visit: PublicVisit, lanjut: str | None = None) -> Response:
    if not visit.signed_in:
        return visit.go("/masuk?lanjut=/laporan-saya")
    try:
        page = await visit.read("intake", "/reporters/me/reports", params={"cursor": lanjut})
    except Problem as problem:
        if problem.status == 401:
            return visit.go(
                "/masuk?lanjut=/laporan-saya", unauthorized("token_invalid").body("id")["detail"]
            )
        raise
    return visit.page("public/my_reports.html", page=page)


def _enter(visit: Visit, answer: httpx.Response) -> None:
    given = answer.json()
    visit.session.sign_out()
    visit.session.tokens = TokenPair(access=given["access_token"], refresh=given["refresh_token"])
    if "device_tokens" in given:
        visit.is_known_as(given["device_tokens"])
