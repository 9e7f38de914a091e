"""Posts on X, read through the X API v2. Reporting on somebody's behalf starts from one."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import ValidationError

from services.intake.x.answers import FIELDS, Answer, read_post
from services.intake.x.posts import Post, XError, parse_post_id


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
                params=FIELDS,
                headers={"Authorization": f"Bearer {self._token}"},
            )
        except httpx.HTTPError as error:
            raise XError("unavailable", type(error).__name__) from error
        _raise_for_status(response)
        try:
            answer = Answer.model_validate_json(response.content)
        except ValidationError as error:
            raise XError("unavailable", "an answer of another form") from error
        return read_post(answer)


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
