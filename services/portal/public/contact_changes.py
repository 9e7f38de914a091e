"""Replacing, keeping or removing a contact of one's own account or report."""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.intake import WaitingChanges
from services.portal.contracts.notification import ContactShown
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PublicRequest
from shared.http.paths import ReportNumber
from shared.http.problems import Problem

router = APIRouter(include_in_schema=False)

Channel = Literal["email", "sms"]

NAMES = {
    "contact": "Nomor telepon atau surel yang baru",
    "code": "Kode",
    "current_password": "Kata sandi sekarang",
}
REPLACED = "Kontak Anda yang baru sudah berlaku."
_WAITS = "Kontak baru berlaku tujuh hari lagi. Sampai saat itu Anda dapat membatalkannya di sini."
_KEPT = "Kontak Anda tetap seperti sekarang."
_REMOVED = "Kontak itu tidak dipakai lagi: tidak ada apa pun yang dikirim ke sana."
_AGAIN = "Demi keamanan, masukkan lagi kode akses laporan Anda."


@dataclass(frozen=True)
class ContactsOf:
    """The owner of the contacts on a page: the account that is signed in, or one report."""

    number: int | None = None
    token: str | None = None
    """The token that opens the report; None to act as the person signed in."""

    @property
    def page(self) -> str:
        """Return the page with these forms; the forms' addresses begin with it."""
        return "/akun" if self.number is None else f"/laporan/{self.number}"

    @property
    def path(self) -> str:
        """Return the beginning of the services' paths."""
        return "/reporters/me" if self.number is None else f"/reports/{self.number}"

    def back(self, page_request: PageRequest, notice: str) -> Response:
        place = self.page if self.number is None else f"{self.page}#kabar-untuk-anda"
        return page_request.go(place, notice)

    def refused(self, page_request: PageRequest, problem: Problem) -> Response:
        """Redirect to the page of the form, which shows the error."""
        if self.is_closed_by(problem):
            return self.ask_again(page_request)
        return self.back(page_request, why_refused(FormData(names=NAMES), problem))

    def is_closed_by(self, problem: Problem) -> bool:
        """Return whether the session, or the access to the report, has ended."""
        return problem.status == 401 or (self.number is not None and problem.status == 404)

    def ask_again(self, page_request: PageRequest) -> Response:
        if self.number is None:
            return page_request.go("/masuk?lanjut=/akun")
        return page_request.go(f"/lacak?nomor={self.number}", _AGAIN)


def why_refused(form: FormData, problem: Problem) -> str:
    """Return the error of the form, as a notice."""
    form.refuse(problem)
    words = [*form.wrong.values(), form.refusal.detail if form.refusal else ""]
    return next(filter(None, words), "Belum berhasil. Coba lagi sebentar lagi.")


def of_report(page_request: PageRequest, number: int) -> ContactsOf:
    return ContactsOf(number, page_request.session.reports.get(number))


OF_ACCOUNT = ContactsOf()


async def read_waiting(page_request: PageRequest, of: ContactsOf) -> WaitingChanges:
    """Return the changes of contacts that wait."""
    if of.number is None:
        return await page_request.read("intake", "/reporters/me/contact-changes", WaitingChanges)
    path = f"/reports/{of.number}/contact-changes"
    return await page_request.read("intake", path, WaitingChanges, token=of.token)


async def apply_waiting(page_request: PageRequest, of: ContactsOf) -> bool:
    """Apply the waiting changes of contacts after one was proven; they take effect at once, because
    both contacts are proven now. Returns whether any was applied."""
    replaced = False
    for change in (await read_waiting(page_request, of)).waiting:
        path = f"{of.path}/contact-changes/{change.channel}/apply"
        answer = await page_request.call("intake", "POST", path, token=of.token)
        left = [each.channel for each in answer_as(WaitingChanges, answer).waiting]
        replaced |= change.channel not in left
    return replaced


@router.post("/akun/kontak-baru")
async def replace_account_contact(page_request: PublicRequest) -> Response:
    return await _replace(page_request, OF_ACCOUNT)


@router.post("/laporan/{number}/kontak-baru")
async def replace_report_contact(page_request: PublicRequest, number: ReportNumber) -> Response:
    return await _replace(page_request, of_report(page_request, number))


@router.post("/akun/kontak/{channel}/batal")
async def drop_account_change(page_request: PublicRequest, channel: Channel) -> Response:
    return await _drop(page_request, OF_ACCOUNT, channel)


@router.post("/laporan/{number}/kontak/{channel}/batal")
async def drop_report_change(
    page_request: PublicRequest, channel: Channel, number: ReportNumber
) -> Response:
    return await _drop(page_request, of_report(page_request, number), channel)


@router.post("/akun/kontak/{channel}/hapus")
async def remove_account_contact(page_request: PublicRequest, channel: Channel) -> Response:
    form = FormData(await page_request.form("current_password"), NAMES)
    return await _remove(page_request, OF_ACCOUNT, channel, form)


@router.post("/laporan/{number}/kontak/{channel}/hapus")
async def remove_report_contact(
    page_request: PublicRequest, channel: Channel, number: ReportNumber
) -> Response:
    await page_request.form()
    return await _remove(page_request, of_report(page_request, number), channel, None)


@router.get("/kontak-tetap/{token}")
@router.get("/kontak-laporan/{token}")
async def keep_contact_page(page_request: PublicRequest, token: str) -> Response:
    """Show the page of the link in the notice, for an account or a report. Opening it stops
    nothing, because mail programs open links by themselves."""
    return _keep_page(page_request, token, "asked")


@router.post("/kontak-tetap/{token}")
@router.post("/kontak-laporan/{token}")
async def keep_contact(page_request: PublicRequest, token: str) -> Response:
    """Stop the change. If nothing was stopped, the page has status 404 and says where to look, so
    that nobody believes the contact is safe."""
    await page_request.form()
    body = {"token": token}
    try:
        await page_request.call("intake", "POST", "/contact-changes/stop", json=body)
    except Problem as problem:
        if problem.status not in (404, 422):
            raise
        return _keep_page(page_request, token, "unknown")
    return _keep_page(page_request, token, "kept")


def _keep_page(
    page_request: PageRequest, token: str, state: Literal["asked", "kept", "unknown"]
) -> Response:
    of_report = page_request.request.url.path.startswith("/kontak-laporan/")
    return page_request.page(
        "public/keep_contact.html",
        404 if state == "unknown" else 200,
        of_report=of_report,
        token=token,
        state=state,
    )


async def _replace(page_request: PageRequest, of: ContactsOf) -> Response:
    """Replace a contact in two steps: first the new contact; then the code sent there, with the
    account's password or, for a report, whether the contact is safe. The proof token from the code
    is kept in the form if the password is wrong, because a code works only once."""
    sent = await page_request.form("contact", "code", "current_password", "safe", "proof_token")
    form = FormData(sent, NAMES)
    contact = {"contact": form.get("contact")}
    page, asked = "public/new_contact.html", bool(form.get("code") or form.get("proof_token"))
    try:
        if not asked:
            path = f"{of.path}/new-contact/code"
            await page_request.call("notification", "POST", path, json=contact, token=of.token)
            return page_request.page(page, form=form, of=of, asked=True)
        if not form.get("proof_token"):
            proof = contact | {"code": form.get("code")}
            path = f"{of.path}/new-contact/proof"
            answer = await page_request.call(
                "notification", "POST", path, json=proof, token=of.token
            )
            form.set("proof_token", answer_as(ContactShown, answer).proof_token)
        change: dict[str, str | bool] = {"proof_token": form.get("proof_token")}
        if of.number is None:
            change["current_password"] = form.get("current_password")
        else:
            change["safe"] = form.get("safe") == "1"
        path = f"{of.path}/contact-changes"
        answer = await page_request.call("intake", "POST", path, json=change, token=of.token)
    except Problem as problem:
        if of.is_closed_by(problem):
            return of.ask_again(page_request)
        form.refuse(problem, {"proof_token": "code"})
        return page_request.page(page, problem.status, form=form, of=of, asked=asked)
    waits = answer_as(WaitingChanges, answer).waiting
    return of.back(page_request, _WAITS if waits else REPLACED)


async def _drop(page_request: PageRequest, of: ContactsOf, channel: Channel) -> Response:
    await page_request.form()
    path = f"{of.path}/contact-changes/{channel}"
    try:
        await page_request.call("intake", "DELETE", path, token=of.token)
    except Problem as problem:
        return of.refused(page_request, problem)
    return of.back(page_request, _KEPT)


async def _remove(
    page_request: PageRequest, of: ContactsOf, channel: Channel, form: FormData | None
) -> Response:
    path = f"{of.path}/contacts/{channel}/removal"
    body = {"current_password": form.get("current_password")} if form else None
    try:
        await page_request.call("intake", "POST", path, json=body, token=of.token)
    except Problem as problem:
        return of.refused(page_request, problem)
    return of.back(page_request, _REMOVED)
