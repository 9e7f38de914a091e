"""Which copies and nodes there are, and where each listens; what commands need to find them."""

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
"""A file of the data folder: the variables by which commands find this cluster."""


@dataclass(frozen=True)
class NatsPorts:
    """Of one node: for clients, for the other nodes, and for watching it."""

    clients: int
    route: int
    monitor: int


@dataclass(frozen=True)
class Layout:
    """Ports are new at each start, but those that `addresses` names: there people reach Caddy, the
    first Postgres and the first NATS node."""

    addresses: Addresses
    copies: Mapping[str, tuple[int, ...]]
    """Of what answers HTTP, by the process."""
    postgres: Mapping[str, int]
    nats: Mapping[str, NatsPorts]


def lay_out(own: Addresses) -> Layout:
    """A layout whose front is at the ports of `own`."""
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
    """Its copies."""
    return tuple(f"{process}-{number}" for number in range(1, COPIES + 1))


def write_environment(layout: Layout, authority: Path) -> Path:
    """The file of variables; `authority` signed what the cluster's servers show. No secret is in
    it: commands read these from the data folder."""
    path = layout.addresses.data_dir / ENVIRONMENT
    variables = layout.addresses.model_dump(exclude_none=True)
    lines = [f"LAPOR_{name.upper()}='{value}'" for name, value in variables.items()]
    path.write_text("\n".join([*lines, f"SSL_CERT_FILE='{authority}'", ""]))
    return path


def read_environment(data_dir: Path) -> dict[str, str]:
    """What `write_environment` wrote. Raises StackError where no cluster was started."""
    path = data_dir / ENVIRONMENT
    if not path.exists():
        raise StackError(f"No cluster in {data_dir}: start one with `lapor cluster`.")
    pairs = (line.split("=", 1) for line in path.read_text().splitlines())
    return {name: value.strip("'") for name, value in pairs}
