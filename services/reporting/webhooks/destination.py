"""The addresses a webhook may have: https on the internet, never in our own network."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from shared.http.problems import FieldError, validation


class NotAllowed(Exception):
    """The host name has no address, or one that is not on the internet."""


def checked_url(url: str, *, private: bool) -> str:
    """Return the URL if webhooks may have it; raises the 422 problem otherwise. With `private`,
    http and addresses that are not on the internet are allowed too."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if (
        not host
        or not url.isascii()
        or any(c.isspace() for c in url)
        or parts.scheme not in ({"http", "https"} if private else {"https"})
        or parts.username is not None
        or parts.password is not None
        or parts.fragment
    ):
        raise validation(FieldError("url", "webhook_url"))
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return url
    if not (private or is_public(str(literal))):
        raise validation(FieldError("url", "webhook_address"))
    return url


async def address_of(host: str, port: int, *, private: bool) -> str:
    """Return an address to connect to. The caller connects to this address, not to the name,
    because the name could have another address the second time. Raises NotAllowed if one of the
    name's addresses is not public."""
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError):
        raise NotAllowed from None
    addresses = [str(entry[4][0]) for entry in entries]
    if not addresses or not (private or all(map(is_public, addresses))):
        raise NotAllowed
    return addresses[0]


def is_public(address: str) -> bool:
    """Return whether an address is on the internet: not loopback, private, link-local (where clouds
    keep their metadata), multicast or reserved, nor an IPv6 address that stands for one of these
    IPv4 addresses."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    special = ip.is_multicast or ip.is_reserved or any(ip in net for net in _SPECIAL)
    return ip.is_global and not special


_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")))
"""Networks for protocol assignments, IPv6 relays and the former site-local addresses (RFC 6890,
7526, 3879)."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
