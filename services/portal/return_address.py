"""Finds an address to return to from a page that answers a form: browsers do not keep or reload
that page."""

from fastapi import Request
from starlette.routing import Match


def address_to_return_to(request: Request) -> str | None:
    """Return the path of a page that answers a form, or the nearest path above that can be
    requested. Returns None for a request that is not a POST."""
    if request.method != "POST":
        return None
    path = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
