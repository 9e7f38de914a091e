"""Actions on a report: the result, and refusals that keep the text typed."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.routing import (
    CommandAnswer,
    HistoryLine,
    OwedItem,
    ReportView,
)
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import BODY_LIMIT, PageRequest, PanelRequest
from services.portal.pages import label
from services.portal.panel import form_drafts
from services.portal.panel.action_page import action_page, form_of, is_allowed
from services.portal.panel.forms import FORMS, NAMES, ActionForm, owed_action
from services.portal.panel.prefilled import prefilled
from services.portal.panel.report import (
    last_entry,
    read_report,
    say_what_to_do_now,
    steps_since,
)
from services.portal.panel.template_use import template_fields
from services.portal.paths import own_list
from services.portal.service_calls import File
from services.portal.translation import translated
from shared.http.paging import Page
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, forbidden
from shared.lifecycle.actions import Action

_SENDING = ("kirim", "lanjut")
_TICKED = "centang"
"""The step that the script sends: it only keeps the ticks of the checklist."""
_LINKING = "tautkan-"
"""The step, followed by a number, that links the report to that one from any form, and keeps the
form's text."""
router = APIRouter(prefix="/panel/laporan", include_in_schema=False)


@router.get("/{number}/{action}")
async def action_form(page_request: PanelRequest, action: str, number: ReportNumber) -> Response:
    _refuse_overseers(page_request)
    report = await read_report(page_request, number)
    form = prefilled(report, action)
    if subject := page_request.request.query_params.get("tentang"):
        form.set("rectifies", subject)
    form.set("kembali", own_list(page_request.request.query_params.get("kembali", ""), ""))
    form_drafts.offer(form, report, action)
    return await action_page(page_request, report, action, form)


def _refuse_overseers(page_request: PageRequest) -> None:
    """Raises the 403 problem before the report is read, because reading would be logged."""
    if page_request.session.only_reads:
        raise forbidden()


@router.post("/{number}/{action}", max_body_size=BODY_LIMIT)
async def act(page_request: PanelRequest, action: str, number: ReportNumber) -> Response:
    _refuse_overseers(page_request)
    known = form_of(action)
    others = *template_fields(action), "versi", "riwayat", "kembali", form_drafts.OFFERED
    sent = await page_request.form(*known.fields, *others)
    form = FormData(sent, NAMES)
    form.set("kembali", own_list(form.get("kembali"), ""))
    if form.get("langkah") == form_drafts.TYPED:
        return await form_drafts.keep_quietly(page_request, known, number, action, form)
    if known.files:
        await keep_chosen_files(page_request, form, sent)
    if action == Action.VERIFY:
        await _keep_ticks(page_request, number, form)
        if form.get("langkah") == _TICKED:
            return page_request.sealed(Response(status_code=204))
    if (main := form.get("langkah").removeprefix(_LINKING)) != form.get("langkah"):
        return await _link(page_request, number, action, form, main)
    if form.get("langkah") in form_drafts.STEPS:
        return await _with_draft(page_request, known, number, action, form)
    if form.get("langkah") in _SENDING:
        references.left_unchosen(form, known.fields)
    if form.get("langkah") not in _SENDING or form.wrong:
        report = await read_report(page_request, number)
        if form.get("langkah") == "muat":
            _as_it_is_now(form, report)
        return await action_page(page_request, report, action, form, 422 if form.wrong else 200)
    try:
        async with files_kept(page_request, form) as files:
            if form.wrong:
                report = await read_report(page_request, number)
                return await action_page(page_request, report, action, form, 422)
            command = await _perform(page_request, known, number, form, files)
    except Problem as problem:
        form.refuse(problem, {"region_code": "province", **_AS_WRITTEN.get(action, {})})
        report = await read_report(page_request, number)
        # A refused command is over. One that could not be sent may have been executed, so its key
        # is kept.
        key = form.key if problem.status >= 500 else None
        since = _since(report, form) if problem.status == 412 else []
        if problem.status == 412 or problem.code == "not_allowed_in_status":
            say_what_to_do_now(form, possible=is_allowed(report, action))
        _as_it_is_now(form, report)
        return await action_page(page_request, report, action, form, problem.status, key, since)
    await asyncio.gather(
        forget_files(page_request, form), form_drafts.forget(page_request, number, action)
    )
    waits = command.state == "waiting"
    outcome = translated("disimpan, segera dijalankan") if waits else translated("berhasil")
    words = f"{label('action', action)}: {outcome}."
    if action == Action.FOLLOW_UP and form.all("to_linked"):
        words += await _sent_to_linked(page_request, known, number, form)
    if form.get("langkah") == "lanjut":
        return await _go_to_next(page_request, number, words)
    return page_request.go(f"/panel/laporan/{number}", words)


async def _with_draft(
    page_request: PageRequest, known: ActionForm, number: int, action: str, form: FormData
) -> Response:
    """Keep, use or discard the draft. A draft that is used shows what has been done to the report
    since then."""
    status, came_from = 422 if form.wrong else 200, form.get("kembali")
    try:
        form = await form_drafts.step(page_request, known, number, action, form)
    except Problem as problem:
        form.refuse(problem)
        status = problem.status
    form.set("kembali", came_from)
    report = await read_report(page_request, number)
    since: Sequence[HistoryLine] = ()
    if form.get("langkah") == form_drafts.USE:
        since = _since(report, form)
        _as_it_is_now(form, report)
    return await action_page(page_request, report, action, form, status, since=since)


async def _sent_to_linked(
    page_request: PageRequest, known: ActionForm, number: int, form: FormData
) -> str:
    """Send the follow-up to the linked reports after the main one has it. The same form sent again
    sends it once."""
    numbers = form.ids("to_linked")
    body = {"numbers": numbers, "form": known.body(form)}
    path, key = f"/reports/{number}/linked-follow-ups", uuid5(form.key, "linked")
    try:
        await page_request.call("followup", "POST", path, json=body, key=key)
    except Problem:
        return " " + translated(
            "Laporan tertaut belum dikirimi: kirim lagi dari laporan masing-masing."
        )
    sent = translated("Dikirim juga ke {n} laporan tertaut; hasilnya di Tindakan massal.")
    return " " + sent.format(n=len(numbers))


async def _keep_ticks(page_request: PageRequest, number: int, form: FormData) -> None:
    """Keep the ticks with every step of the form. A refusal is ignored here: the caller sees it
    with the action itself."""
    with suppress(Problem):
        body = {"checked": form.all("checked")}
        await page_request.call("routing", "PUT", f"/reports/{number}/checklist", json=body)


async def _link(
    page_request: PageRequest, number: int, action: str, form: FormData, main: str
) -> Response:
    link = FORMS[Action.LINK]
    try:
        sent = FormData({"main_number": main}, NAMES)
        await _perform(page_request, link, number, sent, [], key=form.key)
    except Problem as problem:
        form.refuse(problem)
        report = await read_report(page_request, number)
        return await action_page(page_request, report, action, form, problem.status)
    words = translated("Laporan #{number} tertaut ke #{main}.").format(number=number, main=main)
    if action == Action.LINK:
        return page_request.go(f"/panel/laporan/{number}", words)
    report = await read_report(page_request, number)
    _as_it_is_now(form, report)
    page_request.session.notice = words
    return await action_page(page_request, report, action, form)


def _since(report: ReportView, form: FormData) -> list[HistoryLine]:
    seen = form.id("riwayat")
    return steps_since(report, seen) if isinstance(seen, int) else []


def _as_it_is_now(form: FormData, report: ReportView) -> None:
    """Make the form refer to the report as it is now, whatever version it was opened with."""
    form.set("versi", str(report.version))
    form.set("riwayat", str(last_entry(report)))


async def _go_to_next(page_request: PageRequest, done: int, words: str) -> Response:
    """Redirect to the first report of *Tugas Saya* except the one just done, at the form of the
    step it owes."""
    items = (await page_request.read("routing", "/owed", Page[OwedItem], params={"limit": 2})).items
    report = next((item.report for item in items if item.report.number != done), None)
    if report is None:
        return page_request.go(
            "/panel/tugas", f"#{done}: {words} {translated('Tidak ada tugas lagi.')}"
        )
    action = owed_action(report.countdown)
    known = action in [each.code for each in report.allowed_actions]
    path = f"/panel/laporan/{report.number}"
    path += f"/{action}?kembali=%2Fpanel%2Ftugas" if known else ""
    return page_request.go(path, f"#{done}: {words} {translated('Ini tugas berikutnya.')}")


async def _perform(
    page_request: PageRequest,
    known: ActionForm,
    number: int,
    form: FormData,
    files: list[File],
    key: UUID | None = None,
) -> CommandAnswer:
    """Send the form of an action. `key` replaces the form's own key."""
    key = key or form.key
    path = known.path.format(number=number)
    body = known.body(form)
    version = form.get("versi") or None
    if known.files:
        answer = await page_request.call(
            known.service,
            "POST",
            path + "/with-attachments",
            data={"message": json.dumps(body)},
            files=files,
            key=key,
            version=version,
        )
    else:
        answer = await page_request.call(
            known.service, "POST", path, json=body, key=key, version=version
        )
    return answer_as(CommandAnswer, answer)


_AS_WRITTEN = {"follow_up": {"message": "text"}}
