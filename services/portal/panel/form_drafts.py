"""*Simpan draf*: keeps what a person types into a form of a report, and offers it to them when they
open the form again."""

from contextlib import suppress

from fastapi import Response
from fastapi.responses import JSONResponse

from services.portal.contracts.routing import DraftRead, KeptDraft, ReportView
from services.portal.form_data import FILES, KEPT, FormData
from services.portal.page_request import PageRequest
from services.portal.panel.forms import NAMES, ActionForm
from services.portal.refusals import words_of
from services.portal.translation import language, translated
from shared.clock import now
from shared.http.problems import Problem
from shared.labels import dates

OFFERED = "draf"
"""The field of a form that marks a draft as offered and neither used nor discarded yet."""
TYPED = "ketikan"
"""The step that the script sends some seconds after something was typed."""
KEEP, USE, DISCARD = "simpan-draf", "pakai-draf", "buang-draf"
STEPS = (KEEP, USE, DISCARD)
_WITH_IT = ("versi", "riwayat")
"""The version of the report at that time, so that using the draft shows what others have done
since."""


def offer(form: FormData, report: ReportView, action: str) -> None:
    """Mark the form with the offer of a draft, if there is one, when it is opened."""
    if _draft_of(report, action):
        form.set(OFFERED, "1")


def offered(form: FormData, report: ReportView, action: str) -> KeptDraft | None:
    """Return the draft to use or discard above the form."""
    return _draft_of(report, action) if form.get(OFFERED) else None


async def step(
    page_request: PageRequest, known: ActionForm, number: int, action: str, form: FormData
) -> FormData:
    """Return the form after one of `STEPS`. Raises the service's refusal."""
    asked = form.get("langkah")
    if asked == KEEP:
        await _keep(page_request, known, number, action, form)
        page_request.session.notice = translated(
            "Draf disimpan selama tujuh hari. Hanya Anda yang melihatnya."
        )
    elif asked == DISCARD:
        await page_request.call("routing", "DELETE", _path(number, action))
        page_request.session.notice = translated("Draf dibuang.")
    else:
        draft = await page_request.read("routing", _path(number, action), DraftRead)
        names = _names(known)
        fields = {name: values for name, values in draft.fields.items() if name in names}
        files = form.all(KEPT)
        form = FormData({**fields, KEPT: files, "langkah": asked}, NAMES)
    form.set(OFFERED, "")
    return form


async def keep_quietly(
    page_request: PageRequest, known: ActionForm, number: int, action: str, form: FormData
) -> Response:
    """Keep the draft for the script, which shows the time it was kept or the text of the
    refusal."""
    try:
        await _keep(page_request, known, number, action, form)
    except Problem as problem:
        wrong = {"wrong": ". ".join(words_of(problem))}
        return page_request.for_script(JSONResponse(wrong, problem.status))
    at = dates.time_of_day(now(), page_request.session.zone, language.get())
    return page_request.for_script(JSONResponse({"kept_at": at}))


async def forget(page_request: PageRequest, number: int, action: str) -> None:
    """Delete the draft of a form that was sent. If this fails, the draft expires within a week."""
    with suppress(Problem):
        await page_request.call("routing", "DELETE", _path(number, action))


async def _keep(
    page_request: PageRequest, known: ActionForm, number: int, action: str, form: FormData
) -> None:
    fields = {name: values for name in _names(known) if (values := form.all(name))}
    await page_request.call("routing", "PUT", _path(number, action), json={"fields": fields})


def _names(known: ActionForm) -> set[str]:
    """Return the fields that a draft keeps. Files are stored in another way, and for less time."""
    return {*known.fields, *_WITH_IT} - {FILES}


def _draft_of(report: ReportView, action: str) -> KeptDraft | None:
    return next((draft for draft in report.form_drafts if draft.action == action), None)


def _path(number: int, action: str) -> str:
    return f"/reports/{number}/form-drafts/{action}"
