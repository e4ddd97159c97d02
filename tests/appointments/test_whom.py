"""Who an appointment is for, and where a new customer of a provider comes from."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from openslot.accounts.models import Customer
from openslot.appointments.booking.asking import Guest
from tests import town

pytestmark = pytest.mark.django_db

TEN, NOON = town.at(8, day=1), town.at(10, day=1)


def test_an_account_is_one_customer_of_each_provider(massage, haircut, bob):
    first, second = (town.book(massage.pk, by=bob, start=start) for start in (TEN, NOON))
    assert first.customer == second.customer
    assert town.book(haircut.pk, by=bob, start=town.at(8, day=2)).customer != first.customer
    assert {each.user for each in Customer.objects.all()} == {bob}


def test_a_guest_is_kept_as_the_provider_names_them(massage, ada):
    guest = Guest(" Gil@Example.org ", "Gil", "Guest")
    made = town.book(massage.pk, by=ada, start=TEN, customer=guest)
    kept = Customer.objects.get()
    assert (kept.email, kept.first_name, kept.last_name) == ("gil@example.org", "Gil", "Guest")
    assert (kept.user, kept.provider, made.customer) == (None, ada.provider, kept)


def test_a_guest_of_one_provider_is_nobody_to_another(massage, haircut, ada, dan):
    guest = Guest("gil@example.org", "Gil")
    mine = town.book(massage.pk, by=ada, start=TEN, customer=guest)
    other = town.book(haircut.pk, by=dan, start=TEN, customer=guest)
    assert mine.customer != other.customer


def test_the_address_of_an_account_that_is_closed_is_a_guest_s(massage, ada, bob):
    bob.is_active = False
    bob.save()
    made = town.book(massage.pk, by=ada, start=TEN, customer=Guest(bob.email, "Bob"))
    assert (made.customer.user, made.customer.email) == (None, bob.email)


def test_any_verified_address_of_an_account_counts_and_no_other(massage, ada, bob):
    town.book(massage.pk, by=bob, start=town.at(8, day=2))
    second = {"user": bob, "primary": False, "email": "bob@work.example"}
    address = EmailAddress.objects.create(verified=False, **second)
    guest = Guest("Bob@Work.example", "Bob")
    unproven = town.book(massage.pk, by=ada, start=TEN, customer=guest)
    assert unproven.customer.user is None
    address.verified = True
    address.save()
    assert town.book(massage.pk, by=ada, start=NOON, customer=guest).customer.user == bob


def test_a_customer_is_chosen_by_their_id(massage, ada, bob):
    known = town.book(massage.pk, by=bob, start=TEN).customer
    made = town.book(massage.pk, by=ada, start=NOON, customer=known.pk)
    assert (made.customer, made.attendee, made.status) == (known, bob, "confirmed")


def test_a_guest_whose_address_an_account_has_by_now_is_a_guest_still(massage, ada, bob):
    """Whoever has the account says so first, by booking there or by accepting."""
    EmailAddress.objects.filter(user=bob).update(verified=False)
    before = town.book(massage.pk, by=ada, start=TEN, customer=Guest(bob.email))
    EmailAddress.objects.filter(user=bob).update(verified=True)
    after = town.book(massage.pk, by=ada, start=NOON, customer=Guest(bob.email))
    assert (after.customer, after.customer.user) == (before.customer, None)


def test_who_was_erased_is_a_stranger_who_may_be_met_again(massage, ada):
    guest = Guest("gil@example.org", "Gil", "Guest")
    made = town.book(massage.pk, by=ada, start=TEN, customer=guest)
    Customer.objects.update(email="", first_name="", last_name="")
    again = town.book(massage.pk, by=ada, start=NOON, customer=guest)
    assert again.customer != made.customer
