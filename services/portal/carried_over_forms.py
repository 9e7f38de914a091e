"""Keeps the form of a person whose session has ended for the page on which they sign in again."""

from typing import NamedTuple

from services.portal.drafts import keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest


class CarriedOver(NamedTuple):
    """A sealed form, and the person it belongs to ("" if nobody was signed in)."""

    person: str
    sealed: str


async def carried_over(page_request: PageRequest) -> CarriedOver | None:
    """Return the form of this request and store its files. Returns None if it is not a form of our
    pages, or holds nothing that a person wrote."""
    brought = await page_request.forms.brought()
    if brought is None:
        return None
    page, sent = brought
    page_request.session.drafts = page.drafts
    form = FormData(sent)
    await keep_chosen_files(page_request, form, sent)
    sealed = page_request.forms.sealed(page, form.answers)
    return CarriedOver(page.person, sealed) if sealed else None
