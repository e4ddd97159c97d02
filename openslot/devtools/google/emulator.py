"""The emulator as tests and `make run` hold it: start it, make people, let things go wrong."""

from __future__ import annotations

import threading
from collections.abc import Collection
from copy import deepcopy
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from openslot.devtools.google import discovery, site
from openslot.devtools.google.calendars import channels, lists
from openslot.devtools.google.calendars.models import Calendar, World
from openslot.devtools.google.clock import Clock
from openslot.devtools.google.errors import Refused
from openslot.devtools.google.faults import Call, Fault
from openslot.devtools.google.identity import consent, keys
from openslot.devtools.google.identity.grants import Account, Client, Identity, scopes_of
from openslot.devtools.google.identity.oauth import TokenEndpoint
from openslot.devtools.google.people.human import Human
from openslot.devtools.google.server import Server

Json = dict[str, Any]
CLIENT_ID = "openslot.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-of-the-emulator"  # noqa: S105 (it opens nothing)
SCOPES = (
    "openid email https://www.googleapis.com/auth/calendar.events.owned "
    "https://www.googleapis.com/auth/calendar.events.freebusy "
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
)


class Tokens(NamedTuple):
    access_token: str
    refresh_token: str


class Google:
    """A Google on loopback, all in memory.

    `requests` has every call; `violations` what callers sent that Google does not describe;
    `bugs` what the emulator itself answered and Google would not have.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.identity = Identity(self.clock)
        self.world = World(self.clock)
        self.key = keys.shared()
        self.oauth = TokenEndpoint(self.identity, self.key, self.clock)
        self.pushes = channels.Sender(self.world)
        self.lock = threading.RLock()
        self.violations: list[str] = []
        self.bugs: list[str] = []
        self.client()
        self._server: Server | None = None

    # Its life --------------------------------------------------------------------------------

    def start(self, port: int = 0) -> str:
        """Serve on loopback; the address that goes into GOOGLE_EMULATOR_URL."""
        self._server = Server(port, site=site.Site(self).answer, named=site.name)
        self.world.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True, name="google"
        ).start()
        self.pushes.start()
        return self.url

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self.pushes.stop()

    @property
    def url(self) -> str:
        return self.world.url

    @property
    def server(self) -> Server:
        if self._server is None:
            raise RuntimeError("The emulator has not been started")
        return self._server

    @property
    def requests(self) -> list[Call]:
        return self.server.calls

    def calls(self, name: str) -> list[Call]:
        """The recorded calls of a method id or path; a `*` at its end stands for anything."""
        return [call for call in self.requests if Fault(name).concerns(call.id)]

    def forget_requests(self) -> None:
        self.requests.clear()

    # People, programs, calendars -------------------------------------------------------------

    def client(self, client_id: str = CLIENT_ID, secret: str = CLIENT_SECRET, *uris: str) -> Client:
        self.identity.clients[client_id] = made = Client(client_id, secret, uris)
        return made

    def account(
        self, email: str, given_name: str = "", *, time_zone: str = "Europe/Berlin", **fields: Any
    ) -> Human:
        """Somebody at Google with a primary calendar; the same person again where known."""
        known = self.identity.accounts.get(email)
        if known is None:
            name = given_name or email.partition("@")[0].capitalize()
            known = Account(email, name, **fields)
            self.identity.accounts[email] = known
            self.world.add(Calendar(email, email, email, time_zone, primary=True))
        return Human(self.world, known, self.lock, self._ring)

    def add_calendar(self, email: str, summary: str, *, time_zone: str = "Europe/Berlin") -> str:
        """Another calendar of somebody's; its id."""
        body = {"summary": summary, "timeZone": time_zone}
        return lists.insert(self.world, body, address=email).id

    def share(self, calendar: str, email: str, role: str = "reader") -> None:
        self.world.calendars[calendar].readers[email] = role

    # Consent without a browser ---------------------------------------------------------------

    def consent(
        self, url: str, email: str, *, deny: bool = False, untick: Collection[str] = ()
    ) -> str:
        """Answer the consent page of an authorization URL; where the browser is sent.

        `untick` names scopes by their end, such as `calendar.events.owned`.
        """
        with self.lock:
            request = consent.read(self.identity, parse_qs(urlsplit(url).query))
            if deny:
                return consent.deny(request)
            ticked = [one for one in request.choices if not one.endswith(tuple(untick) or ("\0",))]
            account = self.account(email).account
            return consent.allow(self.identity, request, account, ticked)

    def tokens(self, email: str, *, scopes: str = SCOPES, client_id: str = CLIENT_ID) -> Tokens:
        """As if somebody had consented and the code had been exchanged."""
        with self.lock:
            named = scopes_of(scopes)
            grant = self.identity.grant(self.account(email).account, client_id, named)
            access = self.identity.access_for(grant, named)
            return Tokens(access.token, self.identity.refresh_for(grant))

    def id_token(self, who: str, /, *, client_id: str = CLIENT_ID, **claims: Any) -> str:
        """A signed one; `claims` override, None takes one away."""
        claimed = self.oauth.claims(self.account(who).account, client_id) | claims
        return self.key.signed({name: each for name, each in claimed.items() if each is not None})

    # What goes wrong -------------------------------------------------------------------------

    def fault(self, call: str, **what: Any) -> Fault:
        """For the next calls of a method id (`calendar.events.insert`), a path (`/token`) or `*`:
        status=, reason=, headers=, body=, delay=, drop="before"|"after", cut=True, times=, skip=.
        """
        return self.server.faults.add(Fault(call, **what))

    def heal(self) -> None:
        """No faults any more, of calls or of pushes; what was held is sent."""
        self.server.faults.clear()
        self.pushes.losing = self.pushes.doubling = 0
        self.pushes.delay = 0
        self.pushes.release()

    def revoke(self, email: str) -> None:
        """Somebody takes back at Google what they had allowed, to every program."""
        with self.lock:
            for grant in self.identity.grants:
                if grant.account.email == email:
                    self.identity.revoke(grant)

    def expire_access_tokens(self) -> None:
        self.identity.access.clear()

    def expire_sync_tokens(self) -> None:
        """The next call with one is 410 `fullSyncRequired`."""
        self.world.sync_tokens.clear()

    def expire_channels(self) -> None:
        for channel in self.world.channels.values():
            channel.expires_at = min(channel.expires_at, self.clock.now())

    def forget_deleted(self, email: str) -> None:
        """Tombstones vanish, as they do in time: full lists have them no more, `get` is 404."""
        for calendar in self.world.calendars.values():
            if calendar.owner == email:
                for name in [
                    key for key, one in calendar.events.items() if one["status"] == "cancelled"
                ]:
                    del calendar.events[name], calendar.versions[name]
                calendar.gone.clear()

    def advance(self, **by: float) -> None:
        """Google's clock moves on; tokens and channels expire, Meet links are made."""
        with self.lock:
            self.clock.advance(**by)
            self.tick()

    def page_at_most(self, size: int) -> None:
        """Lists come in pages of so many, whatever was asked for."""
        self.world.page_at_most = size

    def slow_meet(self, seconds: float = 1) -> None:
        """Meet links are made so much later: `pending` until then."""
        self.world.meet_after = timedelta(seconds=seconds)

    def settle(self) -> None:
        """Wait until every push is delivered."""
        self.tick()
        self.pushes.settle()

    def tick(self) -> None:
        """What time brings, and messages for the channels of what has changed."""
        with self.lock:
            self.world.ripen()
            now = self.clock.now()
            for name in self.world.changed:
                for channel in list(self.world.channels.values()):
                    if channel.resource == name and channel.lives(now):
                        self.pushes.tell(channel, "exists")
            self.world.changed.clear()

    def _ring(self, event: Json) -> Json:
        self.tick()
        return deepcopy(event)


__all__ = ["CLIENT_ID", "CLIENT_SECRET", "SCOPES", "Google", "Refused", "discovery"]
