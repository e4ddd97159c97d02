"""Reminders: planned, moved, dropped, sent once, and sense made of an outage."""

from datetime import UTC, datetime, timedelta

import pytest

from openslot.accounts.models import Customer
from openslot.appointments.booking import asking
from openslot.appointments.changing import answers, cancelling, editing, rescheduling
from openslot.appointments.models import Act
from openslot.kernel.errors import Invalid
from openslot.notifications import preferences, reminders
from openslot.notifications.models import Channel, Delivery, Reminder
from tests import town
from tests.notifications.letters import BOB, DAN, parsed, plain
from tests.working import work

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due(appointment, role="customer"):
    rows = Reminder.objects.filter(appointment=appointment, role=role, sent_at__isnull=True)
    return sorted(rows.values_list("due_at", flat=True))


@pytest.fixture
def visit(haircut, bob, outbox):
    """Bob's haircut at Dan's on Friday, 11:00 in Berlin."""
    made = town.booked(haircut, bob, town.at(9, day=4))
    outbox()
    return made


def test_a_confirmed_appointment_is_remembered_a_day_and_an_hour_ahead_by_both(visit):
    assert due(visit) == due(visit, "provider") == [visit.start - DAY, visit.start - HOUR]


def test_a_request_is_remembered_once_it_is_accepted(massage, bob, ada, outbox):
    made = town.booked(massage, bob, town.at(8, day=4))
    work()
    assert due(made) == []
    answers.accept(made.pk, by=ada)
    work()
    assert due(made) == [made.start - DAY, made.start - HOUR]


def test_what_would_have_been_due_before_the_booking_is_not_planned(haircut, bob, outbox):
    made = town.booked(haircut, bob, town.at(9))  # three hours ahead
    work()
    assert due(made) == [made.start - HOUR]


def test_a_move_moves_them_and_an_end_drops_them(visit, dan, bob):
    moved = rescheduling.reschedule(visit.pk, by=dan, start=town.at(12, day=5))
    work()
    assert due(visit) == [moved.start - DAY, moved.start - HOUR]
    cancelling.cancel(visit.pk, by=bob)
    work()
    assert not Reminder.objects.filter(appointment=visit).exists()


def test_a_late_plan_of_an_early_act_changes_nothing(visit, dan):
    early = Act.objects.get(moves__appointment=visit)
    rescheduling.reschedule(visit.pk, by=dan, start=town.at(12, day=5))
    work()
    planned = due(visit)
    reminders.plan_act(early.pk)
    assert due(visit) == planned


def test_they_are_sent_when_due_and_once(visit, outbox, clock):
    clock.move_to(visit.start - DAY - timedelta(seconds=1))
    assert reminders.send_due() == 0
    clock.move_to(visit.start - DAY)
    assert reminders.send_due() == 2
    told = outbox()
    assert set(told) == {BOB, DAN}
    assert parsed(told[BOB])["Subject"] == "Reminder: Haircut, Fri 5 Apr, 11:00"
    assert reminders.send_due() == 0
    assert outbox() == {}


def test_one_that_was_sent_is_sent_again_for_a_new_start(visit, dan, outbox, clock):
    clock.move_to(visit.start - DAY)
    reminders.send_due()
    outbox()
    editing.annotate(visit.pk, by=dan, notes="x")
    work()
    assert due(visit) == [visit.start - HOUR]
    moved = rescheduling.reschedule(visit.pk, by=dan, start=town.at(9, day=6))
    outbox()
    assert due(visit) == [moved.start - DAY, moved.start - HOUR]


def test_after_an_outage_late_ones_come_once_and_senseless_ones_never(
    visit, haircut, carol, outbox, clock
):
    over = town.booked(haircut, carol, town.at(8, day=4))
    outbox()
    clock.move_to(visit.start - timedelta(minutes=30))  # Carol's has begun, Bob's has not
    assert over.start < visit.start - timedelta(minutes=30)
    reminders.send_due()
    assert set(outbox()) == {BOB, DAN}  # one each, of two that were due
    assert not Reminder.objects.filter(sent_at__isnull=True).exists()


def test_what_was_cancelled_just_now_is_not_remembered(visit, bob, outbox, clock):
    clock.move_to(visit.start - DAY)
    cancelling.cancel(visit.pk, by=bob)  # and the worker has not planned anew yet
    reminders.send_due()
    assert not Delivery.objects.filter(kind="reminder").exists()


def test_other_times_plan_anew_what_is_booked(visit, bob):
    preferences.change(bob, reminder_minutes=[30, 120, 30])
    work()
    assert due(visit) == [visit.start - 2 * HOUR, visit.start - HOUR / 2]
    assert due(visit, "provider") == [visit.start - DAY, visit.start - HOUR]
    preferences.change(bob, reminder_minutes=[])
    work()
    assert due(visit) == []


@pytest.mark.parametrize("minutes", [[4], [43_201], [5, 6, 7, 8, 9, 10], [-5]])
def test_odd_times_are_refused(bob, minutes):
    with pytest.raises(Invalid) as refused:
        preferences.change(bob, reminder_minutes=minutes)
    assert "reminder_minutes" in refused.value.errors


def test_a_guest_is_reminded_too(massage, ada, outbox, clock):
    guest = asking.Guest("guest@example.org", "Gus", "Guest")
    made = town.booked(massage, ada, town.at(9, day=3), customer=guest)
    outbox()
    clock.move_to(made.start - DAY)
    reminders.send_due()
    assert "guest@example.org" in outbox()


def test_a_guest_who_unsubscribed_is_not(massage, ada, outbox, clock):
    guest = asking.Guest("guest@example.org", "Gus", "Guest")
    made = town.booked(massage, ada, town.at(9, day=3), customer=guest)
    outbox()
    customer = Customer.objects.get(email="guest@example.org")
    preferences.unsubscribe(preferences.Subscription(None, customer.pk, "reminder"))
    clock.move_to(made.start - DAY)
    reminders.send_due()
    assert "guest@example.org" not in outbox()


@pytest.mark.parametrize(
    ("day", "hour", "before"),
    [
        # Clocks go forward on 31 March 2030, 02:00 in Berlin: a day is 24 hours, not a wall's day.
        (datetime(2030, 3, 31, tzinfo=UTC), 8, "09:00"),
        # And back on 27 October.
        (datetime(2030, 10, 27, tzinfo=UTC), 9, "11:00"),
    ],
)
def test_a_day_ahead_is_24_hours_whatever_the_clocks_do(
    haircut, bob, dan, outbox, clock, day, hour, before
):
    start = day.replace(hour=hour)  # 10:00 in Berlin
    clock.move_to(start - 3 * DAY)
    made = town.booked(haircut, bob, start)
    outbox()
    assert due(made)[0] == start - DAY
    assert due(made)[0].astimezone(dan.provider.zone).strftime("%H:%M") == before
    clock.move_to(start - DAY)
    reminders.send_due()
    told = outbox()
    assert "10:00–10:30 (Europe/Berlin)" in plain(told[BOB])


def test_a_batch_costs_the_same_however_many_are_due(
    haircut, outbox, clock, django_assert_max_num_queries
):
    for number in range(8):
        town.booked(haircut, town.person(f"P{number}"), town.at(7, day=4) + number * HOUR / 2)
    work()
    clock.move_to(town.at(6, day=4))
    # two savepoints; what is due, its appointments, their reminders, preferences, what is known, insert, jobs,
    # sent; and a second batch that finds nothing
    with django_assert_max_num_queries(13):
        reminders.send_due()
    assert Delivery.objects.filter(kind="reminder", channel=Channel.EMAIL).count() > 8
