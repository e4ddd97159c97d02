"""Readers beside writers: what is offered is what stood at a moment between question and answer."""

from __future__ import annotations

import contextlib
import random
import threading
from datetime import time, timedelta

import pytest
from django.db import connection, transaction

from openslot.accounts import locks
from openslot.accounts.models import Provider
from openslot.appointments.changing import cancelling, time_off
from openslot.appointments.free import grid, slots, weeks, wishes
from openslot.appointments.free.times import moment
from openslot.appointments.models import Appointment
from openslot.availability import busy, hours
from openslot.availability.models import TimeOff
from openslot.catalog import offering
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import DomainError
from openslot.kernel.timerange import Span
from tests import town
from tests.appointments.offered import BERLIN, MONDAY
from tests.town import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LAST = MONDAY + timedelta(days=13)
WRITES = 120
READERS = 3


class History:
    """Every state of a provider that was committed, in order: written behind its lock."""

    def __init__(self, service):
        self.service = service
        self.states = [self._state()]
        self.done = threading.Event()

    def _state(self):
        """The revision, and what the database alone offers."""
        service = fetched(self.service)
        return service.provider.revision, sorted(without_memory(service))

    def write(self, act):
        """Carry it out, and note what came of it before anybody else can see it."""
        with transaction.atomic():
            locks.provider(self.service.provider_id)
            act()
            state = self._state()
            if state[0] != self.states[-1][0]:
                self.states.append(state)


def fetched(service):
    return Service.objects.select_related("provider").get(pk=service.pk)


def offered(service):
    days = slots.slots(service, first=MONDAY, last=LAST, zone=BERLIN, now=NOW)
    return [slot.start for _, found in days for slot in found]


def without_memory(service):
    """The same, asked so that nothing of it is known or kept."""
    first, last = (timerange.day_span(day, BERLIN) for day in (MONDAY, LAST))
    within = Span(first.start, last.end)
    for wish in wishes.of_services([service], within=within, now=NOW):
        [known] = weeks.Reader([service.provider], within, explain=True).weeks([wish])
        for starts in grid.starts(wish, known):
            yield from map(moment, starts)


def test_every_answer_stood_at_a_moment_between_question_and_answer(
    massage, ada, bob, people, rounds, figures
):
    """Bookings, cancellations, hours, time off, busy time and services change meanwhile."""
    Provider.objects.filter(pk=ada.provider.pk).update(confirmation="automatic", daily_limit=5)
    dice, history, answers = random.Random(7), History(massage), []
    readers = [threading.Thread(target=read, args=(history, answers)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(rounds(WRITES * 10)):
            with contextlib.suppress(DomainError):
                history.write(lambda: something(dice, massage, ada, bob))
    finally:
        history.done.set()
        for reader in readers:
            reader.join()
    known = dict(history.states)
    order = {revision: number for number, (revision, _) in enumerate(history.states)}
    for before, answer, after in answers:
        between = [history.states[n] for n in range(order[before], order[after] + 1)]
        assert answer in [offer for _, offer in between]
    figures("readers", states=len(known), answers=len(answers))
    assert len(known) > 20
    assert len(answers) > len(known)


def read(history, answers):
    try:
        while not history.done.is_set():
            before = revision(history.service)
            answer = offered(fetched(history.service))
            answers.append((before, answer, revision(history.service)))
    finally:
        connection.close()


def revision(service):
    return Provider.objects.values_list("revision", flat=True).get(pk=service.provider_id)


def something(dice, service, ada, bob):
    """Any write that decides what is free, of the kinds that people do."""
    provider = Provider.objects.get(pk=ada.provider.pk)
    start = NOW + timedelta(hours=dice.randrange(1, 10), days=dice.randrange(14))
    kind = dice.choice(
        ["book", "book", "book", "cancel", "hours", "special", "off", "back", "busy"]
    )
    booked = Appointment.objects.active().order_by("id").first()
    away = TimeOff.objects.first()
    if kind == "book":
        town.booked(service, bob, start)
    elif kind == "cancel" and booked:
        cancelling.cancel(booked.pk, by=bob)
    elif kind == "hours":
        opens = time(dice.randrange(7, 11))
        week = [hours.WeekSpan(day, opens, time(17)) for day in range(1, 8)]
        hours.set_week(provider, spans=week)
    elif kind == "special":
        hours.set_special(provider, day=start.date(), spans=[])
    elif kind == "off":
        time_off.take(provider, by=ada, start=start, end=start + timedelta(hours=3))
    elif kind == "back" and away:
        time_off.give_back(provider, id=away.pk)
    else:
        busy.merge(provider, source="x", changes=[("k", Span(start, start + timedelta(hours=2)))])
        offering.change(service, duration_minutes=dice.choice([30, 60]))
