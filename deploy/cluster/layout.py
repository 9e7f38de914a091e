"""Which copies and nodes there are, where each listens, and what commands need to find them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.errors import StackError
from deploy.local.ports import free_port
from deploy.local.processes import PROCESSES
from shared.settings import Addresses

COPIES: Final = 2
POSTGRES: Final = ("postgres-1", "postgres-2")
NATS: Final = ("nats-1", "nats-2", "nats-3")
ENVIRONMENT: Final = "environment"
"""A file in the data folder with the variables by which commands find this cluster."""


@dataclass(frozen=True)
class NatsPorts:
    """The ports of one node: for clients, for the other nodes, and for monitoring."""

    clients: int
    route: int
    monitor: int


@dataclass(frozen=True)
class Layout:
    """The copies and nodes with their ports. Ports are new at each start, except those that
    `addresses` names: there people reach Caddy, the first Postgres and the first NATS node."""

    addresses: Addresses
    copies: Mapping[str, tuple[int, ...]]
    """The ports of the copies that answer HTTP, by process."""
    postgres: Mapping[str, int]
    nats: Mapping[str, NatsPorts]


def lay_out(own: Addresses) -> Layout:
    """Return a layout whose front is at the ports of `own`."""
    first = NatsPorts(own.nats_port, free_port(), own.nats_monitor_port)
    others = (NatsPorts(free_port(), free_port(), free_port()) for _ in NATS[1:])
    nats = dict(zip(NATS, (first, *others), strict=True))
    postgres = dict(zip(POSTGRES, (own.postgres_port, free_port()), strict=True))
    copies = {
        process.name: tuple(free_port() for _ in range(COPIES))
        for process in PROCESSES
        if process.port is not None
    }
    front = {
        f"{'public_base' if name == 'portal' else name}_url": (
            f"https://{own.host}:{getattr(own, f'{name}_port')}"
        )
        for name in copies
    }
    servers = {
        "postgres_servers": ",".join(f"{own.host}:{port}" for port in postgres.values()),
        "nats_servers": ",".join(f"tls://{own.host}:{node.clients}" for node in nats.values()),
        "partner_nats_url": f"tls://{own.host}:{first.clients}",
    }
    return Layout(own.model_copy(update=front | servers), copies, postgres, nats)


def names_of(process: str) -> tuple[str, ...]:
    """Return the names of a process's copies."""
    return tuple(f"{process}-{number}" for number in range(1, COPIES + 1))


def write_environment(layout: Layout, authority: Path) -> Path:
    """Write the file of variables and return its path. `authority` signed the certificates of the
    cluster's servers. The file holds no secret: commands read these from the data folder."""
    path = layout.addresses.data_dir / ENVIRONMENT
    variables = layout.addresses.model_dump(exclude_none=True)
    lines = [f"LAPOR_{name.upper()}='{value}'" for name, value in variables.items()]
    path.write_text("\n".join([*lines, f"SSL_CERT_FILE='{authority}'", ""]))
    return path


def read_environment(data_dir: Path) -> dict[str, str]:
    """Return what `write_environment` wrote. Raises StackError if no cluster was started."""
    path = data_dir / ENVIRONMENT
    if not path.exists():
        raise StackError(f"No cluster in {data_dir}: start one with `lapor cluster`.")
    pairs = (line.split("=", 1) for line in path.read_text().splitlines())
    return {name: value.strip("'") for name, value in pairs}
