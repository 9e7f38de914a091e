"""Staff sign in and out."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import Me, SignedInHere
from services.portal.form_data import FormData
from services.portal.page_request import PanelDoor
from services.portal.panel.owed import PATH as OWED
from services.portal.paths import own_path
from services.portal.sealed_forms import CARRIED, NOT_YOURS
from services.portal.sessions import TokenPair
from shared.http.problems import Problem
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {"username": "Nama pengguna", "password": "Kata sandi", "code": "Kode"}


@router.get("/masuk")
async def sign_in_form(page_request: PanelDoor, lanjut: str = "") -> Response:
    return page_request.page("panel/sign_in.html", form=FormData({"lanjut": lanjut}, NAMES))


@router.post("/masuk")
async def sign_in(page_request: PanelDoor) -> Response:
    """Sign in. A person who wrote something while their session ended returns to it."""
    form = FormData(await page_request.form(*NAMES, "lanjut"), NAMES)
    body: dict[str, object] = {
        "username": form.get("username").strip(),
        "password": form.get("password"),
        "device_tokens": page_request.devices,
    }
    if form.get("code").strip():
        body["code"] = form.get("code").strip()
    page_request.session.sign_out()
    try:
        answer = await page_request.call("routing", "POST", "/sign-in", json=body)
        signed_in = answer_as(SignedInHere, answer)
        page_request.store_device_tokens(signed_in.device_tokens)
        me = await page_request.read("routing", "/me", Me, token=signed_in.access_token)
    except Problem as problem:
        if problem.code == "second_factor_enrolment_needed":
            words = "Admin pusat memasang faktor kedua sebelum masuk."
            return page_request.go("/panel/faktor-kedua", words)
        form.refuse(problem)
        return page_request.page("panel/sign_in.html", problem.status, form=form)
    page_request.session.tokens = TokenPair(
        access=signed_in.access_token, refresh=signed_in.refresh_token
    )
    page_request.session.name = me.name
    page_request.session.role = Role(me.role)
    page_request.session.agency_id = me.agency_id
    page_request.session.agency_name = me.agency_name
    page_request.session.zone = Zone(me.agency_zone)
    if carried := form.get(CARRIED):
        back = page_request.back_to_form(carried)
        return back or page_request.go(OWED, NOT_YOURS)
    return page_request.go(own_path(form.get("lanjut"), OWED))


@router.post("/keluar")
async def sign_out(page_request: PanelDoor) -> Response:
    await page_request.form()
    tokens = page_request.session.tokens
    page_request.session.sign_out()
    if tokens and tokens.refresh:
        await page_request.call(
            "routing", "POST", "/sign-out", json={"refresh_token": tokens.refresh}
        )
    return page_request.go("/panel/masuk", "Anda sudah keluar.")
