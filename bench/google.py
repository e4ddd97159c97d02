"""How quick the sync is, on loopback: a booking to its event, a push to the slot that is gone."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from bench import measure
from openslot.accounts.models import User
from openslot.appointments.booking import asking, making
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment
from openslot.availability.models import Busy
from openslot.catalog.models import Service
from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET, Google
from openslot.kernel.timerange import Span
from openslot.sync.connecting import connect
from openslot.sync.models import Change, Connection, State

PATIENCE = 120
BLOCKS = 8


def everything(*, rounds: int = 60, bookings: int = 400) -> str:
    lines = ["| Google, on loopback | figure |", "|---|---|"]
    google = Google()
    google.start()
    try:
        with override_settings(**_settings(google), BASE_URL=f"http://127.0.0.1:{_free_port()}"):
            lines += [f"| {name} | {figure} |" for name, figure in _latency(google, bookings)]
            lines += [f"| {name} | {figure} |" for name, figure in _speed(google, rounds)]
    finally:
        google.stop()
    return "\n".join(lines) + "\n"


def _settings(google: Google) -> dict[str, str]:
    return {
        "GOOGLE_CLIENT_ID": CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
        "GOOGLE_EMULATOR_URL": google.url,
        "GOOGLE_PUSH_ENABLED": "on",
    }


def _connected(google: Google, user: User) -> str:
    email = f"{user.pk.hex}@gmail.test"
    back = google.consent(connect.begin(user), email)
    given = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    connect.finish(by=user, state=given["state"], code=given["code"])
    return email


def _latency(google: Google, bookings: int) -> Iterator[tuple[str, str]]:
    """A booking with a connection beside one without, in turns, while the worker is held."""
    bookings = min(bookings, Service.objects.count())  # one each
    offers = measure._free(bookings)
    took: dict[bool, list[float]] = {True: [], False: []}
    connected: set[object] = set()
    for number, (service, slot, customer) in enumerate(offers):
        with_one = bool(number % 2)
        owner = service.provider.user
        if with_one and owner.pk not in connected:
            _connected(google, owner)
            connected.add(owner.pk)
        if not with_one and owner.pk in connected:
            continue
        started = time.perf_counter()
        making.book(asking.Request(service=service.pk, start=slot.start), by=customer)
        took[with_one].append(time.perf_counter() - started)
        if len(took[True]) + len(took[False]) >= bookings:
            break
    alone, beside = (statistics.median(took[which]) for which in (False, True))
    yield f"a booking of {len(took[False])}, nothing connected: ms", f"{alone * 1000:.1f}"
    yield f"a booking of {len(took[True])}, calendar connected: ms", f"{beside * 1000:.1f}"
    yield "ratio", f"{beside / alone:.2f}"
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    Connection.objects.update(state=State.DISCONNECTED)


def _speed(google: Google, rounds: int) -> Iterator[tuple[str, str]]:
    service = Service.objects.select_related("provider__user").filter(active=True)[0]
    with _running(google):
        email = _connected(google, service.provider.user)
        human = google.account(email)
        # What was booked before is shown first; then one change at a time.
        waiting = Change.objects.filter(connection__state=State.ACTIVE, done_at=None)
        _until(lambda: not waiting.exists())
        _until(lambda: bool(google.calls("calendar.events.watch")))
        events, gone = [], []
        for slot, customer in _offers(service, rounds):
            before = len(human.events())
            started = time.perf_counter()
            making.book(asking.Request(service=service.pk, start=slot.start), by=customer)
            _until(lambda before=before: len(human.events()) > before)
            events.append(time.perf_counter() - started)
        for number in range(rounds):
            start = timezone.now() + timedelta(days=300 + number)
            before = Busy.objects.count()
            started = time.perf_counter()
            human.insert("Busy", start, start + timedelta(hours=1))
            _until(lambda before=before: Busy.objects.count() > before)
            gone.append(time.perf_counter() - started)
    for name, took in (("a booking to its event", events), ("a push to the time taken", gone)):
        cuts = statistics.quantiles(took, n=20)
        yield f"{name}, of {len(took)}: median s", f"{statistics.median(took):.2f}"
        yield f"{name}: p95 s", f"{cuts[18]:.2f}"


def _offers(service: Service, count: int) -> Iterator[tuple[Span, User]]:
    """Free times of one provider, each for somebody else."""
    now = timezone.now()
    first = now.astimezone(measure.BERLIN).date() + timedelta(days=1)
    last = first + timedelta(days=50)
    days = slots.slots(service, first=first, last=last, zone=measure.BERLIN, now=now)
    free = [slot for _, found in days for slot in found[:1]]
    people = User.objects.filter(provider__isnull=True).exclude(pk__in=_busy())[:count]
    yield from zip(free, people, strict=False)


def _busy() -> QuerySet[Appointment, object]:
    return Appointment.objects.filter(attendee__isnull=False).values_list("attendee")


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


@contextmanager
def _running(google: Google) -> Iterator[None]:
    """The web and the worker as processes of their own."""
    port = settings.BASE_URL.rpartition(":")[2]
    env = (
        os.environ
        | _settings(google)
        | {
            "BASE_URL": settings.BASE_URL,
            "PORT": port,
            "LOG_LEVEL": "WARNING",
            "WEB_PROCESSES": "1",
        }
    )
    started = [
        subprocess.Popen([sys.executable, "-m", "openslot", name], env=env)
        for name in ("web", "worker")
    ]
    try:
        _until(lambda: _answers(int(port)))
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(PATIENCE)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
