"""What booking promises: who may, what it costs, what is held, and what a refusal leaves: nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.booking import asking
from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment, Move, Role, Status
from openslot.kernel.errors import Invalid, NotAllowed
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

TEN = town.at(8)  # in Berlin, on the tests' Monday


def test_a_request_holds_its_time_and_waits_for_the_provider(massage, bob):
    before = traces.seen()
    made = town.book(massage.pk, by=bob, start=TEN, notes="First visit")
    assert (made.status, made.version, made.notes) == (Status.PENDING, 1, "First visit")
    assert (made.start, made.end) == (TEN, TEN + timedelta(hours=1))
    assert made.expires_at == TEN  # sooner than Ada's 48 hours
    act = traces.only_act(traces.seen().since(before))
    assert (act.actor, act.role) == (bob, Role.CUSTOMER)
    (move,) = Move.objects.all()
    assert (move.action, move.from_status, move.to_status) == ("book", "", Status.PENDING)


def test_a_provider_who_wants_that_has_bookings_confirmed_at_once(haircut, bob):
    made = town.book(haircut.pk, by=bob, start=TEN)
    assert (made.status, made.expires_at) == (Status.CONFIRMED, None)


def test_the_same_time_is_not_given_twice(massage, bob, carol):
    town.book(massage.pk, by=bob, start=TEN)
    refused(errors.SlotTaken, town.book, massage.pk, by=carol, start=TEN)


@pytest.mark.parametrize("end", [cancelling.cancel, answers.decline])
def test_what_has_ended_gives_its_time_back(end, massage, ada, bob, carol):
    made = town.book(massage.pk, by=bob, start=TEN)
    end(made.pk, by=ada)
    assert town.book(massage.pk, by=carol, start=TEN).status == Status.PENDING


def test_touching_appointments_do_not_overlap(massage, bob, carol):
    town.book(massage.pk, by=bob, start=TEN)
    town.book(massage.pk, by=carol, start=TEN + timedelta(hours=1))
    assert Appointment.objects.active().count() == 2


@pytest.mark.parametrize(("gap", "free"), [(10, False), (20, False), (24, False), (25, True)])
def test_the_gap_is_the_sum_of_one_s_after_and_the_next_s_before(gap, free, ada, massage):
    massage.buffer_before_minutes, massage.buffer_after_minutes = 10, 15
    massage.save()
    town.book(massage.pk, by=ada, start=TEN, customer=GUEST)
    start = TEN + timedelta(hours=1, minutes=gap)
    if free:
        town.book(massage.pk, by=ada, start=start, customer=GUEST)
    else:
        refused(errors.SlotTaken, town.book, massage.pk, by=ada, start=start, customer=GUEST)


def test_a_customer_is_in_one_place_at_a_time(massage, haircut, bob):
    town.book(massage.pk, by=bob, start=TEN)
    half_past = TEN + timedelta(minutes=30)
    refused(errors.CustomerBusy, town.book, haircut.pk, by=bob, start=half_past)
    town.book(haircut.pk, by=bob, start=TEN + timedelta(hours=1))


def test_a_provider_s_own_visit_elsewhere_is_their_affair(haircut, massage, ada, bob):
    town.book(massage.pk, by=bob, start=TEN)
    town.book(haircut.pk, by=ada, start=TEN)
    assert Appointment.objects.active().count() == 2


def test_a_price_is_settled_when_booked(massage, ada, bob):
    made = town.book(massage.pk, by=bob, start=TEN)
    massage.tariff, massage.duration_minutes = Money("99.00", "USD"), 15
    massage.save()
    answers.accept(made.pk, by=ada)
    rescheduling.reschedule(made.pk, by=ada, start=TEN + timedelta(hours=3))
    made.refresh_from_db()
    assert made.price == Money("50.00", "EUR")
    assert made.duration == timedelta(hours=1)
    assert made.price_rule == {
        "pricing": "fixed",
        "tariff": "50.00",
        "currency": "EUR",
        "duration_minutes": 60,
    }


@pytest.mark.parametrize(
    ("rate", "minutes", "price"),
    [
        (Money("30.00", "EUR"), 90, Money("45.00", "EUR")),
        (Money("10.00", "EUR"), 50, Money("8.33", "EUR")),
        (Money("0.30", "EUR"), 1, Money("0.01", "EUR")),  # half up
        (Money("1001", "JPY"), 30, Money("501", "JPY")),  # a currency without a minor unit
        (Money("1.001", "KWD"), 30, Money("0.501", "KWD")),  # and one with three digits
    ],
)
def test_a_rate_is_for_an_hour(rate, minutes, price, ada, bob):
    sold = town.service(ada.provider, pricing="hourly", tariff=rate, duration_minutes=minutes)
    made = town.book(sold.pk, by=bob, start=TEN)
    made.refresh_from_db()
    assert made.price == price


def test_a_blocked_customer_books_nothing(massage, ada, bob):
    town.book(massage.pk, by=bob, start=TEN)
    Customer.objects.update(blocked=True)
    later = TEN + timedelta(hours=2)
    refused(NotAllowed, town.book, massage.pk, by=bob, start=later)
    # The provider is the one who blocks, and may book for them.
    known = Customer.objects.get().pk
    assert town.book(massage.pk, by=ada, start=later, customer=known).status == "confirmed"


def test_open_requests_are_counted_for_each_customer(massage, ada, bob, carol):
    massage.provider.pending_limit = 2
    massage.provider.save()
    first = town.book(massage.pk, by=bob, start=TEN)
    town.book(massage.pk, by=bob, start=TEN + timedelta(hours=1))
    third = TEN + timedelta(hours=2)
    refused(errors.LimitReached, town.book, massage.pk, by=bob, start=third)
    town.book(massage.pk, by=carol, start=TEN + timedelta(hours=3))
    answers.accept(first.pk, by=ada)
    town.book(massage.pk, by=bob, start=third)


def test_a_full_day_takes_no_more_but_the_provider_s_own(massage, ada, bob, carol):
    massage.provider.daily_limit = 1
    massage.provider.save()
    town.book(massage.pk, by=bob, start=TEN)
    later = TEN + timedelta(hours=2)
    refused(errors.LimitReached, town.book, massage.pk, by=carol, start=later)
    town.book(massage.pk, by=carol, start=later + timedelta(days=1))
    town.book(massage.pk, by=ada, start=later, customer=GUEST)


@pytest.mark.parametrize(
    "start",
    [
        TEN - timedelta(hours=5),  # before the hours
        TEN + timedelta(minutes=7),  # off the grid
        TEN + timedelta(hours=6, minutes=30),  # its end beyond the hours
        TEN - timedelta(days=1),  # past
        TEN + timedelta(days=61),  # beyond the window
    ],
)
def test_customers_are_bound_by_the_hours_and_providers_are_not(start, massage, ada, bob):
    refused(errors.SlotUnavailable, town.book, massage.pk, by=bob, start=start)
    made = town.book(massage.pk, by=ada, start=start, customer=GUEST)
    assert made.status == Status.CONFIRMED


def test_a_guest_is_one_customer_whatever_the_capitals(massage, ada):
    first = town.book(massage.pk, by=ada, start=TEN, customer=GUEST)
    again = GUEST._replace(email="gil@example.ORG ", first_name="Gilbert")
    second = town.book(massage.pk, by=ada, start=town.at(12), customer=again)
    assert first.customer == second.customer
    assert (second.customer.name, second.attendee) == ("Gil Guest", None)
    assert (first.customer_name, second.customer_name) == ("Gil Guest", "Gilbert Guest")


def test_an_address_counts_for_an_account_once_it_is_verified(massage, ada, bob):
    guest = asking.Guest(bob.email.upper())
    Customer.objects.create(provider=ada.provider, user=bob)
    made = town.book(massage.pk, by=ada, start=TEN, customer=guest)
    assert (made.customer.user, made.attendee) == (bob, bob)
    EmailAddress.objects.filter(user=bob).update(verified=False)
    made = town.book(massage.pk, by=ada, start=town.at(12), customer=guest)
    assert (made.customer.user, made.attendee) == (None, None)


def test_who_books_for_whom(massage, haircut, ada, bob, eve):
    refused(Invalid, town.book, massage.pk, by=ada, start=TEN)
    refused(NotAllowed, town.book, massage.pk, by=eve, start=TEN, customer=GUEST)
    refused(Invalid, town.book, massage.pk, by=ada, start=TEN, customer=uuid.uuid4())
    elsewhere = town.book(haircut.pk, by=bob, start=TEN).customer
    refused(Invalid, town.book, massage.pk, by=ada, start=TEN, customer=elsewhere.pk)
    myself = asking.Guest(ada.email)
    refused(Invalid, town.book, massage.pk, by=ada, start=TEN, customer=myself)


def test_what_is_not_sold_is_not_booked(massage, bob):
    refused(Invalid, town.book, uuid.uuid4(), by=bob, start=TEN)
    massage.active = False
    massage.save()
    refused(errors.SlotUnavailable, town.book, massage.pk, by=bob, start=TEN)
    massage.removed_at = town.NOW
    massage.save()
    refused(Invalid, town.book, massage.pk, by=bob, start=TEN)


@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_time_out_of_all_bounds_is_said_to_be_that(year, massage, ada):
    start = datetime(year, 6, 1, tzinfo=UTC)
    found = refused(Invalid, town.book, massage.pk, by=ada, start=start, customer=GUEST)
    assert set(found.errors) == {"start"}


BROKEN = {
    "appointment_held_covers_it": "held = '{[2030-01-01,2030-01-02)}'",
    "appointment_ends_after_its_start": '"end" = start',
    "appointment_bounds_are_finite": "\"end\" = 'infinity', held = '{[2000-01-01,)}'",
    "appointment_proposal_is_whole": "proposed_start = start",
    "appointment_proposal_only_while_active": (
        "status = 'cancelled', proposed_start = start, proposed_end = \"end\","
        " proposed_by = 'customer', proposal_expires_at = start"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_itself_refuses_what_may_never_be(name, massage, bob):
    town.book(massage.pk, by=bob, start=TEN)
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE appointments_appointment SET {BROKEN[name]}")
    assert caught.value.__cause__.diag.constraint_name == name


def test_a_plain_booking_by_somebody_known_is_seven_statements(massage, bob):
    """The service with its provider, the customer, the hours, free time; both locks; what is
    written, and the job; savepoints aside.
    """
    town.booked(massage, bob, town.at(8))
    with CaptureQueriesContext(connection) as queries:
        town.booked(massage, bob, town.at(10))
    said = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(said) == 7
