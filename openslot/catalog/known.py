"""Services that are asked for all the time, kept as objects as long as nothing about them changed.

As with weeks of free time (docs/adr/0026), the provider's revision says whether what is kept is
true to the last commit: every write to a service, its provider or their account draws another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from uuid import UUID

from cachetools import LRUCache
from django.db.models import QuerySet

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

_kept: LRUCache[UUID, Service] = LRUCache(MOST)
_lock = Lock()


def offered(slug: str, service: UUID) -> Service | None:
    """The service of that provider, with its provider, where customers can book it.

    As it stands at the last commit. It is shared with whoever else asks: to be read alone. One
    statement, two where it was written to since.
    """
    [known] = _known([service])
    if known is not None and known.provider.revision == _revision(slug):
        return known
    found = OFFERED.first(slug=slug, service=service)
    if found is not None:
        _keep([found])
    return found


def current(services: QuerySet[Service]) -> list[Service]:
    """The services that a query finds, in its order, with their providers: as `offered` has them.

    One statement reads which they are and how their providers stand, a second one what is not kept.
    """
    stand = list(services.values_list("pk", "provider__revision"))
    kept = zip(stand, _known([pk for pk, _ in stand]), strict=True)
    found = {
        pk: known
        for (pk, revision), known in kept
        if known is not None and known.provider.revision == revision
    }
    missing = [pk for pk, _ in stand if pk not in found]
    if missing:
        read = list(services.select_related("provider").filter(pk__in=missing))
        found |= {service.pk: service for service in read}
        _keep(read)
    return [found[pk] for pk, _ in stand if pk in found]


def _known(keys: Iterable[UUID]) -> list[Service | None]:
    with _lock:
        return [_kept.get(pk) for pk in keys]


def _keep(read: Iterable[Service]) -> None:
    with _lock:
        for service in read:
            _kept[service.pk] = service


def _revision(slug: str) -> UUID | None:
    with prepared() as cursor:
        cursor.execute(REVISION, [slug])
        row = cursor.fetchone()
    return row[0] if row else None
