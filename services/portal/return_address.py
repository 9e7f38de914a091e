"""Coming back to a page that answered a form, which no browser keeps nor asks for again."""

from fastapi import Request
from starlette.routing import Match


def address_to_return_to(request: Request) -> str | None:
    """Where a page that answers a form can be read: its own path if that can be asked for, else the
    nearest above; None for a page that was asked for."""
    if request.method != "POST":
        return None
    path = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
