"""Answers go compressed, but for those that repeat what a request brought: ADR 90."""

from urllib.parse import parse_qsl

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.labels.colours import TAB_COLOURS

_SMALLEST = 1_000
"""Bytes worth compressing: a packet of a network holds some more."""
_PACKED_ALREADY = ("application/*", "image/*", *DEFAULT_EXCLUDED_CONTENT_TYPES)
"""What people attach and download."""
_CHOSEN_FROM_FEW = {"tab": TAB_COLOURS.keys(), "sub": TAB_COLOURS.keys(), "scope": {"below"}}
"""Parameters of pages' own links, and what may stand in them: no room for somebody's guess."""

_REPEATED = ("/kontak-tetap/", "/kontak-laporan/", "/berhenti/")
"""Paths whose last part stands in the page: anything that somebody puts there."""


class Compression:
    """ASGI middleware: gzip where the browser takes it. Whoever sees how long an encrypted answer
    is, and can put words of theirs into it, learns from its length whether the same words stand in
    it elsewhere (BREACH, 2013); so an answer to a form, or to an address with a query or a token,
    stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._as_it_is = app
        self._compressed = GZipMiddleware(
            app, _SMALLEST, compresslevel=6, exclude_content_types=_PACKED_ALREADY
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._as_it_is if _brings_words(scope) else self._compressed
        await app(scope, receive, send)


def _brings_words(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return True
    if scope["path"].startswith(_REPEATED):
        return True
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return any(value not in _CHOSEN_FROM_FEW.get(name, ()) for name, value in query)
