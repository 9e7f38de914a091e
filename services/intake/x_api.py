"""Posts on X, read through the X API v2. Reporting on somebody's behalf starts from one."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

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


class XApi:
    """A client for one token. `http` is the caller's, with the base URL of the API, and is left
    open; its timeouts hold."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._token = token

    async def get_post(self, id_or_url: str) -> Post:
        """The post with this id or address. Raises `XError`. Asks once: the person asks again."""
        post_id = parse_post_id(id_or_url)
        try:
            response = await self._http.get(
                f"/2/tweets/{post_id}",
                params=_FIELDS,
                headers={"Authorization": f"Bearer {self._token}"},
            )
        except httpx.HTTPError as error:
            raise XError("unavailable", type(error).__name__) from error
        _raise_for_status(response)
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise XError("unavailable", "an answer of another form") from error
        return _post(answer)


def parse_post_id(id_or_url: str) -> str:
    """The id in `x.com/<user>/status/<id>` and its relatives, or an id. Raises `XError`."""
    given = id_or_url.strip()
    if _ID.fullmatch(given):
        return given
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host = parts.hostname or ""
    except ValueError:
        host = ""
    path = _STATUS_PATH.match(parts.path) if host.lower() in _HOSTS else None
    if path is None or parts.scheme not in {"http", "https"}:
        raise XError("not_a_post", "neither the address nor the id of a post")
    return path["id"]


_ID = re.compile(r"[0-9]{1,19}")
_STATUS_PATH = re.compile(
    r"/(?:i/web|i|[A-Za-z0-9_]{1,15})/status(?:es)?/(?P<id>[0-9]{1,19})(?:/|$)"
)
_HOSTS = frozenset(
    f"{prefix}{site}"
    for site in ("x.com", "twitter.com")
    for prefix in ("", "www.", "mobile.", "m.")
)
_FIELDS = {
    "expansions": "author_id,attachments.media_keys",
    "tweet.fields": "attachments,author_id,created_at,entities,lang,note_tweet",
    "user.fields": "name,username",
    "media.fields": "media_key,preview_image_url,type,url,variants",
}


class _Link(BaseModel):
    url: str
    expanded_url: str | None = None
    media_key: str | None = None


class _Entities(BaseModel):
    urls: list[_Link] = []


class _Note(BaseModel):
    text: str
    entities: _Entities = _Entities()


class _Attachments(BaseModel):
    media_keys: list[str] = []


class _Tweet(BaseModel):
    id: str
    text: str
    author_id: str
    created_at: AwareDatetime
    lang: str | None = None
    entities: _Entities = _Entities()
    note_tweet: _Note | None = None
    attachments: _Attachments = _Attachments()


class _User(BaseModel):
    id: str
    name: str
    username: str


class _Variant(BaseModel):
    url: str
    content_type: str
    bit_rate: int = 0


class _Media(BaseModel):
    media_key: str
    url: str | None = None
    preview_image_url: str | None = None
    variants: list[_Variant] = []


class _Includes(BaseModel):
    users: list[_User] = []
    media: list[_Media] = []


class _Error(BaseModel):
    type: str = ""
    title: str = ""
    detail: str = ""
    resource_type: str = ""


class _Answer(BaseModel):
    data: _Tweet | None = None
    includes: _Includes = _Includes()
    errors: list[_Error] = Field(default=[])


def _raise_for_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise XError("rate_limited", "asked too often", retry_at=_reset_time(response))
    if status == httpx.codes.NOT_FOUND:
        raise XError("not_found", "HTTP 404")
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED, httpx.codes.FORBIDDEN}:
        raise XError("not_allowed", f"HTTP {status}: {_title(response)}")
    raise XError("unavailable", f"HTTP {status}: {_title(response)}")


def _reset_time(response: httpx.Response) -> datetime | None:
    reset = response.headers.get("x-rate-limit-reset", "")
    return datetime.fromtimestamp(int(reset), UTC) if re.fullmatch(r"[0-9]{1,11}", reset) else None


def _title(response: httpx.Response) -> str:
    """X's own word for the problem; its details can name accounts and stay out of logs."""
    try:
        problem: Any = response.json()
    except ValueError:
        return "no JSON"
    title = problem.get("title") if isinstance(problem, dict) else None
    return str(title or "no title")[:100]


def _post(answer: _Answer) -> Post:
    tweet = answer.data
    if tweet is None:
        raise _error_in(answer)
    author = next((user for user in answer.includes.users if user.id == tweet.author_id), None)
    if author is None:
        raise XError("unavailable", "an answer without the author")
    words = tweet.note_tweet or tweet
    attached = {media.media_key: media for media in answer.includes.media}
    media = [attached[key] for key in tweet.attachments.media_keys if key in attached]
    return Post(
        id=tweet.id,
        author_username=author.username,
        author_name=author.name,
        text=_readable(words.text, words.entities),
        created_at=tweet.created_at.astimezone(UTC),
        url=f"https://x.com/{author.username}/status/{tweet.id}",
        lang=tweet.lang,
        media_urls=tuple(url for url in map(_best_url, media) if url),
    )


def _error_in(answer: _Answer) -> XError:
    """A post that is not there comes as HTTP 200 with `errors` and no `data`."""
    for error in answer.errors:
        if error.type.endswith("/not-authorized-for-resource"):
            return XError("not_visible", error.title)
        if error.type.endswith("/resource-not-found"):
            return XError("not_found", error.title)
    return XError("unavailable", "neither post nor known error")


def _readable(text: str, entities: _Entities) -> str:
    for link in entities.urls:
        # A link with a media key stands for the post's own picture: it is listed, not written.
        text = text.replace(link.url, "" if link.media_key else link.expanded_url or link.url)
    return html.unescape(text).strip()


def _best_url(media: _Media) -> str | None:
    videos = [variant for variant in media.variants if variant.content_type == "video/mp4"]
    if videos:
        return max(videos, key=lambda variant: variant.bit_rate).url
    return media.url or media.preview_image_url
