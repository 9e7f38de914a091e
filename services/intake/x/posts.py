"""A post on X, its address, and the errors of reading one."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

XProblem = Literal[
    "not_a_post",
    "not_found",
    "not_visible",
    "not_allowed",
    "rate_limited",
    "unavailable",
]


class XError(Exception):
    """A post that could not be read.

    - `not_a_post`: neither the address nor the id of a post
    - `not_found`: deleted, or never there
    - `not_visible`: of a protected or suspended account
    - `not_allowed`: our token is wrong or its plan does not allow reading; the operator's matter
    - `rate_limited`: asked too often; `retry_at` says when to ask again, where X says so
    - `unavailable`: X does not answer or answers what it should not; try again later
    """

    def __init__(self, code: XProblem, why: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.retry_at = retry_at


@dataclass(frozen=True, slots=True)
class Post:
    """A post as a reader sees it: long posts in full, short links resolved, entities decoded."""

    id: str
    author_username: str
    author_name: str
    text: str
    created_at: datetime
    url: str
    lang: str | None
    media_urls: tuple[str, ...]
    versions: tuple[str, ...]
    """The ids of the post's editions, oldest first; X shows each by its own id."""
    conversation_id: str
    continues: bool
    """Whether it answers a post of the same author: a thread."""
    answered: bool


def parse_post_id(id_or_url: str) -> str:
    """The id in `x.com/<user>/status/<id>` and similar addresses, or the id itself, without leading
    zeros, which X ignores. Raises `XError`."""
    typed = id_or_url.strip()
    if bare := _ID.fullmatch(typed):
        return bare["id"]
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        host = ""
    path = _STATUS_PATH.match(parts.path) if host.lower() in _HOSTS else None
    if path is None or parts.scheme.lower() not in {"http", "https"}:
        raise XError("not_a_post", "neither the address nor the id of a post")
    return path["id"]


_NUMBER = r"0*(?P<id>[1-9][0-9]{0,18})"
_ID = re.compile(_NUMBER)
_STATUS_PATH = re.compile(
    rf"/+(?:i/web|i|[A-Za-z0-9_]{{1,15}})/+status(?:es)?/+{_NUMBER}(?:/|$)", re.IGNORECASE
)
_HOSTS = frozenset(
    f"{prefix}{site}"
    for site in ("x.com", "twitter.com")
    for prefix in ("", "www.", "mobile.", "m.")
)
