"""What the floors keep about people: each shows, joins and forgets its own.

    PART = privacy.Part(models=("hooks.Hook",), export_provider=…, forget_provider=…)

stands in the floor's `privacy.py`, and the module in openslot/personal.py. `openslot.privacy` asks
every part; nothing else needs to know of a new one. All but the exports run inside the transaction
of an erasure or a joining, behind its locks (docs/locking.md), and are safe to run twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.db.models import QuerySet

from openslot import personal

Rows = list[dict[str, Any]]


def _nothing(_whom: Any) -> dict[str, Any]:
    return {}


def _leave(*_whom: Any) -> None:
    """Nothing to do here."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one floor does about people. It answers for every model that it names."""

    models: Collection[str]  # "app.Model"
    export: Callable[[Any], dict[str, Any]] = _nothing  # of a user, by the name of each list
    export_provider: Callable[[Any], dict[str, Any]] = _nothing  # of a provider, likewise
    forget_provider: Callable[[Any], None] = _leave  # a provider whose account is erased
    forget: Callable[[Any], None] = _leave  # a user, after the providers they were
    forget_old: Callable[[Any], None] = _leave  # what appointments of long ago say; their ids
    forget_customers: Callable[[Any], None] = _leave  # whom nobody met since; their ids
    join: Callable[[Any, Any, Any], None] = (
        _leave  # a guest, the customer they are, their user or None
    )


@functools.cache
def parts() -> tuple[Part, ...]:
    """Every floor's, the highest first."""
    return tuple(import_module(name).PART for name in personal.PARTS)


def rows(kept: QuerySet[Any], *, without: Collection[str] = ()) -> Rows:
    """Every column of every row but those, as an export shows them."""
    columns = [column.attname for column in kept.model._meta.concrete_fields]
    return list(kept.values(*(name for name in columns if name not in without)))
