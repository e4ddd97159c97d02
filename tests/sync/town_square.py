"""A person's Google and ours, side by side, as the tests of the sync hold them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import User
from openslot.devtools.google import Google
from openslot.sync import bell, keeping, tasks, translate
from openslot.sync.connecting import calendars, connect
from openslot.sync.google import client
from openslot.sync.models import Connection, Link
from tests.working import work

WRITES = ("calendar.events.insert", "calendar.events.patch", "calendar.events.delete")
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Pair:
    """Somebody's connection, their hands at Google, and the Google that both use."""

    google: Google
    user: User
    email: str

    @property
    def hand(self):
        return self.google.account(self.email)

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(user=self.user)

    @property
    def target(self):
        return self.connection.calendars.get(is_target=True)

    def events(self, **where: Any) -> list[dict[str, Any]]:
        return self.hand.events(**where)

    def event(self, **where: Any) -> dict[str, Any]:
        [found] = self.events(**where)
        return found

    def link(self, of=None) -> Link:
        found = Link.objects.filter(connection=self.connection).exclude(state="gone")
        return found.get(appointment=of) if of is not None else found.get()

    def step(self, *, urgent: bool = False) -> None:
        """One round now, whatever is due by itself."""
        keeping.keep_in_step(self.connection.pk, urgent=urgent)

    def look(self) -> None:
        """Somebody rings: read what changed, and do what comes of it."""
        self.connection.calendars.update(pull_wanted_at=timezone.now())
        self.step(urgent=True)
        work()

    def list_calendars(self) -> None:
        """What is only done once a day: which calendars there are."""
        with client.Google(self.connection) as google:
            calendars.refresh(google, self.connection)

    def writes(self) -> list[str]:
        return [one.id for one in self.google.requests if one.id in WRITES]

    def times(self, event: dict[str, Any] | None = None) -> tuple[datetime, datetime]:
        return tuple(translate.span(event or self.event(), BERLIN))


def consented(google: Google, user: User, email: str, **how: Any) -> dict[str, str]:
    """What Google's consent page answers to what we ask of it."""
    back = google.consent(connect.begin(user), email, **how)
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def connected(google: Google, user: User, email: str, *, settle: bool = True) -> Pair:
    """Connect as in a browser; with the first round done, unless that is left to the test."""
    given = consented(google, user, email)
    known = {name: given[name] for name in ("state", "code")}
    connect.finish(by=user, **known)
    if settle:
        work()
    google.forget_requests()
    return Pair(google, user, email)


def ring(pair: Pair) -> None:
    """Have a worker elsewhere look at everything."""
    pair.connection.calendars.update(pull_wanted_at=timezone.now())
    bell.ring(pair.connection.pk, urgent=True)


def tick() -> None:
    """A minute is over, says the clock of the worker."""
    tasks.tick.func(timestamp=0)
    work()


def waiting_jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(status="todo", task_name=name).count()


class Hooks:
    """Takes Google's pushes, and hands them on to our own door in the test's own transaction."""

    def __init__(self) -> None:
        taken: list[dict[str, str]] = []

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                taken.append({k: v for k, v in self.headers.items() if k.startswith("X-Goog-")})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.taken = taken
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def hand_on(self) -> list[int]:
        """Deliver what came; the answers of our door."""
        client, statuses = Client(), []
        while self.taken:
            answer = client.post("/hooks/google/calendar/", headers=self.taken.pop(0))
            statuses.append(answer.status_code)
        return statuses

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
