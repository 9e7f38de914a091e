"""Refusals as pages: what happened, in plain words, and what to do next."""

from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from services.portal.calling import Refusal
from services.portal.visit import Visit
from shared.http.messages import Words, register, words_for
from shared.http.problems import Problem, unauthorized

register(
    {
        "form_expired": {
            "id": Words(
                "Formulir sudah kedaluwarsa",
                "Halaman ini terlalu lama terbuka atau dibuka dari tempat lain. Kembali ke halaman"
                " sebelumnya, muat ulang, lalu kirim lagi.",
            ),
            "en": Words("Form expired", "This page was open too long. Load it again and resend."),
        }
    }
)


def install(app: FastAPI) -> None:
    """Show every problem of the application as a page."""

    @app.exception_handler(Problem)
    async def page(request: Request, problem: Problem) -> Response:
        panel = request.url.path == "/panel" or request.url.path.startswith("/panel/")
        visit = getattr(request.state, "visit", None) or Visit(
            request, "panel" if panel else "public"
        )
        if panel and problem.status == 401:
            if problem.code != "unauthorized":
                visit.session.sign_out()
                visit.session.notice = unauthorized("token_invalid").body("id")["detail"]
            return visit.go(_sign_in(request), visit.session.notice)
        title, detail = words_of(problem, request)
        return visit.page(
            "trouble.html", problem.status, title=title, detail=detail, panel=panel, problem=problem
        )


def words_of(problem: Problem, request: Request | None = None) -> tuple[str, str]:
    """Title and detail in Indonesian: the service's, where it said something."""
    if isinstance(problem, Refusal) and problem.title:
        return problem.title, problem.detail
    request_id = getattr(request.state, "request_id", None) if request else None
    words = words_for(problem.code, "id", {"request_id": request_id, **problem.params})
    return words.title, words.detail


def _sign_in(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/panel":
        return "/panel/masuk"
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/panel/masuk?lanjut={quote(back, safe='')}"
