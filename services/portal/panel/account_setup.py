"""Choosing a password by a one-time link, and setting up a second factor."""

import segno
from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import Enrolled, Enrolment
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelDoor
from shared.http.problems import Problem

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {
    "password": "Kata sandi baru",
    "again": "Ulangi kata sandi",
    "username": "Nama pengguna",
    "present": "Kata sandi",
    "code": "Kode",
}

_USED = "password_link_used"


@router.get("/sandi")
async def password_form(page_request: PanelDoor, kunci: str = "") -> Response:
    """Show the form; this does not use up the link, because programs that check links open it too.
    A link that is no longer valid is refused here; other errors appear when the password is
    sent."""
    form = FormData({"token": kunci}, NAMES)
    try:
        if kunci:
            path = "/password/by-link/check"
            await page_request.call("routing", "POST", path, json={"token": kunci}, token="")
    except Problem as problem:
        if problem.code == _USED:
            return _used(page_request, form, problem)
    return page_request.page("panel/password.html", form=form, used=False)


@router.post("/sandi")
async def choose_password(page_request: PanelDoor) -> Response:
    form = FormData(await page_request.form("token", "password", "again"), NAMES)
    if form.get("password") != form.get("again"):
        form.wrong["again"] = "Kedua kata sandi berbeda."
        return page_request.page("panel/password.html", 422, form=form, used=False)
    body = {"token": form.get("token"), "password": form.get("password")}
    try:
        await page_request.call("routing", "POST", "/password/by-link", json=body)
    except Problem as problem:
        if problem.code == _USED:
            return _used(page_request, form, problem)
        form.refuse(problem)
        return page_request.page("panel/password.html", problem.status, form=form, used=False)
    return page_request.go("/panel/masuk", "Kata sandi disimpan. Silakan masuk.")


def _used(page_request: PageRequest, form: FormData, problem: Problem) -> Response:
    form.refuse(problem)
    return page_request.page("panel/password.html", problem.status, form=form, used=True)


@router.get("/faktor-kedua")
async def second_factor_form(page_request: PanelDoor) -> Response:
    return page_request.page(
        "panel/second_factor.html", form=FormData(names=NAMES), enrolment=None, qr=""
    )


@router.post("/faktor-kedua")
async def set_up_second_factor(page_request: PanelDoor) -> Response:
    """Set up the second factor: first the name and password, which return a QR code; then a code of
    the authenticator."""
    form = FormData(await page_request.form("username", "present", "code", "secret", "uri"), NAMES)
    body: dict[str, object] = {
        "username": form.get("username").strip(),
        "password": form.get("present"),
        "device_tokens": page_request.devices,
    }
    secret, uri = form.get("secret"), form.get("uri")
    # Called without a session, also for people who are signed in: a wrong password does not mean
    # that the session has expired.
    try:
        if not secret:
            answer = await page_request.call(
                "routing", "POST", "/second-factor/enrol", json=body, token=""
            )
            enrolment = answer_as(Enrolment, answer)
            secret, uri = enrolment.secret, enrolment.uri
            form.set("secret", secret)
            form.set("uri", uri)
        else:
            body["code"] = form.get("code").strip()
            answer = await page_request.call(
                "routing", "POST", "/second-factor/confirm", json=body, token=""
            )
            codes = answer_as(Enrolled, answer).recovery_codes
            return page_request.page("panel/recovery_codes.html", codes=codes)
    except Problem as problem:
        form.refuse(problem)
        return page_request.page(
            "panel/second_factor.html", problem.status, form=form, qr=_qr(uri), enrolment=secret
        )
    return page_request.page("panel/second_factor.html", form=form, qr=_qr(uri), enrolment=secret)


def _qr(uri: str) -> str:
    """Return the QR code as the address of a picture; "" for an address that no authenticator
    reads."""
    if not uri.startswith("otpauth://totp/"):
        return ""
    return segno.make(uri[:500]).svg_data_uri(scale=5, border=2)
