"""Doing something to a report: the form, its look-ups, the outcome, and refusals with the words
kept."""

import json
from typing import Any

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import BODY_LIMIT, PageRequest, PanelRequest
from services.portal.panel.choices import agencies_offered, choices_for
from services.portal.panel.forms import FORMS, NAMES, ActionForm
from services.portal.panel.report import NUMBER
from services.portal.service_calls import File
from shared.http.problems import Problem, not_found
from shared.labels import label

router = APIRouter(prefix="/panel/laporan", include_in_schema=False)


@router.get("/{number}/{action}")
async def action_form(page_request: PanelRequest, action: str, number: int = NUMBER) -> Response:
    report = await page_request.read("routing", f"/reports/{number}")
    return await _page(page_request, report, action, _prefilled(report, action))


@router.post("/{number}/{action}", max_body_size=BODY_LIMIT)
async def act(page_request: PanelRequest, action: str, number: int = NUMBER) -> Response:
    known = _form_of(action)
    sent = await page_request.form()
    form = FormData(sent, NAMES)
    if known.files:
        await keep_chosen_files(page_request, form, sent)
    if form.get("langkah") != "kirim" or form.wrong:
        report = await page_request.read("routing", f"/reports/{number}")
        return await _page(page_request, report, action, form, 422 if form.wrong else 200)
    try:
        async with files_kept(page_request, form) as files:
            if form.wrong:
                report = await page_request.read("routing", f"/reports/{number}")
                return await _page(page_request, report, action, form, 422)
            outcome = await _perform(page_request, known, number, form, files)
    except Problem as problem:
        form.refuse(problem, {"region_code": "province", **_AS_WRITTEN.get(action, {})})
        report = await page_request.read("routing", f"/reports/{number}")
        # What was refused is over; what could not be asked may have happened: same key again.
        key = form.key if problem.status >= 500 else None
        form.set("versi", str(report["version"]))
        return await _page(page_request, report, action, form, problem.status, key)
    await forget_files(page_request, form)
    words = label("action", action)
    if outcome["state"] == "waiting":
        return page_request.go(f"/panel/laporan/{number}", f"{words}: disimpan, segera dijalankan.")
    return page_request.go(f"/panel/laporan/{number}", f"{words}: berhasil.")


async def _perform(
    page_request: PageRequest, known: ActionForm, number: int, form: FormData, files: list[File]
) -> dict[str, Any]:
    path = known.path.format(number=number)
    body = known.body(form)
    options: dict[str, Any] = {"key": form.key, "version": form.get("versi") or None}
    if known.files:
        answer = await page_request.call(
            known.service,
            "POST",
            path + "/with-attachments",
            data={"message": json.dumps(body)},
            files=files,
            **options,
        )
    else:
        answer = await page_request.call(known.service, "POST", path, json=body, **options)
    outcome: dict[str, Any] = answer.json()
    return outcome


async def _page(
    page_request: PageRequest,
    report: dict[str, Any],
    action: str,
    form: FormData,
    status: int = 200,
    key: Any = None,
) -> Response:
    known = _form_of(action)
    allowed = any(one["code"] == action for one in report["allowed_actions"])
    return page_request.page(
        "panel/action.html",
        status,
        report=report,
        action=action,
        known=known,
        allowed=allowed,
        form=form,
        agencies=await agencies_offered(page_request, known, report, form),
        version=form.get("versi") or report["version"],
        **await choices_for(page_request, action, form, report),
        **({"form_key": key} if key else {}),
    )


def _form_of(action: str) -> ActionForm:
    if action not in FORMS:
        raise not_found()
    return FORMS[action]


def _prefilled(report: dict[str, Any], action: str) -> FormData:
    """What the report has already, for the forms that change it."""
    if action == "change_copies":
        copies = report["copies"]
        return FormData(
            {
                "agency_ids": [one["id"] for one in copies],
                "agency_ids_nama": [f"{one['id']}|{one['name']}" for one in copies],
            },
            NAMES,
        )
    if action not in ("verify", "amend"):
        return FormData({"kind": "follow_up" if action == "follow_up" else ""}, NAMES)
    form = FormData(
        {
            **{name: report[name] for name in ("title", "body", "classification")},
            **{flag: "1" for flag in ("anonymous", "secret", "priority") if report[flag]},
            "category_id": (report["category"] or {}).get("id"),
            "tag_ids": [tag["id"] for tag in report["tags"]],
            "programme_id": (report["programme"] or {}).get("id"),
            "place": report["place"]["text"],
            "released_attachments": [one["id"] for one in report["attachments"] if one["released"]],
        },
        NAMES,
    )
    references.spread_region(form, report["place"]["region_code"])
    return form


_AS_WRITTEN = {"follow_up": {"message": "text"}}
