"""Every process answers those who run it, and exports what dashboards and alerts look at."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

import deploy.backup.keep  # noqa: F401  its metrics, of the process that is not among these
from shared.telemetry import registry
from tests.cluster import Cluster
from tests.contracts.calling import Known

SERVICES = ("intake", "routing", "followup", "reporting", "notification")
PROCESSES = (*SERVICES, "downloads", "worker", "relay")
DASHBOARDS = Path(__file__).parents[2] / "deploy" / "dashboards"
OF_PROMQL = {
    *("sum", "by", "max", "min", "rate", "increase", "and", "time"),
    *("histogram_quantile", "max_over_time", "min_over_time"),
}
OF_PROMETHEUS = {"up", "job", "process", "le"}
OF_PARTNERS = {"system", "direction"}
"""Labels of what is exported by partner, of whom the cluster has none."""


@pytest.mark.parametrize("name", PROCESSES)
async def test_a_process_says_whether_it_is_alive_and_ready(cluster: Cluster, name: str) -> None:
    address = await cluster.operations(name)
    assert (await cluster.http.get(f"{address}/healthz")).json() == {"status": "ok"}
    async with asyncio.timeout(60):  # a busy machine's servers may answer late
        while (answer := await cluster.http.get(f"{address}/readyz")).status_code != 200:
            await asyncio.sleep(0.3)
    assert answer.json()["checks"]["postgres"] == "ok", answer.text


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_tells_those_it_serves_neither_metrics_nor_what_it_lacks(
    cluster: Cluster, name: str
) -> None:
    assert (await cluster.http.get(f"{cluster.address(name)}/metrics")).status_code == 404
    async with asyncio.timeout(60):
        while True:
            readiness = (await cluster.http.get(f"{cluster.address(name)}/readyz")).json()
            assert "checks" not in readiness
            if readiness == {"status": "ready"}:
                return
            await asyncio.sleep(0.3)


async def test_a_process_whose_server_is_away_is_alive_and_not_ready(cluster: Cluster) -> None:
    address = await cluster.operations("relay")
    async with cluster.without("nats"):
        assert (await cluster.http.get(f"{address}/healthz")).status_code == 200
        async with asyncio.timeout(60):
            while True:
                answer = await cluster.http.get(f"{address}/readyz")
                checks = answer.json()["checks"]
                if (answer.status_code, checks) == (503, {"postgres": "ok", "nats": "away"}):
                    return
                await asyncio.sleep(0.3)


async def test_dashboards_and_alerts_look_at_what_is_exported(
    cluster: Cluster, known: Known
) -> None:
    names, labels = set(OF_PROMETHEUS), OF_PROMETHEUS | OF_PARTNERS
    for family in registry.collect():
        if family.name.startswith("lapor_backup"):
            names |= {family.name, *(sample.name for sample in family.samples)}
            labels |= {label for sample in family.samples for label in sample.labels}
    deadline = time.monotonic() + 40
    while missing := _mentioned() - names - labels:
        assert time.monotonic() < deadline, f"nobody exports {sorted(missing)}"
        for process in PROCESSES:
            text = (await cluster.http.get(f"{await cluster.operations(process)}/metrics")).text
            for family in text_string_to_metric_families(text):
                names |= {family.name, *(sample.name for sample in family.samples)}
                labels |= {label for sample in family.samples for label in sample.labels}
        await asyncio.sleep(1)


async def test_what_waits_is_seen(cluster: Cluster, known: Known) -> None:
    row = "INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)"
    async with cluster.without("relay"):
        async with cluster.owner.autocommit() as connection:
            await connection.exec_driver_sql(
                f"{row} VALUES (1, 'lapor.v1.report.verified', 'test-1', '{{}}', '')"
            )
        async with asyncio.timeout(30):
            while not await _waiting(cluster, "outbox"):
                await asyncio.sleep(0.5)
    async with asyncio.timeout(30):
        while await _waiting(cluster, "outbox"):
            await asyncio.sleep(0.5)


async def _waiting(cluster: Cluster, what: str) -> float:
    text = (await cluster.http.get(f"{await cluster.operations('worker')}/metrics")).text
    return next(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if (sample.name, sample.labels.get("what")) == ("lapor_waiting", what)
    )


def _mentioned() -> set[str]:
    """The metrics and labels that the dashboard's and the alerts' expressions name."""
    dashboard = json.loads((DASHBOARDS / "grafana.json").read_text())
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    [group] = yaml.safe_load((DASHBOARDS / "alerts.yaml").read_text())["groups"]
    expressions += [rule["expr"] for rule in group["rules"]]
    values = r'"[^"]*"|\[\w+\]|\boffset \w+'
    without_values = [re.sub(values, "", expression) for expression in expressions]
    words = {word for expression in without_values for word in re.findall(r"[a-z_]+", expression)}
    return words - OF_PROMQL
