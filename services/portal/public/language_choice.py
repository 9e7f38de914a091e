"""The endpoint that changes the language."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.portal.paths import own_path
from services.portal.translation import COOKIE
from shared.http.problems import not_found
from shared.labels.catalogue import LANGUAGES

router = APIRouter(include_in_schema=False)

_KEPT_FOR = 365 * 86_400
"""How long the choice is kept, in seconds."""


@router.get("/bahasa/{language}")
async def choose_language(request: Request, language: str, ke: str = "/") -> Response:
    """Save the language, and redirect to the page `ke`."""
    if language not in LANGUAGES:
        raise not_found()
    answer = RedirectResponse(own_path(ke, "/"), 303)
    answer.set_cookie(
        COOKIE,
        language,
        max_age=_KEPT_FOR,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.public_base_url.startswith("https://"),
    )
    return answer
