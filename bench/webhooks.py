"""What a dead receiver costs others: bookings with the worker held, mail while it works."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import measure, notifications
from openslot.accounts.models import Provider
from openslot.appointments.booking import asking, making
from openslot.notifications.models import Channel, Delivery, State
from openslot.webhooks import kinds, signing
from openslot.webhooks.models import Attempt, Message, Webhook

BLOCKS = 3
OTHERS = (
    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    " AND queueing_lock IS NULL AND queue_name <> 'webhooks'"
)


def everything(*, bookings: int = 500) -> str:
    lines = ["| beside a receiver that hangs | figure |", "|---|---|"]
    with _hanging() as url:
        lines += [f"| {name} | {figure} |" for name, figure in _held(url, bookings)]
        lines += [f"| {name} | {figure} |" for name, figure in _mailed(url, bookings)]
    return "\n".join(lines) + "\n"


def _held(url: str, bookings: int) -> Iterator[tuple[str, str]]:
    """Bookings in turns at providers who tell it and at providers who tell nobody."""
    took: dict[bool, list[float]] = {True: [], False: []}
    statements: dict[bool, int] = {}
    for number, offer in enumerate(islice(measure._free(bookings * 2), bookings * 2)):
        told = bool(number % 2)
        _subscribe(url, of=[offer[0].provider] if told else [])
        if told in statements:
            took[told].append(_booked(offer))
            continue
        with CaptureQueriesContext(connection) as captured:
            _booked(offer)
        statements[told] = len(captured)
    told, silent = (statistics.median(took[each]) for each in (True, False))
    yield f"a booking of {len(took[False])}, nobody told: ms", f"{silent * 1000:.1f}"
    yield f"a booking of {len(took[True])}, one that hangs is told: ms", f"{told * 1000:.1f}"
    yield "ratio", f"{told / silent:.2f}"
    yield "statements without and with", f"{statements[False]} and {statements[True]}"


def _mailed(url: str, bookings: int) -> Iterator[tuple[str, str]]:
    """From the first booking to the last mail, every provider telling it, or none."""
    offers = measure._free(bookings * 2)
    took: dict[bool, list[float]] = {True: [], False: []}
    _forget_jobs()
    tries = 0
    with notifications._mail_server() as port:
        for block in range(BLOCKS * 2):
            told = bool(block % 2)
            _subscribe(url, of=list(Provider.objects.all()) if told else [])
            with notifications._worker(port, telling=True):
                started = time.perf_counter()
                for offer in islice(offers, bookings // BLOCKS):
                    _booked(offer)
                notifications._wait_until_none(OTHERS)
                took[told].append(time.perf_counter() - started)
            tries += Attempt.objects.count()
    told, silent = (statistics.median(took[each]) for each in (True, False))
    unsent = Delivery.objects.filter(channel=Channel.EMAIL).exclude(state=State.SENT).count()
    yield f"{bookings // BLOCKS} bookings and their last mail, nobody told: s", f"{silent:.1f}"
    yield "the same, one that hangs is told by everybody: s", f"{told:.1f}"
    yield "ratio", f"{told / silent:.2f}"
    yield "tries at it meanwhile, mails not sent", f"{tries}, {unsent}"


def _booked(offer: Any) -> float:
    service, slot, customer = offer
    started = time.perf_counter()
    making.book(asking.Request(service=service.pk, start=slot.start), by=customer)
    return time.perf_counter() - started


def _subscribe(url: str, *, of: list[Provider]) -> None:
    """Webhooks of these, and of nobody else."""
    Message.objects.all().delete()
    Webhook.objects.all().delete()
    now = timezone.now()
    wants = dict.fromkeys(kinds.TYPES, now.isoformat())
    made = [Webhook(provider=each, url=url, wants=wants) for each in of]
    for each in made:
        signing.renew(each, now=now)
    Webhook.objects.bulk_create(made)


def _forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@contextmanager
def _hanging() -> Iterator[str]:
    """A receiver that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
