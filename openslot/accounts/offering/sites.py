"""The sites on which a provider's booking may stand: origins (RFC 6454), as browsers compare."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import idna
from django.utils.translation import gettext

from openslot.kernel.errors import Invalid

MOST = 20
LONGEST = 260  # characters: the longest name of a host, its scheme and its port
HOST = re.compile(r"(?!-)[a-z0-9-]+(?<!-)(?:\.(?!-)[a-z0-9-]+(?<!-))*")
PORTS = {"https": 443, "http": 80}


def origins(told: Iterable[str]) -> list[str]:
    """The origin of each address, once, in order; what comes behind the host does not count.

    An address without a scheme is https. Raises `Invalid` beside `embed_sites`.
    """
    addresses = [address.strip() for address in told if address.strip()]
    wrong = [address for address in addresses if origin(address) is None]
    if wrong:
        raise Invalid(
            embed_sites=[
                gettext("“{each}” is no address such as https://example.org").format(each=each[:80])
                for each in wrong
            ]
        )
    found = list(dict.fromkeys(filter(None, map(origin, addresses))))
    if len(found) > MOST:
        raise Invalid(embed_sites=gettext("At most {most} sites.").format(most=MOST))
    return found


def origin(address: str) -> str | None:
    """Scheme, host and port, unless that is the usual one; None where there is no such thing."""
    try:
        parts = urlsplit(address if "//" in address else f"https://{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    name = _ascii(host)
    if parts.scheme not in PORTS or name is None or "@" in parts.netloc:
        return None
    said = f"{parts.scheme}://{name}" + ("" if port in {None, PORTS[parts.scheme]} else f":{port}")
    return said if len(said) <= LONGEST else None


def _ascii(host: str) -> str | None:
    """A host's name as it is sent; None where it is none."""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return None
    return name.lower() if HOST.fullmatch(name.lower()) else None
