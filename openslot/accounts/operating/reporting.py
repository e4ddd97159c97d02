"""What visitors tell the operators of a provider's page."""

from __future__ import annotations

from django.utils import timezone

from openslot.accounts import addresses
from openslot.accounts.models import Provider, Report
from openslot.kernel.rows.assignment import assign


def report(provider: Provider, *, wrong: str, text: str = "", email: str = "") -> Report:
    """Write it down for the operators; the provider is told nothing. Raises `Invalid`."""
    told = Report(provider=provider)
    said = {"wrong": wrong, "text": text, "email": addresses.canonical(email)}
    assign(told, said, allowed=tuple(said))
    told.save(force_insert=True)
    return told


def settle(told: Report) -> Report:
    """Note that an operator has seen to it; the first time counts."""
    if told.settled_at is None:
        told.settled_at = timezone.now()
        told.save(update_fields=["settled_at"])
    return told
