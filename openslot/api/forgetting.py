"""Answers that are kept for a repeat (protocol/idempotency.py) forget whoever is erased.

A kept answer belongs to the side that asked; after the other side's erasure it says what the
appointment itself says from then on, and is otherwise the first answer still.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from openslot.accounts.models import Customer, Provider
from openslot.api.appointments.shapes import CustomerName, ProviderName
from openslot.api.protocol.idempotency import OPERATIONS
from openslot.kernel.keeping import idempotency

Names = Mapping[str, Mapping[str, Any]]


def forget(*, customers: Collection[str], providers: Collection[str]) -> int:
    """Give the kept answers the names these have now; how many. Safe to run twice."""
    ids = [UUID(pk) for pk in (*customers, *providers)]
    names = {str(each.pk): CustomerName(each).data for each in Customer.objects.filter(pk__in=ids)}
    names |= {str(each.pk): ProviderName(each).data for each in Provider.objects.filter(pk__in=ids)}

    def nameless(answer: str) -> str:
        tag, _, body = answer.partition("\n")
        said = _nameless(json.loads(body), names)
        return f"{tag}\n{json.dumps(said, ensure_ascii=False, separators=(',', ':'))}"

    return idempotency.rewrite(ids, operations=OPERATIONS, how=nameless)


def _nameless(said: Any, names: Names) -> Any:
    """The same JSON, where it speaks of these, as it would be said now."""
    if isinstance(said, list):
        return [_nameless(each, names) for each in said]
    if not isinstance(said, dict):
        return said
    told = {name: _nameless(value, names) for name, value in said.items()}
    if (customer := _named(told.get("customer"), names)) is not None:
        told |= {"customer": customer} | ({"notes": ""} if "notes" in told else {})
    if (provider := _named(told.get("provider"), names)) is not None:
        told["provider"] = provider
        if isinstance(told.get("location"), dict):
            told["location"] = told["location"] | {"text": ""}
    return told


def _named(who: Any, names: Names) -> Mapping[str, Any] | None:
    return names.get(str(who.get("id"))) if isinstance(who, dict) else None
