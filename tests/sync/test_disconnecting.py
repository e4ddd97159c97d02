"""Giving a connection up, and coming back: scenario 30."""

import pytest
from django.test import Client

from openslot.availability.models import Busy
from openslot.privacy import erasure, taking_along
from openslot.sync import errors, tasks
from openslot.sync.connecting import disconnect
from openslot.sync.models import Channel, Connection, State
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.test"


@pytest.fixture
def heard(hooks, configured, ada, massage, bob):
    """Ada's calendar with two events of ours, one of somebody else's, and a channel."""
    pair = town_square.connected(configured, ada, ADA)
    for hour in (8, 10):
        town.booked(massage, bob, town.at(hour))
    pair.hand.insert("Dentist", town.at(13), town.at(14))
    pair.look()
    configured.settle()
    hooks.hand_on()
    work()
    configured.forget_requests()
    return pair


def test_30_whatever_google_says_it_ends_and_nothing_of_it_is_left(heard, hooks):
    google = heard.google
    google.fault("calendar.channels.stop", status=404, reason="notFound")
    google.fault("calendar.events.delete", status=410, reason="deleted")
    google.fault("/revoke", status=400, reason="invalid_token")
    disconnect.disconnect(heard.user, events="delete")
    assert not Busy.objects.exists()
    heard.hand.insert("Later", town.at(15), town.at(16))
    google.settle()
    assert set(hooks.hand_on()) == {404}
    work()
    row = heard.connection
    assert (row.state, row.refresh_token, row.access_token) == (State.DISCONNECTED, "", "")
    assert not Channel.objects.filter(stopped_at=None).exists()
    ours = [one for one in heard.events() if "extendedProperties" in one]
    assert len(ours) == 1  # the one of which Google said that it was gone


def test_30_and_back_with_the_same_account_nothing_is_doubled(heard):
    disconnect.disconnect(heard.user, events="delete")
    work()
    assert [one["summary"] for one in heard.events()] == ["Dentist"]
    town_square.connected(heard.google, heard.user, ADA)
    assert len(heard.events()) == 3
    assert Connection.objects.count() == 1


def test_what_stands_there_is_kept_and_known_again(heard):
    disconnect.disconnect(heard.user)
    work()
    assert len(heard.events()) == 3
    assert heard.google.calls("/revoke")
    before = {one["id"] for one in heard.events()}
    town_square.connected(heard.google, heard.user, ADA)
    assert {one["id"] for one in heard.events()} == before


def test_tokens_go_even_if_google_never_answers(heard):
    heard.google.fault("*", status=503, times=0)
    disconnect.disconnect(heard.user)
    disconnect.leave(heard.connection.pk, last=True)
    assert heard.connection.refresh_token == ""
    heard.google.heal()


def test_who_reconnects_before_the_worker_came_keeps_what_is_new(heard):
    disconnect.disconnect(heard.user)
    town_square.connected(heard.google, heard.user, ADA)
    assert heard.connection.state == State.ACTIVE
    heard.look()
    assert heard.connection.failures == 0


def test_nothing_connected_cannot_be_disconnected(configured, bob):
    with pytest.raises(errors.NotConnected):
        disconnect.disconnect(bob)


def test_an_account_that_is_taken_over_loses_the_calendar_of_the_one_before(heard):
    tasks.end_of_claimed.func(user_id=str(heard.user.pk))
    work()
    assert heard.connection.state == State.DISCONNECTED
    assert heard.connection.refresh_token == ""


def test_who_is_erased_is_forgotten_at_google_too(heard):
    erasure.erase(heard.user)
    work()
    assert heard.google.calls("/revoke")
    assert not Connection.objects.exists()
    assert [one["summary"] for one in heard.events()] == ["Dentist"]


def test_an_export_has_the_connection_and_no_token(heard):
    row = heard.connection
    told = taking_along.everything(heard.user)
    [connection] = told["calendar_connections"]
    assert connection["email"] == ADA
    assert row.refresh_token not in repr(told)
    assert row.access_token not in repr(told)


def test_a_late_push_after_all_that_is_404(heard, hooks):
    disconnect.disconnect(heard.user)
    assert Client().post("/hooks/google/calendar/", headers={}).status_code == 404
