"""*Pakai templat*: puts a template's text, filled in for the report, into the form of an answer."""

from typing import Any
from uuid import UUID

from services.portal.contracts.routing import OfferedTemplate, OfferedTemplates, ReportView
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from shared.lifecycle.actions import Action

_FIELD = "template_id"
_ANSWERS: dict[str, str] = {
    Action.FOLLOW_UP: "text",
    Action.DEFER: "note",
    Action.ARCHIVE: "note",
    Action.CLOSE: "reason",
}
"""The staff forms whose text is an answer to the reporter, and the field of that text."""
_USE = "templat"
"""The step of the form that asks for a template's text."""


def template_fields(action: str) -> tuple[str, ...]:
    """Return the fields that the form of this action sends in addition to its own."""
    return (_FIELD,) if action in _ANSWERS else ()


async def templates_for(
    page_request: PageRequest, action: str, form: FormData, report: ReportView
) -> dict[str, Any]:
    """Return the templates that this form offers. The text of a chosen one is put into the form,
    after what was typed."""
    field = _ANSWERS.get(action)
    if field is None:
        return {"templates": []}
    asked = form.get("langkah") == _USE
    use = _id(form.get(_FIELD)) if asked else None
    path = f"/reports/{report.number}/answer-templates"
    offered = await page_request.read("routing", path, OfferedTemplates, params={"use": use})
    if offered.filled is not None:
        typed = form.get(field).rstrip()
        form.set(field, f"{typed}\n\n{offered.filled}" if typed else offered.filled)
        form.set(_FIELD, "")
        form.hints[_FIELD] = _ADDED if typed else _FILLED
    elif asked:
        form.wrong[_FIELD] = "Templat itu tidak ada lagi." if use else "Pilih templat lebih dulu."
    own = page_request.session.agency_id
    return {"templates": [(str(template.id), _name(template, own)) for template in offered.items]}


def _name(template: OfferedTemplate, own: int | None) -> str:
    """Return the template's name, with the agency if it is one above."""
    if template.agency_id == own:
        return template.name
    return f"{template.name} ({template.agency_name})"


def _id(chosen: str) -> UUID | None:
    try:
        return UUID(chosen)
    except ValueError:
        return None


_FILLED = "Teks templat sudah diisikan. Periksa sebelum mengirim."
_ADDED = "Teks templat ditambahkan di bawah tulisan Anda. Periksa sebelum mengirim."
