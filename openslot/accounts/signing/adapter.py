"""allauth's flows, the way OpenSlot wants them: mail goes out in jobs, addresses become known.

A job is told who, never a key: keys are made by the worker when the mail is written, so none
stands in the job table, and a mail server that is down holds up nobody who signs up.
"""

from __future__ import annotations

import logging
import time
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal.flows.signup import redirect_to_signup
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from procrastinate.contrib.django import app

from openslot.accounts import addresses, claiming, people
from openslot.accounts.google import entering, identity
from openslot.accounts.models import User
from openslot.accounts.signing import refusals
from openslot.kernel import callers, events, timerange
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.kernel.keeping import sealing
from openslot.kernel.wording import languages

logger = logging.getLogger("openslot.signin")

GOOGLE = entering.PROVIDER
WARN = "openslot.accounts.tasks.warn"
# What somebody is warned of, by the mail that allauth would send.
WARNINGS = {
    "password_changed": "password",
    "password_set": "password",
    "password_reset": "password",
    "email_changed": "address",
    "email_deleted": "address",
    "totp_activated": "factor",
    "totp_deactivated": "factor",
    "recovery_codes_generated": "factor",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up, sign-in and the mails around them."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | refusals.ACCOUNT

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str | Promise]]:
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": refusals.OTHER_WAYS[way["id"]]} for way in ways]

    def get_client_ip(self, request: Any) -> str:
        return callers.address(request.META)

    def clean_email(self, email: str) -> str:
        """An address in its one spelling, whatever form it was typed into."""
        return addresses.canonical(email)

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        if "email" in credentials:
            credentials["email"] = addresses.canonical(credentials["email"])
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            _log_failure("sign-in refused, too many failures", request, credentials)
            raise

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        _log_failure("sign-in failed", request, credentials)

    def login(self, request: Any, user: Any) -> None:
        super().login(request, user)
        logger.info("signed in: account=%s from=%s", user.pk, callers.address(request.META))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """A job, with the address as it is now: of a new one the old one hears."""
        what = WARNINGS.get(template_prefix.rpartition("/")[2])
        if what:
            warn(user, what, email=(context or {}).get("deleted_email") or email)

    def should_send_confirmation_mail(
        self,
        request: Any,  # noqa: ARG002
        email_address: EmailAddress,
        signup: bool,  # noqa: FBT001
    ) -> bool:
        """Not after a sign-up with a password: `people.sign_up` has seen to it."""
        return not (signup and email_address.user.has_usable_password())

    def send_confirmation_mail(
        self,
        request: Any,  # noqa: ARG002
        emailconfirmation: Any,
        signup: bool,  # noqa: ARG002, FBT001
    ) -> None:
        app.configure_task(people.VERIFY).defer(address_id=emailconfirmation.email_address.pk)

    def confirm_email(self, request: Any, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            events.announce(claiming.VERIFIED, address_id=email_address.pk)
            known = EmailAddress.objects.filter(user=email_address.user, verified=True)
            if known.exclude(pk=email_address.pk).exists():
                warn(email_address.user, "address")
        return confirmed


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in with Google: whose account it is, `accounts.google.entering` says."""

    error_messages: ClassVar = DefaultSocialAccountAdapter.error_messages | refusals.GOOGLE

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        """Find or make the account; where somebody was only to say again who they are, note it.

        Whoever is new and has to agree to something first is led to the page that asks.
        """
        sociallogin.token = None  # else it waits in the session, in clear, for a second factor
        process = sociallogin.state.get("process")
        if process == AuthProcess.REDIRECT:
            _note(request, identity.of_claims(sociallogin.account.extra_data))
        elif process != AuthProcess.CONNECT:
            try:
                enter(request, sociallogin)
            except Invalid as missing:
                if "consent" not in missing.errors:
                    raise
                raise ImmediateHttpResponse(redirect_to_signup(request, sociallogin)) from None


def enter(request: Any, sociallogin: Any, *, consent: bool = False) -> None:
    """Whose account it is by Google's word, from now on. Raises what `entering.enter` raises."""
    who = identity.of_claims(sociallogin.account.extra_data)
    language = languages.of(get_language() or "")
    sociallogin.user = entering.enter(
        who, timezone=_zone(request), language=language, consent=consent
    )
    sociallogin.account = SocialAccount.objects.get(provider=GOOGLE, uid=who.sub)


def warn(user: User, what: str, *, email: str | None = None) -> None:
    """Have somebody told by mail that their password, addresses or second factor changed."""
    sealed = sealing.seal(email or user.email, context=WARN)
    app.configure_task(WARN).defer(user_id=str(user.pk), what=what, sealed=sealed)


def known_as(email: str) -> str:
    """An address as logs write it: the same each time, and no address."""
    return salted_hmac("openslot.signin", addresses.canonical(email)).hexdigest()[:16]


def _log_failure(what: str, request: Any, credentials: dict[str, Any]) -> None:
    address = known_as(str(credentials.get("email") or credentials.get("username") or ""))
    logger.warning("%s: address=%s from=%s", what, address, callers.address(request.META))


def log_factor_failure(user: User) -> None:
    logger.warning("second factor failed: account=%s", user.pk)


def has_said_lately(request: Any) -> bool:
    """Whether they signed in, or said again who they are, a few minutes ago."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(one["at"] >= since for one in get_authentication_records(request, request.user))


def has_said_again(request: Any) -> bool:
    """Whether they said a few minutes ago, once more, who they are: signing in does not count."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(one.get("reauthenticated") and one["at"] >= since for one in records)


def signs_in_by_google(user: User) -> bool:
    """Whether Google can say who they are."""
    mine = SocialAccount.objects.filter(user=user, provider=GOOGLE)
    return bool(settings.GOOGLE_CLIENT_ID and mine.exists())


def _note(request: Any, who: identity.Identity) -> None:
    if not request.user.is_authenticated or not entering.is_fresh_word_of(request.user, who):
        raise NotAllowed(gettext("That is not the Google account that you sign in with here."))
    record_authentication(
        request, request.user, "socialaccount", provider=GOOGLE, uid=who.sub, reauthenticated=True
    )


def _zone(request: Any) -> str:
    """The browser's, as its script has told."""
    name: str = request.COOKIES.get("timezone", "")
    return name if name in timerange.zone_names() else "UTC"
