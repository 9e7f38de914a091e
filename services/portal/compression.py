"""Compresses answers, except those that repeat what a request sent: ADR 90."""

from urllib.parse import parse_qsl

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.labels.colours import TAB_COLOURS

_SMALLEST = 1_000
"""The fewest bytes worth compressing: a network packet holds somewhat more."""
_PACKED_ALREADY = ("application/*", "image/*", *DEFAULT_EXCLUDED_CONTENT_TYPES)
"""Content that is compressed already: what people attach and download."""
_CHOSEN_FROM_FEW = {"tab": TAB_COLOURS.keys(), "sub": TAB_COLOURS.keys(), "scope": {"below"}}
"""Parameters of our own links and their possible values: they leave no room for a guess."""

_REPEATED = ("/kontak-tetap/", "/kontak-laporan/", "/berhenti/")
"""Paths whose last part is shown in the page, so that anyone can put words into it."""


class Compression:
    """ASGI middleware that compresses answers if the browser accepts gzip.

    An attacker who sees the length of an encrypted answer, and can put words into it, learns from
    the length whether it contains the same words elsewhere (BREACH, 2013). So an answer to a form,
    or to an address with a query or a token, is not compressed.
    """

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
