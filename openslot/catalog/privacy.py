"""What the catalogue keeps about people: see kernel/privacy.py."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.catalog.models import Category, Service
from openslot.kernel import privacy


def export_provider(provider: Provider) -> dict[str, Any]:
    categories = Category.objects.filter(providers=provider)
    return {
        "categories": list(categories.values_list("slug", flat=True)),
        "services": privacy.rows(Service.objects.filter(provider=provider)),
    }


def forget_provider(provider: Provider) -> None:
    """Services stay, nameable by the appointments that were made of them."""
    Service.objects.filter(provider=provider).update(
        active=False, removed_at=timezone.now(), description="", location_text="", about_folded=""
    )
    Category.providers.through.objects.filter(provider=provider).delete()


PART = privacy.Part(
    models=[Service._meta.label], export_provider=export_provider, forget_provider=forget_provider
)
