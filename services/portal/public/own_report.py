"""A report's page: to its reporter all of it with what can be done, to others what is public."""

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.portal.downloads import PassedOn
from services.portal.filled import Filled, files_of
from services.portal.public.standing import standing
from services.portal.visit import BODY_LIMIT, PublicVisit, Visit
from shared.http.problems import Problem, not_found

router = APIRouter(include_in_schema=False)

Number = int
_NUMBER = Path(gt=0, lt=2**63)

NAMES = {
    "text": "Tulisan Anda",
    "reason": "Alasan",
    "attachments": "Lampiran",
    "rating": "Nilai",
}
_PATHS = {
    "complete_information": "information",
    "reply": "replies",
    "declare_satisfied": "satisfaction",
    "withdraw": "withdrawal",
}
_WORDS = {
    "complete_information": "text",
    "reply": "text",
    "declare_satisfied": "text",
    "withdraw": "reason",
}
_WITH_FILES = ("complete_information", "reply")
_DONE = {
    "complete_information": "Terima kasih. Informasi Anda sudah dikirim.",
    "reply": "Tanggapan Anda sudah dikirim.",
    "declare_satisfied": "Terima kasih. Laporan ini selesai.",
    "withdraw": "Laporan Anda sudah ditarik.",
}


@router.get("/laporan/{number}")
async def report_page(visit: PublicVisit, number: Number = _NUMBER) -> Response:
    return await _page(visit, number)


@router.get("/laporan/{number}/lampiran/{attachment_id}")
async def attachment(visit: PublicVisit, attachment_id: UUID, number: Number = _NUMBER) -> Response:
    path = f"/reports/{number}/attachments/{attachment_id}"
    return PassedOn(await visit.download("intake", path, visit.session.reports.get(number)))


@router.post("/laporan/{number}/{action}", max_body_size=BODY_LIMIT)
async def act(visit: PublicVisit, action: str, number: Number = _NUMBER) -> Response:
    if action not in _PATHS:
        raise not_found()
    sent = await visit.form()
    form = Filled(sent, NAMES)
    try:
        answer = await _perform(visit, number, action, form, sent)
    except Problem as problem:
        if problem.status == 401:
            return _ask_again(visit, number)
        form.refuse(problem)
        return await _page(visit, number, problem.status, action, form)
    notice = _DONE[action]
    if answer.get("state") == "waiting":
        notice = "Sudah kami simpan dan segera dijalankan. Muat ulang halaman ini sebentar lagi."
    return visit.go(f"/laporan/{number}", notice)


async def _perform(visit: Visit, number: int, action: str, form: Filled, sent: Any) -> Any:
    path, body = f"/reports/{number}/{_PATHS[action]}", form.given(_WORDS[action])
    options: dict[str, Any] = {"key": form.key, "token": visit.session.reports.get(number)}
    if action in _WITH_FILES:
        answer = await visit.call(
            "followup",
            "POST",
            f"{path}/with-attachments",
            data={"message": json.dumps(body)},
            files=await files_of(sent, "attachments"),
            **options,
        )
        return answer.json()
    rating = {"rating": int(form.get("rating"))} if form.get("rating").isdecimal() else {}
    answer = await visit.call("followup", "POST", path, json=body | rating, **options)
    return answer.json()


async def _page(
    visit: Visit,
    number: int,
    status: int = 200,
    action: str | None = None,
    form: Filled | None = None,
) -> Response:
    try:
        report = await visit.read(
            "intake", f"/reports/{number}", token=visit.session.reports.get(number)
        )
    except Problem as problem:
        if problem.status == 401:
            return _ask_again(visit, number)
        raise
    if report["view"] == "public":
        return visit.page("public/report.html", status, report=report)
    return visit.page(
        "public/own_report.html",
        status,
        report=report,
        standing=standing(report),
        question=_question(report),
        acted=action,
        filled=form,
        blank=Filled(names=NAMES),
    )


def _question(report: Any) -> Any:
    """The line with the question that waits for an answer."""
    asked = [line for line in report["history"] if line["action"] == "defer" and line["words"]]
    return asked[-1] if asked and report["question_open"] else None


def _ask_again(visit: Visit, number: int) -> Response:
    """The access to a report ends after an hour; then the code is asked for again."""
    visit.session.reports.pop(number, None)
    return visit.go(
        f"/lacak?nomor={number}", "Demi keamanan, masukkan lagi kode akses laporan Anda."
    )
