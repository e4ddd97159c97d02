"""Providers who want the same address: who has one, and whom one leads to, is told by two tables."""

from __future__ import annotations

import pytest

from openslot.accounts import people
from openslot.accounts.models import FormerSlug, Provider
from tests import town
from tests.races.crowds import BOOKED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EIGHT = 8


def test_eight_want_the_address_that_one_of_them_gives_up(crowd, rounds):
    providers = [town.provider(town.person(f"P{number}")) for number in range(EIGHT)]
    clients = crowd(EIGHT)

    def choosing(number, slug):
        return lambda: people.change_provider(providers[number], slug=slug)

    for turn in range(rounds(5)):
        people.change_provider(providers[0], slug=f"wanted-{turn}")
        others = [choosing(number, f"wanted-{turn}") for number in range(1, EIGHT)]
        outcomes = clients.rush([choosing(0, f"left-{turn}"), *others])
        assert [outcome.code for outcome in outcomes] == [BOOKED] + ["invalid"] * (EIGHT - 1)
    now = set(Provider.objects.values_list("slug", flat=True))
    assert not now & set(FormerSlug.objects.values_list("slug", flat=True))
    assert clients.deadlocks == 0
