"""Shows a list without the invalid filters in its address, and says which these are. The services
refuse such filters, as they should; a person who followed an old bookmark wants the list."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from services.portal.filters import called
from services.portal.sealed_forms import SEALED_SEARCH
from services.portal.service_calls import Refusal
from services.portal.translation import translated
from shared.http.problems import Problem


class PassedOver(NamedTuple):
    """A parameter of the address that the page is shown without. A sealed one has no value to show
    and has to be typed again."""

    name: str
    value: str
    reason: str

    @property
    def called(self) -> str:
        """Return the name of this filter on the page."""
        return called(self.name)

    @property
    def shown(self) -> str:
        """Return the beginning of the value, without characters that would reverse or hide the text
        around it."""
        return "".join(filter(str.isprintable, self.value))[:_LONGEST]


class UnknownFilters(Problem):
    """Invalid parameters of the address, by name, with the reasons."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(422, "validation")
        self.reasons = reasons


def unknown(request: Request, refusal: Refusal, sent: Mapping[str, Any]) -> UnknownFilters | None:
    """Return which parameters of the address a service refused when it was `sent` these; None if
    the error has another cause."""
    errors = [(e.field.split(".")[0], e.code) for e in refusal.errors]
    if refusal.code == "agency_not_found":
        errors = [(name, refusal.code) for name in ("agency", "agency_id", "below") if name in sent]
    if refusal.status not in (404, 422) or not errors:
        return None
    reasons: dict[str, str] = {}
    for field, code in errors:
        names = _names_of(request, field)
        if code in _OF_BOTH_DAYS:
            names = [name for name in ("from", "to") if name in request.query_params]
        if not names:
            return None
        words = _REASONS[_REASON_OF[code]] if code in _REASON_OF else refusal.fields.get(field, "")
        reasons |= dict.fromkeys(names, translated(words or _REASONS["gone"]))
    return UnknownFilters(reasons)


def only_known(request: Request, **offered: Collection[str]) -> None:
    """Raise `UnknownFilters` for values of the address that are not among those offered."""
    query = request.query_params
    gone = [name for name, known in offered.items() if not set(_given(query, name)) <= set(known)]
    if gone:
        raise UnknownFilters(dict.fromkeys(gone, translated(_REASONS["gone"])))


def only_days(request: Request, *names: str) -> None:
    """Raise `UnknownFilters` for values of the address that are not days."""
    wrong = [
        name for name in names for value in _given(request.query_params, name) if not _is_day(value)
    ]
    if wrong:
        raise UnknownFilters(dict.fromkeys(wrong, translated(_REASONS["date"])))


def beyond_the_end(sent: Mapping[str, Any], page: object) -> bool:
    """Return whether this page, requested by its cursor, is after the last one. A search or a
    filtered list may end with an empty page, because it examines a limited number of rows at a
    time."""
    items, following = getattr(page, "items", None), getattr(page, "next", None)
    looked_for = any(sent.get(name) for name in _LOOKED_FOR)
    return items == [] and following is None and bool(sent.get("cursor")) and not looked_for


def page_gone(request: Request) -> UnknownFilters:
    """Return the problem that there is no such page any more."""
    names = _names_of(request, "cursor")
    return UnknownFilters(dict.fromkeys(names, translated(_REASONS["page"])))


def shown_without(request: Request, problem: UnknownFilters) -> Response | None:
    """Return the page without the invalid parameters; None if it would be the same page again."""
    query = parse_qsl(request.url.query)
    kept = [(name, value) for name, value in query if name not in problem.reasons]
    if request.method != "GET" or len(kept) == len(query):
        return None
    left_out = [
        PassedOver(name, "" if SEALED_SEARCH.fullmatch(value) else value, problem.reasons[name])
        for name, value in query
        if name in problem.reasons
    ]
    return _Again(request, urlencode(kept), [*passed_over_of(request), *left_out])


def passed_over_of(request: Request) -> list[PassedOver]:
    """Return the parameters that this page is shown without."""
    left_out: list[PassedOver] = request.scope.get(_KEY, [])
    return left_out


class _Again(Response):
    """The same page, as if it had been requested with another query."""

    def __init__(self, request: Request, query: str, left_out: list[PassedOver]) -> None:
        super().__init__()
        self._app = request.app
        scope = {name: request.scope[name] for name in request.scope if name not in _OF_ROUTING}
        self._scope = {**scope, "query_string": query.encode(), _KEY: left_out}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app.router(self._scope, receive, send)


def _names_of(request: Request, field: str) -> list[str]:
    """Return the names in the address of what was sent in this field: services name it in
    English."""
    return [name for name in (field, *_IN_ADDRESS.get(field, ())) if name in request.query_params]


def _given(query: Any, name: str) -> list[str]:
    return [value.strip() for value in query.getlist(name) if value.strip()]


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


_KEY = "lapor.passed_over"
_LOOKED_FOR = ("q", "category", "classification", "region")
_LONGEST = 60
_IN_ADDRESS = {
    "cursor": ("lanjut",),
    "kind": ("jenis",),
    "whose": ("milik",),
    "agency_id": ("instansi",),
}
_OF_BOTH_DAYS = ("period_backwards", "period_invalid")
"""An error of a period is not of one of its days, so the page is shown without both."""
_OF_ROUTING = ("path_params", "endpoint", "route", "router")
_REASONS = {
    "gone": "tidak dikenal atau tidak ada lagi.",
    "agency": "instansi ini tidak ada lagi, atau bukan instansi Anda atau di bawahnya.",
    "page": "halaman ini tidak ada lagi; yang tampil halaman pertama.",
    "date": "bukan tanggal.",
}
_REASON_OF = {
    **dict.fromkeys(("enum", "literal_error", "int_parsing", "not_a_choice"), "gone"),
    **dict.fromkeys(("string_pattern_mismatch", "within_unknown", "agency_unknown"), "gone"),
    **dict.fromkeys(("category_unknown", "person_unknown", "number_too_large"), "gone"),
    **dict.fromkeys(("date_parsing", "date_from_datetime_parsing", "not_a_moment"), "date"),
    **dict.fromkeys(("date_from_datetime_inexact",), "date"),
    "agency_not_found": "agency",
    "cursor_invalid": "page",
}
"""The reasons to show for the error codes of services."""
