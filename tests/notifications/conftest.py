"""Appointments that everybody has heard of, and where the mails about them go."""

from __future__ import annotations

import logging

import pytest
from django.core import mail

from tests import town
from tests.notifications import smtp_server
from tests.notifications.letters import parsed
from tests.working import work


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
def server(settings, caplog):
    """An SMTP server to which mails go; a silent one is given up soon."""
    caplog.set_level(logging.WARNING, "mail.log")
    with smtp_server.serving() as found:
        settings.EMAIL_BACKEND = "openslot.notifications.outgoing.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_TIMEOUT = 0.3
        yield found
