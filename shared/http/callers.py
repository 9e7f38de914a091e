"""Whom to count where callers are counted: by their addresses, and nothing else is known."""

import ipaddress

from fastapi import Request


def client_place(request: Request) -> str:
    """Whom to give one place where people take turns: as `client_address`, but of IPv6 the /48,
    which is one customer: each has /64s enough to fill any queue."""
    address = client_address(request)
    if ":" not in address or "/" not in address:
        return address
    return str(ipaddress.ip_network(address).supernet(new_prefix=48))


def client_address(request: Request) -> str:
    """Whom to count: the IPv4 address, or the /64 of an IPv6 one, which is one household; of
    those that carry an IPv4 address (translators, tunnels) that one, or all of its users were one.
    The server has put the address a trusted proxy names in place of the proxy's."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        within = address.ipv4_mapped or address.sixtofour or teredo
        if within is None and address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if within is not None:
            return str(within)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
