"""What a provider is led through until the first booking."""

import pytest

from openslot.availability.models import SpecialHours, WorkingHours
from tests import town
from tests.web.pages import said

pytestmark = pytest.mark.django_db
SOLD = {
    "name": "Talk",
    "duration_minutes": 30,
    "pricing": "fixed",
    "price": "20",
    "currency": "EUR",
}


@pytest.fixture
def new(signed_in):
    """Somebody who offers time since a moment ago."""
    user = town.person("Nina")
    town.provider(user)
    return user, signed_in(user)


def steps(client):
    beginning = client.get("/").context["beginning"]
    return beginning and [step.done for step in beginning.steps]


def test_each_step_is_ticked_once_it_is_done(new):
    user, client = new
    assert steps(client) == [False, False, False]
    page = said(client.get("/"))
    assert "Until the first booking" in page
    for href in ("/provider/services/new/", "/provider/hours/", "/provider/profile/"):
        assert f'href="{href}"' in page
    town.service(user.provider)
    assert steps(client) == [True, False, False]
    town.hours(user.provider)
    assert steps(client) == [True, True, False]
    type(user.provider).objects.update(headline="Hands that help")
    assert steps(client) == [True, True, True]


def test_the_link_is_shared_once_there_is_something_to_book(new, settings):
    user, client = new
    assert "/p/nina/" not in said(client.get("/"))
    town.service(user.provider)
    town.hours(user.provider)
    page = said(client.get("/"))
    assert "You can be booked" in page
    assert f'href="{settings.BASE_URL}/p/nina/"' in page


def test_with_the_first_booking_it_is_gone(signed_in, ada, request_of_bob):
    assert steps(signed_in(ada)) is None


def test_a_customer_sees_none_of_it(signed_in, bob):
    assert "Until the first booking" not in said(signed_in(bob).get("/"))


@pytest.mark.parametrize("hours", [None, WorkingHours, SpecialHours])
def test_a_new_service_is_called_on_offer_only_where_it_can_be_booked(new, hours):
    user, client = new
    if hours is WorkingHours:
        town.hours(user.provider)
    elif hours is SpecialHours:
        SpecialHours.objects.create(provider=user.provider, date="2030-05-01", spans=[])
    page = said(client.post("/provider/services/new/", SOLD | {"active": "on"}, follow=True))
    assert ("Talk is on offer." in page) is (hours is not None)
    assert ("once your hours say when" in page) is (hours is None)


def test_one_that_is_switched_off_is_only_saved(new):
    _, client = new
    page = said(client.post("/provider/services/new/", SOLD, follow=True))
    assert "Talk is saved." in page
    assert "Customers can book it" not in page
