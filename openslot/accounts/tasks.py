"""The mails around an account. The keys in them are made here, when the mail is written."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openslot.accounts import people
from openslot.accounts.models import Listing, Provider, User
from openslot.accounts.signing import adapter, recovery
from openslot.kernel.keeping import sealing
from openslot.kernel.wording import languages

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


@app.task(name=recovery.RECOVER, queue="mail", retry=RETRY)
def recover(sealed: str) -> None:
    """Send the link that sets a new password, if somebody goes by the address."""
    user = recovery.who(sealed)
    if user is None:
        return
    email = recovery.sent_to(user, sealed)
    _send(
        "account/email/password_reset_key",
        email,
        user=user,
        password_reset_url=_url(
            "account_reset_password_from_key",
            uidb36=user_pk_to_url_str(user),
            key=recovery.key(user, email=email),
        ),
    )


@app.task(name=adapter.WARN, queue="mail", retry=RETRY)
def warn(user_id: str, what: str, sealed: str) -> None:
    """Tell somebody that a way into their account changed."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        email = sealing.opened(sealed, context=adapter.WARN)
        address = _url("account_reset_password")
        _send("account/email/changed", email, user=user, what=what, reset_url=address)


@app.task(name=recovery.CODE, queue="mail", retry=RETRY)
def mail_code(user_id: str, nonce: str) -> None:
    """Send the digits by which somebody without a password says again who they are."""
    user = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    if user is not None:
        _send("account/email/code", user.email, user=user, code=recovery.code(user, nonce))


@app.task(name="openslot.accounts.tasks.tell_of_listing", queue="mail", retry=RETRY)
def tell_of_listing(provider_id: str) -> None:
    """Tell a provider whether customers find them now: it was not their own doing."""
    provider = Provider.objects.select_related("user").filter(pk=UUID(provider_id)).first()
    if provider is None or provider.user is None or not provider.user.is_active:
        return
    _send(
        "account/email/listing",
        provider.user.email,
        user=provider.user,
        provider=provider,
        listed=provider.listing == Listing.LISTED,
        desk_url=_url("provider_profile"),
    )


def _url(name: str, **kwargs: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, kwargs=kwargs)}"


def _send(template: str, to: str, *, user: User, **context: Any) -> None:
    site = {"name": "OpenSlot", "domain": urlsplit(settings.BASE_URL).netloc}
    with translation.override(languages.of(user.language)):
        get_adapter().render_mail(
            template, to, {"user": user, "current_site": site, **context}
        ).send()
