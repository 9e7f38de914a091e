"""The follow-up service on real Postgres and Temporal, its worker running, in a small country."""

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from services.followup.app import make_app
from shared.database.engine import Database, raw
from shared.http.auth import new_partner_token
from shared.http.tokens import ReportBearer, Reporter, Staff, Tokens
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Actor, Role
from shared.lifecycle.state import ReportState
from shared.settings import Settings
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import SettingsOf, UrlOf
from tests.workflows.country import (
    BIDANG,
    DINAS,
    MISSION,
    PROVINCE,
    PROVINCE_ADMIN,
    ROOT,
    add_staff,
    settle_country,
)
from tests.workflows.factory import Reports
from workflows.worker import make_worker

# Names as the tests use them: (id, agency, role).
PUSAT = (1, ROOT, Role.CENTRAL_ADMIN)
ABOVE = (2, PROVINCE, Role.AGENCY_ADMIN)
ABOVE_TOO = (6, PROVINCE, Role.COORDINATING_ADMIN)
ADMIN = (3, DINAS, Role.AGENCY_ADMIN)
OFFICER = (4, DINAS, Role.LIAISON_OFFICER)
COLLEAGUE = (8, DINAS, Role.LIAISON_OFFICER)
BELOW = (5, BIDANG, Role.LIAISON_OFFICER)
BESIDE = (7, MISSION, Role.AGENCY_ADMIN)
Who = tuple[int, int, Role]

_PATHS = {
    ROOT: (ROOT,),
    PROVINCE: (ROOT, PROVINCE),
    DINAS: (ROOT, PROVINCE, DINAS),
    BIDANG: (ROOT, PROVINCE, DINAS, BIDANG),
    MISSION: (ROOT, MISSION),
}
# Workflow ids outlive a test's database.
_numbers = itertools.count(20_000_000 + datetime.now(UTC).microsecond * 1_000)

_PATIENCE = 60.0

WRITTEN = {"kind": "follow_up", "outcome": "done", "text": "Lubang sudah ditambal."}
REASON = {"reason": "Masih menunggu suku cadang."}


class Cluster:
    """The service, those who call it, and the reports they talk about."""

    def __init__(self, settings: Settings, owner: Database, worker_database: Database) -> None:
        self.settings, self.owner = settings, owner
        self.reports = Reports(owner)
        self._worker_database = worker_database
        self._tokens = Tokens.of(settings)
        self._worker = AsyncExitStack()
        self.http: httpx.AsyncClient
        self.app: FastAPI

    def staff(self, who: Who) -> dict[str, str]:
        staff_id, agency, role = who
        principal = Staff(id=staff_id, role=role, agency_id=agency, agency_path=_PATHS[agency])
        return {"Authorization": f"Bearer {self._tokens.issue(principal)}"}

    def bearer(self, number: int, *, by_sms: bool = False) -> dict[str, str]:
        token = self._tokens.issue(ReportBearer(number=number, by_sms=by_sms))
        return {"Authorization": f"Bearer {token}"}

    def account(self, account_id: int) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.issue(Reporter(account_id=account_id))}"}

    async def partner(self, system: str) -> dict[str, str]:
        token, digest = new_partner_token()
        await self.execute(
            "INSERT INTO intake.partner (system, name, nkey_public, http_token_hash, created_at)"
            " VALUES (%s, 'Mitra', 'x', %s, now())",
            system,
            digest.hex(),
        )
        return {"Authorization": f"Bearer {token}"}

    async def execute(self, query: str, *values: Any) -> None:
        async with self.owner.session() as session:
            await (await raw(session)).execute(query.encode(), values)

    async def start_worker(self) -> None:
        client = await Client.connect(
            self.settings.temporal_address,
            namespace=self.settings.temporal_namespace,
            data_converter=pydantic_data_converter,
        )
        self._client = client
        self.gateway = ReportGateway(client, self._worker_database)
        worker = make_worker(client, self._worker_database, self.settings)
        await self._worker.enter_async_context(worker)
        # Of a command whose outcome comes late the service says 202: not here, however busy.
        service = self.app.state.gateway
        service.send = partial(service.send, timeout=_PATIENCE)

    async def stop_worker(self) -> None:
        await self._worker.aclose()
        vars(self.app.state.gateway).pop("send", None)

    async def unverified(self, **how: Any) -> int:
        return (await self.reports.accept(number=next(_numbers), **how)).number

    async def verified(self, **how: Any) -> int:
        """A report that the province has disposed to the dinas."""
        number = await self.unverified(**how)
        await self.does(number, Action.VERIFY, PROVINCE_ADMIN)
        return number

    async def in_process(self, **how: Any) -> int:
        """One that the dinas has followed up."""
        number = await self.verified(**how)
        answer = await self.follow_up(number, OFFICER)
        assert answer.status_code == 200, answer.text
        return number

    async def closed(self) -> int:
        number = await self.in_process()
        answer = await self.post(f"/reports/{number}/close", ABOVE, REASON)
        assert answer.status_code == 200, answer.text
        return number

    async def terminate(self, number: int) -> None:
        """End the report's run, as though it had ended long ago."""
        await self._client.get_workflow_handle(workflow_id(number)).terminate()

    async def does(self, number: int, action: Action, actor: Actor, **details: Any) -> None:
        """A step by another service."""
        state = await self.reports.state(number)
        command = await self.reports.command(state, action, actor, datetime.now(UTC), **details)
        outcome = await self.gateway.send(command, state)
        assert outcome is not None
        assert outcome.done, outcome

    async def follow_up(self, number: int, who: Who, **changes: Any) -> httpx.Response:
        written = WRITTEN | changes
        if written["kind"] != "follow_up":
            del written["outcome"]
        return await self.post(f"/reports/{number}/follow-ups", who, written)

    async def post(
        self,
        path: str,
        who: Who | dict[str, str],
        body: dict[str, Any],
        *,
        key: UUID | str | None = None,
        version: int | None = None,
    ) -> httpx.Response:
        headers = dict(who) if isinstance(who, dict) else self.staff(who)
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.http.post(path, json=body, headers=headers)

    async def get(self, path: str, who: Who | dict[str, str] | None = None) -> httpx.Response:
        headers = who if isinstance(who, dict) else self.staff(who) if who else {}
        return await self.http.get(path, headers=headers)

    async def state(self, number: int) -> ReportState:
        return await self.reports.state(number)

    async def words(self, number: int) -> list[str]:
        """What has been written and appears."""
        rows = await self.reports.rows(
            "SELECT words FROM followup.published_message WHERE number = :n ORDER BY at", n=number
        )
        return [row.words for row in rows]


@asynccontextmanager
async def cluster_on(
    settings: Settings, owner: Database, worker_database: Database
) -> AsyncIterator[Cluster]:
    """The service over these settings; the worker is started by who wants it."""
    cluster = Cluster(settings, owner, worker_database)
    app = cluster.app = make_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://followup", timeout=30
        ) as cluster.http:
            yield cluster
    await cluster.stop_worker()


@pytest.fixture
async def owner(fresh_database: UrlOf) -> AsyncIterator[Database]:
    database = Database(fresh_database("lapor_owner"))
    await settle_country(database)
    async with database.session() as session:
        connection = await raw(session)
        for staff_id, agency, role in (ABOVE_TOO, BESIDE, COLLEAGUE):
            await add_staff(connection, staff_id, agency, role)
    yield database
    await database.dispose()


@pytest.fixture
async def worker_database(fresh_database: UrlOf) -> AsyncIterator[Database]:
    database = Database(fresh_database("lapor_worker"))
    yield database
    await database.dispose()


@pytest.fixture
def followup_settings(settings_for: SettingsOf, fresh_database: UrlOf, tmp_path: Path) -> Settings:
    own = {
        "database_url": fresh_database("lapor_followup"),
        "storage_url": (tmp_path / "attachments").as_uri(),
    }
    return settings_for("lapor_followup").model_copy(update=own)


@pytest.fixture
async def cluster(
    followup_settings: Settings, owner: Database, worker_database: Database
) -> AsyncIterator[Cluster]:
    """Service and worker."""
    async with cluster_on(followup_settings, owner, worker_database) as cluster:
        await cluster.start_worker()
        yield cluster
