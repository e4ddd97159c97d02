"""What the operator asks everybody to agree to who books as a guest or makes an account.

Where the operator set nothing, nobody is asked and nothing is kept.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext

from openslot.accounts.models import Consent, Customer, User
from openslot.kernel.errors import Invalid


class Asked(NamedTuple):
    """The words, where to read more, and which version of them it is."""

    text: str
    url: str
    version: str


def asked() -> Asked | None:
    """What is asked now; None where nothing is."""
    if not (settings.CONSENT_TEXT or settings.CONSENT_URL):
        return None
    text = settings.CONSENT_TEXT or gettext("I agree to the terms of this site.")
    return Asked(text, settings.CONSENT_URL, settings.CONSENT_VERSION)


def check(agreed: bool | None, *, field: str = "consent") -> None:  # noqa: FBT001
    """Whether somebody may go on; None where they are not to be asked. Raises `Invalid`."""
    if agreed is False and asked():
        raise Invalid(**{field: gettext("Nothing is booked or made without your consent.")})


def keep(*, user: User | None = None, customer: Customer | None = None) -> None:
    """Note what somebody agreed to just now; of the same words the first time counts."""
    wanted = asked()
    if wanted is not None:
        Consent.objects.get_or_create(user=user, customer=customer, **wanted._asdict())


def join(guest: Customer, customer: Customer) -> None:
    """What the guest agreed to, the customer did; of the same words they keep their own time."""
    known = set(customer.consents.values_list("version", "text", "url"))
    for each in guest.consents.all():
        if (each.version, each.text, each.url) not in known:
            each.customer = customer
            each.save(update_fields=["customer"])
