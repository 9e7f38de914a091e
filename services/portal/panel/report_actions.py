"""Doing something to a report: the form, its look-ups, the outcome, and refusals with the words
kept."""

import asyncio
import json
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.routing import CommandAnswer, ReportView
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import BODY_LIMIT, PageRequest, PanelRequest
from services.portal.panel.choices import agencies_offered, choices_for
from services.portal.panel.forms import FORMS, NAMES, ActionForm
from services.portal.panel.report import NUMBER, read_report
from services.portal.service_calls import File
from shared.http.problems import Problem, not_found
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.rules import RULES

router = APIRouter(prefix="/panel/laporan", include_in_schema=False)


@router.get("/{number}/{action}")
async def action_form(page_request: PanelRequest, action: str, number: int = NUMBER) -> Response:
    report = await read_report(page_request, number)
    form = _prefilled(report, action)
    if subject := page_request.request.query_params.get("tentang"):
        form.set("rectifies", subject)
    return await _page(page_request, report, action, form)


@router.post("/{number}/{action}", max_body_size=BODY_LIMIT)
async def act(page_request: PanelRequest, action: str, number: int = NUMBER) -> Response:
    known = _form_of(action)
    sent = await page_request.form(*known.fields, "versi")
    form = FormData(sent, NAMES)
    if known.files:
        await keep_chosen_files(page_request, form, sent)
    if form.get("langkah") != "kirim" or form.wrong:
        report = await read_report(page_request, number)
        return await _page(page_request, report, action, form, 422 if form.wrong else 200)
    try:
        async with files_kept(page_request, form) as files:
            if form.wrong:
                report = await read_report(page_request, number)
                return await _page(page_request, report, action, form, 422)
            command = await _perform(page_request, known, number, form, files)
    except Problem as problem:
        form.refuse(problem, {"region_code": "province", **_AS_WRITTEN.get(action, {})})
        report = await read_report(page_request, number)
        # What was refused is over; what could not be asked may have happened: same key again.
        key = form.key if problem.status >= 500 else None
        form.set("versi", str(report.version))
        return await _page(page_request, report, action, form, problem.status, key)
    await forget_files(page_request, form)
    words = label("action", action)
    if command.state == "waiting":
        return page_request.go(f"/panel/laporan/{number}", f"{words}: disimpan, segera dijalankan.")
    return page_request.go(f"/panel/laporan/{number}", f"{words}: berhasil.")


async def _perform(
    page_request: PageRequest, known: ActionForm, number: int, form: FormData, files: list[File]
) -> CommandAnswer:
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
            key=form.key,
            version=version,
        )
    else:
        answer = await page_request.call(
            known.service, "POST", path, json=body, key=form.key, version=version
        )
    return answer_as(CommandAnswer, answer)


async def _page(
    page_request: PageRequest,
    report: ReportView,
    action: str,
    form: FormData,
    status: int = 200,
    key: UUID | None = None,
) -> Response:
    known = _form_of(action)
    agencies, choices = await asyncio.gather(
        agencies_offered(page_request, known, report, form),
        choices_for(page_request, action, form, report),
    )
    allowed = action in [offered.code for offered in report.allowed_actions]
    return page_request.page(
        "panel/action.html",
        status,
        report=report,
        action=action,
        known=known,
        reporter_reads=RULES[Action(action)].reporter_reads,
        allowed=allowed,
        form=form,
        agencies=agencies,
        version=form.get("versi") or report.version,
        **choices,
        form_key=key or uuid4(),
    )


def _form_of(action: str) -> ActionForm:
    if action not in FORMS:
        raise not_found()
    return FORMS[action]


def _prefilled(report: ReportView, action: str) -> FormData:
    """What the report has already, for the forms that change it."""
    if action == "change_copies":
        return FormData(
            {
                "agency_ids": [agency.id for agency in report.copies],
                "agency_ids_nama": [f"{agency.id}|{agency.name}" for agency in report.copies],
            },
            NAMES,
        )
    if action not in ("verify", "amend"):
        return FormData({}, NAMES)
    form = FormData(
        {
            "title": report.title,
            "body": report.body,
            "classification": report.classification,
            **{flag: "1" for flag in ("anonymous", "secret", "priority") if getattr(report, flag)},
            "category_id": report.category and report.category.id,
            "tag_ids": [tag.id for tag in report.tags],
            "programme_id": report.programme and report.programme.id,
            "place": report.place.text,
            "released_attachments": [file.id for file in report.attachments if file.released],
        },
        NAMES,
    )
    references.spread_region(form, report.place.region_code)
    return form


_AS_WRITTEN = {"follow_up": {"message": "text"}}
