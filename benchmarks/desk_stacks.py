"""Where the desk is measured: few and many reports of some 20,000 agencies, with the portal and all
its services running; people who are signed in."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from starlette.responses import Response

from benchmarks.http import Connection, Refusal
from benchmarks.loading.desk import CROWD, furnish
from benchmarks.loading.load import load, look_at_disk
from benchmarks.loading.nation import plant_nation
from benchmarks.part import Size
from benchmarks.run import say
from benchmarks.stack import Stack, running
from benchmarks.two_sizes import FEW, POSTGRES, TwoSizes, reports_of, silent
from deploy.local.postgres import OWNER
from services.portal.sessions import Cookies, Session, TokenPair

SERVICES = ("intake", "routing", "followup", "reporting", "notification")
CSRF = "bench"


@asynccontextmanager
async def desks(size: Size) -> AsyncIterator[TwoSizes]:
    """With LAPOR_BENCH_DESK the large one is in that folder, loaded at the first time and kept;
    without, it is removed at the end. LAPOR_BENCH_DESK_REPORTS says how many reports it has."""
    kept = os.environ.get("LAPOR_BENCH_DESK")
    folder = Path(kept) if kept else None
    wanted = size.of(1_000_000, 60_000, 1_000)
    if size is not Size.TINY:
        wanted = int(os.environ.get("LAPOR_BENCH_DESK_REPORTS", wanted))
    few = size.of(FEW, FEW, 200)
    async with AsyncExitStack() as opened:
        small = await _loaded(opened, None, few, size, silent)
        look_at_disk(folder or small.addresses.data_dir.parent, wanted)
        large = await _loaded(opened, folder, wanted, size, say)
        yield TwoSizes(small, large, few, await reports_of(large), opened)


async def _loaded(
    opened: AsyncExitStack,
    folder: Path | None,
    reports: int,
    size: Size,
    tell: Callable[[str], None],
) -> Stack:
    processes = (*SERVICES, "portal")
    stack = await opened.enter_async_context(running(processes, folder=folder, postgres=POSTGRES))
    nation = partial(plant_nation, provinces=size.of(38, 38, 1))
    await load(stack, reports, tell, planting=nation)
    await furnish(stack, min(CROWD, reports // 2), tell)
    return stack


@dataclass(frozen=True)
class Desk:
    """A member of staff, signed in to the portal of one stack."""

    stack: Stack
    portal: Connection
    cookie: str

    async def page(self, path: str) -> bytes:
        """The page, or the one that it leads to at once, as a search for a contact does. Raises
        `Refusal` for anything else."""
        return await self._ask("GET", path, {}, b"")

    async def send(self, path: str, form: bytes) -> bytes:
        """The page that answers a form, which is encoded as browsers do."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self._ask("POST", path, kind, form)

    def calls(self) -> int:
        """How often services have been asked for anything, by their logs."""
        logs = (self.stack.addresses.data_dir / "log" / f"{name}.log" for name in SERVICES)
        return sum(log.read_bytes().count(b'"route"') for log in logs)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        headers = {"cookie": self.cookie, "accept-language": "id", **headers}
        answer = await self.portal.exchange(method, path, headers, body)
        if method == "GET" and answer.status == 303:
            path = answer.headers["location"]
            answer = await self.portal.exchange("GET", path, headers)
        if answer.status != 200:
            raise Refusal(f"{method} {path}: {answer.status} {answer.content[:300]!r}")
        return answer.content


async def sit_down(sizes: TwoSizes, stack: Stack, username: str) -> Desk:
    """Sign somebody in, for a quarter of an hour. A service is asked for no password: those of the
    agencies that were planted have none."""
    portal = Connection(stack.addresses.public_base_url)
    sizes.opened.push_async_callback(portal.close)
    token = (await stack.bearer(username))["authorization"].removeprefix("Bearer ")
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        row = await (await connection.execute(_WHO, (username,))).fetchone()
    assert row is not None, username
    name, role, agency_id, agency_name = row
    session = Session(
        csrf=CSRF,
        tokens=TokenPair(access=token),
        name=name,
        role=role,
        agency_id=agency_id,
        agency_name=agency_name,
    )
    answer = Response()
    Cookies(stack.settings(OWNER).cookie_secret, secure=False).write(answer, "panel", session)
    return Desk(stack, portal, answer.headers["set-cookie"].split(";", 1)[0])


_WHO = """
SELECT s.name, s.role, s.agency_id, a.name
FROM routing.staff s JOIN routing.agency a ON a.id = s.agency_id WHERE s.username = %s
"""
