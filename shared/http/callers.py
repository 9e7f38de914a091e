"""Identifies callers for counting, by nothing but their addresses."""

import ipaddress

from fastapi import Request


def client_place(request: Request) -> str:
    """The subject that gets one place where callers take turns.

    It is `client_address`, but for IPv6 the /48 of one customer, who has enough /64s to fill any
    queue.
    """
    address = client_address(request)
    if ":" not in address or "/" not in address:
        return address
    return str(ipaddress.ip_network(address).supernet(new_prefix=48))


def client_address(request: Request) -> str:
    """The subject to count: the IPv4 address, or the /64 of an IPv6 address, which is one
    household.

    For an IPv6 address that contains an IPv4 address (translators, tunnels) it is that one;
    otherwise all users of a translator would count as one. The server has already replaced the
    address of a trusted proxy by the one that it names.
    """
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
