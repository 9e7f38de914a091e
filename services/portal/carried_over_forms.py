"""What somebody wrote while their session ended, kept for the page on which they sign in again."""

from typing import NamedTuple

from services.portal.drafts import keep_chosen_files
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest


class CarriedOver(NamedTuple):
    """`sealed` holds the form; `person` is whose it is, "" where nobody was signed in."""

    person: str
    sealed: str


async def carried_over(page_request: PageRequest) -> CarriedOver | None:
    """The form this request brought, its files kept; None where it is no form of a page of ours,
    or holds nothing that anybody wrote."""
    brought = await page_request.forms.brought()
    if brought is None:
        return None
    page, sent = brought
    page_request.session.drafts = page.drafts
    form = FormData(sent)
    await keep_chosen_files(page_request, form, sent)
    sealed = page_request.forms.sealed(page, form.answers)
    return CarriedOver(page.person, sealed) if sealed else None
