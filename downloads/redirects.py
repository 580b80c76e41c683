"""Redirects that a download follows: a server does not choose what this machine may reach."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from downloads.errors import DownloadRefusedError

Address = IPv4Address | IPv6Address

WEB_SCHEMES = frozenset({"http", "https"})
LAST_PORT = 65_535

WEB, NETWORK, MACHINE, APART = range(4)
"""How near an address is: public, of a private network, of this machine, of no server at all (the
addresses of a link, where clouds tell secrets to their machines; unspecified, multicast)."""


def check_redirect(answer: httpx.Response) -> None:
    """Raise ``DownloadRefusedError`` for a redirect that is not followed; a hook of the client.

    Refused: what is no address of the web, from https to what is not, and from a server to one
    nearer to this machine. Nothing is sent there.
    """
    if not answer.has_redirect_location:
        return
    target = _read_target(answer)
    if answer.url.scheme == "https" and target.scheme != "https":
        raise DownloadRefusedError(
            "the server sends from https to an address that is not: not read"
        )
    if find_nearness(target.host) > find_nearness(answer.url.host):
        raise DownloadRefusedError(
            "the server sends to an address inside a private network or of this machine: not read; "
            "if the file is there, give that address itself"
        )


def find_nearness(host: str) -> int:
    """The nearest of the addresses of a host, ``WEB`` for a name that only a proxy knows."""
    return max(map(_rank_address, _resolve_host(host)), default=WEB)


def _read_target(answer: httpx.Response) -> httpx.URL:
    try:
        target = httpx.URL(answer.headers["Location"])
        is_apart = bool(target.scheme) and (target.scheme not in WEB_SCHEMES or not target.host)
        target = answer.url.join(target) if target.is_relative_url else target
    except (httpx.InvalidURL, ValueError) as error:
        raise DownloadRefusedError("the server sends to what is no address: not read") from error
    if is_apart or not target.host or (target.port or 0) > LAST_PORT:
        raise DownloadRefusedError("the server sends to what is no address of the web: not read")
    return target


def _resolve_host(host: str) -> set[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {ip_address(str(address[0]).partition("%")[0]) for *_, address in found}


def _rank_address(address: Address) -> int:
    inner = getattr(address, "ipv4_mapped", None) or address
    if inner.is_loopback:
        return MACHINE
    if inner.is_link_local or inner.is_unspecified or inner.is_multicast:
        return APART
    return WEB if inner.is_global else NETWORK
