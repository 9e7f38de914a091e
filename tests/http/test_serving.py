"""A service as a process: it answers, finishes what is under way, and goes when told."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
from cryptography.fernet import Fernet

from deploy.local.ports import free_port
from shared.http.signing_keys import new_signing_key, public_key_of

_PROGRAM = """
import asyncio
from fastapi import APIRouter
from shared.http.app import create_app, serve
from shared.settings import Settings

router = APIRouter()

@router.get("/slow")
async def slow() -> str:
    await asyncio.sleep(0.5)
    return "done"

def app():
    return create_app(name="intake", title="Test", routers=[router], settings=Settings())

serve("intake", app, Settings(), port={port})
"""
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {
    "LAPOR_DATABASE_URL": "postgresql+psycopg://unused",
    "LAPOR_NATS_URL": "nats://unused",
    "LAPOR_STAFF_PUBLIC_KEYS": public_key_of(new_signing_key()),
    "LAPOR_REPORTER_PUBLIC_KEYS": public_key_of(new_signing_key()),
    "LAPOR_IDENTITY_KEYS": Fernet.generate_key().decode(),
    "LAPOR_BLIND_INDEX_KEY": "b" * 32,
    "LAPOR_SMS_SECRET": "u" * 32,
}


async def test_a_request_under_way_is_answered_before_the_process_stops() -> None:
    port, operations = free_port(), free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM.format(port=port),
        cwd=_ROOT,
        env={**os.environ, **_ENVIRONMENT, "LAPOR_OPERATIONS_PORT": str(operations)},
        stderr=asyncio.subprocess.PIPE,
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await _up(client, process)
        metrics = await client.get(f"http://127.0.0.1:{operations}/metrics")
        assert "lapor_http_requests" in metrics.text
        slow = asyncio.create_task(client.get("/slow?words=Siti"))
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        answer = await slow
    assert answer.json() == "done"
    assert "server" not in answer.headers
    _, log = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode in (0, -signal.SIGTERM)
    assert b'"route":"/slow"' in log
    assert b"Siti" not in log
    for own in (port, operations):
        log = log.replace(f"127.0.0.1:{own}".encode(), b"")
    assert b"127.0.0.1:" not in log


async def test_a_process_told_to_stop_says_so_and_goes_on_serving_for_a_while() -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM.format(port=port),
        cwd=_ROOT,
        env={**os.environ, **_ENVIRONMENT, "LAPOR_DRAIN_SECONDS": "2"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await _up(client, process)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            while (await client.get("/healthz")).status_code == 200:
                await asyncio.sleep(0.02)
        assert (await client.get("/healthz")).status_code == 503
        assert (await client.get("/slow")).json() == "done"
    assert await asyncio.wait_for(process.wait(), 60) in (0, -signal.SIGTERM)


async def _up(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            await client.get("/healthz")
            return
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
    raise RuntimeError("the service did not start")
