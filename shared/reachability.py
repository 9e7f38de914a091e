"""Whether what a process needs can be reached, for those that hold no connection to ask."""

from collections.abc import Awaitable, Callable
from functools import partial

import psycopg
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest

from shared.bus.connection import connect as connect_bus
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.client import connect as connect_temporal


def reached(settings: Settings, *needs: str) -> dict[str, Callable[[], Awaitable[None]]]:
    """A check for each of `postgres`, `nats`, `temporal` that is named: raises when it is away."""
    return {need: partial(_CHECKS[need], settings) for need in needs}


async def _postgres(settings: Settings) -> None:
    address = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    async with await psycopg.AsyncConnection.connect(
        address, autocommit=True, application_name="lapor-probe"
    ) as connection:
        await connection.execute("SELECT 1")


async def _nats(settings: Settings) -> None:
    await (await connect_bus(settings.nats_url, "probe", patience=1)).close()


async def _temporal(settings: Settings) -> None:
    client = await connect_temporal(settings, "probe", lazy=False)
    await client.service_client.check_health()
    # Nothing is found; that it is understood says that namespace and attributes are there.
    known = " OR ".join(f"{name} IS NOT NULL" for name in names.SEARCH_ATTRIBUTES)
    await client.workflow_service.list_workflow_executions(
        ListWorkflowExecutionsRequest(
            namespace=client.namespace, page_size=1, query=f"WorkflowId = 'none' AND ({known})"
        )
    )


_CHECKS = {"postgres": _postgres, "nats": _nats, "temporal": _temporal}
