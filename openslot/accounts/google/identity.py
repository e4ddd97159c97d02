"""Who somebody is, in Google's words: an id_token (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import requests
from cryptography import x509
from django.conf import settings
from django.core.cache import caches

from openslot.accounts import addresses
from openslot.kernel.errors import DomainError
from openslot.kernel.wording import texts

CERTS = "https://www.googleapis.com"
ALGORITHM = "RS256"  # the one that Google signs with; a token does not get to choose
REQUIRED = ["iss", "aud", "exp", "iat", "sub", "email"]
LEEWAY = 10  # seconds that two clocks may differ
TIMEOUT = (3, 5)  # seconds to connect, and between two parts of the answer
KEPT = (60, 86_400)  # seconds: how long keys are kept, whatever Google says
PAUSE = 60  # seconds between two questions for a key that Google did not know
NAME_MAX = 200  # letters
SUB_MAX = 191  # letters, as allauth keeps it


class NotBelieved(DomainError):
    """That is no token that Google has made for signing in here, or it has run out."""

    code = "token_not_valid"


class Unavailable(DomainError):
    """Google does not answer at the moment. Try again in a minute, or sign in another way."""

    code = "google_unavailable"


@dataclass(frozen=True)
class Identity:
    """Somebody at Google. `sub` is theirs for good, the address may change hands."""

    sub: str
    email: str
    verified: bool  # whether Google knows that the address is theirs
    first_name: str
    last_name: str
    issued_at: datetime
    claims: Mapping[str, Any]


def read(id_token: str) -> Identity:
    """Whom the token speaks of, once its signature, issuer, audience and times are checked.

    Google's keys are fetched where they are not known yet, and kept for as long as Google says; a
    key that nobody knows has them fetched again, at most once a minute. Not for use inside a
    transaction. Raises `NotBelieved`, and `Unavailable` where the keys cannot be had.
    """
    try:
        header = jwt.get_unverified_header(id_token)
        if header.get("alg") != ALGORITHM:
            raise NotBelieved
        claims = jwt.decode(
            id_token,
            _key(header.get("kid", "")),
            algorithms=[ALGORITHM],
            audience=settings.GOOGLE_CLIENT_ID,
            issuer=settings.GOOGLE_ISSUERS,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
        return of_claims(claims)
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as exc:
        raise NotBelieved from exc


def of_claims(claims: Mapping[str, Any]) -> Identity:
    """The same of claims that have been checked. Raises `NotBelieved` where they name nobody."""
    sub, email = claims.get("sub"), claims.get("email")
    if not (isinstance(sub, str) and 0 < len(sub) <= SUB_MAX and isinstance(email, str)):
        raise NotBelieved
    return Identity(
        sub=sub,
        email=addresses.canonical(email),
        verified=claims.get("email_verified") in {True, "true"},
        first_name=_name(claims.get("given_name")),
        last_name=_name(claims.get("family_name")),
        issued_at=datetime.fromtimestamp(int(claims.get("iat", 0)), UTC),
        claims=claims,
    )


def _name(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return texts.line(text)[:NAME_MAX].strip()


def _key(kid: str) -> Any:
    url = f"{(settings.GOOGLE_EMULATOR_URL or CERTS).rstrip('/')}/oauth2/v1/certs"
    known = caches["local"].get(url)
    if known is None or (kid not in known and caches["local"].add(f"{url}#asked", 1, PAUSE)):
        known = _fetched(url)
    if kid not in known:
        raise NotBelieved
    return x509.load_pem_x509_certificate(known[kid].encode()).public_key()


def _fetched(url: str) -> dict[str, str]:
    """Google's certificates by the names of their keys."""
    try:
        answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        keys = {str(kid): str(pem) for kid, pem in dict(answer.json()).items()}
    except (requests.RequestException, ValueError, TypeError) as exc:
        raise Unavailable from exc
    if not keys:
        raise Unavailable
    age = re.search(r"max-age=(\d{1,9})", answer.headers.get("Cache-Control", ""))
    low, high = KEPT
    caches["local"].set(url, keys, min(max(int(age[1]) if age else low, low), high))
    return keys
