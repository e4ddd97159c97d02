"""The mails around an account. The keys in them are made here, when the mail is written."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openslot.accounts import adapter, people
from openslot.accounts.models import User

# A mail server that is down is asked again after 4, 16, 64 … seconds, for some 18 hours.
RETRY = RetryStrategy(max_attempts=9, exponential_wait=4)


@app.task(name=people.VERIFY, queue="mail", retry=RETRY)
def verify(address_id: int) -> None:
    """Ask whoever reads the address whether it is theirs."""
    address = EmailAddress.objects.select_related("user").filter(pk=address_id).first()
    if address is None or address.verified or not address.user.is_active:
        return
    key = EmailConfirmationHMAC(address).key
    _send(
        "account/email/email_confirmation",
        address.email,
        user=address.user,
        activate_url=_url("account_confirm_email", key=key),
    )


@app.task(name=adapter.RESET, queue="mail", retry=RETRY)
def reset_password(user_id: str, address_id: int | None) -> None:
    """Send the link that sets a new password."""
    user = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    if user is None:
        return
    address = EmailAddress.objects.filter(pk=address_id, user=user).first()
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    _send(
        "account/email/password_reset_key",
        address.email if address else user.email,
        user=user,
        password_reset_url=_url(
            "account_reset_password_from_key", uidb36=user_pk_to_url_str(user), key=key
        ),
    )


def _url(name: str, **kwargs: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, kwargs=kwargs)}"


def _send(template: str, to: str, *, user: User, **context: Any) -> None:
    site = {"name": "OpenSlot", "domain": urlsplit(settings.BASE_URL).netloc}
    with translation.override(user.language):
        get_adapter().render_mail(
            template, to, {"user": user, "current_site": site, **context}
        ).send()
