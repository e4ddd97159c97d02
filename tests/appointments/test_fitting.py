"""Where places go, one after the other: to their own start, or to the nearest free one of the date."""

import pytest

from openslot.accounts.models import Provider
from openslot.appointments import errors
from openslot.appointments.free import fitting, placing
from openslot.appointments.models import Role
from openslot.availability.models import WorkingHours
from openslot.catalog.models import Service
from tests import town
from tests.town import NOW, at

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PROVIDER])


def put(service, *starts, role, shift=False):
    service = Service.objects.select_related("provider").get(pk=service.pk)
    places = [placing.place_for(service, start) for start in starts]
    return fitting.placed(places, side=fitting.Side(role, None, NOW), shift=shift)


def went(placed):
    return [(each.start, type(each.refusal)) for each in placed]


FREE = type(None)


@BOTH
def test_what_is_free_goes_to_its_own_start(massage, role):
    assert went(put(massage, at(8), at(9), role=role)) == [(at(8), FREE), (at(9), FREE)]


@BOTH
def test_what_is_taken_goes_nowhere_unless_it_may_shift(massage, carol, role):
    town.booked(massage, carol, at(8))
    assert went(put(massage, at(8), role=role)) == [(None, errors.SlotTaken)]


@BOTH
def test_of_two_starts_as_near_the_earlier_is_taken_and_the_other_stays_free(massage, carol, role):
    town.booked(massage, carol, at(8))
    first, second = went(put(massage, at(8), at(9), role=role, shift=True))
    assert first == (at(7), errors.SlotTaken)
    assert second == (at(9), FREE)


@BOTH
def test_what_else_is_taken_on_the_date_is_not_shifted_to(massage, bob, carol, role):
    town.booked(massage, carol, at(8))
    town.booked(massage, bob, at(7))
    assert went(put(massage, at(8), role=role, shift=True)) == [(at(9), errors.SlotTaken)]


@BOTH
def test_what_was_placed_is_in_the_way_of_what_follows(massage, role):
    placed = put(massage, at(8), at(8), role=role, shift=True)
    assert went(placed) == [(at(8), FREE), (at(7), errors.SlotTaken)]


def limited(provider, number):
    """So many a day, at any hour."""
    Provider.objects.filter(pk=provider.pk).update(daily_limit=number)
    WorkingHours.objects.all().delete()
    town.hours(provider, start="00:00", end="00:00")


def test_a_day_is_full_by_the_clock_of_the_provider(massage, carol):
    limited(massage.provider, 1)
    town.booked(massage, carol, at(10, day=1))  # Tuesday noon in Berlin
    half_past_midnight = at(22, 30)  # Tuesday in Berlin, Monday in UTC
    placed = put(massage, half_past_midnight, role=Role.CUSTOMER)
    assert went(placed) == [(None, errors.LimitReached)]


def test_what_was_placed_counts_towards_a_full_day(massage):
    limited(massage.provider, 2)
    placed = put(massage, at(8), at(9), at(10), role=Role.CUSTOMER)
    assert went(placed) == [(at(8), FREE), (at(9), FREE), (None, errors.LimitReached)]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1440, "1 day"),
        (2880, "2 days"),
        (60, "1 hour"),
        (1500, "25 hours"),
        (61, "61 minutes"),
        (1, "1 minute"),
    ],
)
def test_how_much_notice_is_wanted_is_said_in_the_largest_whole_unit(massage, minutes, words):
    Provider.objects.filter(pk=massage.provider_id).update(minimum_notice_minutes=minutes)
    [placed] = put(massage, NOW, role=Role.CUSTOMER)
    assert placed.refusal.detail == f"That is too soon: this provider asks for {words} of notice."


def test_what_begins_after_midnight_is_in_the_way_of_the_last_start_of_the_date(massage, carol):
    limited(massage.provider, None)
    town.booked(massage, carol, at(22))  # from midnight on, in Berlin
    placed = put(massage, at(21, 30), role=Role.PROVIDER, shift=True)
    assert went(placed) == [(at(21), errors.SlotTaken)]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (at(5), "That time has passed."),
        (at(8, 7), "Appointments do not start at that time. Choose one shown."),
        (at(3, day=1), "The provider does not work at that time."),
        (
            at(8, day=61),
            "That is too far ahead: this provider can be booked 60 days ahead.",
        ),
    ],
)
def test_why_a_start_cannot_be_had_is_said(massage, start, words):
    Provider.objects.filter(pk=massage.provider_id).update(booking_window_days=60)
    [placed] = put(massage, start, role=Role.CUSTOMER)
    assert placed.refusal.detail == words


def test_why_a_whole_day_cannot_be_had_is_said(massage, carol):
    limited(massage.provider, 1)
    town.booked(massage, carol, at(8))
    [placed] = put(massage, at(12), role=Role.CUSTOMER)
    assert placed.refusal.detail == "No more appointments are taken on that day. Choose another."


def test_what_is_not_offered_says_so(massage):
    Service.objects.update(active=False)
    [placed] = put(massage, at(8), role=Role.CUSTOMER)
    assert placed.refusal.detail == "This is not offered at the moment."
