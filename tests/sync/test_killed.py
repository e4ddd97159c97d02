"""Web and worker killed at random moments in a run of changes: afterwards both sides agree."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from rest_framework_simplejwt.tokens import RefreshToken

from openslot.appointments.models import Appointment
from openslot.availability.models import Busy
from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET
from openslot.kernel import jobs
from openslot.notifications.models import Delivery
from openslot.sync import translate
from openslot.sync.inward import answering
from openslot.sync.models import Change, Issue, Kind
from tests import town
from tests.sync import town_square

pytestmark = [pytest.mark.race, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
ADA = "ada@gmail.test"
PATIENCE = 120
LIST = "calendar.events.list"
TRIES = 3


class Processes:
    """A web server and a worker on the tests' database, which can be killed and started again."""

    def __init__(self, google, port):
        found = {key: str(value) for key, value in connection.settings_dict.items()}
        found["HOST"] = found["HOST"].replace("/", "%2F")
        self.env = os.environ | {
            "DATABASE_URL": "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**found),
            "GOOGLE_EMULATOR_URL": google.url,
            "GOOGLE_CLIENT_ID": CLIENT_ID,
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
            "GOOGLE_PUSH_ENABLED": "on",
            "GOOGLE_DELETE_GRACE_SECONDS": "1",
            "BASE_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
            "RATE_LIMITS": "off",
            "WEB_PROCESSES": "1",
        }
        self.port, self.running = port, {}

    def start(self, name):
        command = [sys.executable, "-m", "openslot", name]
        self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.env)

    def kill(self, name):
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        if name == "worker":
            rescued()

    def stop(self):
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(PATIENCE)


def rescued():
    """As if the worker's last sign of life were long ago, and a minute were over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - '1 day'::interval"
        )
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(jobs.rescue.name).defer(timestamp=0)


def until(done, what):
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)  # for another process


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def processes(google, configured, settings):
    port = free_port()
    settings.BASE_URL, settings.GOOGLE_PUSH_ENABLED = f"http://127.0.0.1:{port}", "on"
    found = Processes(google, port)
    yield found
    found.stop()


class Run:
    """Bookings, moves and cancellations through HTTP, and a human at Google."""

    def __init__(self, processes, pair, service, customer, dice):
        self.processes, self.pair, self.dice = processes, pair, dice
        self.service = service
        self.tokens = {
            who.pk: str(RefreshToken.for_user(who).access_token) for who in (pair.user, customer)
        }
        self.customer = customer
        self.moved, self.deleted, self.cancelled = Counter(), set(), set()
        self.starts = iter(range(10_000))

    def call(self, who, method, path, body=None):
        """As a client that tries again when nothing answers."""
        address = f"http://127.0.0.1:{self.processes.port}/api/{path}"
        bearer = {
            "Authorization": f"Bearer {self.tokens[who.pk]}",
            "Idempotency-Key": str(self.dice.random()),
        }
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return requests.request(method, address, json=body, headers=bearer, timeout=20)
            except requests.RequestException:
                assert time.monotonic() < deadline
                time.sleep(0.1)

    def start(self):
        number = next(self.starts)
        day = timezone.now().date() + timedelta(days=3 + number // 8)
        return f"{day}T{9 + number % 8:02}:00:00+00:00"

    def book(self):
        self.call(
            self.customer,
            "POST",
            "appointments/",
            {"service": str(self.service.pk), "start": self.start()},
        )

    def active(self):
        found = list(Appointment.objects.active().exclude(pk__in=self.deleted | self.cancelled))
        return self.dice.choice(found) if found else None

    def move(self):
        if one := self.active():
            self.call(
                self.pair.user,
                "POST",
                f"appointments/{one.pk}/reschedule/",
                {"start": self.start()},
            )

    def cancel(self):
        if one := self.active():
            self.cancelled.add(one.pk)
            self.call(self.pair.user, "POST", f"appointments/{one.pk}/cancel/", {})

    def human_moves(self):
        events = self.pair.events()
        if events:
            event = self.dice.choice(events)
            day = timezone.now() + timedelta(days=200 + next(self.starts))
            self.pair.hand.move(event["id"], day.replace(minute=0, second=0, microsecond=0))

    def step(self):
        acts = [self.book] * 5 + [self.move] * 2 + [self.cancel, self.human_moves]
        self.dice.choice(acts)()


def shown(pair):
    return Counter(
        (translate.marks(one).get("appt"), *translate.span(one, town_square.BERLIN))
        for one in pair.events()
    )


def meant():
    return Counter((str(one.pk), one.start, one.end) for one in Appointment.objects.active())


def questions(pair):
    return Issue.objects.open().filter(connection=pair.connection)


def answered(pair):
    """What its owner was asked: each answered with *as it is here*."""
    kinds = set()
    for one in questions(pair):
        kinds.add(one.kind)
        answering.answer(one.pk, by=pair.user, answer="restore")
    return kinds


def standing(pair):
    """What is known of those that differ, for whoever reads of a failure."""
    differ = {name for name, *_ in (shown(pair) - meant()) + (meant() - shown(pair))}
    links = pair.connection.links.filter(appointment__in=differ)
    changes = Change.objects.filter(appointment__in=differ)
    return [
        *(one for one in pair.events() if translate.marks(one).get("appt") in differ),
        *links.values(),
        *changes.values(),
        *Issue.objects.filter(link__in=links).values(),
        *ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).values(),
    ]


def test_killed_again_and_again_they_agree_in_the_end(processes, google, ada, bob, rounds, figures):
    provider = ada.provider
    provider.confirmation, provider.booking_window_days = "automatic", 1000
    provider.timezone = "UTC"
    provider.save()
    service = town.service(provider)
    pair = town_square.connected(google, ada, ADA, settle=False)
    dice = random.Random(7)
    for name in ("web", "worker"):
        processes.start(name)
    run = Run(processes, pair, service, bob, dice)
    changes, kills = rounds(200), 0
    for number in range(changes):
        run.step()
        if number % 10 == 5:
            name = dice.choice(["web", "worker"])
            processes.kill(name)
            processes.start(name)
            kills += 1
    rescued()
    until(lambda: not Change.objects.filter(done_at=None).exists(), "the outbox to be empty")
    asked = set()
    for _ in range(TRIES):
        asked |= answered(pair)
        town_square.ring(pair)
        with contextlib.suppress(AssertionError):
            until(lambda: shown(pair) == meant() or questions(pair), "both to agree")
        if shown(pair) == meant():
            break
    assert shown(pair) == meant(), standing(pair)
    assert asked <= {Kind.BOTH_MOVED}  # moved there while ours was under way; every time was free
    ended = set(
        Appointment.objects.exclude(status__in=["pending", "confirmed"]).values_list(
            "pk", flat=True
        )
    )
    assert ended <= run.cancelled
    told = Counter(Delivery.objects.values_list("cause", "user", "channel"))
    assert max(told.values()) == 1
    figures(
        "killed sync", changes=changes, kills=kills, events=len(pair.events()), asked=len(asked)
    )


def test_19_killed_after_the_second_page_a_pull_begins_anew(processes, google, ada):
    """The third page never comes: the worker waits for it when it is killed."""
    pair = town_square.connected(google, ada, ADA)
    before = pair.target.sync_token
    google.page_at_most(2)
    for number in range(6):
        start = (timezone.now() + timedelta(days=number + 1)).replace(microsecond=0)
        pair.hand.insert("Dentist", start, start + timedelta(hours=1))
    google.forget_requests()
    google.fault(LIST, delay=PATIENCE, skip=2)
    processes.start("worker")
    town_square.ring(pair)
    until(lambda: len(google.calls(LIST)) == 3, "the third page to be asked for")
    assert [one["syncToken"] for one in (call.query for call in google.calls(LIST))] == [
        [before]
    ] * 3
    processes.kill("worker")
    assert pair.target.sync_token == before
    assert Busy.objects.count() == 4  # what was read counts
    processes.start("worker")
    until(lambda: pair.target.sync_token != before, "the pull to be done anew")
    assert Busy.objects.count() == 6
    again = google.calls(LIST)[3:]
    assert "pageToken" not in again[0].query
    assert not Delivery.objects.exists()
