"""What accounts keep about people: see kernel/privacy.py."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils.translation import gettext

from openslot.accounts import consenting, photos
from openslot.accounts.models import Consent, Customer, FormerSlug, Provider, Report, User
from openslot.accounts.offering import slugs
from openslot.kernel import privacy

# Secrets, columns that say the same again, or how we work and nothing about anybody.
NOTHING = dict.fromkeys(
    ("email", "first_name", "last_name", "phone", "timezone", "language"), ""
)  # is known of a customer any more
INNER = {
    "password",
    "credentials_version",
    "suspensions",
    "name_folded",
    "headline_folded",
    "about_folded",
}


def export(user: User) -> dict[str, Any]:
    """Other people's private notes are theirs and not in it."""
    return {
        "account": privacy.rows(User.objects.filter(pk=user.pk), without=INNER)[0],
        "email_addresses": privacy.rows(EmailAddress.objects.filter(user=user)),
        "connected_accounts": privacy.rows(SocialAccount.objects.filter(user=user)),
        "sessions": privacy.rows(
            UserSession.objects.filter(user=user), without={"session_key"} | INNER
        ),
        "known_as": privacy.rows(
            Customer.objects.filter(user=user), without={"notes", "blocked"} | INNER
        ),
        "consents": privacy.rows(
            Consent.objects.filter(Q(user=user) | Q(customer__user=user)).order_by("at")
        ),
        "reports": privacy.rows(Report.objects.filter(email__in=_addresses(user))),
    }


def export_provider(provider: Provider) -> dict[str, Any]:
    profile = Provider.objects.filter(pk=provider.pk)
    return {
        "profile": privacy.rows(profile, without=INNER)[0],
        "former_slugs": list(provider.former_slugs.order_by("pk").values_list("slug", flat=True)),
        "customers": privacy.rows(Customer.objects.of(provider), without=INNER),
    }


def forget_provider(provider: Provider) -> None:
    photos.remove(provider)
    provider.user = None
    provider.slug = f"{slugs.ERASED}{uuid.uuid4().hex}"
    provider.former_slugs.all().delete()
    provider.name, provider.headline, provider.bio = gettext("Former provider"), "", ""
    provider.location_text, provider.contact_phone, provider.photo = "", "", ""
    provider.active = False
    provider.save()
    Consent.objects.filter(customer__provider=provider, customer__user=None).delete()
    Customer.objects.of(provider).update(notes="", **NOTHING)
    Report.objects.filter(provider=provider).delete()


def forget(user: User) -> None:
    """Addresses, factors, sessions and tokens go with the account."""
    Consent.objects.filter(customer__user=user).delete()
    Customer.objects.filter(user=user).update(user=None, notes="", **NOTHING)
    Report.objects.filter(email__in=_addresses(user)).update(email="", text="")
    photos.remove(user)
    User.objects.get(pk=user.pk).delete()


def forget_customers(customers: Collection[uuid.UUID]) -> None:
    """They stay as customers without a name, so that figures count them still."""
    Consent.objects.filter(customer__in=customers).delete()
    Customer.objects.filter(pk__in=customers).update(user=None, notes="", **NOTHING)


def _addresses(user: User) -> list[str]:
    """Those that they have shown to be theirs, and no others."""
    shown = EmailAddress.objects.filter(user=user, verified=True)
    return list(shown.values_list("email", flat=True))


def join(guest: Customer, customer: Customer, user: User | None) -> None:
    """Make the guest the user's, or one with the customer that the provider knows them as.

    Of two guests the one who stays keeps what was said of them; what is missing the other gives.
    """
    if customer == guest:
        guest.user = user
        guest.save(update_fields=["user"])
        return
    notes = "\n\n".join(text for text in (customer.notes, guest.notes) if text)
    customer.notes = notes[: Customer._meta.get_field("notes").max_length]
    customer.blocked = customer.blocked or guest.blocked
    consenting.join(guest, customer)
    guest.delete()
    missing = [name for name in NOTHING if user is None and not getattr(customer, name)]
    for name in missing:
        setattr(customer, name, getattr(guest, name))
    customer.save(update_fields=["notes", "blocked", *missing])


PART = privacy.Part(
    models=[model._meta.label for model in (User, Provider, FormerSlug, Customer, Report, Consent)],
    export=export,
    export_provider=export_provider,
    forget_provider=forget_provider,
    forget=forget,
    forget_customers=forget_customers,
    join=join,
)
