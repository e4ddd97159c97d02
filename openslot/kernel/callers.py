"""Who is calling: the address that limits count for. One answer for the pages and the API."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings

BROWSER = "hold"  # the cookie by which a browser without an account is known again
NETWORK = 64  # bits of an IPv6 address: what a single subscriber is given at the least


def address(meta: Mapping[str, Any]) -> str:
    """The address of the network that the request came from.

    Of `X-Forwarded-For` only what the last TRUSTED_PROXIES proxies wrote counts, the first of them;
    without any the header counts for nothing, whoever sends it.
    """
    peer = str(meta.get("REMOTE_ADDR") or "")
    told = str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    proxies = settings.TRUSTED_PROXIES
    caller = told[-min(proxies, len(told))] if proxies else peer
    return _clean(caller) or _clean(peer) or "0.0.0.0"  # noqa: S104 (a socket without a name)


def network(meta: Mapping[str, Any]) -> str:
    """The same, of an IPv6 address only the network: its owner has 2⁶⁴ of them."""
    caller = ipaddress.ip_address(address(meta))
    if isinstance(caller, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((caller, NETWORK), strict=False).network_address)
    return str(caller)


def _clean(text: str) -> str | None:
    """An address as proxies write it, perhaps with a port; IPv4 inside IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        caller = ipaddress.ip_address(text)
    except ValueError:
        return None
    inner = caller.ipv4_mapped if isinstance(caller, ipaddress.IPv6Address) else None
    return str(inner or caller)


def know_again(answer: Any, browser: str) -> None:
    """Have a browser, by an answer to it, bring this secret of its own along for a day."""
    answer.set_cookie(
        BROWSER,
        browser,
        max_age=86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
