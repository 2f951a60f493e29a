"""Which addresses may be connected to: the internet, and nothing that only we can reach.

A name is resolved once, every address it has is judged, and one of those that were judged is connected to: a name that
changes its mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TypeAlias

from crossdock.errors import Halt

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

#: Services of clouds under addresses that count as public: the platform of Azure; IETF's own (RFC 6890), Oracle's there.
_INSIDE = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("192.0.0.0/24"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, in the order the system prefers. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's, also where it wraps one of IPv4."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_global(one) for one in (address, *_wrapped(address)))


def _is_global(address: Address) -> bool:
    inside = address.is_private or address.is_loopback or address.is_link_local or address.is_reserved
    special = address.is_multicast or address.is_unspecified or any(address in network for network in _INSIDE)
    return address.is_global and not inside and not special


def _wrapped(address: Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64 (RFC 4291, 3056, 4380, 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    teredo = address.teredo
    found = [address.ipv4_mapped, address.sixtofour, *(teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


def judged(host: str, addresses: Sequence[str], *, allow_private: bool) -> Sequence[str]:
    """The addresses, if each may be connected to. Raises ``Halt`` K702."""
    if allow_private:
        return addresses
    inside = [address for address in addresses if not is_public(address)]
    if inside:
        raise Halt(
            "K702",
            f"'{host}' leads to {inside[0]}, which is not an address of the internet",
            hint="where that is meant, say allow_private: true",
        )
    return addresses
