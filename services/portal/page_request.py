"""One request for a page: the person's session, the form they sent, and the page they receive."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

import httpx
from fastapi import Depends, Request
from starlette.datastructures import FormData as SentForm
from starlette.responses import RedirectResponse, Response
from typing_extensions import TypeForm

from services.portal import pages
from services.portal.answers import answer_as
from services.portal.downloads import Live, ServiceFile
from services.portal.passed_over import beyond_the_end, page_gone, passed_over_of, unknown
from services.portal.return_address import address_to_return_to
from services.portal.sent_forms import SentForms
from services.portal.service_calls import File, Refusal, Service, Services
from services.portal.session_renewal import Renewal
from services.portal.sessions import Cookies, Session, Site, TokenPair
from services.portal.translation import language, language_of
from shared.http.problems import Problem, conflict, unauthorized
from shared.lifecycle.calendar import Zone

T = TypeVar("T")
BODY_LIMIT = 52 * 1024 * 1024
"""The most bytes of a form with five attachments."""


class PageRequest:
    """The request that endpoints work with. Every page or redirect that answers it also writes the
    cookie."""

    def __init__(self, request: Request, site: Site) -> None:
        state = request.app.state
        self.request = request
        self.site: Site = site
        language.set(language_of(request))
        self._services: Services = state.services
        self._cookies: Cookies = state.cookies
        self._renewal: Renewal = state.renewal
        self.session: Session = self._cookies.read(request, site)
        self._tokens_at_first = self.session.tokens
        self.session.drafts = self.session.drafts or secrets.token_urlsafe(32)
        self.forms = SentForms(request, self.session, state.seals)
        self.passed_over = passed_over_of(request)
        self._known_as: list[str] | None = None
        self._renewing = asyncio.Lock()
        request.state.page_request = self

    @property
    def signed_in(self) -> bool:
        return self.session.tokens is not None

    @property
    def devices(self) -> list[str]:
        """Return the tokens that identify this browser at sign-in, so that it is let in while
        others guess passwords."""
        return self._cookies.devices(self.request, self.site)

    def store_device_tokens(self, marks: list[str]) -> None:
        """Store the device tokens that a sign-in returned."""
        self._known_as = marks

    async def form(self, *fields: str) -> SentForm:
        """Return the form that was sent; see `SentForms.form`."""
        return await self.forms.form(fields)

    def back_to_form(self, carried: str, below: str = "/") -> Response | None:
        """Return to the form that was carried over the sign-in. Returns None unless it is this
        person's and of a page below `below`. The form goes in the body of the request (307), never
        in an address."""
        opened = self.forms.opened(carried)
        if opened is None or not opened.path.startswith(below):
            return None
        self.session.notice = "Anda sudah masuk lagi. Yang Anda tulis masih ada: periksa, kirim."
        return self.sealed(RedirectResponse(opened.path, 307))

    async def call(
        self,
        service: Service,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        files: list[File] | None = None,
        key: UUID | None = None,
        version: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Call a service with `token`, or as the person signed in. An expired session is renewed
        once. Raises `Refusal` or another problem."""

        self._may(method, path)

        async def once(bearer: str | None) -> httpx.Response:
            return await self._services.call(
                self.request,
                service,
                method,
                path,
                token=bearer,
                params=params,
                json=json,
                data=data,
                files=files or (),
                key=key,
                version=version,
                headers=headers,
            )

        return await self._as_signed_in(once, token)

    async def read(
        self,
        service: Service,
        path: str,
        model: TypeForm[T],
        *,
        token: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> T:
        """Return the answer at this path, as a model of the service's contract. Raises as `call`
        does, and the 502 problem if the answer does not fit the model."""
        return answer_as(model, await self.call(service, "GET", path, token=token, params=params))

    async def filtered(
        self, service: Service, path: str, model: TypeForm[T], params: Mapping[str, Any]
    ) -> T:
        """Return the same as `read`, for a list that this page's address filters. If the service
        refuses a filter, or the page is after the last one, the raised problem shows the page
        without it."""
        try:
            answer = await self.read(service, path, model, params=params)
        except Refusal as refusal:
            raise unknown(self.request, refusal, params) or refusal from None
        if beyond_the_end(params, answer):
            raise page_gone(self.request)
        return answer

    async def download(
        self,
        service: Service,
        path: str,
        token: str | None = None,
        *,
        method: str = "GET",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> ServiceFile:
        """Return a service's file as it comes. The caller passes it on and closes it."""

        self._may(method, path)

        async def once(bearer: str | None) -> ServiceFile:
            return await self._services.stream(
                self.request, service, path, bearer, method=method, json=json, headers=headers
            )

        return await self._as_signed_in(once, token)

    async def listen(self, service: Service, path: str) -> Response:
        """Pass on a service's stream of events. It sets the cookie only if the session was renewed,
        because a long answer may come after that of a page requested later."""
        before = self.session.tokens

        async def once(bearer: str | None) -> ServiceFile:
            return await self._services.listen(self.request, service, path, bearer)

        stream = Live(await self._as_signed_in(once, None), self.request.app.state.stopping)
        return stream if self.session.tokens is before else self.sealed(stream)

    def carrying(self) -> AbstractAsyncContextManager[None]:
        """Return the context within which files are stored or sent: see `Services.carrying`."""
        return self._services.carrying(self.request)

    def page(
        self,
        template: str,
        status: int = 200,
        *,
        zone: Zone | None = None,
        no_cookie: bool = False,
        **content: Any,
    ) -> Response:
        """Return the page. It shows once the notice that the previous request left. Times are shown
        in `zone`, or in that of the agency of the person signed in to the panel. With `no_cookie`,
        it answers a program that has no session and receives none."""
        notice, self.session.notice = self.session.notice, None
        return_to = address_to_return_to(self.request)
        url = self.request.url
        asked_for = f"{url.path}?{url.query}" if url.query else url.path
        content = {
            "form_key": uuid4(),
            "return_to": return_to,
            # An address that is not one of ours is not repeated: ADR 90.
            "here": "/" if status >= 400 and not return_to else return_to or asked_for,
            **content,
        }
        html = pages.render(
            template, zone or self.session.zone, page_request=self, notice=notice, **content
        )
        response = Response(html, status, media_type="text/html; charset=utf-8")
        return response if no_cookie else self.sealed(response)

    def piece(self, template: str, **content: Any) -> Response:
        """Return a part of a page, for a script of an open page."""
        html = pages.render(template, self.session.zone, page_request=self, **content)
        return self.for_script(Response(html, media_type="text/html; charset=utf-8"))

    def for_script(self, response: Response) -> Response:
        """Return the answer to a script of an open page. It leaves the session and a notice for the
        next page unchanged, unless the session was renewed for it."""
        return response if self.session.tokens is self._tokens_at_first else self.sealed(response)

    def go(self, path: str, notice: str | None = None) -> Response:
        """Redirect to another page (303), which shows the notice."""
        self.session.notice = notice
        return self.sealed(RedirectResponse(path, 303))

    def sealed(self, response: Response) -> Response:
        """Return the answer with the session's cookie."""
        self._cookies.write(response, self.site, self.session)
        if self._known_as is not None:
            self._cookies.write_devices(response, self.site, self._known_as)
        return response

    def _may(self, method: str, path: str) -> None:
        """Raises the 409 problem for a request that changes something while the form is only shown
        again. Storing its files is allowed."""
        if self.forms.only_shows and method != "GET" and not path.startswith("/drafts"):
            raise conflict(self.forms.only_shows)

    async def _as_signed_in(
        self, once: Callable[[str | None], Awaitable[T]], token: str | None
    ) -> T:
        """Run `once` with `token`, or as the person signed in, whose session is renewed if it has
        expired."""
        tokens = self.session.tokens
        if token is not None or tokens is None:
            return await once(token)
        try:
            return await once(tokens.access)
        except Refusal as refusal:
            if refusal.status != 401:
                raise
        return await once(await self._renewed(tokens))

    async def _renewed(self, run_out: TokenPair) -> str:
        """Return a new access token in place of this pair's. Calls that a page makes in parallel
        renew only once: if one of them used the next refresh token, it would look stolen to other
        pages that are still renewing this one, and all sessions would end."""
        async with self._renewing:
            tokens = self.session.tokens
            if tokens is not None and tokens is not run_out:
                return tokens.access
            if tokens is None or tokens.refresh is None:
                self.session.sign_out()
                raise unauthorized("token_invalid")
            service: Service = "routing" if self.site == "panel" else "intake"
            try:
                tokens = await self._renewal.of(self.request, service, tokens.refresh)
            except Problem as problem:
                if problem.status < 500:
                    self.session.sign_out()
                    raise unauthorized("token_invalid") from None
                raise
            self.session.tokens = tokens
            return tokens.access


async def _public(request: Request) -> PageRequest:
    return PageRequest(request, "public")


async def _panel(request: Request) -> PageRequest:
    """Return the request of a person signed in to the panel; others are sent to the sign-in
    page."""
    page_request = PageRequest(request, "panel")
    if not page_request.signed_in:
        raise unauthorized()
    return page_request


async def _panel_door(request: Request) -> PageRequest:
    return PageRequest(request, "panel")


PublicRequest = Annotated[PageRequest, Depends(_public)]
PanelRequest = Annotated[PageRequest, Depends(_panel)]
PanelDoor = Annotated[PageRequest, Depends(_panel_door)]
"""A request of the panel by anyone, signed in or not."""
