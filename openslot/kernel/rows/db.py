"""What the database refuses, said in the domain's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from openslot.kernel.errors import DomainError


@contextmanager
def explaining(
    constraints: Mapping[str, Callable[[], DomainError]], *, savepoint: bool = True
) -> Iterator[None]:
    """Run in a savepoint; turn a broken constraint into the error that explains it.

    Without a savepoint the transaction around it is over then: for whoever lets the error go on.
    `constraints` maps the name of a constraint to the error to raise; any other broken
    constraint passes through as it came.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except IntegrityError as exc:
        cause = exc.__cause__
        name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
        if name is not None and name in constraints:
            error = constraints[name]()
            raise error from exc
        raise
