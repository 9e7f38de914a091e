"""The proxies that are trusted to name the visitor of a request."""

import ipaddress
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "FORWARDED_ALLOW_IPS"
WIDEST: Final = {4: 8, 6: 16}
"""The least bits of a network: with fewer it would cover nearly everybody."""


class ProxiesUnclearError(Exception):
    """The variable names no proxies, or everybody as one."""


def believed_proxies(environment: Mapping[str, str]) -> list[str]:
    """The proxies that `FORWARDED_ALLOW_IPS` names; those of this machine if it is not set.

    A trusted proxy decides whom a limit counts, so visitors must not be trusted. A name that is no
    address would match nobody without a warning, and all visitors would share one limit.
    """
    named = environment.get(VARIABLE, "127.0.0.1,::1").split(",")
    proxies = [name.strip() for name in named if name.strip()]
    for proxy in proxies:
        try:
            network = ipaddress.ip_network(proxy)
        except ValueError as error:
            raise ProxiesUnclearError(
                f"{VARIABLE} takes the addresses of your proxies, not {proxy!r}: see"
                " docs/operating/production.md"
            ) from error
        if network.prefixlen < WIDEST[network.version]:
            raise ProxiesUnclearError(
                f"{VARIABLE}: {proxy} is about everybody, so that visitors could name themselves"
            )
    return proxies
