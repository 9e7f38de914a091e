"""The addresses of the nodes of a NATS cluster, and the one user for all of them."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.bus.credentials import UserCredentials, parse_credentials

_SCHEMES = ("nats", "tls")


@dataclass(frozen=True)
class NatsAddresses:
    """The nodes of a cluster.

    `servers` contain no credentials. `credentials`, if any, are used for every node, also for nodes
    that the cluster itself names.
    """

    servers: tuple[str, ...]
    credentials: UserCredentials | None = None

    def __str__(self) -> str:
        return ",".join(self.servers)


def parse_addresses(url: str) -> NatsAddresses:
    """Read `nats://<JWT>:<seed>@one:4222,two:4222`.

    The default port is 4222, and the default scheme is that of the first address. Credentials may
    stand at one address or at each of them; they must be the same, since all nodes are of one
    cluster. Raises `ValueError`, which quotes no credentials.
    """
    parts = [part.strip() for part in url.split(",") if part.strip()]
    if not parts:
        raise ValueError("no NATS address is given")
    first = parts[0].partition("://")
    scheme = first[0] if first[1] else _SCHEMES[0]
    servers: list[str] = []
    credentials: set[UserCredentials] = set()
    for position, part in enumerate(parts, 1):
        split = urlsplit(part if "://" in part else f"{scheme}://{part}")
        if split.scheme not in _SCHEMES:
            raise ValueError(f"NATS address {position} must begin with nats:// or tls://")
        if split.path.strip("/") or split.query or split.fragment:
            raise ValueError(f"NATS address {position} has more than a host and a port")
        try:
            host, port = split.hostname, split.port or 4222
        except ValueError:
            raise ValueError(f"NATS address {position} has no valid port") from None
        if not host:
            raise ValueError(f"NATS address {position} has no host")
        servers.append(f"{split.scheme}://{f'[{host}]' if ':' in host else host}:{port}")
        if split.username is not None:
            credentials.add(parse_credentials(f"{split.username}:{split.password}\n"))
    if len(credentials) > 1:
        raise ValueError("the NATS addresses name different users; one cluster has one for us")
    return NatsAddresses(tuple(servers), *credentials)


def with_credentials(url: str, credentials: UserCredentials) -> str:
    """The same addresses with these credentials. Raises `ValueError` as above."""
    servers = parse_addresses(url).servers
    scheme, _, host = servers[0].partition("://")
    return ",".join([f"{scheme}://{credentials}@{host}", *servers[1:]])
