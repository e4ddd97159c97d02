"""Google calls when something changed: scenarios 28 and 29."""

import django.db
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.availability.models import Busy
from openslot.sync import bell, channels
from openslot.sync.models import Channel
from tests import town
from tests.sync import town_square
from tests.sync.town_square import tick
from tests.working import work

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.test"
HOOK = "/hooks/google/calendar/"
WATCH, STOP, LIST = "calendar.events.watch", "calendar.channels.stop", "calendar.events.list"


@pytest.fixture
def heard(hooks, configured, ada):
    """Ada's calendar with a channel that has said hello."""
    pair = town_square.connected(configured, ada, ADA)
    configured.settle()
    assert hooks.hand_on() == [204]
    work()
    configured.forget_requests()
    return pair


def pushed(hooks, heard):
    """The headers of a real push."""
    heard.hand.insert("Dentist", town.at(8), town.at(9))
    heard.google.settle()
    return hooks.taken.pop()


def jobs():
    return ProcrastinateJob.objects.filter(task_name=bell.KEEP, status="todo").count()


def test_28_a_push_rings_once_and_what_changed_is_there(heard, hooks):
    headers = pushed(hooks, heard)
    for _ in range(200):
        assert Client().post(HOOK, headers=headers).status_code == 204
    assert jobs() == 1
    work()
    assert Busy.objects.count() == 1
    assert len(heard.google.calls(LIST)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Goog-Channel-Token": "guessed"},
        {"X-Goog-Channel-Token": ""},
        {"X-Goog-Channel-ID": "00000000-0000-4000-8000-000000000000"},
        {"X-Goog-Channel-ID": "no id at all"},
        {"X-Goog-Channel-ID": "\u0661"},
        {"X-Goog-Resource-ID": "another"},
        {"X-Goog-Resource-ID": ""},
    ],
)
def test_28_whatever_is_doubtful_is_nothing(wrong, heard, hooks, caplog):
    headers = pushed(hooks, heard)
    answer = Client().post(HOOK, headers=headers | wrong)
    assert (answer.status_code, answer.content, jobs()) == (404, b"", 0)
    assert headers["X-Goog-Channel-Token"] not in caplog.text


def test_28_a_stopped_channel_is_heard_no_more(heard, hooks):
    headers = pushed(hooks, heard)
    channels.mute(heard.connection)
    assert Client().post(HOOK, headers=headers).status_code == 404


def test_28_only_a_short_post_will_do(heard, hooks):
    headers = pushed(hooks, heard)
    assert Client().get(HOOK, headers=headers).status_code == 405
    long = Client().post(HOOK, b"x" * 2000, content_type="text/plain", headers=headers)
    assert long.status_code == 404


def test_28_without_a_database_google_shall_come_again(heard, hooks):
    headers = pushed(hooks, heard)

    def down(*args):
        raise django.db.OperationalError("the connection is closed")

    with django.db.connection.execute_wrapper(down):
        assert Client().post(HOOK, headers=headers).status_code == 503


def test_28_the_token_is_kept_as_a_digest(heard, hooks):
    token = pushed(hooks, heard)["X-Goog-Channel-Token"]
    [channel] = Channel.objects.values()
    assert token not in repr(channel)
    assert len(token) >= 43


def test_29_a_push_that_is_lost_is_made_up_for_by_a_look(heard, hooks, clock):
    heard.google.pushes.losing = 1
    heard.hand.insert("Dentist", town.at(8), town.at(9))
    heard.google.settle()
    assert hooks.taken == []
    clock.shift(19 * 60)  # a quarter of an hour and its jitter
    tick()
    assert Busy.objects.count() == 1


@pytest.mark.parametrize("how", ["doubled", "late"])
def test_29_a_push_that_comes_twice_or_late_has_one_effect(how, heard, hooks, clock):
    heard.google.pushes.doubling = int(how == "doubled")
    heard.google.pushes.holding = how == "late"
    heard.hand.insert("Dentist", town.at(8), town.at(9))
    heard.google.settle()
    if how == "late":
        heard.look()
        heard.google.heal()
        heard.google.settle()
    assert set(hooks.hand_on()) == {204}
    work()
    assert Busy.objects.count() == 1


def test_29_a_channel_is_renewed_before_it_ends_and_then_stopped(heard, hooks, clock):
    [old] = Channel.objects.all()
    clock.shift(6 * 86_400)
    tick()
    assert [call.id for call in heard.google.requests if call.id in {WATCH, STOP}] == [WATCH, STOP]
    old.refresh_from_db()
    assert old.stopped_at is not None
    [new] = Channel.objects.filter(stopped_at=None)
    assert new.pk != old.pk


def test_29_where_google_gives_no_channel_we_look_more_often_and_ask_again(heard, hooks, clock):
    clock.shift(6 * 86_400)
    heard.google.fault(WATCH, status=503)
    tick()
    made = Channel.objects.filter(stopped_at=None).exclude(resource_id="")
    [old] = made
    assert heard.connection.failures == 0
    clock.shift(19 * 60)
    tick()
    assert len(heard.google.calls(WATCH)) == 2
    [new] = made.all()
    assert new.pk != old.pk


def test_29_without_a_channel_that_speaks_we_look_every_five_minutes(hers, clock):
    hers.hand.insert("Dentist", town.at(8), town.at(9))
    clock.shift(6 * 60 + 20)
    tick()
    assert Busy.objects.count() == 1


def test_a_calendar_that_is_read_no_more_has_no_channel(heard, hooks):
    other = heard.google.add_calendar(heard.email, "Work")
    heard.list_calendars()
    town_square.calendars.choose(heard.user, target=other, blocking=[])
    work()
    [live] = Channel.objects.filter(stopped_at=None)
    assert live.calendar.google_id == other


def test_on_a_machine_that_google_cannot_reach_nothing_is_watched(hers):
    assert not Channel.objects.exists()
