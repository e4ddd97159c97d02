"""Consent: the address of Google's page, and what a code is good for.

No google-auth-oauthlib: it raises a bare warning where somebody unticks a permission, and wants
environment variables for a server on loopback. It is two requests.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils import timezone

from openslot.sync.google import faults, places


class Grant(NamedTuple):
    """What somebody granted. The tokens never leave this process unsealed."""

    sub: str
    email: str
    scopes: frozenset[str]
    refresh_token: str
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "<Grant>"


def address(
    scopes: Collection[str], *, redirect_uri: str, state: str, verifier: str, hint: str
) -> str:
    """Google's page that asks for the scopes: offline, and asked again each time.

    Without `prompt=consent` a second consent brings no refresh token.
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": places.client().id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(["openid", "email", *scopes]),
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if hint:
        asked["login_hint"] = hint
    return f"{places.authorization()}?{urlencode(asked)}"


def granted(code: str, *, redirect_uri: str, verifier: str, asked: Collection[str]) -> Grant:
    """What the code is exchanged for. Raises a `Fault`."""
    client = places.client()
    answer = _post(
        places.token(),
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": client.id,
            "client_secret": client.secret,
            "code_verifier": verifier,
        },
    )
    access = str(answer.get("access_token") or "")
    who = _claims(answer.get("id_token")) or _who(access)
    told = str(answer.get("scope") or "")  # left out: as asked (RFC 6749, section 5.1)
    return Grant(
        sub=str(who.get("sub") or who.get("id") or ""),
        email=str(who.get("email") or ""),
        scopes=frozenset(told.split() or asked),
        refresh_token=str(answer.get("refresh_token") or ""),
        access_token=access,
        expires_at=timezone.now() + timedelta(seconds=int(answer.get("expires_in") or 3600)),
    )


def revoke(token: str) -> None:
    """End the grant. One that has ended already is as good; raises `Retry` where Google is down."""
    try:
        _post(places.revocation(), {"token": token})
    except faults.Retry:
        raise
    except faults.Fault:
        return


def _post(url: str, form: Mapping[str, str]) -> dict[str, Any]:
    try:
        answer = requests.post(
            url, data=form, timeout=settings.GOOGLE_TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        raise faults.Retry(reason=type(error).__name__) from None
    return read(answer)


def read(answer: requests.Response) -> dict[str, Any]:
    """The object in an answer. Raises the `Fault` that it means; a cut-off body is a `Retry`."""
    if answer.ok and not answer.content.strip():
        return {}
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not answer.ok:
        raise faults.of_answer(answer.status_code, body, answer.headers)
    if not isinstance(body, dict) or answer.is_redirect:
        raise faults.Retry(answer.status_code, "unreadable")
    return body


def _claims(id_token: object) -> dict[str, Any]:
    """What an ID token says. It came straight from Google over TLS: no signature to check here."""
    try:
        part = str(id_token).split(".")[1]
        read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _who(access_token: str) -> dict[str, Any]:
    bearer = {"Authorization": f"Bearer {access_token}"}
    try:
        answer = requests.get(
            places.people(), headers=bearer, timeout=settings.GOOGLE_TIMEOUT, allow_redirects=False
        )
    except requests.RequestException as error:
        raise faults.Retry(reason=type(error).__name__) from None
    return read(answer)
