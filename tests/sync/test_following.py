"""What somebody does in Google is followed here: scenarios 10 to 16."""

import pytest

from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment, Status, Way
from openslot.sync.connecting import calendars
from openslot.sync.inward import answering
from openslot.sync.models import Issue, Kind, LinkState, State
from tests import town
from tests.sync.town_square import tick
from tests.working import work

pytestmark = pytest.mark.django_db
PATCH, DELETE = "calendar.events.patch", "calendar.events.delete"
BOB, ADA = "bob@example.org", "ada@example.org"


@pytest.fixture
def booked(hers, massage, bob, mails):
    """Bob's massage, Monday 10:00 in Berlin, accepted, and in Ada's calendar."""
    made = town.booked(massage, bob, town.at(8))
    answers.accept(made.pk, by=hers.user)
    mails()
    hers.google.forget_requests()
    return made


def series(hers, massage, people, count):
    made = []
    for number in range(count):
        person = people[number % len(people)]
        one = town.booked(massage, person, town.at(8, day=number + 1))
        answers.accept(one.pk, by=hers.user)
        made.append(one)
    work()
    hers.google.forget_requests()
    return made


def fresh(appointment):
    return Appointment.objects.get(pk=appointment.pk)


def ids(hers):
    return [event["id"] for event in hers.events()]


def test_10_a_move_to_a_free_time_is_a_move_here_and_nothing_is_sent_back(hers, booked, mails):
    hers.hand.move(hers.event()["id"], town.at(12))
    hers.look()
    moved = fresh(booked)
    assert moved.start == town.at(12)
    act = moved.moves.last().act
    assert (act.via, act.actor) == (Way.GOOGLE, hers.user)
    assert mails().count(BOB) == 1
    assert not hers.writes()
    assert hers.link(booked).pushed_rev == moved.version
    hers.look()
    assert fresh(booked).version == moved.version


def test_11_a_move_onto_another_appointment_is_asked_about(hers, booked, massage, carol, mails):
    other = town.booked(massage, carol, town.at(12))
    mails()
    event = hers.link(booked).event_id
    hers.hand.move(event, town.at(12, 30))
    hers.look()
    assert fresh(booked).start == town.at(8)
    issue = Issue.objects.get()
    assert (issue.kind, issue.link.appointment) == (Kind.MOVED_TO_TAKEN, booked)
    assert mails() == [ADA]
    assert hers.connection.state == State.ACTIVE
    hers.look()
    assert mails() == []  # once
    answering.answer(issue.pk, by=hers.user, answer="restore")
    work()
    assert hers.times(hers.hand.get(event))[0] == town.at(8)
    assert not Issue.objects.open().exists()
    assert fresh(other).start == town.at(12)


def test_a_question_is_settled_by_a_move_here(hers, booked, massage, carol, mails, clock):
    town.booked(massage, carol, town.at(12))
    work()
    event = hers.link(booked).event_id
    hers.hand.move(event, town.at(12, 30))
    hers.look()
    clock.shift(60)
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(14))
    work()
    assert hers.times(hers.hand.get(event))[0] == town.at(14)
    assert not Issue.objects.open().exists()


def test_a_move_into_the_past_is_asked_about(hers, booked):
    hers.hand.move(hers.event()["id"], town.at(8, day=-1))
    hers.look()
    assert fresh(booked).start == town.at(8)
    assert Issue.objects.get().kind == Kind.MOVED_TO_TAKEN


def test_made_a_whole_day_it_is_asked_about(hers, booked):
    day = {"date": "2030-04-03", "dateTime": None}
    hers.hand.patch(hers.event()["id"], start=day, end=day | {"date": "2030-04-04"})
    hers.look()
    assert fresh(booked).start == town.at(8)
    answering.answer(Issue.objects.get().pk, by=hers.user, answer="restore")
    work()
    assert hers.times() == (town.at(8), town.at(9))


def test_another_length_springs_back(hers, booked):
    hers.hand.move(hers.event()["id"], town.at(12), town.at(15))
    hers.look()
    assert fresh(booked).start == town.at(12)
    assert hers.times() == (town.at(12), town.at(13))


def test_12_what_is_deleted_is_cancelled_once_the_grace_is_over(hers, booked, mails, clock):
    hers.hand.delete(hers.event()["id"])
    hers.look()
    assert fresh(booked).status == Status.CONFIRMED
    clock.shift(121)
    work()
    cancelled = fresh(booked)
    assert cancelled.status == Status.CANCELLED
    assert cancelled.moves.last().act.via == Way.GOOGLE
    assert mails().count(BOB) == 1
    assert not hers.google.calls(DELETE)


def test_what_google_does_not_confirm_is_not_cancelled(hers, booked, clock):
    hers.hand.delete(hers.event()["id"])
    hers.look()
    clock.shift(121)
    hers.google.fault("calendar.events.get", status=503, times=1)
    work()
    assert fresh(booked).status == Status.CONFIRMED
    assert hers.connection.failures == 1


def test_who_wants_to_be_asked_is_asked(hers, booked, clock):
    hers.connection.__class__.objects.update(cancels=False)
    hers.hand.delete(hers.event()["id"])
    hers.look()
    clock.shift(121)
    work()
    assert fresh(booked).status == Status.CONFIRMED
    assert Issue.objects.get().kind == Kind.NOT_CANCELLED


def test_13_a_deletion_that_is_undone_in_time_is_none(hers, booked, clock):
    event = hers.event()["id"]
    hers.hand.delete(event)
    hers.look()
    clock.shift(60)
    hers.hand.restore(event)
    hers.look()
    clock.shift(121)
    work()
    assert fresh(booked).status == Status.CONFIRMED
    assert hers.link(booked).etag == hers.event()["etag"]


def test_14_an_event_in_another_of_their_calendars_is_followed_there(hers, booked, clock):
    other = hers.google.add_calendar(hers.email, "Work")
    hers.list_calendars()
    calendars.choose(hers.user, blocking=[hers.email, other])
    hers.look()
    hers.hand.move_to(hers.event()["id"], other)
    hers.look()
    clock.shift(121)
    work()
    assert fresh(booked).status == Status.CONFIRMED
    assert hers.link(booked).calendar.google_id == other
    assert not hers.user.provider.busy.exists()
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(12))
    work()
    assert hers.times(hers.event(calendar=other))[0] == town.at(12)
    assert hers.events() == []


def test_15_an_emptied_calendar_cancels_nothing_and_asks_once(
    hers, massage, bob, carol, mails, clock
):
    made = series(hers, massage, [bob, carol], 8)
    mails()
    for event in ids(hers):
        hers.hand.delete(event)
    hers.look()
    clock.shift(121)
    assert mails() == [ADA]
    assert hers.connection.state == State.NEEDS_ATTENTION
    assert {fresh(one).status for one in made} == {Status.CONFIRMED}
    issue = Issue.objects.get()
    assert (issue.kind, issue.data["count"]) == (Kind.MASS_DELETION, 8)
    tick()
    assert mails() == []


def test_three_of_four_are_many_too(hers, massage, bob, clock):
    made = series(hers, massage, [bob], 4)
    for event in ids(hers)[:3]:
        hers.hand.delete(event)
    hers.look()
    clock.shift(121)
    work()
    assert {fresh(one).status for one in made} == {Status.CONFIRMED}


def test_deletions_of_several_pulls_are_counted_together(hers, massage, bob, clock):
    made = series(hers, massage, [bob], 8)
    for event in ids(hers):
        hers.hand.delete(event)
        hers.look()
        clock.shift(10)
    clock.shift(121)
    work()
    assert {fresh(one).status for one in made} == {Status.CONFIRMED}


def test_16_what_vanished_is_put_back_under_ids_that_nothing_had(hers, massage, bob, clock):
    made = series(hers, massage, [bob], 8)
    for event in ids(hers):
        hers.hand.delete(event)
    hers.look()
    clock.shift(121)
    work()
    answering.answer(Issue.objects.get().pk, by=hers.user, answer="restore")
    work()
    assert len(hers.events()) == 8
    assert {event["id"][-2:] for event in hers.events()} == {"g1"}
    assert hers.connection.state == State.ACTIVE
    hers.look()
    assert {fresh(one).status for one in made} == {Status.CONFIRMED}


def test_or_it_was_meant(hers, massage, bob, clock, mails):
    made = series(hers, massage, [bob], 8)
    mails()
    for event in ids(hers):
        hers.hand.delete(event)
    hers.look()
    clock.shift(121)
    work()
    answering.answer(Issue.objects.get().pk, by=hers.user, answer="cancel")
    assert mails().count(BOB) == 8
    assert {fresh(one).status for one in made} == {Status.CANCELLED}
    assert hers.connection.state == State.ACTIVE


def test_a_deletion_that_would_break_what_depends_on_it_is_asked_about(
    hers, booked, massage, bob, clock
):
    after = town.following(massage, "Second massage", 1, 30)
    town.booked(after, bob, town.at(8, day=7))
    work()
    hers.hand.delete(hers.link(booked).event_id)
    hers.look()
    clock.shift(121)
    work()
    assert fresh(booked).status == Status.CONFIRMED
    issue = Issue.objects.get()
    assert issue.kind == Kind.NOT_CANCELLED
    answering.answer(issue.pk, by=hers.user, answer="cancel")
    assert fresh(booked).status == Status.CANCELLED


def test_moved_here_and_there_the_later_one_counts(hers, booked, clock):
    event = hers.event()["id"]
    hers.hand.move(event, town.at(12))
    clock.shift(60)
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(14))
    work()
    assert hers.times()[0] == town.at(14)


def test_moved_there_after_it_was_moved_here_is_asked_about(hers, booked, clock):
    event = hers.event()["id"]
    rescheduling.reschedule(booked.pk, by=hers.user, start=town.at(14))
    clock.shift(60)
    hers.hand.move(event, town.at(12))
    work()
    assert fresh(booked).start == town.at(14)
    issue = Issue.objects.get()
    assert issue.kind == Kind.BOTH_MOVED
    hers.look()
    assert hers.times()[0] == town.at(12)
    answering.answer(issue.pk, by=hers.user, answer="restore")
    work()
    assert hers.times()[0] == town.at(14)


def test_an_event_of_ours_out_of_the_bin_does_not_stand_there_for_nothing(hers, booked):
    event = hers.event()["id"]
    cancelling.cancel(booked.pk, by=hers.user)
    work()
    hers.hand.restore(event)
    hers.look()
    assert hers.events() == []
    assert hers.connection.links.get().state == LinkState.GONE


def test_a_stranger_answers_nothing(hers, booked, eve, clock):
    hers.hand.move(hers.event()["id"], town.at(8, day=-1))
    hers.look()
    with pytest.raises(answering.NotFound):
        answering.answer(Issue.objects.get().pk, by=eve, answer="restore")


def test_moved_there_and_back_again_it_is_where_it_was(hers, booked):
    for hour in (12, 8, 12):
        hers.hand.move(hers.event()["id"], town.at(hour))
        hers.look()
        assert fresh(booked).start == town.at(hour)
        assert hers.times()[0] == town.at(hour)
