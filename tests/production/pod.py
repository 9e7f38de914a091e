"""A pod, as far as one machine can be it: a network with nobody in it, a root that is read-only,
the command and environment of a container, and a kubelet that asks its probes.

`unshare --net --mount python -m tests.production.pod`: the container is JSON on standard input,
what became of it is JSON on standard output.
"""

import fcntl
import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any

_SET_FLAGS, _UP = 0x8914, 0x1 | 0x40
"""linux/sockios.h and if.h: an interface is up and running."""


def main() -> None:
    container: dict[str, Any] = json.load(sys.stdin)
    _bring_up_loopback()
    _make_root_read_only()
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    log = tempfile.TemporaryFile()  # noqa: SIM115 - until this process ends
    process = subprocess.Popen(
        container["command"], env=container["environment"], stdout=log, stderr=log
    )
    answers: dict[str, int | None] = {}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        url = f"http://127.0.0.1:{ports[asked['port']]}{asked['path']}"
        answers[probe] = _ask(url, container[probe], process)
    alive = process.poll() is None
    process.send_signal(signal.SIGTERM)
    try:
        code: int | None = process.wait(container["patience"])
    except subprocess.TimeoutExpired:
        process.kill()
        code = None
    log.seek(0)
    said = log.read().decode(errors="replace")
    print(json.dumps({**answers, "alive": alive, "code": code, "log": said}))  # noqa: T201


def _bring_up_loopback() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def _make_root_read_only() -> None:
    subprocess.run(["mount", "--bind", "/tmp", "/tmp"], check=True)  # noqa: S108
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], check=True)


def _ask(url: str, probe: dict[str, Any], process: subprocess.Popen[bytes]) -> int | None:
    """The status, as soon as there is one; None where the kubelet would have given up."""
    for _ in range(probe["failureThreshold"]):
        try:
            with urllib.request.urlopen(url, timeout=probe.get("timeoutSeconds", 1)) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            if process.poll() is not None:
                return None
        time.sleep(probe["periodSeconds"])
    return None


if __name__ == "__main__":
    main()
