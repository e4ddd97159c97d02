"""allauth's flows, the way OpenSlot wants them: mail goes out in jobs, addresses become known.

A job is told who, never a key: keys are made by the worker when the mail is written, so none
stands in the job table, and a mail server that is down holds up nobody who signs up.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from procrastinate.contrib.django import app

from openslot.accounts import claiming, people
from openslot.kernel import callers, events


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
    """Sign-up through somebody who has verified the address already."""

    def save_user(self, request: Any, sociallogin: Any, form: Any = None) -> Any:
        user = super().save_user(request, sociallogin, form)
        for address in EmailAddress.objects.filter(user=user, verified=True):
            events.announce(claiming.VERIFIED, address_id=address.pk)
        return user
