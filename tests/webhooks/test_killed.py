"""A real worker that is killed again and again: everything arrives, in order, under one id each."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from openslot.appointments.changing import answers
from openslot.appointments.changing.cancelling import cancel
from openslot.appointments.models import Move
from openslot.kernel import jobs
from openslot.webhooks import kinds, subscribing
from openslot.webhooks.models import Message, State
from tests import town
from tests.webhooks.receiver import Receiver

pytestmark = [pytest.mark.race, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120


class Worker:
    """One on the tests' database, which may call loopback."""

    def __init__(self):
        found = {key: str(value) for key, value in connection.settings_dict.items()}
        found["HOST"] = found["HOST"].replace("/", "%2F")
        self.env = os.environ | {
            "DATABASE_URL": "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**found),
            "WEBHOOKS_TO_PRIVATE": "on",
            "LOG_LEVEL": "ERROR",
        }
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "openslot", "worker"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        with connection.cursor() as cursor:  # as if its last sign of life were long ago
            cursor.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - '1 day'::interval"
            )
        for task in (jobs.rescue.name, "openslot.webhooks.tasks.tick"):  # as if a minute were over
            with contextlib.suppress(AlreadyEnqueued):
                app.configure_task(task).defer(timestamp=0)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def until(done, what):
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)  # for another process


@pytest.fixture
def receiver():
    started = Receiver()
    yield started
    started.stop()


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.stop()


def test_whatever_is_killed_everything_arrives_in_order_under_one_id(
    massage, ada, bob, settings, receiver, worker, rounds, figures
):
    settings.WEBHOOKS_TO_PRIVATE = "on"
    worker.env["ENCRYPTION_KEYS"] = settings.ENCRYPTION_KEYS
    ada.provider.booking_window_days = 1000
    ada.provider.save()
    subscribing.add(ada.provider, url=receiver.url, events=list(kinds.TYPES))
    dice = random.Random(7)
    start = timedelta(days=3)
    kills = rounds(30)
    worker.start()
    for number in range(kills):
        day = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
        one = town.book(massage.pk, by=bob, start=day + start + timedelta(days=number))
        receiver.answers.append(dice.choice([200, 500, 200]))
        answers.accept(one.pk, by=ada)
        heard = len(receiver.heard)
        until(lambda heard=heard: len(receiver.heard) > heard, "a call")
        worker.kill()
        cancel(one.pk, by=bob)
        worker.start()
    expected = Move.objects.count()
    until(
        lambda: Message.objects.filter(state=State.DELIVERED).count() == expected, "all delivered"
    )
    told, ids = defaultdict(list), defaultdict(set)
    for each in receiver.taken:
        ids[each.appointment["id"], each.type].add(each.id)
        if each.id not in told[each.appointment["id"]]:
            told[each.appointment["id"]].append(each.id)
    types = {str(one.pk): one.type.partition(".")[2] for one in Message.objects.all()}
    for sent in told.values():
        assert [types[one] for one in sent] == ["requested", "confirmed", "cancelled"]
    assert all(len(found) == 1 for found in ids.values())
    assert len(told) == kills
    figures(
        "webhooks through a worker killed",
        kills=kills,
        messages=expected,
        calls=len(receiver.heard),
        doubled=len(receiver.taken) - expected,
    )
