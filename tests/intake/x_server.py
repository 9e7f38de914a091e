"""A stand-in for X: a small HTTP server that speaks the JSON of the X API v2's post lookup and
search.

`python -m tests.intake.x_server PORT` serves the sample posts to the token `test-token`.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

TOKEN = "test-token"

SAMPLE_POST = "1790000000000000001"
LONG_POST = "1790000000000000002"
PICTURE_POST = "1790000000000000003"
PROTECTED_POST = "1790000000000000404"

_PROBLEMS = "https://api.twitter.com/2/problems"


class XServer:
    """What the server knows and how it behaves; `status` makes it answer every request with it."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = _sample_answers()
        self.status: int | None = None
        self.reset_at = int(time.time()) + 900
        self.requests: list[Request] = []
        self.url = ""
        self.app = FastAPI()
        self.app.get("/2/tweets")(self._tweets)
        self.app.get("/2/tweets/search/recent")(self._search)
        self.app.get("/2/tweets/{post_id}")(self._tweet)

    def add(self, post_id: str, text: str, *, username: str = "wargabaik", **more: Any) -> None:
        """One more post that can be read, by `username`."""
        self.answers[post_id] = _answer(post_id, text, username=username, **more)

    def edit(self, post_id: str, edition: str, text: str, at: str) -> None:
        """Its author writes it anew: the edition has an id of its own."""
        history = [post_id, edition]
        self.answers[post_id]["data"]["edit_history_tweet_ids"] = history
        self.add(edition, text, edit_history_tweet_ids=history, created_at=at)

    def thread(self, *posts: tuple[str, str]) -> None:
        """Posts of one author, each answering the one before."""
        first = posts[0][0]
        for post_id, text in posts:
            more = {"in_reply_to_user_id": "2244994945"} if post_id != first else {}
            metrics = {"reply_count": 1}
            self.add(post_id, text, conversation_id=first, public_metrics=metrics, **more)

    async def _tweet(self, post_id: str, request: Request) -> Response:
        self.requests.append(request)
        if (refusal := self._refusal(request)) is not None:
            return refusal
        if post_id == PROTECTED_POST:
            return JSONResponse(_missing(post_id, "not-authorized-for-resource"))
        if post_id not in self.answers:
            return JSONResponse(_missing(post_id, "resource-not-found"))
        return JSONResponse(self.answers[post_id])

    async def _tweets(self, ids: str, request: Request) -> Response:
        self.requests.append(request)
        if (refusal := self._refusal(request)) is not None:
            return refusal
        asked = ids.split(",")
        there = [self.answers[post_id] for post_id in asked if post_id in self.answers]
        gone = [post_id for post_id in asked if post_id not in self.answers]
        kinds = {PROTECTED_POST: "not-authorized-for-resource"}
        errors = [_missing(p, kinds.get(p, "resource-not-found"))["errors"][0] for p in gone]
        return JSONResponse(_several(there) | ({"errors": errors} if errors else {}))

    async def _search(self, query: str, request: Request) -> Response:
        """As X does, without the first post where it is older than a week: here, always."""
        self.requests.append(request)
        if (refusal := self._refusal(request)) is not None:
            return refusal
        conversation, author = (part.partition(":")[2] for part in query.split())
        there = [
            answer
            for post_id, answer in self.answers.items()
            if answer["data"].get("conversation_id") == conversation != post_id
            and answer["includes"]["users"][0]["username"] == author
        ]
        return JSONResponse(_several(there))

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _problem(401, "Unauthorized", "about:blank")
        if self.status == 429:
            headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(self.reset_at)}
            return _problem(429, "Too Many Requests", "about:blank", headers)
        if self.status == 403:
            return _problem(403, "Client Forbidden", f"{_PROBLEMS}/client-forbidden")
        if self.status == 200:
            return Response("<html>maintenance</html>", media_type="text/html")
        if self.status is not None:
            return _problem(self.status, "Service Unavailable", "about:blank")
        return None


@asynccontextmanager
async def running(server: XServer, port: int = 0) -> AsyncIterator[XServer]:
    """Serves on loopback while the block runs; port 0 takes a free one, `server.url` has it."""
    config = uvicorn.Config(server.app, host="127.0.0.1", port=port, log_level="warning")
    http = uvicorn.Server(config)
    serving = asyncio.create_task(http.serve())
    while not http.started:
        if serving.done():
            raise RuntimeError(f"no server on port {port}")
        await asyncio.sleep(0.01)
    server.url = f"http://127.0.0.1:{http.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        http.should_exit = True
        await serving


def _problem(
    status: int, title: str, kind: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    body = {"title": title, "type": kind, "status": status, "detail": title}
    return JSONResponse(body, status_code=status, headers=headers)


def _several(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Without `data` where there is none, as X leaves it out."""
    users = {user["id"]: user for answer in answers for user in answer["includes"]["users"]}
    several = {"data": [answer["data"] for answer in answers]} if answers else {}
    return several | {"includes": {"users": list(users.values())}}


def _missing(post_id: str, kind: str) -> dict[str, Any]:
    found = kind == "not-authorized-for-resource"
    return {
        "errors": [
            {
                "value": post_id,
                "resource_id": post_id,
                "resource_type": "tweet",
                "parameter": "id",
                "title": "Authorization Error" if found else "Not Found Error",
                "detail": (
                    f"Sorry, you are not authorized to see the Tweet with id: [{post_id}]."
                    if found
                    else f"Could not find tweet with id: [{post_id}]."
                ),
                "type": f"{_PROBLEMS}/{kind}",
            }
        ]
    }


def _answer(
    post_id: str,
    text: str,
    *,
    username: str = "wargabaik",
    media: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": post_id,
        "text": text,
        "author_id": "2244994945",
        "created_at": "2026-11-20T02:30:00.000Z",
        "edit_history_tweet_ids": [post_id],
        "lang": "in",
        **more,
    }
    user = {"id": "2244994945", "name": "Warga Baik", "username": username}
    includes: dict[str, Any] = {"users": [user]}
    if media:
        data["attachments"] = {"media_keys": [item["media_key"] for item in media]}
        includes["media"] = media
    return {"data": data, "includes": includes}


def _link(url: str, expanded: str, **more: Any) -> dict[str, Any]:
    return {"start": 0, "end": 23, "url": url, "expanded_url": expanded, **more}


def _sample_answers() -> dict[str, dict[str, Any]]:
    long_text = "Sudah tiga minggu air PDAM tidak mengalir. " * 12
    note = {
        "text": f"{long_text}Lihat https://t.co/aaa &amp; tolong ditindak",
        "entities": {"urls": [_link("https://t.co/aaa", "https://contoh.id/foto?a=1")]},
    }
    video = {
        "media_key": "13_2",
        "type": "video",
        "preview_image_url": "https://pbs.twimg.com/preview.jpg",
        "variants": [
            {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a.m3u8"},
            {
                "bit_rate": 256000,
                "content_type": "video/mp4",
                "url": "https://video.twimg.com/s.mp4",
            },
            {
                "bit_rate": 832000,
                "content_type": "video/mp4",
                "url": "https://video.twimg.com/l.mp4",
            },
        ],
    }
    photo = {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/a.jpg"}
    own = _link("https://t.co/ccc", "https://x.com/wargabaik/status/3/photo/1", media_key="3_1")
    return {
        SAMPLE_POST: _answer(
            SAMPLE_POST, "@lapor1708 lampu jalan di Jl. Melati mati &lt;seminggu&gt; &amp; gelap"
        ),
        LONG_POST: _answer(LONG_POST, f"{long_text[:270]}…", note_tweet=note),
        PICTURE_POST: _answer(
            PICTURE_POST,
            "Jembatan rusak https://t.co/ccc",
            media=[photo, video],
            entities={"urls": [own]},
        ),
    }


async def _serve(port: int) -> None:
    async with running(XServer(), port) as server:
        sys.stdout.write(f"X stand-in on {server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
