"""People, the programs they have let in, and the tokens of those programs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from openslot.devtools.google.clock import Clock
from openslot.devtools.google.errors import Refused

ALIASES = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
BASIC = {"openid", *ALIASES.values()}  # nobody is asked about these one by one
ACCESS_LIFE = timedelta(seconds=3599)
CODE_LIFE = timedelta(minutes=10)


@dataclass
class Account:
    """Somebody at Google."""

    email: str
    given_name: str
    family_name: str = ""
    email_verified: bool = True
    sub: str = ""

    def __post_init__(self) -> None:
        digits = int(sha256(self.email.lower().encode()).hexdigest(), 16)
        self.sub = self.sub or f"1{digits % 10**20:020}"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass
class Client:
    """A program that may ask."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()  # none: whatever it names


@dataclass
class Grant:
    """What one person has allowed one program."""

    account: Account
    client_id: str
    scopes: set[str] = field(default_factory=set)
    refresh_tokens: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass
class Access:
    """An access token."""

    token: str
    grant: Grant
    scopes: frozenset[str]
    expires_at: datetime


@dataclass
class Code:
    """What the browser brings back, good once."""

    grant: Grant
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    method: str
    nonce: str
    refresh: bool
    expires_at: datetime


@dataclass
class Identity:
    """All of it, in memory."""

    clock: Clock
    accounts: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    rotation: bool = False  # a new refresh token at every refresh
    issued: list[str] = field(default_factory=list)  # every secret that was ever given out

    def grant(self, account: Account, client_id: str, scopes: Iterable[str] = ()) -> Grant:
        """The living grant of the two, widened by the scopes."""
        living = self.living(account, client_id)
        if living is None:
            living = Grant(account, client_id)
            self.grants.append(living)
        living.scopes |= set(scopes)
        return living

    def living(self, account: Account, client_id: str) -> Grant | None:
        for grant in self.grants:
            if not grant.revoked and grant.account is account and grant.client_id == client_id:
                return grant
        return None

    def access_for(self, grant: Grant, scopes: Iterable[str]) -> Access:
        token = f"ya29.{secrets.token_urlsafe(48)}"
        self.issued.append(token)
        expires_at = self.clock.now() + ACCESS_LIFE
        self.access[token] = Access(token, grant, frozenset(scopes), expires_at)
        return self.access[token]

    def refresh_for(self, grant: Grant) -> str:
        token = f"1//{secrets.token_urlsafe(48)}"
        self.issued.append(token)
        grant.refresh_tokens.add(token)
        return token

    def of_refresh(self, token: str) -> Grant | None:
        for grant in self.grants:
            if token in grant.refresh_tokens and not grant.revoked:
                return grant
        return None

    def bearer(self, header: str) -> Access:
        """The access of an `Authorization` header. Raises `Refused` (401)."""
        token = self.access.get(header.removeprefix("Bearer "))
        if token is None or token.grant.revoked or token.expires_at <= self.clock.now():
            challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
            raise Refused(401, "authError", location="Authorization", WWW_Authenticate=challenge)
        return token

    def revoke(self, grant: Grant) -> None:
        grant.revoked = True
        grant.refresh_tokens.clear()


def scopes_of(text: str) -> list[str]:
    """The scopes of a request in their long form."""
    return [ALIASES.get(scope, scope) for scope in text.split()]
