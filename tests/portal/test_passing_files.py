"""Files passed on to people who read slowly, or not at all, keep nobody else from anything."""

import asyncio
import socket
import tracemalloc
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from services.portal.downloads import PassedOn, ServiceFile, VisitorSlots
from services.portal.service_calls import CARRIED_AT_ONCE, Services, spooled
from shared.http.problems import Problem
from shared.settings import Settings

LARGE, PIECE = 10 * 1024 * 1024, bytes(64 * 1024)


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    app = FastAPI()

    @app.get("/page")
    async def page() -> str:
        return "page"

    @app.get("/file")
    async def file() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"begun"
            await asyncio.Event().wait()

        return StreamingResponse(chunks())

    @app.get("/large")
    async def large() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(LARGE // len(PIECE)):
                yield PIECE

        return StreamingResponse(chunks())

    @app.post("/large")
    async def taken(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        port = listening.getsockname()[1]
        here, away = f"http://127.0.0.1:{port}", "http://127.0.0.1:1"
        services = Services(Settings(intake_url=here, routing_url=away))
        services._slots = VisitorSlots(patience=0.3)
        yield services
        await services.close()
        server.should_exit = server.force_exit = True
        await serving


async def test_a_visitor_who_reads_no_file_has_so_many_and_others_all_they_want(
    services: Services,
) -> None:
    greedy, other = _visit("203.0.113.7"), _visit("203.0.113.8")
    held = [await _file(services, greedy) for _ in range(20)]
    with pytest.raises(Problem) as refused:
        await _file(services, greedy)
    assert (refused.value.status, refused.value.code) == (429, "too_many")

    assert (await services.call(greedy, "intake", "GET", "/page")).json() == "page"
    await (await _file(services, other)).close()
    await held.pop().close()
    held.append(await _file(services, greedy))
    for file in held:
        await file.close()


async def test_neighbours_behind_one_ipv6_household_count_as_one(services: Services) -> None:
    held = [await _file(services, _visit(f"2001:db8::{i + 1}")) for i in range(20)]
    with pytest.raises(Problem):
        await _file(services, _visit("2001:db8::ffff"))
    await (await _file(services, _visit("2001:db8:0:1::1"))).close()
    for file in held:
        await file.close()


async def test_with_all_connections_for_files_taken_pages_go_on(services: Services) -> None:
    visits = [_visit(f"203.0.113.{i // 20}") for i in range(100)]
    held = await asyncio.gather(*(_file(services, page_request) for page_request in visits))
    answer = await services.call(visits[0], "intake", "GET", "/page")
    assert answer.json() == "page"
    await asyncio.gather(*(file.close() for file in held))


async def test_a_visitor_who_leaves_before_the_first_byte_gives_the_slot_back(
    services: Services,
) -> None:
    page_request = _visit("203.0.113.7")

    async def gone(_: object) -> None:
        raise OSError("the connection is closed")

    async def nothing() -> dict[str, str]:
        return {"type": "http.disconnect"}

    for _ in range(25):
        response = PassedOn(await _file(services, page_request))
        with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever the server makes of it
            await response({"type": "http", "asgi": {"spec_version": "2.4"}}, nothing, gone)


async def test_a_refused_file_and_a_service_that_is_away_hold_no_slot(services: Services) -> None:
    page_request = _visit("203.0.113.7")
    for _ in range(25):
        with pytest.raises(Problem) as refused:
            await services.stream(page_request, "intake", "/nothing-here", None)
        assert refused.value.status == 404
        with pytest.raises(Problem) as away:
            await services.stream(page_request, "routing", "/file", None)
        assert away.value.status == 503


async def test_files_on_their_way_through_are_on_disk_and_not_in_memory(
    services: Services,
) -> None:
    """Sixty megabytes, were they in memory."""

    async def passes(number: int) -> int:
        page_request = _visit(f"203.0.113.{number}")
        file = await services.stream(page_request, "intake", "/large", None)
        with await spooled(file) as content:
            part = ("attachments", ("a.jpg", content, "image/jpeg"))
            answer = await services.call(page_request, "intake", "POST", "/large", files=[part])
        return int(answer.text)

    tracemalloc.start()
    try:
        sizes = await asyncio.gather(*(passes(number) for number in range(6)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert min(sizes) > LARGE
    assert most < 3 * LARGE  # a slow machine lets some pieces stand in buffers


async def test_so_many_carry_files_at_a_time_and_one_visitor_not_all_of_them(
    services: Services,
) -> None:
    services._carrying = VisitorSlots(each=4, patience=0.3)
    inside, end = 0, asyncio.Event()

    async def carries(page_request: Request) -> None:
        nonlocal inside
        async with services.carrying(page_request):
            inside += 1
            await end.wait()

    greedy = [asyncio.create_task(carries(_visit("203.0.113.7"))) for _ in range(5)]
    await asyncio.wait(greedy, return_when=asyncio.FIRST_COMPLETED)
    [refused] = [task.exception() for task in greedy if task.done()]
    assert isinstance(refused, Problem)
    assert (refused.status, inside) == (429, 4)
    others = [asyncio.create_task(carries(_visit(f"203.0.113.{n + 8}"))) for n in range(6)]
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        while inside < CARRIED_AT_ONCE:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert inside == CARRIED_AT_ONCE
    end.set()
    await asyncio.gather(*others)
    assert inside == 4 + 6


def _visit(address: str) -> Request:
    return Request({"type": "http", "client": (address, 1), "headers": [], "method": "GET"})


async def _file(services: Services, page_request: Request) -> ServiceFile:
    return await services.stream(page_request, "intake", "/file", None)
