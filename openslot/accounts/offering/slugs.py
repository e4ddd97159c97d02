"""Under which address a provider is found: made of the name at first, chosen later.

Addresses stand in mails and bookmarks, so the old ones lead on to the new one, and nobody else gets
them meanwhile.
"""

from __future__ import annotations

import re
import secrets

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext

from openslot.accounts.models import FormerSlug, Provider
from openslot.kernel.errors import Invalid, NotFound

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MADE = 60  # letters of a name that are taken over
MOST = 10  # old ones that lead on; the oldest goes first
ERASED = "former-"  # begins that of a provider who was erased


def insert(provider: Provider) -> None:
    """Save a new provider under a slug made of the name."""
    _queue()
    base = slugify(provider.name)[:MADE].strip("-") or "provider"
    provider.slug = base
    while _is_taken(provider, provider.slug):
        provider.slug = f"{base}-{secrets.token_hex(3)}"
    provider.save(force_insert=True)


def choose(provider: Provider, slug: str, *, before: str) -> None:
    """Set another slug than `before`, which leads on to it; the caller saves the provider.

    Raises `Invalid` where it is none, or somebody's.
    """
    if slug == before:
        return
    if not SLUG.fullmatch(slug) or slug.startswith(ERASED):
        raise Invalid(slug=gettext("Use small letters from a to z, digits and single hyphens."))
    _queue()
    if _is_taken(provider, slug):
        raise Invalid(slug=gettext("This address is taken."))
    FormerSlug.objects.filter(slug=slug).delete()
    FormerSlug.objects.create(provider=provider, slug=before)
    lasting = provider.former_slugs.order_by("-pk")[:MOST]
    provider.former_slugs.exclude(pk__in=list(lasting.values_list("pk", flat=True))).delete()
    provider.slug = slug


class MovedPermanently(NotFound):
    """The provider has another address now."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__()


def nobody(slug: str, detail: str | None = None) -> NotFound:
    """What to say where customers find nobody of that slug, or not what they look for."""
    now = now_of(slug)
    return MovedPermanently(now) if now else NotFound(detail)


def now_of(slug: str) -> str | None:
    """The slug of the provider whom customers found under this one before."""
    former = FormerSlug.objects.filter(slug=slug, provider__in=Provider.objects.listed())
    return former.values_list("provider__slug", flat=True).first()


def _queue() -> None:
    """One after another: who has a slug and who had it are told by two tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('provider slugs', 0))")


def _is_taken(provider: Provider, slug: str) -> bool:
    theirs = Provider.objects.exclude(pk=provider.pk).filter(slug=slug)
    return theirs.exists() or (
        FormerSlug.objects.exclude(provider=provider.pk).filter(slug=slug).exists()
    )
