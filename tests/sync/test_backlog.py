"""What stood there when somebody connected comes at a pace; what changes meanwhile does not wait."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.appointments.changing import rescheduling
from openslot.appointments.models import Appointment
from openslot.sync import keeping
from openslot.sync.models import Change
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.test"
STOOD = 100
A_DAY = 7  # appointments, and an hour to spare


@pytest.fixture
def pair(configured, ada, massage, bob, carol):
    """Ada with a full book, who connects her calendar just now."""
    for number in range(STOOD):
        day, hour = divmod(number, A_DAY)
        town.booked(massage, (bob, carol)[number % 2], town.at(7 + hour, day=day + 1))
    ProcrastinateJob.objects.all()._raw_delete(using="default")  # their mails are not the matter
    return town_square.connected(configured, ada, ADA, settle=False)


def shown(pair):
    return {one["extendedProperties"]["private"]["appt"] for one in pair.events()}


def seconds_until_all_are_shown(pair, clock):
    for second in range(STOOD):
        if not Change.objects.filter(done_at=None).exists():
            return second
        before = len(pair.writes())
        clock.shift(1)
        work()
        assert len(pair.writes()) - before <= keeping.BACKLOG
    return STOOD


def test_a_booking_made_during_a_backlog_is_shown_before_the_rest_of_it(pair, massage, bob, clock):
    work()
    begun = len(pair.events())
    assert 0 < begun <= 2 * keeping.BACKLOG
    made = town.booked(massage, bob, town.at(14, day=1))
    work()
    assert str(made.pk) in shown(pair)
    assert len(pair.events()) < STOOD / 2
    assert Change.objects.filter(done_at=None).count() > STOOD / 2
    assert seconds_until_all_are_shown(pair, clock) <= STOOD / keeping.BACKLOG
    assert shown(pair) == {str(pk) for pk in Appointment.objects.values_list("pk", flat=True)}
    assert len(pair.events()) == STOOD + 1


def test_what_is_moved_while_it_waits_is_shown_at_once_at_its_new_time(pair, clock):
    work()
    last = Appointment.objects.order_by("start").last()
    assert str(last.pk) not in shown(pair)
    rescheduling.reschedule(last.pk, by=pair.user, start=town.at(14, day=1))
    work()
    link = pair.link(last)
    assert pair.times(pair.hand.get(link.event_id))[0] == town.at(14, day=1)
    assert link.generation == 0
    seconds_until_all_are_shown(pair, clock)
    assert len(pair.events()) == STOOD
    assert pair.times(pair.hand.get(link.event_id))[0] == town.at(14, day=1)
