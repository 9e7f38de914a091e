"""The worker's versions as Temporal knows them: which one is in use, and which still have runs."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from deploy.errors import StackError
from shared.temporal import names

_STARTING = 30.0
_PATIENCE = 60.0
UNVERSIONED = ""
"""The version of workers without a version."""


@dataclass(frozen=True)
class WorkerVersion:
    """A version of the worker. `runs` counts the running reports whose last task one of its workers
    did."""

    name: str
    in_use: bool
    since: datetime | None
    runs: int


async def versions(client: Client) -> list[WorkerVersion]:
    """Return the versions, newest first, then the workers without a version."""
    deployment = await _deployment(client)
    current = deployment.worker_deployment_info.routing_config.current_deployment_version.build_id
    known = []
    for each in deployment.worker_deployment_info.version_summaries:
        name = each.deployment_version.build_id
        since = each.create_time.ToDatetime(UTC)
        runs = await _runs(client, f"= '{names.DEPLOYMENT}:{name}'")
        known.append(WorkerVersion(name, name == current, since, runs))
    known.sort(key=lambda version: version.since or datetime.min.replace(tzinfo=UTC), reverse=True)
    runs = await _runs(client, "IS NULL")
    return [*known, WorkerVersion(UNVERSIONED, current == UNVERSIONED, None, runs)]


async def use(client: Client, version: str) -> None:
    """Make this version the one in use.

    Its workers get the tasks of all runs, new and old; other workers finish what they have. Returns
    when every part of Temporal knows. Raises `TimeoutError` if this takes more than a minute, and
    StackError if the version has no worker, or if its workers do not poll for all that the present
    ones do within half a minute: a worker that has just started polls for one thing after the
    other.
    """
    until = time.monotonic() + _STARTING
    while (refusal := await _refusal(client, version)) is not None:
        if refusal.status is RPCStatusCode.NOT_FOUND or time.monotonic() > until:
            raise StackError(f"{version or 'no version'} cannot be used: {refusal.message}")
        await asyncio.sleep(0.5)
    async with asyncio.timeout(_PATIENCE):
        while not _is_routed(await _deployment(client), version):
            await asyncio.sleep(0.1)


async def _refusal(client: Client, version: str) -> RPCError | None:
    """Make it the current version; return the error if Temporal refuses."""
    try:
        await client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=client.namespace,
                deployment_name=names.DEPLOYMENT,
                build_id=version,
                identity="lapor",
            )
        )
    except RPCError as error:
        if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
            raise
        return error
    return None


def _is_routed(deployment: DescribeWorkerDeploymentResponse, version: str) -> bool:
    info = deployment.worker_deployment_info
    current = info.routing_config.current_deployment_version.build_id
    done = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED
    return current == version and info.routing_config_update_state == done


async def _deployment(client: Client) -> DescribeWorkerDeploymentResponse:
    try:
        return await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(
                namespace=client.namespace, deployment_name=names.DEPLOYMENT
            )
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return DescribeWorkerDeploymentResponse()
        raise


async def _runs(client: Client, version: str) -> int:
    running = f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus = 'Running'"
    query = f"{running} AND TemporalWorkerDeploymentVersion {version}"
    return (await client.count_workflows(query)).count
