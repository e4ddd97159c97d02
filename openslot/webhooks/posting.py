"""One try: a signed POST that goes to nobody who may not be called, and ends in time.

The name is resolved once, judged, and the connection goes to that very address, so what it means a
moment later does not matter. Redirects are not followed; nothing of the answer is read but how it
begins; no proxy, cookie or password of this machine goes along.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import datetime
from socket import SHUT_RDWR
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_noop as _
from requests_hardened import Config, HTTPSession, Manager
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from openslot.kernel.keeping.sealing import NotOpened
from openslot.webhooks import addresses, signing
from openslot.webhooks.models import Message

AGENT = "OpenSlot-Webhooks"
TAKEN = range(200, 300)
GONE = 410


class Answer(NamedTuple):
    """What came back: `status` is None, and `error` says why, where nothing did."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def is_yes(self) -> bool:
        return self.status in TAKEN


def post(message: Message, *, now: datetime) -> Answer:
    """Try once to hand a message over."""
    begun = time.perf_counter()
    status, error = None, ""
    try:
        status = _status(message, now=now)
        error = _("Redirects are not followed.") if status in range(300, 400) else ""
    except (requests.RequestException, NotOpened, OSError, ValueError) as trouble:
        late = time.perf_counter() - begun >= settings.WEBHOOK_TIMEOUT[1]
        error = LATE if late else _said(trouble)
    return Answer(status, error, round((time.perf_counter() - begun) * 1000))


def _status(message: Message, *, now: datetime) -> int:
    webhook, said = message.webhook, message.body
    if urlsplit(webhook.url).scheme not in addresses.schemes():
        raise requests.exceptions.InvalidSchema
    headers = {
        "content-type": "application/json",
        "user-agent": AGENT,
        "webhook-id": str(message.pk),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signing.signature(webhook, id=str(message.pk), now=now, body=said),
    }
    with _session() as session:
        answer = session.post(webhook.url, data=said.encode(), headers=headers, stream=True)
        answer.close()
        return int(answer.status_code)


def _session() -> HTTPSession:
    session = Manager(
        Config(
            ip_filter_enable=settings.WEBHOOKS_TO_PRIVATE != "on",
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=settings.WEBHOOK_TIMEOUT,
        )
    ).get_session()
    session.trust_env = False
    for adapter in session.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = POOLS
    return session


class _Bounded(HTTPConnection):
    """Ends in time whatever comes: a timeout of a socket begins anew with every byte."""

    _end: threading.Timer | None = None

    def connect(self) -> None:
        self._end = threading.Timer(settings.WEBHOOK_TIMEOUT[1], self._hang_up)
        self._end.daemon = True
        self._end.start()
        super().connect()

    def close(self) -> None:
        if self._end is not None:
            self._end.cancel()
        super().close()

    def _hang_up(self) -> None:
        """Whoever waits for the next byte gets the end instead."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)


class _BoundedOverTLS(_Bounded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded


class _PoolOverTLS(HTTPSConnectionPool):
    ConnectionCls = _BoundedOverTLS


POOLS: dict[str, Any] = {"http": _Pool, "https": _PoolOverTLS}
LATE = _("Nothing answered in time.")
SAID: tuple[tuple[type[Exception], str], ...] = (
    (InvalidIPAddress, addresses.NOT_PUBLIC),
    (NotOpened, _("The secret cannot be read any more. Make a new one.")),
    (requests.exceptions.SSLError, _("The certificate is not trusted.")),
    (requests.exceptions.Timeout, LATE),
    (requests.exceptions.InvalidSchema, _("Only https is called.")),
    (requests.exceptions.ConnectionError, _("The connection failed or was broken off.")),
)


def _said(trouble: Exception) -> str:
    """Why nothing answered, in words; libraries quote addresses and more."""
    return next(
        (words for kind, words in SAID if isinstance(trouble, kind)),
        _("It cannot be called."),
    )
