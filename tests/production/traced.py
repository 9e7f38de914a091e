"""A process that is asked over HTTP, and asks a workflow: what it tells a collector.

`python -m tests.production.traced`, with the settings and `OTEL_…` variables of a process.
"""

import asyncio
from datetime import timedelta

import httpx
from fastapi import APIRouter
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from deploy.local.ports import free_port
from shared.http.app import create_app
from shared.http.service_client import service_client
from shared.settings import Settings
from shared.temporal.client import connect
from shared.tracing import traced

QUEUE = "traced"


@activity.defn
async def record() -> None:
    if activity.info().attempt == 1:
        raise ValueError("kata-kata rahasia")


@workflow.defn
class Life:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def perform(self) -> None:
        await workflow.execute_activity(record, start_to_close_timeout=timedelta(seconds=20))


async def main() -> None:
    settings = Settings()
    temporal = await connect(settings, "traced", lazy=False)
    router = APIRouter()

    @router.get("/reports/{number}")
    async def read(number: int) -> dict[str, int]:
        run = await temporal.start_workflow(Life.run, id=f"traced-{free_port()}", task_queue=QUEUE)
        await run.execute_update(Life.perform)
        await run.terminate()
        return {"number": number}

    app = create_app(name="routing", title="Traced", routers=[router], settings=settings)
    async with _worker(temporal), app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with service_client(transport=transport, base_url="http://routing") as http:
            answer = await http.get(
                "/reports/7?q=kata-kata", headers={"user-agent": "peramban", "baggage": "nama=siti"}
            )
            answer.raise_for_status()


def _worker(temporal: Client) -> Worker:
    return Worker(
        temporal,
        task_queue=QUEUE,
        workflows=[Life],
        activities=[record],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


if __name__ == "__main__":
    with traced("routing"):
        asyncio.run(main())
