"""Loopback ports: reserving a free one, and checking that the configured ones are free."""

import fcntl
import functools
import os
import random
import socket
import tempfile
from pathlib import Path

from deploy.errors import StackError
from shared.settings import Addresses

_OURS: set[int] = set()


def free_port() -> int:
    """Return a loopback port on which nobody listens and which no other caller on this machine
    gets.

    It stays reserved as long as this process lives, so that tests and measurements that run side by
    side do not choose the same port before their servers listen. It is outside the range that the
    kernel uses for outgoing connections, one of which could otherwise take it meanwhile.
    """
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311  no secret
        if _claim(port) and not _is_busy("127.0.0.1", port):
            return port


def _claim(port: int) -> bool:
    """Reserve the port with a lock on its byte in a file shared by all callers; return whether it
    succeeded."""
    if port in _OURS:
        return False
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _OURS.add(port)
    return True


@functools.cache
def _claims() -> int:
    """Return the file whose bytes stand for ports. It is open until the process ends, which frees
    its locks."""
    path = Path(tempfile.gettempdir()) / f"lapor-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def refuse_busy(addresses: Addresses) -> None:
    """Raise StackError naming every setting whose port is in use or configured twice."""
    ports = {
        name: getattr(addresses, name) for name in Addresses.model_fields if name.endswith("_port")
    }
    busy = [name for name, port in ports.items() if _is_busy(addresses.host, port)]
    twice = [name for name, port in ports.items() if list(ports.values()).count(port) > 1]
    if busy or twice:
        lines = [f"LAPOR_{name.upper()}={ports[name]} is in use" for name in busy]
        lines += [f"LAPOR_{name.upper()}={ports[name]} is given twice" for name in twice]
        raise StackError("\n".join([*lines, "Stop what uses it, or set another port."]))


def _is_busy(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # Set as the servers do, so that connections of an earlier start in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
