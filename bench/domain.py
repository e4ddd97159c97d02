"""A booking without HTTP: beside one insertion with its commit, and how long it holds its lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection

from bench import measure
from openslot.accounts.models import User
from openslot.appointments.booking import asking, making
from openslot.catalog.models import Service

BOOKINGS = 200
ROUNDS = 60
FAR = timedelta(days=700)  # ahead of what is booked over HTTP


def everything() -> str:
    """Three rows of a table."""
    booking = measure._booking(ROUNDS)
    locked, whole = _behind_the_lock()
    return "".join(
        f"| {name} | {figure} | |\n"
        for name, figure in (
            ("a booking in the domain, × one insertion with commit", f"{booking.ratio:.1f}"),
            ("its statements", booking.queries),
            ("at one provider: ms, median", f"{whole * 1000:.1f}"),
            ("of these behind the provider's lock: ms, median", f"{locked * 1000:.1f}"),
        )
    )


def _behind_the_lock() -> tuple[float, float]:
    """Seconds from the moment the provider is locked to the end of the commit; and in all."""
    service = Service.objects.select_related("provider").get(provider__slug="busy-1")
    customers = list(User.objects.filter(customers__provider=service.provider)[:BOOKINGS])
    begins = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + FAR
    locked, whole = [], []
    for number, customer in enumerate(customers):
        taken: list[float] = []
        request = asking.Request(service=service.pk, start=begins + number * service.duration)
        started = time.perf_counter()
        with connection.execute_wrapper(_noting(taken)):
            making.book(request, by=customer)
        ended = time.perf_counter()
        locked.append(ended - taken[0])
        whole.append(ended - started)
    return median(locked), median(whole)


def _noting(taken: list[float]) -> Callable[..., Any]:
    """Note when a row of the providers is locked."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        result = execute(sql, params, many, context)
        if "FOR NO KEY UPDATE" in sql and '"accounts_provider"' in sql and not taken:
            taken.append(time.perf_counter())
        return result

    return wrapper
