"""allauth's flows, the way OpenSlot wants them: mail goes out in jobs, addresses become known.

A job is told who, never a key: keys are made by the worker when the mail is written, so none
stands in the job table, and a mail server that is down holds up nobody who signs up.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from procrastinate.contrib.django import app

from openslot.accounts import claiming, people
from openslot.accounts.google import entering, identity
from openslot.kernel import callers, events, timerange
from openslot.kernel.errors import NotAllowed

GOOGLE = entering.PROVIDER


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up, sign-in and the mails around them."""

    def get_client_ip(self, request: Any) -> str:
        return callers.address(request.META)

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
        return confirmed


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in with Google: whose account it is, `accounts.google.entering` says."""

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        """Find or make the account; where somebody was only to say again who they are, note it."""
        sociallogin.token = None  # else it waits in the session, in clear, for a second factor
        process = sociallogin.state.get("process")
        who = identity.of_claims(sociallogin.account.extra_data)
        if process == AuthProcess.REDIRECT:
            _note(request, who)
        elif process != AuthProcess.CONNECT:
            sociallogin.user = entering.enter(who, timezone=_zone(request))
            sociallogin.account = SocialAccount.objects.get(provider=GOOGLE, uid=who.sub)


def has_said_again(request: Any) -> bool:
    """Whether Google has said a moment ago that it is really them."""
    records = get_authentication_records(request, request.user)
    since = time.time() - entering.FRESH.total_seconds()
    return any(
        one.get("provider") == GOOGLE and one.get("reauthenticated") and one["at"] >= since
        for one in records
    )


def _note(request: Any, who: identity.Identity) -> None:
    if not request.user.is_authenticated or not entering.is_fresh_word_of(request.user, who):
        raise NotAllowed("That is not the Google account that you sign in with here.")
    record_authentication(
        request, request.user, "socialaccount", provider=GOOGLE, uid=who.sub, reauthenticated=True
    )


def _zone(request: Any) -> str:
    """The browser's, as its script has told."""
    name: str = request.COOKIES.get("timezone", "")
    return name if name in timerange.zone_names() else "UTC"
