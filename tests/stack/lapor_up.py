"""A whole stack, started by `lapor up` as a person does it."""

import os
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import psutil

from deploy.local.ports import free_port
from shared.settings import Addresses
from tests.quick_passwords import quick_processes

LAPOR = str(Path(sysconfig.get_path("scripts")) / "lapor")
PORTS = [name for name in Addresses.model_fields if name.endswith("_port")]


class Stack:
    """One `lapor up` with a data folder and ports of its own, and these settings beside; with
    `quick_passwords` where its people sign in often."""

    def __init__(self, data_dir: Path, *, quick_passwords: bool = False, **settings: str) -> None:
        self.data_dir = data_dir
        self.variables = quick_processes() if quick_passwords else {}
        self.settings = {f"LAPOR_{name.upper()}": value for name, value in settings.items()}
        self.ports: dict[str, int | str] = {name: free_port() for name in PORTS}
        self.output = data_dir.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [LAPOR, "up"],
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=self.environment,
            )

    @property
    def environment(self) -> dict[str, str]:
        """For commands that are to find this stack."""
        places = {f"LAPOR_{name.upper()}": str(port) for name, port in self.ports.items()}
        return {
            **os.environ,
            **self.variables,
            **self.settings,
            **places,
            "LAPOR_DATA_DIR": str(self.data_dir),
        }

    def url(self, name: str) -> str:
        """Where a service answers: `portal`, `routing`, …"""
        return f"http://127.0.0.1:{self.ports[f'{name}_port']}"

    def wait_ready(self) -> None:
        assert self.process is not None
        while "is ready" not in self.said:
            assert self.process.poll() is None, self.said
            time.sleep(0.05)

    def end(self, how: signal.Signals) -> int:
        """Sends the signal to the supervisor alone; its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(60)

    def exit_code(self) -> int:
        assert self.process is not None
        return self.process.wait(30)

    @property
    def pid(self) -> int:
        """The supervisor's."""
        assert self.process is not None
        return self.process.pid

    @property
    def said(self) -> str:
        return self.output.read_text()

    def processes(self) -> list[psutil.Process]:
        """All that were started, by their run files."""
        files = sorted((self.data_dir / "run").glob("*.pid"))
        return [psutil.Process(int(file.read_text().split()[0])) for file in files]

    def pid_of(self, name: str) -> int:
        return int((self.data_dir / "run" / f"{name}.pid").read_text().split()[0])

    def greeting_of_nats(self) -> bytes:
        with socket.create_connection(("127.0.0.1", int(self.ports["nats_port"])), 5) as connection:
            return connection.recv(4)
