"""Services that are asked for all the time, kept as objects as long as nothing about them changed.

As with weeks of free time (docs/adr/0026), the provider's revision says whether what is kept is
true to the last commit: every write to a service, its provider or their account draws another one.
"""

from __future__ import annotations

from threading import Lock
from uuid import UUID

from cachetools import LRUCache

from openslot.catalog.models import Service
from openslot.kernel.rows.composed import Composed, prepared

MOST = 4000  # services

OFFERED = Composed(
    lambda slug, service: (
        Service.objects.offered().select_related("provider").filter(provider__slug=slug, pk=service)
    ),
    slug=str,
    service=UUID,
)
REVISION = "SELECT revision FROM accounts_provider WHERE slug = %s"

_kept: LRUCache[tuple[str, UUID], Service] = LRUCache(MOST)
_lock = Lock()


def offered(slug: str, service: UUID) -> Service | None:
    """The service of that provider, with its provider, where customers can book it.

    As it stands at the last commit. It is shared with whoever else asks: to be read alone. One
    statement, two where it was written to since.
    """
    with _lock:
        known = _kept.get((slug, service))
    if known is not None and known.provider.revision == _revision(slug):
        return known
    found = OFFERED.first(slug=slug, service=service)
    if found is not None:
        with _lock:
            _kept[slug, service] = found
    return found


def _revision(slug: str) -> UUID | None:
    with prepared() as cursor:
        cursor.execute(REVISION, [slug])
        row = cursor.fetchone()
    return row[0] if row else None
