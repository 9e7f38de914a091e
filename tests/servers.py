"""Keeps one real server for a test run: `python -m tests.servers KIND NAME FOLDER PID`.

Started by whoever needs the server first; says where it is in `FOLDER/NAME.json`; ends it on
SIGTERM, or when process PID, the test run, is gone.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import psutil
from psycopg import sql

from deploy.credentials import Credentials, load_or_create
from deploy.local.child import Child
from deploy.local.migrate import migrate_database
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.local.postgres import OWNER, Postgres
from deploy.local.temporal import Temporal, search_attributes
from tests.deadlines import READY_WITHIN

NAMESPACES = ["default", *(f"gw{number}" for number in range(8))]


async def keep(kind: str, name: str, folder: Path, run: int) -> None:
    """Starts the server, says where it is, and waits for the end of the test run."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    credentials = load_or_create(folder)
    server, facts = _make(kind, folder / name, credentials)
    try:
        await server.prepare()
        server.start()
        await server.wait_ready(READY_WITHIN)
        if isinstance(server, Postgres):
            server.create_roles(credentials.roles)
            with server.administer() as connection:
                owner = sql.SQL("ALTER ROLE postgres PASSWORD {}")
                connection.execute(owner.format(sql.Literal(credentials.postgres)))
            server.create_database()
            await migrate_database(server.url(OWNER, credentials.roles[OWNER]))
        unfinished = folder / f"{name}.new"
        unfinished.write_text(json.dumps(facts))
        unfinished.rename(folder / f"{name}.json")
        while psutil.pid_exists(run) and not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), 0.5)
    finally:
        await server.stop()


def _make(kind: str, data_dir: Path, credentials: Credentials) -> tuple[Child, dict[str, object]]:
    port = free_port()
    if kind == "postgres":
        # A test's data need not outlive the machine, and its passwords are guessed by nobody: each
        # connection computes them, thousands a run.
        fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        fast["autovacuum"] = "off"  # what it learns of a table changes plans from run to run
        fast |= {"scram_iterations": "1"}
        return Postgres(data_dir, password=credentials.postgres, port=port, options=fast), {
            "port": port
        }
    if kind == "nats":
        nats = Nats(
            data_dir,
            authority=credentials.nats,
            port=port,
            monitor_port=free_port(),
        )
        return nats, {"port": port, "url": nats.url}
    temporal = Temporal(
        data_dir,
        port=port,
        ui_port=None,
        keep=False,
        namespaces=NAMESPACES,
        search_attributes=search_attributes(),
    )
    return temporal, {"port": port, "address": temporal.address}


if __name__ == "__main__":
    asyncio.run(keep(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
    sys.stdout.flush()
    os._exit(0)
