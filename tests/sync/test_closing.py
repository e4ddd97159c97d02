"""Who wishes it is not booked while their calendars could not be read for a day."""

import pytest

from openslot.appointments.errors import SlotUnavailable
from openslot.availability.models import Busy
from openslot.sync import health, tasks
from openslot.sync.connecting import calendars, disconnect
from openslot.sync.inward import closing
from openslot.sync.models import State
from tests import town
from tests.api.calling import Caller, done
from tests.doors import houses

HOURS = 3600


@pytest.fixture
def wished(hers):
    calendars.choose(hers.user, closes=True)
    return hers


def tick():
    tasks.tick.func(timestamp=0)


def offered(massage):
    query = {"service": str(massage.pk), "start": "2030-04-03", "end": "2030-04-03"}
    return done(Caller().get("providers/ada/availability/", **query))["days"][0]["slots"]


def test_after_a_day_unread_nobody_books_and_it_is_said(wished, massage, bob, clock):
    assert offered(massage)
    clock.shift(23 * HOURS)
    tick()
    assert offered(massage)
    clock.shift(2 * HOURS)
    tick()
    assert offered(massage) == []
    with pytest.raises(SlotUnavailable):
        town.booked(massage, bob, town.at(8, day=3))
    now = health.of(wished.user)
    assert now.state == "broken"
    assert now.detail.startswith("Your calendars could not be read for a day")
    assert town.book(massage.pk, by=wished.user, start=town.at(8, day=3), customer=town.GUEST)


def test_once_it_is_read_again_the_hours_are_open(wished, massage, clock):
    clock.shift(25 * HOURS)
    tick()
    assert offered(massage) == []
    tasks.keep_in_step.func(connection_id=wished.connection.pk, urgent=True)
    tick()
    assert offered(massage)
    assert wished.connection.closed_at is None
    assert health.of(wished.user).state != "broken"


def test_access_that_was_lost_closes_too(wished, massage, clock):
    type(wished.connection).objects.update(state=State.NEEDS_RECONNECT)
    clock.shift(25 * HOURS)
    tick()
    assert offered(massage) == []
    assert "Connect again" in health.of(wished.user).detail


def test_without_that_wish_a_booking_never_depends_on_google(hers, massage, clock):
    clock.shift(48 * HOURS)
    tick()
    assert offered(massage)
    assert not Busy.objects.filter(source=closing.SOURCE).exists()


@pytest.mark.parametrize("how", ["unwished", "blocks nothing", "given up"])
def test_who_wants_it_no_longer_is_open(how, wished, massage, clock):
    clock.shift(25 * HOURS)
    tick()
    if how == "unwished":
        calendars.choose(wished.user, closes=False)
    elif how == "blocks nothing":
        calendars.choose(wished.user, blocking=[])
    else:
        disconnect.give_up(wished.connection, delete=False)
    tick()
    assert offered(massage)


def test_it_is_chosen_on_the_page(hers):
    page = houses.browser(hers.user)
    form = {"target": hers.target.google_id, "blocking": hers.target.google_id, "closes": "on"}
    assert page.post("/me/calendar/", form).status_code == 302
    assert hers.connection.closes
    assert "whole days “free”" in page.get("/me/calendar/").content.decode()
