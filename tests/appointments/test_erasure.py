"""Who is forgotten, and what stays for the others."""

import pytest
from moneyed import Money

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.booking import asking
from openslot.appointments.changing import cancelling, outcomes
from openslot.appointments.models import Act, Appointment, Status
from openslot.catalog import finding
from openslot.kernel.errors import Invalid
from openslot.privacy import erasure, joining
from tests import town

pytestmark = pytest.mark.django_db


def again(appointment):
    return Appointment.objects.with_people().get(pk=appointment.pk)


def test_a_customer_leaves_time_and_price_behind_but_no_name(dan, haircut, bob, clock):
    past = town.booked(haircut, bob, town.at(7), notes="my secret")
    soon = town.booked(haircut, bob, town.at(12), notes="my secret")
    Customer.objects.update(notes="private")
    clock.move_to(town.at(9))
    outcomes.complete(past.pk, by=dan)
    erasure.erase(bob)
    past, soon = again(past), again(soon)
    assert (past.status, past.price, past.notes) == (Status.COMPLETED, Money(50, "EUR"), "")
    assert (soon.status, soon.notes) == (Status.CANCELLED, "")
    assert (past.customer.name, past.customer.email, past.customer.notes) == (
        "Former customer",
        "",
        "",
    )
    assert not User.objects.filter(pk=bob.pk).exists()


def test_a_notice_does_not_bind_an_erasure_and_its_reasons_go(dan, haircut, bob):
    dan.provider.cancellation_notice_hours = 48
    dan.provider.save()
    appointment = town.booked(haircut, bob, town.at(12))
    gone = town.booked(haircut, bob, town.at(13, day=5))
    cancelling.cancel(gone.pk, by=bob, reason="My knee hurts")
    erasure.erase(bob)
    assert again(appointment).status == Status.CANCELLED
    assert not Act.objects.exclude(reason="").exists()
    assert again(appointment).moves.last().act.role == "customer"


def test_the_freed_time_can_be_booked_at_once(haircut, bob, carol):
    town.booked(haircut, bob, town.at(12))
    erasure.erase(bob)
    assert town.booked(haircut, carol, town.at(12)).status == Status.CONFIRMED


def test_a_provider_becomes_nameless_and_is_found_no_more(dan, haircut, bob, carol):
    soon = town.booked(haircut, bob, town.at(12))
    guest = town.booked(
        haircut, dan, town.at(14), customer=asking.Guest("g@example.org", "Gast", "Haus")
    )
    own = town.booked(town.service(_practice("Ann")), dan, town.at(13))
    erasure.erase(dan)
    assert {again(one).status for one in (soon, guest, own)} == {Status.CANCELLED}
    provider = Provider.objects.get(pk=dan.provider.pk)
    assert (provider.name, provider.user, provider.active) == ("Former provider", None, False)
    assert "dan" not in provider.slug
    assert list(finding.providers(search="Haircut")) == []
    assert again(soon).customer.name == "Bob Test"
    assert again(guest).customer.name == "Former customer"
    assert not provider.working_hours.exists()
    assert again(soon).service.name == "Haircut"


def test_nobody_is_booked_in_who_was_erased(dan, haircut, bob):
    known = town.booked(haircut, bob, town.at(12)).customer_id
    erasure.erase(bob)
    with pytest.raises(Invalid) as refused:
        town.booked(haircut, dan, town.at(12), customer=known)
    assert list(refused.value.errors) == ["customer"]


def test_erasing_twice_at_once_is_erasing_once(bob):
    same = User.objects.get(pk=bob.pk)
    erasure.erase(bob)
    erasure.erase(same)
    assert not User.objects.filter(pk=same.pk).exists()


def test_guests_appointments_join_once(dan, haircut, bob):
    guest = asking.Guest("new@example.org", "Nina", "N.")
    appointment = town.booked(haircut, dan, town.at(12), customer=guest)
    joined = joining.join(bob, email="NEW@example.org"), joining.join(bob, email="new@example.org")
    assert joined == (1, 0)
    assert (again(appointment).customer.user, again(appointment).attendee) == (bob, bob)


def test_a_guest_who_is_a_customer_already_becomes_one(dan, haircut, bob):
    town.booked(haircut, bob, town.at(7))
    guest = asking.Guest("new@example.org", "Nina", "N.")
    appointment = town.booked(haircut, dan, town.at(12), customer=guest)
    joining.join(bob, email="new@example.org")
    assert again(appointment).customer == dan.provider.customers.get()


def test_one_that_clashes_joins_and_its_provider_learns_nothing_of_it(
    dan, haircut, massage, bob, ada
):
    town.booked(massage, bob, town.at(12))
    guest = asking.Guest("new@example.org", "Nina", "N.")
    clash = town.booked(haircut, dan, town.at(12), customer=guest)
    joining.join(bob, email="new@example.org")
    clash = again(clash)
    assert (clash.customer.user, clash.attendee, clash.needs_attention) == (bob, None, False)
    assert clash.version == 2


def test_nobody_joins_their_own_practice_as_a_customer(dan, haircut):
    guest = asking.Guest("alias@example.org", "Danny", "")
    appointment = town.booked(haircut, dan, town.at(12), customer=guest)
    assert joining.join(dan, email="alias@example.org") == 0
    assert again(appointment).customer.user is None


def _practice(name):
    made = town.provider(town.person(name), confirmation="automatic")
    town.hours(made)
    return made
