"""Queueing for people: whoever writes what is theirs, or takes their time, waits here.

One order, so that nobody waits in a circle: providers before users, each by id. The locks go with
the transaction, which the caller owns. Who has to lock what stands in docs/locking.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from openslot.accounts.models import Provider, User
from openslot.kernel.rows.composed import Composed

ONE_PROVIDER = Composed(
    lambda id: Provider.objects.select_for_update(no_key=True).filter(pk=id),  # noqa: A006
    id=UUID,
)
REVISION = Composed(
    lambda id: (  # noqa: A006
        Provider.objects.select_for_update(no_key=True).filter(pk=id).only("pk", "revision")
    ),
    id=UUID,
)
ONE_USER = Composed(
    lambda id: User.objects.select_for_update(no_key=True).filter(pk=id).only("pk"),  # noqa: A006
    id=UUID,
)


def providers(ids: Iterable[UUID]) -> dict[UUID, Provider]:
    """Queue for all that belongs to the providers, calendars too; as they stand then, by id."""
    rows = Provider.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {provider.pk: provider for provider in rows}


def provider(provider_id: UUID) -> Provider:
    """Queue for one; as it stands then."""
    row = ONE_PROVIDER.first(id=provider_id)
    if row is None:
        raise KeyError(provider_id)
    return row


def revision(provider_id: UUID) -> UUID | None:
    """Queue for a provider; the revision then: whoever read one of the same needs no other look."""
    row = REVISION.first(id=provider_id)
    return None if row is None else row.revision


def users(ids: Iterable[UUID | None]) -> set[UUID]:
    """Queue for people's own time and rows, after any providers; who of them is still there."""
    wanted = {pk for pk in ids if pk is not None}
    if len(wanted) == 1:
        return {row.pk for row in ONE_USER.all(id=next(iter(wanted)))}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return set(rows.values_list("pk", flat=True))
