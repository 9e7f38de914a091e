"""The form of a request: whose page it came from, with no fields but its own."""

import secrets
from collections.abc import Collection

from fastapi import Request
from starlette.datastructures import FormData as SentForm

from services.portal.form_data import FILES, KEPT
from services.portal.sealed_forms import (
    CARRIED,
    PAGE,
    Carried,
    Page,
    Seals,
    Search,
    is_same_site,
)
from services.portal.sessions import Session
from shared.http.problems import FieldError, Problem, forbidden

_OF_EVERY_FORM = frozenset({"csrf", "kunci", "langkah", PAGE, CARRIED})


_MOST_FIELDS = 300
"""The most fields of a form: a bulk command names up to 200 reports."""


class SentForms:
    """The form of one request. `only_shows` is the code of the refusal if the form is only shown
    again, or None if it is executed."""

    def __init__(self, request: Request, session: Session, seals: Seals) -> None:
        self.only_shows: str | None = None
        self._request = request
        self._session = session
        self._seals = seals

    async def form(self, fields: Collection[str]) -> SentForm:
        """Return the form, after its token has shown that it came from a page of ours.

        `fields` are those of this form, in addition to the ones that every form has. Raises the 422
        problem that names any other field, so that no text is lost silently. Some forms are only
        shown again with their text, and the first call that would change something is refused:
        forms sent only by Enter, forms carried over a new sign-in, and forms of the same person
        whose token has been replaced meanwhile.
        """
        form = await self._trusted()
        known = {*_OF_EVERY_FORM, *fields, *((KEPT,) if FILES in fields else ())}
        unknown = [name for name in dict.fromkeys(form) if name not in known]
        if unknown:
            errors = [FieldError(name, "extra_forbidden") for name in unknown]
            raise Problem(422, "fields_not_taken", errors=errors)
        return form

    async def brought(self) -> tuple[Page, SentForm] | None:
        """Return the form of this request and for whom its page was made; None if it did not come
        from a page of ours."""
        if self._request.method != "POST" or not is_same_site(self._request):
            return None
        form = await self._sent()
        page = self._seals.opened_page(form.get(PAGE))
        return (page, form) if page else None

    def sealed(self, page: Page, fields: list[tuple[str, str]]) -> str | None:
        """Return the sealed form, for a page on which its person signs in again."""
        return self._seals.form(self._request.url.path, page, fields)

    def opened(self, carried: str) -> Carried | None:
        """Return the form that was carried over the sign-in, if it is this person's."""
        opened = self._seals.opened_form(carried)
        return opened if opened and opened.person == self._session.person else None

    def sealed_search(self, words: str) -> str:
        """Return the sealed words of a search, for an address that only this person may follow."""
        return self._seals.search(Search(person=self._session.person, words=words))

    def opened_search(self, sealed: str) -> str | None:
        opened = self._seals.opened_search(sealed)
        return opened.words if opened and opened.person == self._session.person else None

    @property
    def page_seal(self) -> str:
        """Return the seal that says for whom this page is made, for its forms."""
        return self._seals.page(Page(person=self._session.person, drafts=self._session.drafts))

    async def _trusted(self) -> SentForm:
        form = await self._sent()
        if carried := form.get(CARRIED):
            opened = self._seals.opened_form(carried)
            if opened and self._request.url.path == opened.path:
                if opened.person != self._session.person:
                    raise forbidden("form_expired")
                self.only_shows, self._session.drafts = "not_sent", opened.drafts
                return opened.form
        token = form.get("csrf")
        if not isinstance(token, str) or not secrets.compare_digest(
            token.encode(), self._session.csrf.encode()
        ):
            page = self._seals.opened_page(form.get(PAGE))
            if (
                page is None
                or page.person != self._session.person
                or not is_same_site(self._request)
            ):
                raise forbidden("form_expired")
            self.only_shows, self._session.drafts = "form_expired_kept", page.drafts
        elif form.get("langkah") == "diam":
            self.only_shows = "not_sent"
        return form

    async def _sent(self) -> SentForm:
        return await self._request.form(
            max_files=20, max_fields=_MOST_FIELDS, max_part_size=200_000
        )
