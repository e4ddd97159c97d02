"""Somebody who never booked with a provider is a guest to them, account or not."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.booking import asking
from openslot.appointments.changing import answers, rescheduling
from openslot.appointments.guests import firsts, invitations
from openslot.appointments.models import Appointment, Series
from openslot.kernel.errors import NotAllowed, NotFound, TooOften
from openslot.privacy import erasure, joining, taking_along
from tests import town

pytestmark = pytest.mark.django_db

TEN = town.at(8)
BOBBY = asking.Guest("Bob@example.org", "Bobby", "Given")
WEEKLY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
def made(massage, ada, bob):
    """Ada made an appointment for Bob's address; he never booked with her."""
    return town.book(massage.pk, by=ada, start=TEN, customer=BOBBY)


def again(appointment):
    return Appointment.objects.with_people().get(pk=appointment.pk)


def test_an_account_that_never_booked_there_is_a_guest_under_the_name_given(made, bob, haircut):
    assert (made.customer.user, made.attendee, made.customer_name) == (None, None, "Bobby Given")
    assert not Appointment.objects.visible_to(bob).exists()
    assert town.book(haircut.pk, by=bob, start=TEN).attendee == bob


def test_who_accepts_is_known_by_their_own_name_with_all_that_was_made_for_them(
    made, massage, ada, bob
):
    other = town.book(massage.pk, by=ada, start=town.at(12), customer=BOBBY)
    taken = answers.accept(made.pk, by=bob)
    assert (taken.attendee, taken.customer_name, taken.status) == (bob, "Bob Test", "confirmed")
    assert again(other).attendee == bob
    assert set(Appointment.objects.as_customer(bob)) == {made, other}
    assert Customer.objects.get().user == bob


def test_nobody_else_accepts_it(made, bob, eve):
    for stranger in (eve, made.provider.user):
        with pytest.raises((NotFound, errors.InvalidTransition, NotAllowed)):
            answers.accept(made.pk, by=stranger)
    EmailAddress.objects.filter(user=bob).update(verified=False)
    with pytest.raises(NotFound):
        answers.accept(made.pk, by=bob)
    assert again(made).customer.user is None


def test_who_books_there_takes_what_was_made_for_them(made, massage, bob):
    mine = town.book(massage.pk, by=bob, start=town.at(12))
    assert again(made).customer == mine.customer
    assert (again(made).attendee, again(made).customer_name) == (bob, "Bob Test")
    assert Customer.objects.count() == 1


def test_whom_a_provider_blocked_as_a_guest_does_not_book_with_an_account(made, massage, bob):
    Customer.objects.update(blocked=True)
    with pytest.raises(NotAllowed):
        town.book(massage.pk, by=bob, start=town.at(12))


def test_once_known_the_account_has_what_its_provider_books(made, massage, ada, bob):
    answers.accept(made.pk, by=bob)
    assert town.book(massage.pk, by=ada, start=town.at(12), customer=BOBBY).attendee == bob


@pytest.mark.parametrize("known", [True, False])
def test_a_provider_never_learns_that_somebody_is_elsewhere(known, massage, haircut, ada, bob):
    """The answers with and without an appointment elsewhere are the same, in every way to ask."""
    who = Customer.objects.create(provider=ada.provider, user=bob).pk if known else BOBBY
    town.book(haircut.pk, by=bob, start=TEN)
    asked = {"by": ada, "start": TEN, "customer": who}
    assert [one.reason for one in town.preview(massage.pk, **asked).occurrences] == [None]
    for more in ({"recurrence": WEEKLY}, {"recurrence": WEEKLY, "on_conflict": "shift"}):
        shown = town.preview(massage.pk, **asked, **more).occurrences
        assert [(one.reason, one.shifted_from) for one in shown] == [(None, None)] * 3
    made = town.book(massage.pk, **asked)
    assert (made.attendee, made.needs_attention, made.start) == (None, False, TEN)
    moved = rescheduling.reschedule(made.pk, by=ada, start=town.at(12))
    assert moved.attendee == (bob if known else None)
    back = rescheduling.reschedule(made.pk, by=ada, start=TEN)
    assert (back.attendee, back.needs_attention) == (None, False)


def test_a_series_of_the_provider_takes_the_customers_time_where_it_is_free(
    massage, haircut, ada, bob
):
    who = Customer.objects.create(provider=ada.provider, user=bob).pk
    town.book(haircut.pk, by=bob, start=town.at(8, day=7))
    series = town.book_series(massage.pk, by=ada, start=TEN, customer=who, recurrence=WEEKLY)
    found = [each.attendee for each in series.occurrences.order_by("start")]
    assert found == [bob, None, bob]


def test_what_a_provider_takes_along_does_not_say_it_either(massage, haircut, ada, bob):
    who = Customer.objects.create(provider=ada.provider, user=bob).pk
    town.book(haircut.pk, by=bob, start=TEN)
    town.book(massage.pk, by=ada, start=TEN, customer=who)
    [kept] = taking_along.everything(ada)["provider"]["appointments"]
    assert "attendee_id" not in kept


def test_a_customer_is_still_told(massage, haircut, bob):
    town.book(haircut.pk, by=bob, start=TEN)
    with pytest.raises(errors.CustomerBusy):
        town.book(massage.pk, by=bob, start=TEN)


def test_accepting_what_meets_another_appointment_joins_and_takes_no_time(made, haircut, bob):
    town.book(haircut.pk, by=bob, start=TEN)
    taken = invitations.accept(made.pk, by=bob)
    assert (taken.customer.user, taken.attendee, taken.needs_attention) == (bob, None, False)


def test_each_booking_keeps_the_name_it_was_made_with(massage, ada, people):
    names = [("Gil", "Guest"), ("Gundula", "Other")]
    one, two = (
        town.book(
            massage.pk,
            by=ada,
            start=town.at(hour),
            customer=town.GUEST._replace(first_name=first, last_name=last),
        )
        for hour, (first, last) in zip((8, 10), names, strict=True)
    )
    assert one.customer == two.customer
    assert [again(each).customer_name for each in (one, two)] == ["Gil Guest", "Gundula Other"]
    again_by_id = town.book(massage.pk, by=ada, start=town.at(12), customer=one.customer.pk)
    assert again_by_id.customer_name == "Gil Guest"
    user = town.person("Nora", email="gil@example.org")
    joining.join(user, email=user.email)
    assert {again(each).customer_name for each in (one, two)} == {"Nora Test"}


def test_a_series_keeps_its_name_as_it_goes_on(massage, ada, people):
    town.book(massage.pk, by=ada, start=town.at(6), customer=town.GUEST)
    renamed = town.GUEST._replace(first_name="Gundula")
    series = town.book_series(massage.pk, by=ada, start=TEN, customer=renamed, recurrence=WEEKLY)
    town.extend(series.pk, by=ada, count=1)
    names = {each.customer_name for each in series.occurrences.select_related("customer__user")}
    assert names == {"Gundula Guest"} == {Series.objects.get().customer_name}


def test_erasure_takes_what_was_made_for_the_address_and_the_export_shows_it(made, bob):
    [invited] = taking_along.everything(bob)["invitations"]
    assert invited["id"] == str(made.pk)
    erasure.erase(bob)
    assert (again(made).status, again(made).customer_name) == ("cancelled", "Former customer")
    assert (again(made).booked_as, again(made).customer.email) == ("", "")


def test_a_provider_who_goes_takes_the_names_along(made, ada):
    erasure.erase(ada)
    assert again(made).customer_name == "Former customer"


# How many strangers hear of a provider ---------------------------------------------------------


@pytest.fixture
def fifty(massage, ada):
    """Ada has booked for as many strangers as she may within 24 hours."""
    first = town.book(massage.pk, by=ada, start=TEN, customer=town.GUEST)
    columns = [field.attname for field in Appointment._meta.concrete_fields]
    copied = {name: getattr(first, name) for name in columns if name != "id"}
    others = []
    for n in range(1, firsts.MOST):
        span = first.span._replace(
            start=first.start + timedelta(days=n), end=first.end + timedelta(days=n)
        )
        own = {"start": span.start, "end": span.end, "held": [span]}
        own |= {"created_at": first.created_at + timedelta(minutes=n)}
        others.append(Appointment(**copied | own))
    Appointment.objects.bulk_create(others)
    return first


def test_the_51st_booking_for_somebody_new_is_not_made(fifty, massage, ada, clock):
    clock.move_to(town.NOW + timedelta(hours=23))
    stranger = asking.Guest("new@example.org", "New")
    for more in ({}, {"recurrence": WEEKLY}):
        with pytest.raises(TooOften) as refusal:
            town.book(massage.pk, by=ada, start=town.at(12, day=3), customer=stranger, **more)
        assert refusal.value.seconds == 3600
    assert not Customer.objects.filter(email="new@example.org").exists()
    clock.move_to(town.NOW + timedelta(hours=24))
    town.book(massage.pk, by=ada, start=town.at(12, day=3), customer=stranger)


def test_known_people_and_what_exists_are_not_counted(fifty, massage, ada, bob, settings):
    known = Customer.objects.create(provider=ada.provider, user=bob)
    town.book(massage.pk, by=ada, start=town.at(12), customer=known.pk)
    town.book(massage.pk, by=ada, start=town.at(13), customer=asking.Guest("", "By telephone"))
    rescheduling.reschedule(fifty.pk, by=ada, start=town.at(14))
    settings.RATE_LIMITS = "off"
    town.book(massage.pk, by=ada, start=town.at(15), customer=town.GUEST)


def test_a_series_for_somebody_new_counts_once(massage, ada, clock):
    for n in range(firsts.MOST):
        clock.move_to(town.NOW + timedelta(minutes=n))
        guest = asking.Guest(f"new{n}@example.org", "New")
        start = town.at(n % 24, day=n // 24)
        town.book_series(massage.pk, by=ada, start=start, customer=guest, recurrence=WEEKLY)
