"""A stand-in for X: a small HTTP server that speaks the JSON of the X API v2's post lookup.

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
        self.app.get("/2/tweets/{post_id}")(self._tweet)

    def add(self, post_id: str, text: str, *, username: str = "wargabaik") -> None:
        """One more post that can be read, by `username`."""
        self.answers[post_id] = _answer(post_id, text, username=username)

    async def _tweet(self, post_id: str, request: Request) -> Response:
        self.requests.append(request)
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
        if post_id == PROTECTED_POST:
            return JSONResponse(_missing(post_id, "not-authorized-for-resource"))
        if post_id not in self.answers:
            return JSONResponse(_missing(post_id, "resource-not-found"))
        return JSONResponse(self.answers[post_id])


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
