"""Whoever signs in may connect: their appointments stand there, and what they do there stays there."""

import pytest

from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment, Status
from openslot.kernel.errors import Invalid
from openslot.notifications.models import Channel, Delivery
from openslot.sync.connecting import calendars
from openslot.sync.models import LinkState
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(his, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    work()
    return made


def told(user):
    return Delivery.objects.filter(user=user, kind="sync_attention", channel=Channel.IN_APP)


def test_an_appointment_stands_in_the_customers_calendar_and_follows(his, booked, ada):
    assert his.event()["summary"] == "Massage: Ada's practice"
    assert his.event()["status"] == "tentative"
    answers.accept(booked.pk, by=ada)
    work()
    assert his.event()["status"] == "confirmed"
    rescheduling.reschedule(booked.pk, by=ada, start=town.at(12))
    work()
    assert his.times()[0] == town.at(12)
    cancelling.cancel(booked.pk, by=ada)
    work()
    assert his.events() == []


def test_a_request_that_is_declined_goes(his, booked, ada):
    answers.decline(booked.pk, by=ada)
    work()
    assert his.events() == []


def test_what_they_move_is_theirs_from_then_on_and_is_said_once(his, booked, ada, bob):
    his.hand.move(his.event()["id"], town.at(14))
    his.look()
    his.look()
    appointment = Appointment.objects.get(pk=booked.pk)
    assert (appointment.start, appointment.status) == (town.at(8), Status.PENDING)
    assert told(bob).count() == 1
    rescheduling.reschedule(booked.pk, by=ada, start=town.at(12))
    work()
    assert his.times() == (town.at(14), town.at(15))
    assert his.link(booked).state == LinkState.DETACHED


def test_what_they_delete_is_not_made_anew(his, booked, ada, bob, clock):
    his.hand.delete(his.event()["id"])
    his.look()
    clock.shift(121)
    work()
    assert told(bob).count() == 1
    rescheduling.reschedule(booked.pk, by=ada, start=town.at(12))
    work()
    assert his.events() == []
    assert Appointment.objects.get(pk=booked.pk).status == Status.PENDING


def test_a_whole_emptied_calendar_cancels_nothing_either(his, massage, bob, clock):
    for hour in (8, 10, 12, 14):
        town.booked(massage, bob, town.at(hour))
    work()
    for event in his.events():
        his.hand.delete(event["id"])
    his.look()
    clock.shift(121)
    work()
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.PENDING}
    assert his.connection.state == "active"


def test_a_customer_has_no_hours_to_block(his):
    with pytest.raises(Invalid):
        calendars.choose(his.user, blocking=[his.email])


def test_both_sides_of_one_appointment_have_an_event_each(configured, ada, bob, massage):
    hers = town_square.connected(configured, ada, "ada@gmail.test")
    his = town_square.connected(configured, bob, "bob@gmail.test")
    town.booked(massage, bob, town.at(8))
    work()
    assert (hers.event()["summary"], his.event()["summary"]) == (
        "Massage: Bob Test",
        "Massage: Ada's practice",
    )
    hers.hand.move(hers.event()["id"], town.at(12))
    hers.look()
    assert his.times()[0] == town.at(12)
