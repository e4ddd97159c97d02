"""Watching, and the messages that are sent to those who watch."""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests

from openslot.devtools.google.calendars.models import Channel, World
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
LONGEST = timedelta(days=7)
CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
AGAIN = {500, 502, 503, 504}
WAITS = (0.1, 0.4)  # seconds before the second and the third try


def watch(
    world: World, body: Json, *, client_id: str, account: str, resource: str, uri: str
) -> Json:
    """Open a channel. Raises `Refused` (400)."""
    _check(world, body)
    now = world.clock.now()
    life = min(timedelta(seconds=int((body.get("params") or {}).get("ttl", 604800))), LONGEST)
    expires_at = now + life
    if "expiration" in body:
        left = int(body["expiration"]) / 1000 - now.timestamp()
        expires_at = now + min(life, timedelta(seconds=left))
    known = next((one for one in world.channels.values() if one.resource == resource), None)
    channel = Channel(
        id=body["id"],
        client_id=client_id,
        account=account,
        resource=resource,
        resource_id=known.resource_id if known else secrets.token_urlsafe(20),
        resource_uri=uri,
        address=body["address"],
        token=body.get("token", ""),
        expires_at=expires_at,
    )
    world.channels[channel.id] = channel
    return {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": str(int(expires_at.timestamp() * 1000)),
    } | ({"token": channel.token} if channel.token else {})


def _check(world: World, body: Json) -> None:
    if not CHANNEL_ID.fullmatch(body.get("id") or ""):
        raise invalid("Invalid channel id.", "id")
    if body.get("type") not in {"web_hook", "webhook"}:
        raise invalid("Unknown channel type.", "type")
    if len(body.get("token") or "") > 256:  # noqa: PLR2004
        raise invalid("Channel token is too long.", "token")
    if body["id"] in world.channels:
        raise Refused(400, "channelIdNotUnique")
    address = urlsplit(body.get("address") or "")
    if address.scheme != "https" and not (address.scheme == "http" and _loopback(address.hostname)):
        raise Refused(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS")


def _loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def stop(world: World, body: Json, *, client_id: str, account: str) -> None:
    """Raises `Refused` (404) for a channel that is not the caller's, or no longer one."""
    channel = world.channels.get(body.get("id") or "")
    mine = channel and (channel.client_id, channel.account) == (client_id, account)
    if not (channel and mine and channel.lives(world.clock.now())) or (
        channel.resource_id != body.get("resourceId")
    ):
        raise Refused(404, "notFound", f"Channel '{body.get('id')}' not found")
    channel.stopped = True


@dataclass
class Push:
    """A message that was to be sent."""

    channel: Channel
    number: int
    state: str
    statuses: list[int] = field(default_factory=list)  # one a try; 0 where nobody answered
    lost: bool = False


@dataclass
class Sender:
    """Sends in a thread of its own, in order. Faults: the next messages are lost, doubled, held."""

    world: World
    sent: list[Push] = field(default_factory=list)
    losing: int = 0
    doubling: int = 0
    holding: bool = False
    held: list[Push] = field(default_factory=list)
    delay: float = 0  # seconds before each
    extra_headers: dict[str, str] = field(default_factory=dict)
    waits: tuple[float, ...] = WAITS
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._queue: queue.Queue[Push | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True, name="google-pushes")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join(10)

    def tell(self, channel: Channel, state: str) -> None:
        channel.messages += 1
        push = Push(channel, channel.messages, state)
        self.sent.append(push)
        if self.losing and state != "sync":
            self.losing -= 1
            push.lost = True
        elif self.holding:
            self.held.append(push)
        else:
            self._queue.put(push)
            if self.doubling:
                self.doubling -= 1
                self._queue.put(push)

    def release(self) -> None:
        """Send what was held."""
        self.holding = False
        while self.held:
            self._queue.put(self.held.pop(0))

    def settle(self) -> None:
        """Wait until everything is sent."""
        self._queue.join()

    def _run(self) -> None:
        while (push := self._queue.get()) is not None:
            try:
                self._send(push)
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _send(self, push: Push) -> None:
        if self.delay:
            self.sleep(self.delay)
        for wait in (*self.waits, None):
            push.statuses.append(self._post(push))
            if push.statuses[-1] not in AGAIN or wait is None:
                return
            self.sleep(wait)

    def _post(self, push: Push) -> int:
        channel = push.channel
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Message-Number": str(push.number),
            "X-Goog-Resource-ID": channel.resource_id,
            "X-Goog-Resource-State": push.state,
            "X-Goog-Resource-URI": channel.resource_uri,
            "X-Goog-Channel-Expiration": format_datetime(channel.expires_at, usegmt=True),
            "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
            "Content-Type": "application/json; charset=UTF-8",
        }
        if channel.token:
            headers["X-Goog-Channel-Token"] = channel.token
        try:
            answer = requests.post(
                channel.address,
                headers=headers | self.extra_headers,
                timeout=20,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return answer.status_code
