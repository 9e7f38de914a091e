"""Reads posts on X through the X API v2; a report on somebody's behalf can start from one."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from services.intake.x.answers import FIELDS, Answer, Answers, read_post, read_posts
from services.intake.x.posts import Post, XError, parse_post_id

AT_ONCE: Final = 100
"""How many posts one answer of X has at most."""
THREAD: Final = 25
"""How many posts of a thread are read at most."""

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class XApi:
    """A client for one token. `http` belongs to the caller, who sets the base URL and timeouts and
    closes it."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._token = token

    async def get_post(self, id_or_url: str) -> Post:
        """The post with this id or address. Raises `XError`. It is not retried: the person can try
        again."""
        return read_post(await self._ask(f"/2/tweets/{parse_post_id(id_or_url)}", Answer))

    async def get_posts(self, ids: Sequence[str]) -> dict[str, Post | XError]:
        """The posts with these ids, at most `AT_ONCE`, each as a post or an error. Raises `XError`
        if the query fails."""
        return read_posts(await self._ask("/2/tweets", Answers, {"ids": ",".join(ids)}))

    async def get_thread(self, post: Post) -> list[Post]:
        """The thread of the author that contains this post, in order. X finds only posts of the
        last week. If the others cannot be read, returns only this post."""
        if not (post.continues or post.answered):
            return [post]
        query = f"conversation_id:{post.conversation_id} from:{post.author_username}"
        try:
            answers = await self._ask(
                "/2/tweets/search/recent", Answers, {"query": query, "max_results": str(AT_ONCE)}
            )
            found = {post.id: post, **read_posts(answers)}
            if post.conversation_id not in found:
                found |= await self.get_posts([post.conversation_id])
        except XError:
            return [post]
        own = [
            each
            for each in found.values()
            if isinstance(each, Post)
            and each.author_username == post.author_username
            and (each.continues or each.id in {post.id, post.conversation_id})
        ]
        return sorted(own, key=lambda each: int(each.id))[:THREAD]

    async def _ask(
        self, path: str, form: type[AnswerT], params: Mapping[str, str] | None = None
    ) -> AnswerT:
        try:
            response = await self._http.get(
                path,
                params={**FIELDS, **(params or {})},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        except httpx.HTTPError as error:
            raise XError("unavailable", type(error).__name__) from error
        _raise_for_status(response)
        try:
            return form.model_validate_json(response.content)
        except ValidationError as error:
            raise XError("unavailable", "an answer of another form") from error


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
    """X's title of the problem. Its details can name accounts and must not be logged."""
    try:
        problem: Any = response.json()
    except ValueError:
        return "no JSON"
    title = problem.get("title") if isinstance(problem, dict) else None
    return str(title or "no title")[:100]
