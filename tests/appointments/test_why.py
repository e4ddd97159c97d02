"""Why a time is not offered: all that stands in the way, and nothing where it is offered."""

from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest

from openslot.accounts.models import Provider, User
from openslot.appointments.changing import answers, rescheduling, time_off
from openslot.appointments.errors import Refused
from openslot.appointments.free import slots, why
from openslot.appointments.models import Appointment
from openslot.availability import busy, hours
from openslot.availability.models import WorkingHours
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span
from tests import town

pytestmark = pytest.mark.django_db
TUESDAY = 1  # days after the tests' Monday


def asked(service, start, now=town.NOW):
    fresh = Service.objects.select_related("provider__user").get(pk=service.pk)
    return why.why(fresh, start, now=now)


def codes(service, start, now=town.NOW):
    return [reason.code for reason in asked(service, start, now).reasons]


def rules(service, **changes):
    Provider.objects.filter(pk=service.provider_id).update(**changes)


def test_what_is_offered_has_no_reasons(massage):
    answer = asked(massage, town.at(8, day=TUESDAY))
    assert answer.bookable
    assert answer.reasons == []
    assert answer.span == Span(town.at(8, day=TUESDAY), town.at(9, day=TUESDAY))


def test_notice_window_and_the_past(massage):
    rules(massage, minimum_notice_minutes=24 * 60, booking_window_days=3)
    assert codes(massage, town.at(7)) == ["notice"]
    assert asked(massage, town.at(7)).reasons[0].span == Span(town.NOW, town.at(6, day=1))
    assert codes(massage, town.at(7, day=4)) == ["window"]
    assert codes(massage, town.at(9, day=-3)) == ["past"]
    assert codes(massage, town.at(7), now=town.at(8)) == ["past"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (town.at(3, day=1), ["outside_hours"]),
        (town.at(14, 30, day=1), ["outside_hours"]),  # it would end after closing
        (town.at(8, 7, day=1), ["off_grid"]),
        (town.at(3, 7, day=1), ["outside_hours"]),  # the grid is said inside hours only
        (town.at(8, day=1) + timedelta(seconds=1), ["off_grid"]),
    ],
)
def test_hours_and_their_grid(massage, start, expected):
    assert codes(massage, start) == expected


def test_time_off_and_busy_elsewhere_with_buffers(massage, ada):
    rules(massage, buffer_before_minutes=15, buffer_after_minutes=15)
    start, end = town.at(9, day=1), town.at(10, day=1)
    time_off.take(ada.provider, by=ada, start=start, end=end, reason="Dentist")
    busy.merge(ada.provider, source="x", changes=[("1", Span(start, end))])
    for begins in (town.at(9, day=1), town.at(8, day=1), town.at(10, day=1)):
        met = asked(massage, begins)
        assert {reason.code for reason in met.reasons} == {"time_off", "busy_elsewhere"}
        assert {reason.span for reason in met.reasons} == {Span(start, end)}
        assert {reason.appointment for reason in met.reasons} == {None}
    assert codes(massage, town.at(10, 30, day=1)) == []


def test_an_appointment_and_its_buffer(massage, bob):
    rules(massage, buffer_after_minutes=30)
    booked = town.booked(massage, bob, town.at(9, day=1))
    [reason] = asked(massage, town.at(9, 30, day=1)).reasons
    assert reason == ("appointment", booked.span, booked.pk)
    [reason] = asked(massage, town.at(10, day=1)).reasons
    assert reason == ("buffer", booked.span, booked.pk)
    assert codes(massage, town.at(10, 30, day=1)) == []
    [reason] = asked(massage, town.at(8, day=1)).reasons
    assert reason.code == "buffer"  # its own would reach into the appointment


def test_a_proposed_time_is_an_appointments_too(massage, ada, bob):
    booked = town.booked(massage, bob, town.at(9, day=1))
    answers.accept(booked.pk, by=ada)
    rescheduling.reschedule(booked.pk, by=ada, start=town.at(12, day=1), propose=True)
    for at in (9, 12):
        [reason] = asked(massage, town.at(at, day=1)).reasons
        assert (reason.code, reason.appointment) == ("appointment", booked.pk)
        assert reason.span.start == town.at(at, day=1)


def test_a_full_day_is_told_whole(massage, bob):
    rules(massage, daily_limit=1)
    town.booked(massage, bob, town.at(9, day=1))
    [reason] = asked(massage, town.at(12, day=1)).reasons
    assert reason.code == "daily_limit"
    assert reason.span == Span(town.at(22), town.at(22, day=1))  # the date in Berlin


@pytest.mark.parametrize("how", ["service", "page", "person"])
def test_what_is_switched_off_is_inactive(massage, ada, how):
    if how == "service":
        Service.objects.filter(pk=massage.pk).update(active=False)
    elif how == "page":
        rules(massage, active=False)
    else:
        User.objects.filter(pk=ada.pk).update(is_active=False)
    answer = asked(massage, town.at(9, day=1))
    assert [reason.code for reason in answer.reasons] == ["inactive"]
    assert not answer.bookable


def test_everything_is_said_at_once(massage, ada, bob):
    rules(massage, minimum_notice_minutes=3 * 24 * 60, daily_limit=1)
    town.book(massage.pk, by=ada, start=town.at(9, day=1), customer=town.GUEST)
    time_off.take(ada.provider, by=ada, start=town.at(9, day=1), end=town.at(10, day=1))
    WorkingHours.objects.filter(provider=ada.provider, weekday=2).delete()
    assert codes(massage, town.at(9, day=1)) == [
        *("notice", "outside_hours", "time_off", "appointment", "daily_limit"),
    ]


def test_it_costs_five_queries_at_most(massage, bob, django_assert_max_num_queries):
    rules(massage, daily_limit=1)
    town.booked(massage, bob, town.at(9, day=1))
    fresh = Service.objects.select_related("provider__user").get(pk=massage.pk)
    with django_assert_max_num_queries(5):
        why.why(fresh, town.at(9, day=1), now=town.NOW)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_the_list_on_random_instants(massage, ada, bob, rounds, seed):
    """A thousand instants in four random calendars, on the grid and off it."""
    chance = Random(seed)
    rules(
        massage,
        buffer_before_minutes=chance.choice([0, 10]),
        buffer_after_minutes=chance.choice([0, 25]),
        daily_limit=chance.choice([None, 3]),
        slot_step_minutes=chance.choice([15, 20, 60]),
        minimum_notice_minutes=chance.choice([0, 300]),
        booking_window_days=5,
        timezone=chance.choice(["Europe/Berlin", "Pacific/Honolulu", "Pacific/Kiritimati"]),
    )
    massage.refresh_from_db()
    ada.provider.refresh_from_db()
    hours.set_special(ada.provider, day=date(2030, 4, 3), spans=[])
    for day in range(5):
        at = chance.randrange(24 * 4) * timedelta(minutes=15)
        start = town.at(0, day=day) + at + timedelta(days=1)
        length = chance.choice([30, 90]) * timedelta(minutes=1)
        time_off.take(ada.provider, by=ada, start=start, end=start + length)
        span = Span(start + 2 * length, start + 3 * length)
        busy.merge(ada.provider, source="x", changes=[(str(day), span)])
    offer = Service.objects.select_related("provider__user").get(pk=massage.pk)
    for start in chance.sample(sorted(listed(offer)), 3):
        with suppress(Refused):  # one before may have taken it
            town.book(massage.pk, by=bob, start=start)
    shown = listed(offer)
    assert Appointment.objects.exists()
    for _ in range(rounds(250)):
        minutes = chance.choice([5, 15, 1]) * chance.randrange(9 * 24 * 12)
        start = town.at(0, day=-1) + timedelta(minutes=minutes)
        answer = why.why(offer, start, now=town.NOW)
        assert answer.bookable == (start in shown), (start, answer)
        assert answer.bookable == (not answer.reasons), (start, answer)


def listed(offer):
    """Every start of ten days."""
    days = slots.slots(
        offer,
        first=date(2030, 3, 31),
        last=date(2030, 4, 9),
        zone=offer.provider.zone,
        now=town.NOW,
    )
    return {slot.start for _, spans in days for slot in spans}
