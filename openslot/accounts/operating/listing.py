"""Whether customers find a provider: letting somebody in, and taking somebody off the lists."""

from __future__ import annotations

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Listing, Provider
from openslot.kernel import events

CHANGED = "provider.listing_changed"


def approve(provider: Provider) -> Provider:
    """Let customers find and book them, as far as they want it themselves."""
    return _set(provider, Listing.LISTED)


def hide(provider: Provider) -> Provider:
    """Take them off every list; their page is gone, and nobody books any more.

    What is booked stays, and so does their desk.
    """
    return _set(provider, Listing.HIDDEN)


@transaction.atomic
def _set(provider: Provider, listing: Listing) -> Provider:
    provider = locks.provider(provider.pk)
    if provider.listing != listing:
        provider.listing = listing
        provider.save(update_fields=["listing"])
        events.announce(CHANGED, provider_id=str(provider.pk))
    return provider
