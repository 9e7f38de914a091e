"""A report's page: its reporter sees all of it and what they can do, others see what is public."""

import json
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.carried_over_forms import carried_over
from services.portal.contracts.followup import CommandAnswer
from services.portal.contracts.intake import HistoryLine, PublicReport, RenewedCode, ReporterReport
from services.portal.downloads import PassedOn
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import BODY_LIMIT, PageRequest, PublicRequest
from services.portal.pages import label
from services.portal.public.access import read_report
from services.portal.public.accounts import NAMES as SIGN_IN
from services.portal.public.contact_changes import NAMES as CONTACT_NAMES
from services.portal.public.messages import own_contacts, waiting_contacts
from services.portal.public.status_summary import status_summary
from services.portal.public.tracking import NAMES as TRACK
from services.portal.sealed_forms import CARRIED
from services.portal.service_calls import File
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, not_found
from shared.lifecycle.calendar import Zone
from shared.lifecycle.objection_reasons import objection_reasons

router = APIRouter(include_in_schema=False)


NAMES = {
    "text": "Tulisan Anda",
    "reason": "Alasan",
    "attachments": "Lampiran",
    "rating": "Nilai",
    "objection_reason": "Alasan",
    "solved": "Apakah masalahnya tuntas?",
}
_PATHS = {
    "complete_information": "information",
    "reply": "replies",
    "declare_satisfied": "satisfaction",
    "rate": "rating",
    "object": "objection",
    "withdraw": "withdrawal",
}
_WORDS = {
    "complete_information": "text",
    "reply": "text",
    "declare_satisfied": "text",
    "rate": "text",
    "object": "text",
    "withdraw": "reason",
}
_CHOSEN = {
    "declare_satisfied": ("rating",),
    "rate": ("rating", "solved"),
    "object": ("objection_reason",),
}
_WITH_FILES = ("complete_information", "reply")
_DONE = {
    "complete_information": "Terima kasih. Informasi Anda sudah dikirim.",
    "reply": "Tanggapan Anda sudah dikirim.",
    "declare_satisfied": "Terima kasih. Laporan ini selesai.",
    "rate": "Terima kasih atas penilaian Anda.",
    "object": "Permintaan Anda sudah dikirim. Keputusannya tampil di halaman ini.",
    "withdraw": "Laporan Anda sudah ditarik.",
}


@router.get("/laporan/{number}")
async def report_page(page_request: PublicRequest, number: ReportNumber) -> Response:
    return await _page(page_request, number)


@router.get("/laporan/{number}/dokumen")
async def document(page_request: PublicRequest, number: ReportNumber) -> Response:
    """Return the report as a document to print, as the public may read it."""
    path = f"/reports/{number}/document"
    return page_request.sealed(PassedOn(await page_request.download("intake", path)))


@router.get("/laporan/{number}/lampiran/{attachment_id}")
async def attachment(
    page_request: PublicRequest, attachment_id: UUID, number: ReportNumber
) -> Response:
    path = f"/reports/{number}/attachments/{attachment_id}"
    return PassedOn(
        await page_request.download("intake", path, page_request.session.reports.get(number))
    )


@router.post("/laporan/{number}/kode-akses")
async def renew_code(page_request: PublicRequest, number: ReportNumber) -> Response:
    """Renew the access code. The new code is only in this answer."""
    await page_request.form()
    token = page_request.session.reports.get(number)
    try:
        answer = await page_request.call(
            "intake", "POST", f"/reports/{number}/access-code", token=token
        )
    except Problem as problem:
        if problem.status == 401:
            return await _ask_again(page_request, number)
        raise
    renewed = answer_as(RenewedCode, answer)
    if token:
        page_request.session.keep_report(number, renewed.access_token)
    return page_request.page("public/new_code.html", number=number, code=renewed.access_code)


@router.post("/laporan/{number}/{action}", max_body_size=BODY_LIMIT)
async def act(page_request: PublicRequest, action: str, number: ReportNumber) -> Response:
    if action not in _PATHS:
        raise not_found()
    sent = await page_request.form(*_fields(action))
    form = FormData(sent, NAMES, action)
    await keep_chosen_files(page_request, form, sent)
    try:
        async with files_kept(page_request, form) as files:
            if form.wrong:
                return await _page(page_request, number, 422, action, form)
            command = await _perform(page_request, number, action, form, files)
    except Problem as problem:
        if problem.status == 401:
            return await _ask_again(page_request, number)
        form.refuse(problem)
        return await _page(page_request, number, problem.status, action, form)
    await forget_files(page_request, form)
    notice = _DONE[action]
    if command.state == "waiting":
        notice = "Sudah kami simpan dan segera dijalankan. Muat ulang halaman ini sebentar lagi."
    # The fragment leads to the news; without one, the browser would keep the fragment of the form,
    # which is empty now.
    return page_request.go(f"/laporan/{number}#kabar", notice)


def _fields(action: str) -> list[str]:
    files = ["attachments"] if action in _WITH_FILES else []
    return [_WORDS[action], *files, *_CHOSEN.get(action, ())]


async def _perform(
    page_request: PageRequest, number: int, action: str, form: FormData, files: list[File]
) -> CommandAnswer:
    path, body = f"/reports/{number}/{_PATHS[action]}", form.filled(_WORDS[action])
    token = page_request.session.reports.get(number)
    if action in _WITH_FILES:
        answer = await page_request.call(
            "followup",
            "POST",
            f"{path}/with-attachments",
            data={"message": json.dumps(body)},
            files=files,
            key=form.key,
            token=token,
        )
        return answer_as(CommandAnswer, answer)
    if action in ("declare_satisfied", "rate"):
        body |= form.filled_ids("rating")
    if action == "object":
        body |= form.filled("objection_reason")
    if action == "rate" and (solved := form.get("solved")):
        body["solved"] = {"yes": True, "no": False}.get(
            solved, solved
        )  # the service refuses others
    answer = await page_request.call("followup", "POST", path, json=body, key=form.key, token=token)
    return answer_as(CommandAnswer, answer)


async def _page(
    page_request: PageRequest,
    number: int,
    status: int = 200,
    action: str | None = None,
    form: FormData | None = None,
) -> Response:
    try:
        report = await read_report(page_request, number)
    except Problem as problem:
        # A person without access, or whose access has ended, is not shown that a secret report
        # exists.
        if problem.status == 401 or (form is not None and problem.status == 404):
            return await _ask_again(page_request, number)
        if problem.status != 404:
            raise
        # The link of a message leads here. The reporter is asked for the code; the text is the same
        # as for a number that does not exist.
        track = FormData({"number": number}, TRACK)
        return page_request.page("public/track.html", 404, form=track, not_public=True)
    if isinstance(report, PublicReport):
        if form is not None:
            return await _ask_again(page_request, number)
        return page_request.page("public/report.html", status, report=report)
    return page_request.page(
        "public/own_report.html",
        status,
        zone=Zone(report.zone),
        report=report,
        status_summary=status_summary(report),
        contacts=await own_contacts(page_request, number),
        waiting=await waiting_contacts(page_request, number),
        contact_form=FormData(names=CONTACT_NAMES, id_prefix="kontak"),
        number=number,
        question=_question(report),
        objection_reasons=[
            (code, label("objection_reason", code)) for code in objection_reasons(report.status)
        ],
        acted=action,
        forms={path: FormData(names=NAMES, id_prefix=path) for path in _PATHS}
        | ({action: form} if action and form else {}),
    )


def _question(report: ReporterReport) -> HistoryLine | None:
    """Return the line with the question that waits for an answer."""
    questions = [line for line in report.history if line.action == "defer" and line.words]
    return questions[-1] if questions and report.question_open else None


async def _ask_again(page_request: PageRequest, number: int) -> Response:
    """Ask for access again: it ends after an hour. The page asks for the code or, for a report of
    an account, for its password. What was written is carried over."""
    kept = await carried_over(page_request)
    page_request.session.reports.pop(number, None)
    if kept is None:
        return page_request.go(
            f"/lacak?nomor={number}", "Demi keamanan, masukkan lagi kode akses laporan Anda."
        )
    if kept.person:
        page_request.session.notice = "Sesi Anda berakhir. Masuk lagi: yang Anda tulis masih ada."
        return page_request.page(
            "public/sign_in.html", 401, form=FormData({CARRIED: kept.sealed}, SIGN_IN)
        )
    page_request.session.notice = (
        "Demi keamanan, masukkan lagi kode akses laporan Anda. Yang Anda tulis masih ada."
    )
    form = FormData({CARRIED: kept.sealed, "number": number}, TRACK)
    return page_request.page("public/track.html", 401, form=form)
