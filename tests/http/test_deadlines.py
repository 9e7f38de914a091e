"""Who sends half a request, or does not read, is ended; who is only slow is served."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, Request, UploadFile
from fastapi.responses import Response, StreamingResponse

from shared.http import problems
from shared.http.deadlines import DeadlineProtocol
from shared.http.observation import API_CONTENT_SECURITY, Observation


class Quick(DeadlineProtocol):
    """The same, in tenths of seconds."""

    head_seconds: ClassVar[float] = 0.6
    body_bytes_per_second: ClassVar[float] = 10_000.0
    write_seconds: ClassVar[float] = 1.5
    read_bytes_per_second: ClassVar[float] = 100_000.0


class Ended:
    """How streams of the service ended."""

    def __init__(self) -> None:
        self.event = asyncio.Event()


@pytest.fixture
async def ended() -> Ended:
    return Ended()


@pytest.fixture
async def port(ended: Ended) -> AsyncIterator[int]:
    app, router = FastAPI(), APIRouter()

    @router.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    @router.post("/form")
    async def form(file: UploadFile) -> int:
        return len(await file.read())

    @router.post("/busy")
    async def busy(request: Request) -> int:
        await asyncio.sleep(1.5)
        return len(await request.body())

    @router.get("/large")
    async def large() -> Response:
        return Response(b"x" * LARGE)

    @router.get("/endless")
    async def endless() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 65536
                    await asyncio.sleep(0)  # as one that reads from somewhere
            finally:
                ended.event.set()

        return StreamingResponse(chunks())

    app.include_router(router)
    problems.install(app)
    app.add_middleware(
        Observation, service="test", content_security=API_CONTENT_SECURITY, over_tls=False
    )
    config = uvicorn.Config(app, http=Quick, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # The system takes little of an answer itself: most of it waits with us.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = server.force_exit = True
        await serving


LARGE = 2_000_000
HEAD = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
FORM = (
    b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    b'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
)


@pytest.mark.parametrize(
    "half",
    [b"", b"P", b"GET / HTTP/1.1\r\nHost:", HEAD, HEAD + b"\r\n", HEAD + b"\r\nabc", FORM],
    ids=["nothing", "a letter", "a header", "a head", "no body", "half a body", "half a form"],
)
async def test_half_a_request_is_ended_and_told_so(
    port: int, half: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with _connection(port) as (reader, writer):
        writer.write(half)
        async with asyncio.timeout(60):
            answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request_timeout" in answer
    assert "unforeseen" not in caplog.text


async def test_a_head_that_trickles_in_is_ended_all_the_same(port: int) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET / HTTP/1.1\r\n")
        while True:
            writer.write(b"X-More: x\r\n")
            await asyncio.sleep(0.05)

    async with _connection(port) as (reader, writer):
        trickling = asyncio.create_task(trickle(writer))
        async with asyncio.timeout(20):
            # What was on its way when we closed may reset the connection before the 408 is read.
            with contextlib.suppress(ConnectionError):
                assert b" 408 " in await reader.read()
        trickling.cancel()


async def test_the_second_request_of_a_connection_has_its_own_deadline(port: int) -> None:
    whole = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    async with _connection(port) as (reader, writer), asyncio.timeout(20):
        writer.write(whole)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
        await asyncio.sleep(Quick.head_seconds * 1.5)  # idle between two is no half request
        writer.write(whole)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
        writer.write(whole[:20])
        assert b" 408 " in await reader.read()


async def test_a_slow_line_that_keeps_sending_gets_through(port: int) -> None:
    async with _connection(port) as (reader, writer), asyncio.timeout(60):
        writer.write(HEAD + b"Connection: close\r\n\r\n")
        for _ in range(20):  # twice as long as the deadline of one that has fallen silent
            writer.write(b"x" * 5000)
            await writer.drain()
            await asyncio.sleep(Quick.head_seconds / 10)
        assert (await reader.read()).endswith(b"100000")


async def test_a_body_that_waits_for_us_is_not_the_senders_fault(port: int) -> None:
    async with _connection(port) as (reader, writer), asyncio.timeout(60):
        head = HEAD.replace(b"/body", b"/busy").replace(b"100000", b"300000")
        writer.write(head + b"Connection: close\r\n\r\n" + b"x" * 300_000)
        assert (await reader.read()).endswith(b"300000")


async def test_who_does_not_read_is_cut_off_and_what_served_them_is_free(
    port: int, ended: Ended
) -> None:
    async with _connection(port) as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(20):
            await ended.event.wait()


async def test_who_reads_slowly_gets_it_all(port: int) -> None:
    # Twice as long as one may take who reads nothing.
    assert await _received(port, at_a_time=LARGE // 30, pause=Quick.write_seconds / 15) > LARGE


async def test_who_takes_a_little_now_and_then_is_cut_off(port: int) -> None:
    # Something each time the service looks, but a third of what it asks for.
    received = await _received(
        port,
        at_a_time=int(Quick.read_bytes_per_second * Quick.write_seconds / 6),
        pause=Quick.write_seconds / 2,
    )
    assert received < LARGE / 2


async def _received(port: int, *, at_a_time: int, pause: float) -> int:
    """Bytes of the large answer that come to one who pauses after each `at_a_time`."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
    slow.setblocking(False)
    loop = asyncio.get_running_loop()
    received = 0
    with slow:
        await loop.sock_connect(slow, ("127.0.0.1", port))
        await loop.sock_sendall(
            slow, b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(90):
                while part := await loop.sock_recv(slow, at_a_time):
                    received += len(part)
                    await asyncio.sleep(pause)
    return received


@asynccontextmanager
async def _connection(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
