"""One request of a person: their session, the form they sent, the page they get."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

import httpx
from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from services.portal import pages
from services.portal.calling import File, Refusal, Service, Services
from services.portal.downloads import ServiceFile
from services.portal.renewal import Renewal
from services.portal.sessions import Cookies, Session, Site
from shared.http.problems import Problem, forbidden, unauthorized

T = TypeVar("T")
BODY_LIMIT = 52 * 1024 * 1024
"""Bytes of a form with five attachments."""


class Visit:
    """What endpoints work with. The cookie is written with whatever page or redirect ends it."""

    def __init__(self, request: Request, site: Site) -> None:
        state = request.app.state
        self.request = request
        self.site: Site = site
        self._services: Services = state.services
        self._cookies: Cookies = state.cookies
        self._renewal: Renewal = state.renewal
        self.session: Session = self._cookies.read(request, site)
        request.state.visit = self

    @property
    def signed_in(self) -> bool:
        return self.session.tokens is not None

    async def form(self) -> FormData:
        """What was sent, once its token shows that it came from a page of ours."""
        form = await self.request.form(max_files=20, max_fields=200, max_part_size=200_000)
        sent = form.get("csrf")
        if not isinstance(sent, str) or not secrets.compare_digest(
            sent.encode(), self.session.csrf.encode()
        ):
            raise forbidden("form_expired")
        return form

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
    ) -> httpx.Response:
        """Ask a service: with `token`, else as who is signed in; a session that has run out is
        renewed once. Raises `Refusal` or another problem."""

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
            )

        return await self._as_signed_in(once, token)

    async def read(self, service: Service, path: str, **options: Any) -> Any:
        """The JSON of a GET."""
        return (await self.call(service, "GET", path, **options)).json()

    async def download(
        self,
        service: Service,
        path: str,
        token: str | None = None,
        *,
        method: str = "GET",
        json: Any = None,
    ) -> ServiceFile:
        """A file of a service as it comes; the caller passes it on and closes it."""

        async def once(bearer: str | None) -> ServiceFile:
            return await self._services.stream(
                self.request, service, path, bearer, method=method, json=json
            )

        return await self._as_signed_in(once, token)

    def page(self, template: str, status: int = 200, **content: Any) -> Response:
        """The page; a notice left by the request before is shown on it once."""
        notice, self.session.notice = self.session.notice, None
        content = {"form_key": uuid4(), **content}
        html = pages.render(template, visit=self, notice=notice, **content)
        return self.sealed(Response(html, status, media_type="text/html; charset=utf-8"))

    def go(self, path: str, notice: str | None = None) -> Response:
        """On to another page (303), which shows the notice."""
        self.session.notice = notice
        return self.sealed(RedirectResponse(path, 303))

    def sealed(self, response: Response) -> Response:
        """The answer with the session's cookie."""
        self._cookies.write(response, self.site, self.session)
        return response

    async def _as_signed_in(
        self, once: Callable[[str | None], Awaitable[T]], token: str | None
    ) -> T:
        """With `token`, else as who is signed in, whose session is renewed when it has run out."""
        tokens = self.session.tokens
        if token is not None or tokens is None:
            return await once(token)
        try:
            return await once(tokens.access)
        except Refusal as refusal:
            if refusal.status != 401:
                raise
        return await once(await self._renewed())

    async def _renewed(self) -> str:
        tokens = self.session.tokens
        if tokens is None or tokens.refresh is None:
            self.session.sign_out()
            raise unauthorized("token_invalid")
        service: Service = "routing" if self.site == "panel" else "intake"
        try:
            self.session.tokens = await self._renewal.of(self.request, service, tokens.refresh)
        except Problem as problem:
            if problem.status < 500:
                self.session.sign_out()
                raise unauthorized("token_invalid") from None
            raise
        return self.session.tokens.access


async def _public(request: Request) -> Visit:
    return Visit(request, "public")


async def _panel(request: Request) -> Visit:
    """A visit of somebody who is signed in; others are sent to the sign-in page."""
    visit = Visit(request, "panel")
    if not visit.signed_in:
        raise unauthorized()
    return visit


async def _panel_door(request: Request) -> Visit:
    return Visit(request, "panel")


PublicVisit = Annotated[Visit, Depends(_public)]
PanelVisit = Annotated[Visit, Depends(_panel)]
PanelDoor = Annotated[Visit, Depends(_panel_door)]
"""The panel before anybody has signed in."""
