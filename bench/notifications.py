"""What telling people costs: reminders drained, bookings beside a busy worker, bells polled."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app

from bench import measure
from openslot.accounts.models import User
from openslot.appointments.booking import asking, making
from openslot.notifications import tasks
from openslot.notifications.models import Channel, Delivery, State

BLOCKS = 2
SILENT = """
import sys
from openslot import cli, subscriptions
subscriptions.TASKS.clear()
sys.argv = ["openslot", "worker"]
cli.main()
"""
DUE = """
INSERT INTO notifications_reminder (appointment_id, role, minutes, due_at)
SELECT id, 'customer', 60, now() - interval '1 second' FROM appointments_appointment
WHERE status = 'confirmed' AND start > now() + interval '1 hour' LIMIT %s
"""
UNSENT = "SELECT count(*) FROM notifications_reminder WHERE sent_at IS NULL AND due_at <= now()"
UNREAD = """
INSERT INTO notifications_delivery (id, cause, user_id, channel, kind, role, action, receipt, count,
    state, doubts, error, created_at)
SELECT gen_random_uuid(), gen_random_uuid(), id, 'in_app', 'welcome', '', '', false, 1, 'sent', 0,
    '', now()
FROM accounts_user, generate_series(1, 20)
"""


def everything(*, due: int = 10_000, bookings: int = 500, pages: int = 500) -> str:
    lines = ["| telling people | figure |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in _burst(bookings)]
    lines += [f"| {name} | {figure} |" for name, figure in _drained(due)]
    lines += [f"| {name} | {figure} |" for name, figure in _bells(pages)]
    return "\n".join(lines) + "\n"


def _burst(bookings: int) -> Iterator[tuple[str, str]]:
    """Bookings while the worker tells people, beside bookings while it has nobody to tell."""
    offers = measure._free(bookings * 2)
    took: dict[bool, list[float]] = {True: [], False: []}
    with _mail_server() as port:
        for block in range(BLOCKS * 2):
            telling = bool(block % 2)
            with _worker(port, telling=telling):
                for service, slot, customer in islice(offers, bookings // BLOCKS):
                    started = time.perf_counter()
                    making.book(asking.Request(service=service.pk, start=slot.start), by=customer)
                    took[telling].append(time.perf_counter() - started)
                _wait_until_idle()
    told, silent = (statistics.median(took[telling]) for telling in (True, False))
    yield f"a booking of {len(took[True])}, nobody told: ms", f"{silent * 1000:.1f}"
    yield f"a booking of {len(took[True])}, people told: ms", f"{told * 1000:.1f}"
    yield "ratio", f"{told / silent:.2f}"


def _drained(due: int) -> Iterator[tuple[str, str]]:
    """Reminders that fall due in one minute, by one worker, to the last mail."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [due])
    with _mail_server() as port, _worker(port, telling=True):
        started = time.perf_counter()
        app.configure_task(tasks.remind.name, queueing_lock="bench").defer(timestamp=0)
        _wait_until_none(UNSENT)
        handed_over = time.perf_counter() - started
        _wait_until_idle()
        took = time.perf_counter() - started
    mails = Delivery.objects.filter(channel=Channel.EMAIL, kind="reminder")
    yield f"{due:,} reminders due at once, all handed over after: s", f"{handed_over:.1f}"
    yield f"{mails.count():,} mails, all sent by one worker after: s", f"{took:.1f}"
    yield "mails not sent", f"{mails.exclude(state=State.SENT).count()}"


def _bells(pages: int) -> Iterator[tuple[str, str]]:
    """What the bell of an open page costs, every half minute."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD)
        cursor.execute("VACUUM ANALYZE notifications_delivery")
    took = []
    for user in User.objects.filter(is_active=True)[:pages]:
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        tag = client.get("/notifications/unread/").headers["ETag"]
        started = time.perf_counter()
        answer = client.get("/notifications/unread/", headers={"If-None-Match": tag})
        took.append(time.perf_counter() - started)
        assert answer.status_code == 304
    each = statistics.median(took)
    yield "a bell asked, nothing new: ms", f"{each * 1000:.1f}"
    yield f"{pages} open pages, asking every 30 s: share of one core", f"{each * pages / 30:.1%}"


@contextmanager
def _mail_server() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    place = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen([sys.executable, "-m", "aiosmtpd", *place]) as process:
        try:
            yield port
        finally:
            process.terminate()


@contextmanager
def _worker(port: int, *, telling: bool) -> Iterator[None]:
    command = ["-m", "openslot", "worker"] if telling else ["-c", SILENT]
    env = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
    before = timezone.now()
    with subprocess.Popen([sys.executable, *command], env=env) as process:
        try:
            while not _counted(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s", before
            ):
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def _wait_until_idle() -> None:
    _wait_until_none(
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND queueing_lock IS NULL"
    )


def _wait_until_none(sql: str) -> None:
    while _counted(sql):
        time.sleep(0.1)


def _counted(sql: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        [found] = cursor.fetchone()
        return int(found)
