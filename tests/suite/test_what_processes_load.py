"""What a process loads at its start is memory it holds for ever: it loads what it needs."""

import asyncio
import sys

import httpx
import pytest

from shared.http.operations import answering

OPENERS = {"PIL", "pikepdf", "lxml", "av"}
"""Of files: the sandbox's process loads them."""
SHEETS = {"openpyxl"}
UNUSED = "lokal.samaran"
"""What lokal-id finds personal data with: no process of ours asks it."""


@pytest.mark.parametrize(
    ("module", "not_loaded"),
    [
        ("workflows.relay", {"fastapi", "temporalio", "sqlalchemy", "babel", *OPENERS, *SHEETS}),
        ("workflows.worker", {"fastapi", *OPENERS, *SHEETS}),
        ("services.intake.app", {"temporalio", "zxcvbn", *OPENERS, *SHEETS}),
        ("services.routing.app", {"zxcvbn", *OPENERS, *SHEETS}),
        ("services.followup.app", {*OPENERS, *SHEETS}),
        ("services.reporting.app", {"temporalio", *OPENERS, *SHEETS}),
        ("services.reporting.worker", {*OPENERS, *SHEETS}),
        ("services.reporting.files.build", {"fastapi", "temporalio", *OPENERS, *SHEETS}),
        (
            "services.portal.app",
            {"temporalio", "sqlalchemy", "psycopg", "zxcvbn", *OPENERS, *SHEETS},
        ),
        ("deploy.local.stack", {"sqlalchemy", "alembic", "temporalio", "fastapi"}),
    ],
)
async def test_a_process_loads_what_it_needs(module: str, not_loaded: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    loaded = output.decode().split()
    assert not not_loaded & {name.split(".")[0] for name in loaded}
    assert UNUSED not in loaded


async def test_the_operations_port_says_what_is_away() -> None:
    async def away() -> None:
        raise OSError

    async with answering("127.0.0.1", 0, {"nats": away}) as address, httpx.AsyncClient() as client:
        assert (await client.get(f"{address}/healthz")).json() == {"status": "ok"}
        readiness = await client.get(f"{address}/readyz")
        assert (readiness.status_code, readiness.json()["checks"]) == (503, {"nats": "away"})
        assert "python_gc_collections" in (await client.get(f"{address}/metrics")).text
