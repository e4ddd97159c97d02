"""A video appointment gets a Meet link, and its confirmation brings it along."""

import pytest
from django.core import mail

from openslot.appointments.changing import answers
from openslot.appointments.models import Appointment
from openslot.sync.models import Issue
from tests import town
from tests.notifications.letters import calendars, event, parsed, plain
from tests.working import work

pytestmark = pytest.mark.django_db
BOB = "bob@example.org"


@pytest.fixture
def talk(hers):
    hers.user.provider.confirmation = "automatic"
    hers.user.provider.save()
    return town.service(hers.user.provider, name="Talk", location_kind="video")


@pytest.fixture
def letters(mails):
    """What Bob got since the last time."""

    def got():
        work()
        found = [one for one in mail.outbox if parsed(one)["To"].addresses[0].addr_spec == BOB]
        mail.outbox.clear()
        return found

    return got


def place(made):
    return Appointment.objects.get(pk=made.pk).location_text


def test_the_confirmation_has_the_link(hers, talk, bob, letters, clock):
    made = town.booked(talk, bob, town.at(8))
    assert letters() == []  # it waits
    assert "meet.google.com" in place(made)
    clock.shift(2)
    [letter] = letters()
    assert place(made) in plain(letter)
    assert parsed(letter)["Subject"].startswith("Booked")
    [(_, invitation)] = calendars(letter)
    assert str(event(invitation)["LOCATION"]) == place(made)


def test_a_link_that_takes_its_time_is_waited_for_and_then_follows(hers, talk, bob, letters, clock):
    hers.google.slow_meet(30)
    made = town.booked(talk, bob, town.at(8))
    assert letters() == []
    for _ in range(10):
        clock.shift(2)
        found = letters()
    [confirmation] = found
    assert place(made) == ""
    assert "meet.google.com" not in plain(confirmation)
    [(_, first)] = calendars(confirmation)
    for _ in range(6):
        clock.shift(2)
        found += letters()
    [_, later] = found
    assert place(made) in plain(later)
    [(_, second)] = calendars(later)
    assert event(second)["SEQUENCE"] > event(first)["SEQUENCE"]


def test_where_google_is_not_well_nobody_waits(hers, talk, bob, letters):
    hers.google.fault("calendar.events.list", status=503)
    hers.look()
    town.booked(talk, bob, town.at(8))
    assert len(letters()) == 1


def test_a_request_does_not_wait_and_its_confirmation_has_the_link(hers, talk, bob, letters, clock):
    hers.user.provider.confirmation = "manual"
    hers.user.provider.save()
    made = town.booked(talk, bob, town.at(8))
    assert len(letters()) == 1
    assert place(made)
    answers.accept(made.pk, by=hers.user)
    [letter] = letters()
    assert place(made) in plain(letter)


def test_a_service_with_an_address_of_its_own_keeps_it(hers, talk, bob):
    talk.location_text = "https://video.example.org/ada"
    talk.save()
    made = town.booked(talk, bob, town.at(8))
    work()
    assert place(made) == "https://video.example.org/ada"
    assert "conferenceData" not in hers.event()


def test_who_does_not_want_it_gets_none(hers, talk, bob, letters):
    type(hers.connection).objects.update(meets=False)
    made = town.booked(talk, bob, town.at(8))
    assert len(letters()) == 1
    assert place(made) == ""


def test_where_google_refuses_it_the_event_comes_without_and_it_is_said(hers, talk, bob):
    hers.google.fault("calendar.events.insert", status=400, reason="invalid")
    made = town.booked(talk, bob, town.at(8))
    work()
    assert len(hers.events()) == 1
    assert Issue.objects.get().kind == "no_meet"
    assert place(made) == ""
