"""The addresses of the nodes of a NATS cluster, and the one user for all of them."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_SCHEMES = ("nats", "tls")


@dataclass(frozen=True)
class NatsAddresses:
    """`servers` carry no credentials. `user` and `password`, or `token`, or none of them, go to
    every node, also to those that the cluster itself names."""

    servers: tuple[str, ...]
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return ",".join(self.servers)


def parse_addresses(url: str) -> NatsAddresses:
    """Reads `nats://user:password@one:4222,two:4222` or `tls://token@one,tls://token@two`.

    The port is 4222 and the scheme that of the first address where none is given. Credentials may
    stand at one address or at each, and are the same: all nodes are of one cluster. Percent signs
    are decoded in them. Raises `ValueError`, which quotes no credentials.
    """
    parts = [part.strip() for part in url.split(",") if part.strip()]
    if not parts:
        raise ValueError("no NATS address is given")
    first = parts[0].partition("://")
    scheme = first[0] if first[1] else _SCHEMES[0]
    servers: list[str] = []
    credentials: set[tuple[str, str | None]] = set()
    for place, part in enumerate(parts, 1):
        split = urlsplit(part if "://" in part else f"{scheme}://{part}")
        if split.scheme not in _SCHEMES:
            raise ValueError(f"NATS address {place} must begin with nats:// or tls://")
        if split.path.strip("/") or split.query or split.fragment:
            raise ValueError(f"NATS address {place} has more than a host and a port")
        try:
            host, port = split.hostname, split.port or 4222
        except ValueError:
            raise ValueError(f"NATS address {place} has no valid port") from None
        if not host:
            raise ValueError(f"NATS address {place} has no host")
        servers.append(f"{split.scheme}://{f'[{host}]' if ':' in host else host}:{port}")
        if split.username is not None:
            password = None if split.password is None else unquote(split.password)
            credentials.add((unquote(split.username), password))
    if len(credentials) > 1:
        raise ValueError("the NATS addresses name different users; one cluster has one for us")
    if not credentials:
        return NatsAddresses(tuple(servers))
    [(user, password)] = credentials
    if password is None:
        return NatsAddresses(tuple(servers), token=user)
    return NatsAddresses(tuple(servers), user, password)
