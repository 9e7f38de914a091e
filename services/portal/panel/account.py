"""*Akun Saya*: one's own account, password and second factor."""

from fastapi import APIRouter, Response

from services.portal.contracts.routing import Me
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
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
async def account(page_request: PanelRequest) -> Response:
    return await _page(page_request, FormData(names=NAMES))


@router.post("/sandi")
async def change_password(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form("present", "password", "again"), NAMES)
    if form.get("password") != form.get("again"):
        form.wrong["again"] = "Kedua kata sandi berbeda."
        return await _page(page_request, form, 422)
    body = {name: form.get(name) for name in ("present", "password")}
    try:
        await page_request.call("routing", "POST", "/me/password", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status)
    words = "Kata sandi diubah, dan semua sesi berakhir. Masuk dengan kata sandi yang baru."
    return _sign_in_again(page_request, words)


@router.post("/faktor-kedua/lepas")
async def remove_second_factor(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form("own_password", "code"), NAMES)
    body = {
        "username": (await _me(page_request)).username,
        "password": form.get("own_password"),
        "code": form.get("code").strip(),
        "device_tokens": page_request.devices,
    }
    try:
        # Called without a session: a wrong password does not mean that the session has expired.
        await page_request.call("routing", "POST", "/second-factor/remove", json=body, token="")
    except Problem as problem:
        form.refuse(problem, {"password": "own_password"})
        return await _page(page_request, form, problem.status)
    return _sign_in_again(
        page_request, "Faktor kedua dilepas, dan semua sesi berakhir. Masuk lagi."
    )


def _sign_in_again(page_request: PageRequest, words: str) -> Response:
    page_request.session.sign_out()
    return page_request.go("/panel/masuk", words)


async def _me(page_request: PageRequest) -> Me:
    return await page_request.read("routing", "/me", Me)


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    return page_request.page("panel/account.html", status, form=form, me=await _me(page_request))
