"""Services from memory beside writers, in processes that know nothing of each other: what is told
is what stood at a moment between question and answer (catalog/known.py).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from moneyed import Money

from openslot.accounts import locks
from openslot.accounts.models import Provider, User
from openslot.catalog import offering
from openslot.catalog.models import Service
from tests import town
from tests.races import asking

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
READERS = 2
WRITES = 1000


class History:
    """Every state of a provider's services that was committed, in order, by its revision."""

    def __init__(self, provider, services):
        self.provider, self.services = provider, services
        self.order, self.states = {}, []
        self.note()

    def note(self):
        """What the database says, to whoever holds the provider's lock."""
        revision = str(Provider.objects.values_list("revision", flat=True).get(pk=self.provider.pk))
        there = Service.objects.offered().select_related("provider").in_bulk(self.services)
        if revision not in self.order:
            self.order[revision] = len(self.states)
            self.states.append({str(pk): asking.seen(there.get(pk)) for pk in self.services})

    def between(self, before, after):
        return self.states[self.order[before] : self.order[after] + 1]


def test_what_is_told_of_a_service_stood_between_question_and_answer(ada, massage, rounds, figures):
    """Names, lengths, prices, buffers, and whether it is offered at all, change meanwhile."""
    provider, dice = ada.provider, random.Random(11)
    services = [massage.pk, town.service(provider, name="Another").pk]
    history = History(provider, services)
    readers = [started(provider.slug, services) for _ in range(READERS)]
    try:
        for reader in readers:
            assert reader.stdout.readline() == "ready\n"
        for number in range(rounds(WRITES)):
            with transaction.atomic():
                locks.provider(provider.pk)
                something(dice, provider, services, number)
                history.note()
        told = [json.loads(reader.communicate()[0]) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()
    for answers in told:
        for way, before, answer, after in answers:
            stood = [state[way.split()[1]] for state in history.between(before, after)]
            assert answer in stood, way
        assert answers[-1][2] == history.states[-1][way.split()[1]]
    figures("known services", states=len(history.states), answers=sum(map(len, told)))


def started(slug, services):
    found = {key: str(value) for key, value in connection.settings_dict.items()}
    found["HOST"] = found["HOST"].replace("/", "%2F")
    url = "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**found)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.asking", slug, *map(str, services)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def something(dice, provider, services, number):
    """A write that changes what customers see of a service, by a door or by hand."""
    service = Service.objects.select_related("provider").get(pk=dice.choice(services))
    of_provider = Provider.objects.filter(pk=provider.pk)
    kind = dice.choice(["name", "length", "price", "active", "practice", "buffer", "account"])
    if kind == "name":
        offering.change(service, name=f"Massage {number}")
    elif kind == "length":
        offering.change(service, duration_minutes=dice.choice([30, 45, 60]))
    elif kind == "price":
        Service.objects.filter(pk=service.pk).update(tariff=Money(dice.randrange(10, 99), "EUR"))
    elif kind == "active":
        Service.objects.filter(pk=service.pk).update(active=not service.active)
    elif kind == "practice":
        of_provider.update(name=f"Practice {number}")
    elif kind == "buffer":
        of_provider.update(buffer_after_minutes=dice.randrange(60))
    else:
        user = User.objects.get(pk=provider.user_id)
        User.objects.filter(pk=user.pk).update(is_active=not user.is_active)
