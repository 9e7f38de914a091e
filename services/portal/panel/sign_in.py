"""Staff sign in and out."""

from typing import Any

from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelDoor
from services.portal.paths import own_path
from services.portal.sealed_forms import CARRIED, NOT_YOURS
from services.portal.sessions import TokenPair
from shared.http.problems import Problem
from shared.lifecycle.calendar import Zone

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {"username": "Nama pengguna", "password": "Kata sandi", "code": "Kode"}


@router.get("/masuk")
async def sign_in_form(visit: PanelDoor, lanjut: str = "") -> Response:
    return visit.page("panel/sign_in.html", form=Filled({"lanjut": lanjut}, NAMES))


@router.post("/masuk")
async def sign_in(visit: PanelDoor) -> Response:
    """Who wrote something while their session ended goes back to it."""
    form = Filled(await visit.form(), NAMES)
    body: dict[str, Any] = {
        "username": form.get("username").strip(),
        "password": form.get("password"),
        "device_tokens": visit.devices,
    }
    if form.get("code").strip():
        body["code"] = form.get("code").strip()
    visit.session.sign_out()
    try:
        given = (await visit.call("routing", "POST", "/sign-in", json=body)).json()
        visit.session.tokens = TokenPair(
            access=given["access_token"], refresh=given["refresh_token"]
        )
        visit.is_known_as(given["device_tokens"])
        me = await visit.read("routing", "/me")
    except Problem as problem:
        if problem.code == "second_factor_enrolment_needed":
            words = "Admin pusat memasang faktor kedua sebelum masuk."
            return visit.go("/panel/faktor-kedua", words)
        form.refuse(problem)
        return visit.page("panel/sign_in.html", problem.status, form=form)
    visit.session.name = me["name"]
    visit.session.role = me["role"]
    visit.session.agency_id = me["agency_id"]
    visit.session.agency_name = me["agency_name"]
    visit.session.zone = Zone(me["agency_zone"])
    if carried := form.get(CARRIED):
        back = visit.back_to_form(carried)
        return back or visit.go("/panel", NOT_YOURS)
    return visit.go(own_path(form.get("lanjut"), "/panel"))


@router.post("/keluar")
async def sign_out(visit: PanelDoor) -> Response:
    await visit.form()
    tokens = visit.session.tokens
    visit.session.sign_out()
    if tokens and tokens.refresh:
        await visit.call("routing", "POST", "/sign-out", json={"refresh_token": tokens.refresh})
    return visit.go("/panel/masuk", "Anda sudah keluar.")
