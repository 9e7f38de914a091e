"""`lapor up` as a person uses it: started, stopped, killed, twice at once."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable

import psutil
import pytest

from deploy.credentials import SECRETS
from deploy.local.mailbox.kept import MessageStore
from deploy.local.processes import PROCESSES
from shared.settings import AUTHORITY, SECRETS_OF
from tests.stack.lapor_up import LAPOR, Stack


def test_up_starts_everything_a_demo_needs_and_ctrl_c_leaves_no_process_but_the_data(
    make_stack: Callable[[str], Stack],
) -> None:
    stack = make_stack("stack")
    stack.start()
    stack.wait_ready()

    running = stack.processes()
    children = psutil.Process(stack.pid).children(recursive=True)
    assert {"postgres", "nats-server", "temporal"} <= {child.name() for child in children}
    for process in PROCESSES:
        environment = psutil.Process(stack.pid_of(process.name)).environ()
        known = {name for name in SECRETS if f"LAPOR_{name.upper()}" in environment}
        assert known == set(SECRETS_OF[process.name]), process.name
        assert not any(f"LAPOR_{name.upper()}" in environment for name in AUTHORITY)
        assert ("LAPOR_NATS_CREDS" in environment) is (process.role is not None)
    with (stack.data_dir / "temporal" / "temporal.db").open("rb") as database:
        assert database.read(20)[18:] == b"\2\2"  # SQLite's file format: a log is written ahead
    ui = stack.url("temporal_ui")
    assert ui in stack.said
    with urllib.request.urlopen(ui) as page:  # noqa: S310
        assert page.status == 200
    for url in re.findall(r"(http://\S+)/docs", stack.said):
        with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310
            assert answer.status == 200
    assert (stack.data_dir / "secrets.env").stat().st_mode & 0o777 == 0o600
    demo = subprocess.run(
        [LAPOR, "demo", "--reports", "16", "--seed", "1708"],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "What went wrong" not in demo.stdout
    codes = [re.search(r"\b\d{6}\b", mail.text) for mail in MessageStore(stack.data_dir).mails()]
    assert sum(map(bool, codes)) >= 2  # reporters proved their addresses

    assert stack.end(signal.SIGINT) == 0
    assert "Stopped" in stack.said
    assert not any(process.is_running() for process in [*running, *children])


@pytest.mark.nightly
def test_what_is_killed_is_started_again_and_kill_9_of_the_supervisor_leaves_no_process(
    make_stack: Callable[[str], Stack],
) -> None:
    stack = make_stack("stack")
    stack.start()
    stack.wait_ready()

    os.kill(stack.pid_of("nats"), signal.SIGKILL)
    while "nats runs again" not in stack.said:
        time.sleep(0.05)
    assert "nats ended (signal 9)" in stack.said
    assert stack.greeting_of_nats() == b"INFO"

    everything = psutil.Process(stack.pid).children(recursive=True)
    stack.end(signal.SIGKILL)
    _gone, alive = psutil.wait_procs(everything, timeout=10)
    assert alive == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("before", "after"), [(signal.SIGINT, signal.SIGHUP), (signal.SIGKILL, signal.SIGTERM)]
)
def test_what_was_stopped_or_killed_starts_again_with_the_same_secrets(
    make_stack: Callable[[str], Stack], before: signal.Signals, after: signal.Signals
) -> None:
    stack = make_stack("stack")
    stack.start()
    stack.wait_ready()
    secrets = (stack.data_dir / "secrets.env").read_text()
    everything = psutil.Process(stack.pid).children(recursive=True)
    stack.end(before)
    _gone, alive = psutil.wait_procs(everything, timeout=10)
    assert alive == []

    stack.start()
    stack.wait_ready()
    assert (stack.data_dir / "secrets.env").read_text() == secrets
    assert (stack.data_dir / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert stack.end(after) == 0


@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGINT, 0), (signal.SIGKILL, -int(signal.SIGKILL))]
)
def test_an_end_while_starting_leaves_no_process(
    make_stack: Callable[[str], Stack], how: signal.Signals, code: int
) -> None:
    stack = make_stack("stack")
    stack.start()
    while not (stack.data_dir / "run" / "nats.pid").exists():
        time.sleep(0.01)
    children = psutil.Process(stack.pid).children(recursive=True)
    assert stack.end(how) == code
    _gone, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def test_a_busy_port_is_named(make_stack: Callable[[str], Stack]) -> None:
    stack = make_stack("stack")
    with socket.socket() as other:
        other.bind(("127.0.0.1", stack.ports["intake_port"]))
        other.listen()
        stack.start()
        assert stack.exit_code() == 1
    assert f"LAPOR_INTAKE_PORT={stack.ports['intake_port']} is in use" in stack.said
    assert "Traceback" not in stack.said


@pytest.mark.nightly
def test_two_stacks_run_side_by_side_and_one_data_folder_takes_only_one(
    make_stack: Callable[[str], Stack],
) -> None:
    first, second, third = make_stack("first"), make_stack("second"), make_stack("third")
    first.start()
    second.start()
    first.wait_ready()
    second.wait_ready()
    assert first.greeting_of_nats() == second.greeting_of_nats() == b"INFO"

    third.data_dir = first.data_dir
    third.start()
    assert third.exit_code() == 1
    assert "A stack already runs on" in third.said
    assert first.end(signal.SIGINT) == 0
    assert second.greeting_of_nats() == b"INFO"
    assert second.end(signal.SIGINT) == 0


def test_a_setting_that_makes_no_sense_is_named(make_stack: Callable[[str], Stack]) -> None:
    stack = make_stack("stack")
    stack.ports["intake_port"] = "many"
    stack.start()
    assert stack.exit_code() == 1
    assert "LAPOR_INTAKE_PORT" in stack.said
    assert "Traceback" not in stack.said
