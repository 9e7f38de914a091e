"""Choosing a password by a one-time link, and setting up a second factor."""

from typing import Any

import segno
from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelDoor
from shared.http.problems import Problem

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {
    "password": "Kata sandi baru",
    "again": "Ulangi kata sandi",
    "username": "Nama pengguna",
    "present": "Kata sandi",
    "code": "Kode",
}


@router.get("/sandi")
async def password_form(visit: PanelDoor, kunci: str = "") -> Response:
    """Opening the page uses nothing up: programs that look at links do that too."""
    return visit.page("panel/password.html", form=Filled({"token": kunci}, NAMES))


@router.post("/sandi")
async def choose_password(visit: PanelDoor) -> Response:
    form = Filled(await visit.form(), NAMES)
    if form.get("password") != form.get("again"):
        form.wrong["again"] = "Kedua kata sandi berbeda."
        return visit.page("panel/password.html", 422, form=form)
    body = {"token": form.get("token"), "password": form.get("password")}
    try:
        await visit.call("routing", "POST", "/password/by-link", json=body)
    except Problem as problem:
        form.refuse(problem)
        return visit.page("panel/password.html", problem.status, form=form)
    return visit.go("/panel/masuk", "Kata sandi disimpan. Silakan masuk.")


@router.get("/faktor-kedua")
async def second_factor_form(visit: PanelDoor) -> Response:
    return visit.page("panel/second_factor.html", form=Filled(names=NAMES), enrolment=None, qr="")


@router.post("/faktor-kedua")
async def set_up_second_factor(visit: PanelDoor) -> Response:
    """First the name and password, which give a QR code; then a code of the authenticator."""
    form = Filled(await visit.form(), NAMES)
    body: dict[str, Any] = {
        "username": form.get("username").strip(),
        "password": form.get("present"),
        "device_tokens": visit.devices,
    }
    secret, uri = form.get("secret"), form.get("uri")
    # As nobody, also for who is signed in: a wrong password is no session that has run out.
    try:
        if not secret:
            begun = (
                await visit.call("routing", "POST", "/second-factor/enrol", json=body, token="")
            ).json()
            secret, uri = begun["secret"], begun["uri"]
            form.set("secret", secret)
            form.set("uri", uri)
        else:
            body["code"] = form.get("code").strip()
            answer = await visit.call(
                "routing", "POST", "/second-factor/confirm", json=body, token=""
            )
            codes = answer.json()["recovery_codes"]
            return visit.page("panel/recovery_codes.html", codes=codes)
    except Problem as problem:
        form.refuse(problem)
        return visit.page(
            "panel/second_factor.html", problem.status, form=form, qr=_qr(uri), enrolment=secret
        )
    return visit.page("panel/second_factor.html", form=form, qr=_qr(uri), enrolment=secret)


def _qr(uri: str) -> str:
    """As the address of a picture; nothing for an address that no authenticator reads."""
    if not uri.startswith("otpauth://totp/"):
        return ""
    return segno.make(uri[:500]).svg_data_uri(scale=5, border=2)
