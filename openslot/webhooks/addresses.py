"""Which addresses may be called, and which not: private ones would open this network to anybody.

What is public is judged by requests-hardened, at saving for every address that the name has, and at
each try for the one that is called (posting.py).
"""

from __future__ import annotations

import socket
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from django.conf import settings
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from requests_hardened import ip_filter

from openslot.kernel.errors import Invalid
from openslot.webhooks.models import URL_MAX

PORTS = {"https": 443, "http": 80}
NOT_PUBLIC = gettext_noop("This address is not public.")
ILLEGIBLE = _("Give an address such as https://example.org/hook.")


def checked(url: str) -> str:
    """The address as it is called. Raises `Invalid` beside `url` where it may not be."""
    parts = _parts(url)
    if parts.scheme not in schemes():
        raise Invalid(
            url=gettext("Give an address that begins with {join}://.").format(
                join=" or ".join(schemes())
            )
        )
    if "@" in parts.netloc:
        raise Invalid(url=gettext("Leave name and password out: what is sent is signed instead."))
    spoken = urlunsplit(parts)
    if len(spoken) > URL_MAX:
        raise Invalid(url=gettext("At most {url_max} characters.").format(url_max=URL_MAX))
    if settings.WEBHOOKS_TO_PRIVATE != "on":
        _require_public(parts.hostname or "", parts.port or PORTS[parts.scheme])
    return spoken


def schemes() -> list[str]:
    """By which ways webhooks go: https alone in production."""
    return ["https"] if settings.PRODUCTION else ["https", "http"]


def _parts(url: str) -> SplitResult:
    """Of what is an address at all: its host as it is sent, and without a fragment."""
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as exc:
        raise Invalid(url=ILLEGIBLE) from exc
    if not host or not parts.scheme or any(letter.isspace() for letter in url.strip()):
        raise Invalid(url=ILLEGIBLE)
    host = f"[{host}]" if ":" in host else host
    signed_in = parts.netloc.rpartition("@")[1]
    netloc = signed_in + host + (f":{port}" if port else "")
    return parts._replace(netloc=netloc, path=parts.path or "/", fragment="")


def _ascii(host: str) -> str:
    """A host's name as it is sent (UTS 46). Raises ValueError where it is none."""
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def _require_public(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise Invalid(
            url=gettext("Nothing is known by the name {host}.").format(host=host[:100])
        ) from exc
    for *_rest, address in found:
        try:
            ip_filter.get_ip_address(str(address[0]), port, allow_loopback=False)
        except (ip_filter.InvalidIPAddress, OSError) as exc:
            raise Invalid(url=gettext(NOT_PUBLIC)) from exc
