"""Loopback ports: one that is free, and whether those asked for are."""

import random
import socket

from deploy.local.trouble import StackError
from shared.settings import Addresses


def free_port() -> int:
    """A loopback port nobody listens on at this moment.

    Of those that the kernel gives to nobody by itself: else an outgoing connection could have it
    before the server that is to listen there has started.
    """
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311  no secret
        if not _is_busy("127.0.0.1", port):
            return port


def refuse_busy(addresses: Addresses) -> None:
    """Raises StackError naming every setting whose port is in use or asked for twice."""
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
        # As the servers do it, so that connections of an earlier start in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
