"""The portal's application: the public site and the staff panel, and problems shown as pages, which
say in plain words what happened and what to do next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from services.portal import panel, public, stylesheet, uploading
from services.portal.carried_over_forms import carried_over
from services.portal.compression import Compression
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.passed_over import UnknownFilters, shown_without
from services.portal.refusals import fields_of, words_of
from services.portal.sealed_forms import CARRIED, Seals
from services.portal.service_calls import Refusal, Services
from services.portal.session_renewal import Renewal
from services.portal.sessions import Cookies
from shared.http.app import create_app
from shared.http.problems import Problem, not_found, unauthorized
from shared.settings import Settings

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def create(settings: Settings) -> FastAPI:
    """Return the portal's application. It needs no database, only the other services' addresses."""
    services = Services(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await services.close()

    app = create_app(
        name="portal",
        title="LAPOR!",
        routers=[stylesheet.router, uploading.router, *public.routers, *panel.routers],
        settings=settings,
        lifespan=lifespan,
        content_security=CONTENT_SECURITY,
        docs=False,
    )
    app.add_middleware(Compression)
    app.state.services = services
    app.state.renewal = Renewal(services, settings.cookie_secret)
    app.state.cookies = Cookies(
        settings.cookie_secret, secure=settings.public_base_url.startswith("https://")
    )
    app.state.seals = Seals(settings.cookie_secret)
    _show_problems(app)
    return app


def _show_problems(app: FastAPI) -> None:
    """Show every problem of the application as a page."""

    @app.exception_handler(Problem)
    async def page(request: Request, problem: Problem) -> Response:
        if isinstance(problem, UnknownFilters) and (again := shown_without(request, problem)):
            return again
        if _of_no_page(request, problem):
            problem = not_found()
        panel = request.url.path == "/panel" or request.url.path.startswith("/panel/")
        page_request = getattr(request.state, "page_request", None) or PageRequest(
            request, "panel" if panel else "public"
        )
        ended = problem.status == 401 if panel else problem.code == "form_expired"
        if ended and not (problem.status != 401 and page_request.signed_in):
            kept = await carried_over(page_request)
            if kept and kept.person:
                page_request.session.sign_out()
                page_request.session.notice = (
                    "Sesi Anda berakhir. Masuk lagi: yang Anda tulis masih ada."
                )
                template = "panel/sign_in.html" if panel else "public/sign_in.html"
                return page_request.page(template, 401, form=FormData({CARRIED: kept.sealed}))
        if panel and problem.status == 401:
            if problem.code != "unauthorized":
                page_request.session.sign_out()
                page_request.session.notice = unauthorized("token_invalid").body("id")["detail"]
            return page_request.go(_sign_in(request), page_request.session.notice)
        title, detail = words_of(problem, request)
        answer = page_request.page(
            "problem.html",
            problem.status,
            title=title,
            detail=detail,
            fields=fields_of(problem),
            panel=panel,
            problem=problem,
        )
        if after := problem.headers.get("Retry-After"):
            answer.headers["Retry-After"] = after
        return answer


def _of_no_page(request: Request, problem: Problem) -> bool:
    """Return whether the address itself is invalid, such as a number or a key in the wrong form."""
    asked_for = request.method in ("GET", "HEAD") or not isinstance(problem, Refusal)
    names = [error.field for error in problem.errors]
    in_address = bool(names) and set(names) <= request.path_params.keys()
    return problem.status == 422 and asked_for and in_address


def _sign_in(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/panel":
        return "/panel/masuk"
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/panel/masuk?lanjut={quote(back, safe='')}"
