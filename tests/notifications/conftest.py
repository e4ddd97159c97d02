"""A worker that does in the test's own transaction what waits, and mails as calendars read them."""

from __future__ import annotations

import logging
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from icalendar import Calendar
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.notifications import deliver, sending
from tests import town
from tests.notifications import smtp_server


def work() -> int:
    """Do every job that waits, and those that come of them; how many."""
    done = 0
    while jobs := list(ProcrastinateJob.objects.filter(status="todo").order_by("id")):
        for job in jobs:
            if job.task_name == deliver.SEND:
                sending.send([UUID(one) for one in job.args["delivery_ids"]], last=False)
            else:
                app.tasks[job.task_name].func(**job.args)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += len(jobs)
    return done


def parsed(sent):
    """A mail as its reader's program has it."""
    raw = sent if isinstance(sent, bytes) else sent.message().as_bytes()
    return message_from_bytes(raw, policy=policy.default)


def calendars(sent):
    """The iCalendar objects that a mail brings, with the method that its header names."""
    return [
        (part.get_param("method"), Calendar.from_ical(part.get_payload(decode=True)))
        for part in parsed(sent).walk()
        if part.get_content_type() == "text/calendar"
    ]


def event(calendar):
    [found] = calendar.walk("VEVENT")
    return found


def plain(sent):
    return parsed(sent).get_body(("plain",)).get_content()


@pytest.fixture
def outbox(settings):
    """`outbox()` does what waits; the mails of that, as {address: mail}."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []

    def told():
        work()
        found = {}
        for sent in mail.outbox:
            [address] = [parsed(sent)["To"].addresses[0].addr_spec]
            assert address not in found, f"two mails to {address}"
            found[address] = sent
        mail.outbox.clear()
        return found

    return told


BOB, ADA, DAN = "bob@example.org", "ada@example.org", "dan@example.org"


@pytest.fixture
def asked(massage, bob, outbox):
    """Bob asked for Ada's massage, Monday 10:00 in Berlin, and everybody knows."""
    made = town.booked(massage, bob, town.at(8))
    outbox()
    return made


@pytest.fixture
def agreed(haircut, bob, outbox):
    """Bob's haircut at Dan's, Monday 11:00 in Berlin, and everybody knows."""
    made = town.booked(haircut, bob, town.at(9))
    outbox()
    return made


@pytest.fixture
def server(settings):
    """An SMTP server to which mails go; a silent one is given up soon."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with smtp_server.serving() as found:
        settings.EMAIL_BACKEND = "openslot.notifications.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_TIMEOUT = 0.3
        yield found
