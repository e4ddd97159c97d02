"""Whoever answers a mail about an appointment writes to the other side of it."""

import pytest

from openslot.appointments.booking.asking import Guest
from tests import town
from tests.notifications.letters import parsed

pytestmark = pytest.mark.django_db


def answered_by(mail):
    said = parsed(mail)["Reply-To"]
    return [(each.display_name, each.addr_spec) for each in said.addresses] if said else []


def test_each_side_answers_the_other(massage, ada, bob, outbox):
    town.booked(massage, bob, town.at(8))
    mails = outbox()
    assert answered_by(mails[bob.email]) == [("Ada's practice", ada.email)]
    assert answered_by(mails[ada.email]) == [("Bob Test", bob.email)]


def test_a_guest_answers_the_provider_and_the_provider_the_guest(massage, ada, outbox):
    gil = Guest("gil@example.org", "Gil", "Guest")
    town.book(massage.pk, by=gil, start=town.at(8))
    mails = outbox()
    assert answered_by(mails["gil@example.org"]) == [("Ada's practice", ada.email)]
    assert answered_by(mails[ada.email]) == [("Gil Guest", "gil@example.org")]


def test_a_name_cannot_add_an_address(massage, ada, outbox):
    gil = Guest("gil@example.org", 'Gil" <evil@example.org>, "', "Guest")
    town.book(massage.pk, by=gil, start=town.at(8))
    [(name, address)] = answered_by(outbox()[ada.email])
    assert address == "gil@example.org"
    assert "evil@example.org" in name
