"""Guests as their provider keeps them: names, addresses, numbers, and two who are one."""

from __future__ import annotations

from uuid import UUID

import pytest

from openslot.accounts.models import Customer
from openslot.appointments.booking import asking
from openslot.appointments.desk import customers
from openslot.appointments.guests import correcting
from openslot.appointments.models import Appointment
from openslot.kernel.errors import Invalid, NotFound
from openslot.notifications import deliver
from openslot.notifications.models import Delivery, Preference
from tests import town

pytestmark = pytest.mark.django_db

GIL = asking.Guest("gil@example.org", "Gil", "Guest")
ALONE = asking.Guest(first_name="Gil")


def booked(massage, ada, hour, guest, *, day=1):
    return town.booked(massage, ada, town.at(hour, day=day), customer=guest)


def refused(error, act, *args, **kwargs):
    with pytest.raises(error) as found:
        act(*args, **kwargs)
    return found.value


def again(appointment):
    return Appointment.objects.select_related("customer").get(pk=appointment.pk)


def test_a_name_alone_is_enough_and_nobody_is_mailed(massage, ada):
    made = booked(massage, ada, 8, ALONE)
    deliver.tell(made.moves.get().act_id)
    assert (made.customer_name, made.customer.email, made.status) == ("Gil", "", "confirmed")
    assert not Delivery.objects.filter(customer=made.customer).exists()


def test_a_number_alone_is_enough(massage, ada):
    made = booked(massage, ada, 8, asking.Guest(phone="030 901820"))
    assert (made.customer.name, made.customer.phone) == ("030 901820", "030 901820")


def test_a_number_that_nobody_could_call_is_refused(massage, ada):
    found = refused(Invalid, booked, massage, ada, 8, asking.Guest(phone="ask Gil"))
    assert found.errors.keys() == {"phone"}
    assert not Customer.objects.exists()


def test_without_an_address_each_is_a_new_customer(massage, ada):
    first, second = booked(massage, ada, 8, ALONE), booked(massage, ada, 9, ALONE)
    assert first.customer_id != second.customer_id


def test_another_name_is_on_what_is_to_come_and_not_on_what_is_past(massage, ada, clock):
    past = booked(massage, ada, 8, GIL)
    coming = booked(massage, ada, 8, GIL, day=5)
    clock.move_to(town.at(8, day=3))
    customers.change(ada.provider, past.customer_id, first_name="Gilbert", phone="030 1234")
    assert again(past).customer_name == "Gil Guest"
    assert again(coming).customer_name == "Gilbert Guest"
    assert (again(coming).version, again(coming).customer.phone) == (2, "030 1234")


def test_what_was_booked_by_the_address_alone_keeps_it_as_its_name(massage, ada, clock):
    past = booked(massage, ada, 8, asking.Guest("gil@example.org"))
    clock.move_to(town.at(8, day=3))
    customers.change(ada.provider, past.customer_id, first_name="Gil")
    assert again(past).customer_name == "gil@example.org"


def test_an_address_that_another_customer_has_is_refused(massage, ada, bob):
    guest = booked(massage, ada, 8, GIL).customer
    other = booked(massage, ada, 9, asking.Guest("other@example.org", "O")).customer
    town.booked(massage, bob, town.at(10, day=1))
    for email in (GIL.email.upper(), bob.email):
        found = refused(Invalid, customers.change, ada.provider, other.pk, email=email)
        assert found.errors.keys() == {"email"}
    assert {guest.email, Customer.objects.get(pk=other.pk).email} == {
        GIL.email,
        "other@example.org",
    }


def test_somebody_without_anything_is_refused(massage, ada):
    guest = booked(massage, ada, 8, ALONE).customer
    refused(Invalid, customers.change, ada.provider, guest.pk, first_name="")
    assert Customer.objects.get(pk=guest.pk).first_name == "Gil"


def test_the_names_of_an_account_are_its_own(massage, ada, bob):
    customer = town.booked(massage, bob, town.at(8, day=1)).customer
    found = refused(Invalid, customers.change, ada.provider, customer.pk, first_name="Rob")
    assert found.errors.keys() == {"first_name"}
    customers.change(ada.provider, customer.pk, first_name=bob.first_name, notes="Tea")
    assert Customer.objects.get(pk=customer.pk).notes == "Tea"


def merged(ada, guest, stays):
    return correcting.merge(ada.provider, guest.pk, into=stays.pk)


def test_two_guests_become_one_with_all_that_both_had(massage, ada):
    first, second = booked(massage, ada, 8, ALONE), booked(massage, ada, 9, GIL)
    customers.change(ada.provider, first.customer_id, notes="Tea", phone="030 1234")
    customers.change(ada.provider, second.customer_id, notes="Milk")
    stays = merged(ada, first.customer, second.customer)
    known = Customer.objects.get()
    assert (known.pk, known.email, known.phone) == (stays.pk, GIL.email, "030 1234")
    assert known.notes == "Milk\n\nTea"
    assert {again(first).customer_id, again(second).customer_id} == {known.pk}
    assert again(first).customer_name == "Gil"


def test_the_one_who_stays_takes_over_an_address_and_what_was_told(massage, ada):
    first, second = booked(massage, ada, 8, GIL), booked(massage, ada, 9, ALONE)
    deliver.tell(first.moves.get().act_id)
    Preference.objects.create(customer=first.customer, email_off=["reminder"])
    merged(ada, first.customer, second.customer)
    assert Customer.objects.get().email == GIL.email
    assert Delivery.objects.get(customer=second.customer).appointment_id == first.pk
    assert Preference.objects.get(customer=second.customer).email_off == ["reminder"]


def test_only_two_guests_of_the_same_provider_are_joined(massage, ada, bob, dan, haircut):
    guest = booked(massage, ada, 8, ALONE).customer
    account = town.booked(massage, bob, town.at(9, day=1)).customer
    elsewhere = town.booked(haircut, dan, town.at(8, day=1), customer=GIL).customer
    for first, other in ((guest, guest), (guest, account), (account, guest), (guest, elsewhere)):
        found = refused(Invalid, merged, ada, first, other)
        assert found.errors.keys() == {"into"}
    refused(NotFound, merged, ada, elsewhere, guest)
    refused(NotFound, correcting.merge, ada.provider, UUID(town.NOBODY), into=guest.pk)
