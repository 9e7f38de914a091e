"""Replacing a lost password of an account: a code is sent to its proven contact, then a new one is
chosen."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.intake import SignedIn
from services.portal.contracts.notification import AccountRecovered, AccountRecoveryRequest
from services.portal.form_data import FormData
from services.portal.page_request import PublicRequest
from services.portal.public.accounts import NAMES, enter
from shared.http.problems import Problem

router = APIRouter(include_in_schema=False)

_PAGE = "public/lost_password.html"
_FIELDS = ("contact", "code", "password", "request_token", "recovery_token")


@router.get("/kata-sandi-hilang")
async def lost_password_form(page_request: PublicRequest) -> Response:
    return page_request.page(_PAGE, form=FormData(names=NAMES), asked=False)


@router.post("/kata-sandi-hilang")
async def recover_password(page_request: PublicRequest) -> Response:
    """Recover an account in two steps: first the contact; then the code with a new password. The
    page is the same whether or not a code was sent. The recovery token from the code is kept in the
    form if the password is refused, because a code works only once."""
    sent = await page_request.form(*_FIELDS)
    form = FormData(sent, NAMES)
    asked = {"contact": form.get("contact")}
    shown = bool(form.get("code") or form.get("recovery_token"))
    try:
        if not shown:
            answer = await page_request.call(
                "notification", "POST", "/account-recovery", json=asked
            )
            form.set("request_token", answer_as(AccountRecoveryRequest, answer).request_token)
            return page_request.page(_PAGE, form=form, asked=True)
        if not form.get("recovery_token"):
            proof = {name: form.get(name) for name in ("request_token", "code")}
            path = "/account-recovery/proof"
            answer = await page_request.call("notification", "POST", path, json=proof)
            form.set("recovery_token", answer_as(AccountRecovered, answer).recovery_token)
        chosen = {name: form.get(name) for name in ("recovery_token", "password")}
        answer = await page_request.call("intake", "POST", "/reporters/password", json=chosen)
    except Problem as problem:
        form.refuse(problem, {"request_token": "code"})
        return page_request.page(_PAGE, problem.status, form=form, asked=shown)
    enter(page_request, answer_as(SignedIn, answer))
    return page_request.go("/laporan-saya", "Kata sandi diubah. Sesi di perangkat lain berakhir.")
