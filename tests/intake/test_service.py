"""The service as a process: what a form offers, its document, its log."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import free_port
from shared.settings import Settings
from tests.intake.conftest import CATEGORY, CITY, UNIT, Country, form


async def test_a_form_offers_regions_agencies_and_categories(
    intake: httpx.AsyncClient, country: Country
) -> None:
    provinces = (await intake.get("/regions")).json()
    assert len(provinces) == 38
    villages = await intake.get("/regions", params={"parent": "32.04.05"})
    assert {region["level"] for region in villages.json()} == {"village"}
    found = (await intake.get("/regions", params={"q": "bandung", "level": "regency"})).json()
    assert any(region["code"] == "32.73" for region in found)
    assert (await intake.get("/regions/99")).status_code == 404
    below = (await intake.get("/agencies")).json()
    assert {agency["code"] for agency in below} == {"kota-bandung", "papua"}
    [unit] = (await intake.get("/agencies", params={"q": "bina marga"})).json()
    assert (unit["id"], unit["connected"], unit["parent_id"]) == (UNIT, False, CITY)
    assert (await intake.get("/agencies", params={"q": "%%"})).json() == []
    [category] = (await intake.get("/categories")).json()
    assert category["id"] == CATEGORY
    labels = [choice["label"] for choice in (await intake.get("/classifications")).json()]
    assert labels == ["Pengaduan", "Aspirasi", "Permintaan Informasi"]


async def test_the_document_names_every_operation_once(intake: httpx.AsyncClient) -> None:
    document = (await intake.get("/openapi.json")).json()
    ids = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(ids) == len(set(ids))
    assert {"submit_report", "submit_manual_report", "receive_sms", "read_report"} <= set(ids)


def test_a_real_process_takes_a_report_and_logs_nobody(
    settings: Settings, country: Country, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    environment = os.environ | {
        "LAPOR_INTAKE_PORT": str(port),
        **{
            f"LAPOR_{name.upper()}": str(value)
            for name, value in settings.model_dump(exclude_none=True).items()
            if name not in {"intake_port", "intake_url"}
        },
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.intake"], env=environment, stderr=output
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            until_ready(client)
            sent = form(reporter={"name": "Zainuddin", "email": "zainuddin@contoh.id"})
            answers = [
                client.post("/reports", json=sent),
                client.post("/reports", json=sent | {"body": "Rahasia sekali" * 500}),
                client.get("/reports", params={"q": "Zainuddin"}),
            ]
        assert [answer.status_code for answer in answers] == [201, 422, 200]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert process.returncode in {0, -signal.SIGTERM}
    written = log.read_text()
    assert "/reports" in written
    code = answers[0].json()["access_code"]
    for word in ("Zainuddin", "zainuddin", "Rahasia", "berlubang", code):
        assert word not in written
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


def until_ready(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the service did not become ready")
