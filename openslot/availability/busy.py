"""Time taken elsewhere, as calendars say it: when, and nothing of what."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Provider
from openslot.availability.models import Busy
from openslot.kernel import timerange
from openslot.kernel.timerange import Span


@transaction.atomic
def merge(provider: Provider, *, source: str, changes: Iterable[tuple[str, Span | None]]) -> None:
    """Write down what changed in a source: a span for a key, or None where it takes no time.

    The last change of a key wins; safe to repeat. What lies outside the years 2000 to 2199 or
    has no length takes no time.
    """
    spans = {key: _within_bounds(span) for key, span in changes}
    locks.providers([provider.pk])
    gone = [key for key, span in spans.items() if span is None]
    if gone:
        Busy.objects.filter(provider=provider, source=source, key__in=gone).delete()
    Busy.objects.bulk_create(
        [
            Busy(provider=provider, source=source, key=key, start=span.start, end=span.end)
            for key, span in sorted(spans.items())
            if span is not None
        ],
        update_conflicts=True,
        unique_fields=["provider", "source", "key"],
        update_fields=["start", "end"],
    )


@transaction.atomic
def forget(provider: Provider, *, source: str) -> None:
    """All that a source said takes no time any more."""
    locks.provider(provider.pk)
    Busy.objects.filter(provider=provider, source=source).delete()


def _within_bounds(span: Span | None) -> Span | None:
    if span is None:
        return None
    start, end = max(span.start, timerange.EARLIEST), min(span.end, timerange.LATEST)
    return Span(start, end) if start < end else None
