"""Which proxies are believed when they name the visitor a request is of."""

import ipaddress
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "FORWARDED_ALLOW_IPS"
WIDEST: Final = {4: 8, 6: 16}
"""Bits a network has to name: with fewer it is about everybody."""


class ProxiesUnclearError(Exception):
    """What the variable says names no proxies, or everybody as one."""


def believed_proxies(environment: Mapping[str, str]) -> list[str]:
    """Those that `FORWARDED_ALLOW_IPS` names; this machine's own where it is not set.

    Whoever is believed says whom a limit counts: visitors must not be, and a name that is no
    address would quietly match nobody, so that all visitors shared one limit.
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
