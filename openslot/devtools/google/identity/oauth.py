"""`/token`, `/revoke` and what Google tells about somebody (OpenID Connect)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

from openslot.devtools.google.clock import Clock
from openslot.devtools.google.identity.grants import (
    ACCESS_LIFE,
    BASIC,
    Account,
    Client,
    Code,
    Grant,
    Identity,
)
from openslot.devtools.google.identity.keys import SigningKey

Json = dict[str, Any]
Form = dict[str, str]
ISSUER = "https://accounts.google.com"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"


class Denied(Exception):
    """An error of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.status = status
        self.body = {"error": error, "error_description": description}
        super().__init__(error)


class TokenEndpoint:
    def __init__(self, identity: Identity, key: SigningKey, clock: Clock) -> None:
        self.identity = identity
        self.key = key
        self.clock = clock
        self.issuer = ISSUER

    def token(self, form: Form, authorization: str = "") -> Json:
        """Tokens for a code or a refresh token. Raises `Denied`."""
        client = self._client(form, authorization)
        if form.get("grant_type") == "authorization_code":
            return self._by_code(form, client)
        if form.get("grant_type") == "refresh_token":
            return self._by_refresh(form, client)
        raise Denied("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")

    def _client(self, form: Form, authorization: str) -> Client:
        given, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            given, _, secret = (unquote_plus(part) for part in pair.partition(":"))
        client = self.identity.clients.get(given)
        if client is None:
            raise Denied("invalid_client", "The OAuth client was not found.", 401)
        if not hmac.compare_digest(secret.encode(), client.secret.encode()):
            raise Denied("invalid_client", "Unauthorized", 401)
        return client

    def _by_code(self, form: Form, client: Client) -> Json:
        code = self.identity.codes.pop(form.get("code", ""), None)
        if code is None or code.expires_at <= self.clock.now() or code.grant.client_id != client.id:
            raise Denied("invalid_grant", "Malformed auth code.")
        if code.redirect_uri != form.get("redirect_uri"):
            raise Denied("redirect_uri_mismatch", "Bad Request")
        if not _fits(code, form.get("code_verifier", "")):
            raise Denied("invalid_grant", "Invalid code verifier.")
        answer = self._answer(code.grant, code.scopes, code.nonce)
        if code.refresh:
            answer["refresh_token"] = self.identity.refresh_for(code.grant)
        return answer

    def _by_refresh(self, form: Form, client: Client) -> Json:
        raw = form.get("refresh_token", "")
        grant = self.identity.of_refresh(raw)
        if grant is None or grant.client_id != client.id:
            raise Denied("invalid_grant", "Token has been expired or revoked.")
        answer = self._answer(grant, grant.scopes)
        if self.identity.rotation:
            grant.refresh_tokens.discard(raw)
            answer["refresh_token"] = self.identity.refresh_for(grant)
        return answer

    def _answer(self, grant: Grant, scopes: Iterable[str], nonce: str = "") -> Json:
        access = self.identity.access_for(grant, scopes)
        answer: Json = {
            "access_token": access.token,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(sorted(access.scopes)),
            "token_type": "Bearer",
        }
        if "openid" in access.scopes:
            extra = {"nonce": nonce} if nonce else {}
            answer["id_token"] = self.id_token(
                grant.account, grant.client_id, access.scopes, **extra
            )
            self.identity.issued.append(answer["id_token"])
        return answer

    def claims(self, account: Account, client_id: str, scopes: Iterable[str] = BASIC) -> Json:
        now = int(self.clock.now().timestamp())
        said: Json = {
            "iss": self.issuer,
            "azp": client_id,
            "aud": client_id,
            "sub": account.sub,
            "iat": now,
            "exp": now + 3600,
        }
        if EMAIL in scopes:
            said |= {"email": account.email, "email_verified": account.email_verified}
        if PROFILE in scopes:
            said |= {"name": account.name, "given_name": account.given_name}
            said |= {"family_name": account.family_name} if account.family_name else {}
        return said

    def id_token(
        self, account: Account, client_id: str, scopes: Iterable[str] = BASIC, **extra: Any
    ) -> str:
        return self.key.signed(self.claims(account, client_id, scopes) | extra)

    def revoke(self, token: str) -> Json:
        """End the whole grant that the token (of either kind) belongs to. Raises `Denied`."""
        access = self.identity.access.get(token)
        grant = access.grant if access else self.identity.of_refresh(token)
        if grant is None or grant.revoked:
            raise Denied("invalid_token", "Token expired or revoked")
        self.identity.revoke(grant)
        return {}


def userinfo(account: Account, scopes: Iterable[str], *, version: int) -> Json:
    """`/oauth2/v2/userinfo`, and v3 with the names of OpenID Connect."""
    known: Json = {"sub" if version > 2 else "id": account.sub}  # noqa: PLR2004
    if EMAIL in scopes:
        verified = "email_verified" if version > 2 else "verified_email"  # noqa: PLR2004
        known |= {"email": account.email, verified: account.email_verified}
    if PROFILE in scopes:
        known |= {"name": account.name, "given_name": account.given_name}
        known |= {"family_name": account.family_name} if account.family_name else {}
    return known


def _fits(code: Code, verifier: str) -> bool:
    """RFC 7636, 4.6."""
    if not code.challenge:
        return True
    if code.method == "S256":
        digest = sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), code.challenge.encode())
