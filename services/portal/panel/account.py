"""*Akun Saya*: who one is here, the own password, the own second factor."""

from typing import Any

from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/akun", include_in_schema=False)

NAMES = {
    "present": "Kata sandi sekarang",
    "password": "Kata sandi baru",
    "again": "Ulangi kata sandi baru",
    "own_password": "Kata sandi",
    "code": "Kode",
}


@router.get("")
async def account(visit: PanelVisit) -> Response:
    return await _page(visit, Filled(names=NAMES))


@router.post("/sandi")
async def change_password(visit: PanelVisit) -> Response:
    form = Filled(await visit.form(), NAMES)
    if form.get("password") != form.get("again"):
        form.wrong["again"] = "Kedua kata sandi berbeda."
        return await _page(visit, form, 422)
    body = {name: form.get(name) for name in ("present", "password")}
    try:
        await visit.call("routing", "POST", "/me/password", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(visit, form, problem.status)
    words = "Kata sandi diubah, dan semua sesi berakhir. Masuk dengan kata sandi yang baru."
    return _sign_in_again(visit, words)


@router.post("/faktor-kedua/lepas")
async def remove_second_factor(visit: PanelVisit) -> Response:
    form = Filled(await visit.form(), NAMES)
    body = {
        "username": (await _me(visit))["username"],
        "password": form.get("own_password"),
        "code": form.get("code").strip(),
        "device_tokens": visit.devices,
    }
    try:
        # As nobody: a wrong password is no session that has run out.
        await visit.call("routing", "POST", "/second-factor/remove", json=body, token="")
    except Problem as problem:
        form.refuse(problem, {"password": "own_password"})
        return await _page(visit, form, problem.status)
    return _sign_in_again(visit, "Faktor kedua dilepas, dan semua sesi berakhir. Masuk lagi.")


def _sign_in_again(visit: Visit, words: str) -> Response:
    visit.session.sign_out()
    return visit.go("/panel/masuk", words)


async def _me(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.read("routing", "/me")
    return found


async def _page(visit: Visit, form: Filled, status: int = 200) -> Response:
    return visit.page("panel/account.html", status, form=form, me=await _me(visit))
