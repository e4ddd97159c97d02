"""What happens here reaches Google: scenarios 1 to 9."""

import base64

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.operating import suspending
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, cancelling, editing, rescheduling
from openslot.appointments.desk import customers
from openslot.sync import tasks
from openslot.sync.connecting import calendars
from openslot.sync.google.client import Google
from openslot.sync.inward import pull
from openslot.sync.models import Change, Issue, LinkState
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = pytest.mark.django_db
INSERT, PATCH, DELETE = (f"calendar.events.{name}" for name in ("insert", "patch", "delete"))


@pytest.fixture
def booked(hers, massage, bob):
    """Bob's massage, Monday 10:00 in Berlin, accepted, and in Ada's calendar."""
    made = town.booked(massage, bob, town.at(8))
    answers.accept(made.pk, by=hers.user)
    work()
    hers.google.forget_requests()
    return made


def test_1_a_booking_becomes_one_event_that_invites_nobody(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    work()
    event, [call] = hers.event(), hers.google.calls(INSERT)
    name = base64.b32hexencode(made.pk.bytes).decode().lower().rstrip("=")
    assert event["id"] == f"{name}{hers.connection.pk:x}g0"
    assert event["extendedProperties"]["private"] == {
        "appt": str(made.pk),
        "rev": "1",
        "inst": hers.connection.installation,
    }
    assert call.first("sendUpdates") == "none"
    assert "attendees" not in event
    assert event["status"] == "tentative"
    assert hers.times() == (made.start, made.end)
    link = hers.link(made)
    assert (link.state, link.etag) == (LinkState.SYNCED, event["etag"])


def test_a_request_that_is_accepted_is_tentative_no_more(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    work()
    answers.accept(made.pk, by=hers.user)
    work()
    assert hers.event()["status"] == "confirmed"


def test_2_a_booking_that_is_rolled_back_leaves_nothing(hers, massage, bob):
    jobs = ProcrastinateJob.objects.count()
    with transaction.atomic():
        town.booked(massage, bob, town.at(8))
        transaction.set_rollback(True)
    assert ProcrastinateJob.objects.count() == jobs
    work()
    assert not Change.objects.exists()
    assert not hers.google.requests


def test_3_the_same_change_noted_and_pushed_three_times_is_one_event(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    act = made.moves.get().act
    for _ in range(3):
        tasks.note.func(act_id=str(act.pk))
        work()
    assert len(hers.google.calls(INSERT)) == 1
    assert Change.objects.filter(appointment=made).count() == 1


def test_4_an_insert_whose_answer_was_lost_is_found_and_not_doubled(hers, massage, bob, clock):
    hers.google.fault(INSERT, drop="after")
    made = town.booked(massage, bob, town.at(8))
    work()
    assert hers.link(made).etag == ""
    clock.shift(60)
    work()
    assert hers.event()["etag"] == hers.link(made).etag
    assert hers.link(made).pushed_rev == 1
    assert not hers.google.calls(PATCH)  # it is as it should be


def test_5_a_pull_that_comes_first_takes_it_for_the_echo_that_it_is(hers, massage, bob, clock):
    hers.google.fault(INSERT, drop="after")
    made = town.booked(massage, bob, town.at(8))
    work()
    clock.shift(60)
    hers.google.fault(INSERT, status=503, times=1)
    hers.look()
    clock.shift(60)
    work()
    made.refresh_from_db()
    assert (made.version, made.start) == (1, town.at(8))
    assert not hers.user.provider.busy.exists()
    assert hers.event()["etag"] == hers.link(made).etag


def test_6_our_own_push_comes_back_and_nothing_happens(hers, booked):
    version = booked.version
    hers.look()
    assert [one.id for one in hers.google.requests] == ["calendar.events.list"]
    booked.refresh_from_db()
    assert booked.version == version + 1  # the acceptance, and no more


def test_7_a_move_is_one_patch_that_leaves_what_others_wrote(hers, booked):
    hers.hand.patch(hers.event()["id"], colorId="5", description="Bring tea")
    hers.look()
    hers.google.forget_requests()
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(12))
    work()
    [call] = hers.google.calls(PATCH)
    assert call.body.keys() == {"start", "end", "extendedProperties"}
    assert call.headers.get("If-Match")
    event = hers.event()
    assert (event["colorId"], event["description"]) == ("5", "Bring tea")
    assert hers.times()[0] == town.at(12)


def test_8_both_sides_write_at_the_same_time_and_neither_is_lost(hers, booked):
    hers.hand.patch(hers.event()["id"], description="Bring tea")
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(12))
    work()
    assert [call.status for call in hers.google.calls(PATCH)] == [412, 200]
    assert hers.event()["description"] == "Bring tea"
    assert hers.times()[0] == town.at(12)


def test_9_a_cancellation_of_what_is_deleted_there_already_is_no_trouble(hers, booked):
    hers.hand.delete(hers.event()["id"])
    cancelling.cancel(booked.pk, by=hers.user)
    work()
    assert [call.status for call in hers.google.calls(DELETE)] == [410]
    assert not hers.connection.links.live().exists()
    assert not Issue.objects.exists()
    assert hers.connection.failures == 0


def test_a_cancellation_takes_the_event_away(hers, booked):
    cancelling.cancel(booked.pk, by=hers.user)
    work()
    assert hers.events() == []


def test_notes_and_place_follow(hers, booked):
    editing.annotate(booked.pk, by=hers.user, notes="A bad shoulder")
    editing.relocate(booked.pk, by=hers.user, location="Side door")
    work()
    assert "A bad shoulder" in hers.event()["description"]
    assert hers.event()["location"] == "Side door"


def test_a_guest_who_is_called_otherwise_is_so_there_too(hers, massage):
    gil = {"customer": Guest("gil@example.org", "Gil")}
    made = town.booked(massage, hers.user, town.at(8, day=1), **gil)
    work()
    customers.change(hers.user.provider, made.customer_id, first_name="Gisela")
    work()
    assert "Gisela" in hers.event()["summary"]


def test_what_somebody_wrote_over_is_theirs(hers, booked):
    hers.hand.patch(hers.event()["id"], description="Mine")
    hers.look()
    editing.annotate(booked.pk, by=hers.user, notes="A bad shoulder")
    work()
    assert hers.event()["description"] == "Mine"


def test_what_is_past_is_left_as_it_was(hers, booked, clock):
    clock.move_to(town.at(20))
    tasks.note.func(act_id=str(booked.moves.first().act_id))
    cancelling.cancel(booked.pk, by=hers.user)
    hers.google.forget_requests()
    work()
    assert not hers.writes()


def test_an_event_that_google_will_never_take_holds_up_nothing_else(hers, massage, bob, carol):
    hers.google.fault(INSERT, status=400, reason="invalid")
    one = town.booked(massage, bob, town.at(8))
    other = town.booked(massage, carol, town.at(10))
    work()
    assert hers.link(one).state == LinkState.FAILED
    assert hers.link(other).state == LinkState.SYNCED
    assert Issue.objects.get().kind == "refused"


def test_an_installation_on_a_copy_of_the_database_touches_nothing(hers, booked, settings):
    settings.BASE_URL = "https://staging.example.org"
    cancelling.cancel(booked.pk, by=hers.user)
    hers.google.forget_requests()
    work()
    assert not hers.google.requests
    assert hers.connection.state == "paused"


def test_fifty_bookings_in_a_burst_are_fifty_events(hers, massage, bob, clock):
    for day in range(1, 51):
        town.booked(massage, bob, town.at(8, day=day))
    work()
    assert len(hers.events()) == 50
    assert len(hers.google.calls(INSERT)) == 50


def test_the_target_can_be_changed_and_what_is_to_come_moves_there(hers, booked):
    other = hers.google.add_calendar(hers.email, "Work")
    hers.list_calendars()
    calendars.choose(hers.user, target=other)
    work()
    assert hers.events() == []
    assert len(hers.events(calendar=other)) == 1


def test_of_a_suspended_person_google_is_asked_nothing_until_that_is_lifted(hers, massage, bob):
    one = town.booked(massage, bob, town.at(8))
    suspending.suspend(hers.user, by=town.person("Olga", is_staff=True, is_superuser=True))
    town_square.ring(hers)
    work()
    town_square.tick()
    assert not hers.google.requests
    suspending.lift(hers.user)
    town_square.tick()
    assert hers.link(one).state == LinkState.SYNCED


def test_moved_there_before_the_lost_answer_to_its_insert_was_missed_it_is_followed(
    hers, massage, bob, clock
):
    hers.google.fault(INSERT, drop="after")
    made = town.booked(massage, bob, town.at(8))
    work()
    clock.shift(60)
    hers.hand.move(hers.event()["id"], town.at(12))
    work()
    hers.look()
    made.refresh_from_db()
    assert made.start == town.at(12)
    assert hers.times()[0] == town.at(12)
    assert not hers.connection.issues.exists()


def test_moved_there_after_a_patch_whose_answer_was_lost_it_is_followed(hers, booked, clock):
    hers.google.fault(PATCH, drop="after")
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(12))
    work()
    clock.shift(60)
    assert hers.times()[0] == town.at(12)
    hers.hand.move(hers.event()["id"], town.at(14))
    work()
    hers.look()
    booked.refresh_from_db()
    assert booked.start == town.at(14)
    assert hers.times()[0] == town.at(14)
    assert not hers.connection.issues.exists()


def test_a_move_there_that_a_pull_saw_too_early_is_followed_by_the_next_one(
    hers, booked, massage, carol, clock
):
    """The pull meets it while our own change waits; the push then finds that ours was there."""
    hers.google.fault(PATCH, drop="after")
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(12))
    work()
    hers.hand.move(hers.event()["id"], town.at(14))
    with Google(hers.connection) as google:
        target = hers.target
        target.connection = hers.connection
        pull.pull(google, target)
    clock.shift(60)
    work()
    hers.look()
    booked.refresh_from_db()
    assert booked.start == town.at(14)
    assert hers.link(booked).etag == hers.event()["etag"]
