"""`lapor demo` against a whole stack: every report gets where it is to go, and is carried on."""

import asyncio
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from deploy.credentials import load_or_create
from deploy.demo.driver import trial
from deploy.demo.driver.stack import PUSAT
from shared.lifecycle.statuses import Tab
from tests.stack.lapor_up import LAPOR, Stack

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("demo") / "stack")
    stack.start()
    stack.wait_ready()
    yield stack
    stack.end(signal.SIGINT)


@pytest.mark.nightly
async def test_a_demo_drives_reports_by_every_channel_and_a_trial_shows_clocks_running_out(
    stack: Stack,
) -> None:
    shown = await asyncio.to_thread(
        subprocess.run,
        [LAPOR, "demo", "--reports", "25", "--seed", "1708", "--trial"],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "What went wrong" not in shown.stdout
    assert re.findall(r"Trial: report \d+ (\w+) at", shown.stdout) == ["overdue", "auto_close"]
    totals = [int(count) for count in re.findall(r"│ all .*│ +(\d+) +│", shown.stdout)]
    assert totals == [27, 27], "25, and two on trial"
    assert _counted(shown.stdout, "Where they are") == 27
    assert _counted(shown.stdout, "How they came") == 27
    for channel in ("Sistem Mitra", "SMS 1708", "X (Twitter)", "Pusat Panggilan"):
        assert channel in shown.stdout
    partner = stack.data_dir / "demo-partner.creds"
    assert partner.stat().st_mode & 0o777 == 0o600

    numbers = await asyncio.to_thread(_numbers, stack)
    assert len(numbers) == 27
    assert await _workflows(stack) == {f"report-{number}" for number in numbers}


@pytest.mark.nightly
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_stopped_in_the_middle_of_its_trial_leaves_the_former_policy(
    stack: Stack, tmp_path: Path, how: signal.Signals
) -> None:
    printed = tmp_path / "said"
    with printed.open("wb") as output, _pusat(stack) as pusat:
        demo = subprocess.Popen(
            [LAPOR, "demo", "--reports", "5000", "--trial"],
            env=stack.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            while _unit(pusat) != "seconds":
                time.sleep(0.02)
            demo.send_signal(how)
            assert demo.wait(90) == 130
        finally:
            demo.kill()
            demo.wait()
        assert _unit(pusat) == "working_days"
    assert "Stopped" in printed.read_text()
    assert "Traceback" not in printed.read_text()


def test_a_demo_without_a_stack_says_what_to_do(tmp_path: Path) -> None:
    nowhere = Stack(tmp_path).environment
    shown = subprocess.run(
        [LAPOR, "demo"], env=nowhere, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 1
    assert "lapor up" in shown.stderr


def _counted(shown: str, title: str) -> int:
    """The sum of the lines of a table that have a name in the first column."""
    table = shown.partition(title)[2].partition("└")[0]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines()]
    return sum(int(row[-1]) for row in rows if len(row) > 1 and row[0] not in {"", "all"})


@contextmanager
def _pusat(stack: Stack) -> Iterator[httpx.Client]:
    """Routing, for an admin of pusat."""
    sign_in = {"username": PUSAT, "password": load_or_create(stack.data_dir).demo}
    with httpx.Client(base_url=stack.url("routing")) as routing:
        token = routing.post("/sign-in", json=sign_in).json()["access_token"]
        routing.headers["Authorization"] = f"Bearer {token}"
        yield routing


def _unit(pusat: httpx.Client) -> str:
    """What time the agency on trial is given to verify."""
    found = pusat.get("/agencies", params={"q": trial.AGENCY}).json()["items"]
    agency = next(one for one in found if one["code"] == trial.AGENCY)
    policy = pusat.get("/policy", params={"agency_id": agency["id"]}).json()
    return str(policy["verification"]["unit"])


def _numbers(stack: Stack) -> set[int]:
    numbers: set[int] = set()
    with _pusat(stack) as pusat:
        for tab in Tab:
            asked: dict[str, str | int] = {"tab": tab.value, "scope": "below", "limit": 100}
            numbers |= {row["number"] for row in pusat.get("/queue", params=asked).json()["items"]}
    return numbers


async def _workflows(stack: Stack) -> set[str]:
    client = await Client.connect(f"127.0.0.1:{stack.ports['temporal_port']}")
    listed = client.list_workflows("WorkflowType = 'ReportWorkflow'")
    return {workflow.id async for workflow in listed}
