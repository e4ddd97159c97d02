"""Bearer tokens: short ones to ask with, long ones that are used once to get the next pair.

A token carries a fingerprint of the password it was issued under, so a new password, like the end
of an account, ends them all. Of a refresh token the table keeps the number, never the token.
"""

from __future__ import annotations

import contextlib
import logging
from hashlib import sha256
from threading import Lock
from typing import Any, NamedTuple, Self, cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cachetools import LRUCache
from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as Unauthenticated
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import BlacklistMixin, RefreshToken, Token
from rest_framework_simplejwt.utils import (
    aware_utcnow,
    datetime_from_epoch,
    get_md5_hash_password,
)

from openslot.accounts.google import entering, identity
from openslot.accounts.models import User
from openslot.accounts.signing import adapter
from openslot.api.models import FamilyMember
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.rows.composed import Composed

logger = logging.getLogger("openslot.signin")

FAMILY = "family"
PASSWORD = "password"  # noqa: S105 (the name of a field)
TOKEN = "id_token"  # noqa: S105 (likewise)
WAIT = 300  # seconds: how long allauth counts failures of one address


CALLER = Composed(
    lambda id: User.objects.select_related("provider").filter(pk=id),  # noqa: A006
    id=UUID,
)


# Tokens whose signature was found right, by a digest of them: it does not change, their time does.
_sound: LRUCache[bytes, Token] = LRUCache(4096)
_lock = Lock()


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>` and nothing else."""

    def get_validated_token(self, raw_token: bytes) -> Token:
        key = sha256(str(api_settings.SIGNING_KEY).encode() + b"\0" + raw_token).digest()
        with _lock:
            known = _sound.get(key)
        if known is not None:
            with contextlib.suppress(TokenError):
                known.check_exp(current_time=aware_utcnow())
                return known
        token: Token = super().get_validated_token(raw_token)
        with _lock:
            _sound[key] = token
        return token

    def get_user(self, validated_token: Token) -> Any:
        """Whose token it is, with what they offer. Raises `AuthenticationFailed`."""
        user = CALLER.first(id=_id(validated_token))
        if user is None:
            raise Unauthenticated(
                gettext("There is no such account any more."), code="user_not_found"
            )
        if not user.is_active:
            raise Unauthenticated(gettext("This account is closed."), code="user_inactive")
        if validated_token.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(
            user.password
        ):
            raise Unauthenticated(
                gettext("The password was changed since."), code="password_changed"
            )
        return user


def _id(token: Token) -> UUID:
    try:
        return UUID(str(token[api_settings.USER_ID_CLAIM]))
    except (KeyError, ValueError) as exc:
        raise InvalidToken from exc


class Refresh(RefreshToken):
    """A refresh token of which only its number and its family's are written down.

    A family is all that came of one sign-in, each in exchange for the one before.
    """

    @classmethod
    def for_user(cls, user: Any, family: str = "") -> Self:
        token: Self = super(BlacklistMixin, cls).for_user(user)
        token[FAMILY] = family or token[api_settings.JTI_CLAIM]
        outstanding = OutstandingToken.objects.create(
            user=user,
            jti=token[api_settings.JTI_CLAIM],
            token="",
            created_at=token.current_time,
            expires_at=datetime_from_epoch(token["exp"]),
        )
        FamilyMember.objects.create(token=outstanding, family=token[FAMILY])
        return token

    def spend(self) -> bool:
        """Use it up; of several at the same moment one is told True, the others wait for that."""
        outstanding = OutstandingToken.objects.filter(jti=self[api_settings.JTI_CLAIM]).first()
        if outstanding is None:
            return False
        _, created = BlacklistedToken.objects.get_or_create(token=outstanding)
        return bool(created)

    def check_blacklist(self) -> None:
        try:
            super().check_blacklist()
        except TokenError:
            self._replayed()
            raise

    @transaction.atomic
    def _replayed(self) -> None:
        """End the family, if whoever has the token after this one has used it: two hold copies.

        Who only comes late, while the one after is still unused, is refused and no more: an answer
        may have been lost on the way (RFC 9700, 4.14.2).
        """
        family = OutstandingToken.objects.filter(member__family=self.get(FAMILY, ""))
        spent = family.filter(jti=self[api_settings.JTI_CLAIM]).first()
        after = family.filter(id__gt=spent.pk) if spent else family.none()
        if spent and after.filter(blacklistedtoken__isnull=False).exists():
            logger.warning("refresh token used again: account=%s, its family ends", spent.user_id)
            alive = after.filter(blacklistedtoken__isnull=True)
            BlacklistedToken.objects.bulk_create(
                [BlacklistedToken(token=one) for one in alive], ignore_conflicts=True
            )


class Pair(NamedTuple):
    access: str
    refresh: str


def sign_in(request: Request, *, email: str, password: str, code: str = "") -> Pair:
    """A pair of tokens for whoever has the password (and, where one is set up, the second factor).

    Failures count together with those at the sign-in page. An unknown address takes as long as a
    wrong password.
    """
    user = _authenticated(request, email=email.strip(), password=password)
    if user is None or not _may_sign_in(user, code):
        raise AuthenticationFailed(
            gettext("Address or password are wrong."), code="no_active_account"
        )
    update_last_login(User, user)
    logger.info("signed in for tokens: account=%s", user.pk)
    return issued(user)


def sign_in_with_google(*, id_token: str, code: str = "", **new: Any) -> Pair:
    """A pair for whoever Google says this is (with the second factor, where one is set up).

    `new` is what is known of somebody who has no account yet. Raises `InvalidToken`, `NotAllowed`
    and `Unavailable`, and `NotFound` where Google is not configured.
    """
    if not settings.GOOGLE_CLIENT_ID:
        raise NotFound(gettext("Google is not set up here."))
    try:
        user = entering.enter(identity.read(id_token), **new)
    except identity.NotBelieved as exc:
        raise InvalidToken from exc
    if not _may_sign_in(user, code):
        raise InvalidToken
    update_last_login(User, user)
    logger.info("signed in for tokens: account=%s", user.pk)
    return issued(user)


def confirm(request: Request, *, user: User, password: str = "", id_token: str = "") -> None:
    """Whether it is really them: by the password, or where they have none by Google's fresh word.

    Raises `Invalid` beside the one that they would need; failures count as above.
    """
    if not user.has_usable_password():
        _confirm_by_google(user, id_token)
        return
    authenticated = _authenticated(request, email=user.email, password=password)
    if authenticated is None or authenticated.pk != user.pk:
        raise Invalid(**{PASSWORD: gettext("This is not your password.")})


def _confirm_by_google(user: User, id_token: str) -> None:
    wrong = Invalid(
        **{TOKEN: gettext("This is no new token of the Google account that you sign in with.")}
    )
    if not settings.GOOGLE_CLIENT_ID:
        raise wrong
    try:
        who = identity.read(id_token)
    except identity.NotBelieved as exc:
        raise wrong from exc
    if not entering.is_fresh_word_of(user, who):
        raise wrong


def issued(user: User, *, family: str = "") -> Pair:
    refresh = Refresh.for_user(user, family)
    return Pair(access=str(refresh.access_token), refresh=str(refresh))


def rotate(raw: str) -> Pair:
    """The next pair in exchange for a refresh token, once. Raises `InvalidToken`.

    One that is used again after the one it was exchanged for ends all that came of it.
    """
    return _exchanged(_read(raw))


@transaction.atomic
def _exchanged(token: Refresh) -> Pair:
    user = User.objects.filter(pk=token[api_settings.USER_ID_CLAIM], is_active=True).first()
    fingerprint = token.get(api_settings.REVOKE_TOKEN_CLAIM)
    if user is None or fingerprint != get_md5_hash_password(user.password) or not token.spend():
        raise InvalidToken
    return issued(user, family=token.get(FAMILY, ""))


def revoke(raw: str) -> None:
    """End a refresh token. Raises `InvalidToken` for one that is dead already."""
    token = _read(raw)
    if not token.spend():
        raise InvalidToken


def _read(raw: str) -> Refresh:
    try:
        return Refresh(cast(Any, raw))
    except TokenError as exc:
        raise InvalidToken from exc


def _authenticated(request: Request, *, email: str, password: str) -> User | None:
    try:
        user = get_adapter().authenticate(request._request, email=email, password=password)
    except ValidationError as exc:
        raise Throttled(wait=WAIT) from exc
    return cast(User | None, user)


def _may_sign_in(user: User, code: str) -> bool:
    if not user.is_active:
        return False
    if settings.EMAIL_VERIFICATION == "mandatory" and not has_verified_email(user):
        return False
    if not is_mfa_enabled(user):
        return True
    return bool(code) and _is_second_factor(user, code)


def _is_second_factor(user: User, code: str) -> bool:
    """Tries count for the account, together with those at the page: six digits are soon guessed."""
    try:
        forget_tries = check_rate_limit(user)
    except ValidationError as exc:
        raise Throttled(wait=WAIT) from exc
    ways = Authenticator.objects.filter(
        user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    )
    fits = any(way.wrap().validate_code(code) for way in ways)
    if fits:
        forget_tries()
    else:
        adapter.log_factor_failure(user)
    return fits
