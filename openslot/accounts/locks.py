"""Queueing for people: whoever writes what is theirs, or takes their time, waits here.

One order, so that nobody waits in a circle: providers before users, each by id. The locks go with
the transaction, which the caller owns. Who has to lock what stands in docs/locking.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from openslot.accounts.models import Customer, Provider, User
from openslot.kernel.rows.composed import Composed, prepared

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

# The rows are locked in this order. Each is told as it stands once it is locked, and none where
# they belong together no more.
BOTH = """
SELECT provider.revision, customer.blocked
FROM "accounts_provider" AS provider
JOIN accounts_customer AS customer ON customer.provider_id = provider.id
JOIN accounts_user AS person ON person.id = customer.user_id
WHERE provider.id = %s AND customer.id = %s AND person.id = %s
FOR NO KEY UPDATE OF provider FOR NO KEY UPDATE OF person FOR SHARE OF customer
"""


class Standing(NamedTuple):
    """How a provider and a customer stand, who are queued for."""

    revision: UUID
    blocked: bool


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


def both(customer: Customer) -> Standing | None:
    """Queue for a customer's provider, then for their account, in one statement.

    None where they are that provider's customer, or have that account, no more.
    """
    with prepared() as cursor:
        cursor.execute(BOTH, [customer.provider_id, customer.pk, customer.user_id])
        row = cursor.fetchone()
    return None if row is None else Standing(*row)


def users(ids: Iterable[UUID | None]) -> set[UUID]:
    """Queue for people's own time and rows, after any providers; who of them is still there."""
    wanted = {pk for pk in ids if pk is not None}
    if len(wanted) == 1:
        return {row.pk for row in ONE_USER.all(id=next(iter(wanted)))}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return set(rows.values_list("pk", flat=True))
