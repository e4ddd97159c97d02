"""`/o/oauth2/v2/auth`: who are you, and may this program have that?"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from openslot.devtools.google.identity.grants import (
    BASIC,
    CODE_LIFE,
    Account,
    Client,
    Code,
    Identity,
    scopes_of,
)

CALENDAR = "https://www.googleapis.com/auth/calendar"
WORDS = {
    CALENDAR: "See, edit, share and delete all your calendars",
    f"{CALENDAR}.events": "View and edit events on all your calendars",
    f"{CALENDAR}.events.owned": "See, create, change and delete events on calendars you own",
    f"{CALENDAR}.events.freebusy": "See the availability on calendars you have access to",
    f"{CALENDAR}.freebusy": "View your availability in your calendars",
    f"{CALENDAR}.calendarlist.readonly": "See the list of calendars you are subscribed to",
    f"{CALENDAR}.app.created": "Make secondary calendars, and see and change what stands in them",
}


class Unusable(Exception):
    """A request that is answered on Google's own page; there is nowhere to send the browser."""


@dataclass(frozen=True)
class Request:
    """What a program asks of somebody."""

    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    offline: bool
    prompt: str
    hint: str
    include: bool
    challenge: str
    method: str
    nonce: str

    @property
    def choices(self) -> list[str]:
        """What can be allowed one by one."""
        return [scope for scope in self.scopes if scope not in BASIC]

    @property
    def host(self) -> str:
        return urlsplit(self.redirect_uri).netloc

    def back(self, **answer: str) -> str:
        joint = "&" if "?" in self.redirect_uri else "?"
        query = {"state": self.state} | answer if self.state else answer
        return f"{self.redirect_uri}{joint}{urlencode(query)}"


def read(identity: Identity, query: dict[str, list[str]]) -> Request:
    """Raises `Unusable`, with the words of Google's error page."""
    given = {name: values[0] for name, values in query.items()}
    client = identity.clients.get(given.get("client_id", ""))
    if client is None:
        raise Unusable("Error 401: invalid_client. The OAuth client was not found.")
    redirect_uri = given.get("redirect_uri", "")
    if not redirect_uri.startswith(("http://", "https://")) or (
        client.redirect_uris and redirect_uri not in client.redirect_uris
    ):
        raise Unusable("Error 400: redirect_uri_mismatch.")
    if given.get("response_type") != "code":
        raise Unusable("Error 400: unsupported_response_type.")
    if not given.get("scope"):
        raise Unusable("Error 400: invalid_request. Missing required parameter: scope.")
    if given.get("code_challenge_method", "plain") not in {"S256", "plain"}:
        raise Unusable("Error 400: invalid_request. Invalid code_challenge_method.")
    return Request(
        client=client,
        redirect_uri=redirect_uri,
        scopes=tuple(dict.fromkeys(scopes_of(given["scope"]))),
        state=given.get("state", ""),
        offline=given.get("access_type") == "offline",
        prompt=given.get("prompt", ""),
        hint=given.get("login_hint", ""),
        include=given.get("include_granted_scopes") == "true",
        challenge=given.get("code_challenge", ""),
        method=given.get("code_challenge_method", "plain"),
        nonce=given.get("nonce", ""),
    )


def allow(identity: Identity, request: Request, account: Account, ticked: Collection[str]) -> str:
    """Where the browser goes with a code for what was ticked; with none of it, with a refusal.

    A refresh token comes with the code the first time, and whenever consent was asked for.
    """
    scopes = [scope for scope in request.scopes if scope in BASIC or scope in ticked]
    if not scopes:
        return deny(request)
    before = identity.living(account, request.client.id)
    known = before is not None and bool(before.refresh_tokens) and set(scopes) <= before.scopes
    grant = identity.grant(account, request.client.id, scopes)
    if request.include:
        scopes = sorted(grant.scopes)
    code = f"4/{secrets.token_urlsafe(32)}"
    identity.issued.append(code)
    identity.codes[code] = Code(
        grant=grant,
        scopes=frozenset(scopes),
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        method=request.method,
        nonce=request.nonce,
        refresh=request.offline and (not known or "consent" in request.prompt),
        expires_at=identity.clock.now() + CODE_LIFE,
    )
    return request.back(code=code, scope=" ".join(scopes), authuser="0", prompt="consent")


def deny(request: Request) -> str:
    return request.back(error="access_denied")
