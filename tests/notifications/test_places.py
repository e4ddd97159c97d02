"""Where an appointment takes place, as a mail says it to each side."""

import pytest
from django.utils import translation

from openslot.accounts.models import LocationKind
from openslot.appointments.models import Role
from openslot.notifications import mail
from tests import town

pytestmark = pytest.mark.django_db

SAID = {
    ("in_person", Role.CUSTOMER): ("In person, at {name}", "Vor Ort bei {name}"),
    ("in_person", Role.PROVIDER): ("At your place", "Bei Ihnen"),
    ("customer", Role.CUSTOMER): ("At your place", "Bei Ihnen"),
    ("customer", Role.PROVIDER): ("At the customer's", "Beim Kunden"),
    ("video", Role.CUSTOMER): ("By video", "Per Video"),
    ("video", Role.PROVIDER): ("By video", "Per Video"),
    ("phone", Role.CUSTOMER): ("By phone", "Per Telefon"),
    ("phone", Role.PROVIDER): ("By phone", "Per Telefon"),
}


@pytest.mark.parametrize(("kind", "role"), SAID)
def test_a_place_without_an_address_is_said_to_whom_it_is(massage, bob, kind, role):
    visit = town.booked(massage, bob, town.at(8))
    visit.location_kind, visit.location_text = LocationKind(kind), ""
    name = visit.provider.name
    for language, words in zip(("en", "de"), SAID[kind, role], strict=True):
        with translation.override(language):
            said = mail._entry(visit, role, at=visit.start)["place"]
        assert said == words.format(name=name)


def test_an_address_says_itself(massage, bob):
    visit = town.booked(massage, bob, town.at(8))
    visit.location_text = "Lindenallee 12"
    for role in (Role.CUSTOMER, Role.PROVIDER):
        assert mail._entry(visit, role, at=visit.start)["place"] == "Lindenallee 12"
