"""The page with the form of an action, or with the reason why there is none."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

from fastapi import Response

from services.portal.contracts.routing import HistoryLine, ReportView
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.panel import form_drafts
from services.portal.panel.choices import agencies_offered, call_words, choices_for
from services.portal.panel.forms import FORMS, ActionForm
from services.portal.panel.report import last_entry
from services.portal.panel.template_use import templates_for
from services.portal.panel.why_not import may_ever, why_not_now
from shared.http.problems import not_found
from shared.lifecycle.actions import Action
from shared.lifecycle.rules import RULES


async def action_page(
    page_request: PageRequest,
    report: ReportView,
    action: str,
    form: FormData,
    status: int = 200,
    key: UUID | None = None,
    since: Sequence[HistoryLine] = (),
) -> Response:
    """Return the page of an action. `key` is the form's own key, kept if what was sent may have
    been done; `since` are the steps taken after the form was opened."""
    known = form_of(action)
    call_words(form, known, action)
    rule = RULES[Action(action)]
    possible = may_ever(page_request.session.role, action)
    allowed, refused = is_allowed(report, action), bool(form.refusal or form.wrong)
    draft = form_drafts.offered(form, report, action)
    if not possible or (report.by_copy and not refused):
        return _without_form(page_request, report, action, 403, may_ever=possible)
    # A typed text stays visible to the person who typed it.
    if not allowed and not draft and page_request.request.method == "GET":
        return _without_form(page_request, report, action, 409, why_not=why_not_now(report, action))
    agencies, choices, templates = await asyncio.gather(
        agencies_offered(page_request, known, report, form),
        choices_for(page_request, action, form, report),
        templates_for(page_request, action, form, report),
    )
    came_from = form.get("kembali")
    return page_request.page(
        "panel/action.html",
        status,
        report=report,
        action=action,
        known=known,
        reporter_reads=rule.reporter_reads,
        allowed=allowed,
        form=form,
        agencies=agencies,
        version=form.get("versi") or report.version,
        seen=form.get("riwayat") or last_entry(report),
        since=since,
        back=f"{came_from}#laporan-{report.number}" if came_from else None,
        draft=draft,
        **choices,
        **templates,
        form_key=key or uuid4(),
    )


def is_allowed(report: ReportView, action: str) -> bool:
    return action in [offered.code for offered in report.allowed_actions]


def form_of(action: str) -> ActionForm:
    if action not in FORMS:
        raise not_found()
    return FORMS[action]


def _without_form(
    page_request: PageRequest,
    report: ReportView,
    action: str,
    status: int,
    *,
    may_ever: bool = True,
    why_not: str = "",
) -> Response:
    return page_request.page(
        "panel/action_refused.html",
        status,
        report=report,
        action=action,
        may_ever=may_ever,
        why_not=why_not,
    )
