"""Two people book series that cross: all of it or nothing for each, and never a deadlock."""

from __future__ import annotations

from functools import partial

import pytest

from openslot.appointments.booking import asking
from openslot.appointments.models import Appointment, Series
from tests import town
from tests.races.crowds import BOOKED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RULE = "FREQ=WEEKLY;COUNT=4"
NEW = asking.Guest("new@example.net", "Nora")


def clear():
    Appointment.objects.all().delete()
    Series.objects.all().delete()


def test_of_two_crossing_series_one_is_booked_whole(massage, bob, carol, crowd, rounds):
    """A daily one and a weekly one that meet on one day: who comes second gets nothing."""
    massage.provider.booking_window_days = 1095
    massage.provider.save()
    two = crowd(2)
    for _ in range(rounds(200)):
        daily, weekly = town.at(8, day=1), town.at(8, day=4)
        outcomes = two.rush(
            [
                lambda: town.book_series(
                    massage.pk, by=bob, start=daily, recurrence="FREQ=DAILY;COUNT=7"
                ),
                lambda: town.book_series(massage.pk, by=carol, start=weekly, recurrence=RULE),
            ]
        )
        codes = sorted(outcome.code for outcome in outcomes)
        assert codes == [BOOKED, "series_conflict"]
        [made] = [outcome.value for outcome in outcomes if outcome.value is not None]
        assert made.occurrences.count() == (7 if made.customer.user_id == bob.pk else 4)
        assert (Appointment.objects.count(), Series.objects.count()) == (
            made.occurrences.count(),
            1,
        )
        clear()
    assert two.deadlocks == 0


def test_two_presses_at_the_same_moment_extend_a_series_once(massage, bob, crowd, rounds):
    hands = crowd(2)
    for _ in range(rounds(50)):
        made = town.book_series(massage.pk, by=bob, start=town.at(8, day=1), recurrence=RULE)
        extend = partial(town.extend, made.pk, by=bob, count=2, expected=made.recurrence)
        outcomes = hands.rush([extend, extend])
        assert sorted(outcome.code for outcome in outcomes) == [BOOKED, "version_mismatch"]
        assert Appointment.objects.count() == 6
        clear()


def test_one_customer_with_series_at_two_providers(massage, haircut, bob, crowd, rounds):
    """The customer's own time crosses, in either order of the locks."""
    for service in (massage, haircut):
        service.provider.booking_window_days = 1095
        service.provider.save()
    hands = crowd(2)
    for _ in range(rounds(200)):
        start = town.at(8, day=1)
        outcomes = hands.rush(
            [
                lambda s=service: town.book_series(s.pk, by=bob, start=start, recurrence=RULE)
                for service in (massage, haircut)
            ]
        )
        assert sorted(outcome.code for outcome in outcomes) == [BOOKED, "series_conflict"]
        assert Appointment.objects.count() == 4
        clear()
    assert hands.deadlocks == 0
