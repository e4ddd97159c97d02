"""What operators decide about people: who may sign in, and whom customers find."""

import pytest
from django.core import mail
from django.test import Client

from openslot.accounts import people
from openslot.accounts.models import Listing, Provider, User
from openslot.accounts.operating import listing, suspending
from openslot.api.protocol import auth
from openslot.appointments.changing import cancelling
from openslot.appointments.models import Act, Role, Status, Way
from openslot.catalog import choice
from openslot.catalog.models import Service
from openslot.kernel.errors import NotAllowed
from openslot.notifications import feed
from tests import town
from tests.api.calling import Caller, done, problem
from tests.working import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return town.person("Olga", is_staff=True, is_superuser=True)


def test_suspending_ends_sessions_tokens_and_the_feed_at_once(bob, olga, client):
    browser, pair, address = town.sign_in(Client(), bob), auth.issued(bob), feed.address(bob)
    assert browser.get("/me/").status_code == 200
    suspending.suspend(bob, by=olga)
    assert browser.get("/me/").status_code == 302
    bearer = {"authorization": f"Bearer {pair.access}"}
    problem(Caller().get("me/", headers=bearer), 401, "user_inactive")
    refreshed = Caller().post("token/refresh/", {"refresh": pair.refresh})
    problem(refreshed, 401, "token_not_valid")
    assert client.get(address).status_code == 404


def test_what_ended_stays_ended_when_the_suspension_is_lifted(bob, olga, client):
    browser, pair, address = town.sign_in(Client(), bob), auth.issued(bob), feed.address(bob)
    suspending.suspend(bob, by=olga)
    suspending.lift(bob)
    assert browser.get("/me/").status_code == 302
    refreshed = Caller().post("token/refresh/", {"refresh": pair.refresh})
    problem(refreshed, 401, "token_not_valid")
    assert client.get(address).status_code == 404
    right = {"email": bob.email, "password": town.PASSWORD}
    done(Caller().post("token/", right))


def test_nobody_suspends_themselves_nor_who_is_mightier(bob, olga):
    with pytest.raises(NotAllowed):
        suspending.suspend(olga, by=olga)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    with pytest.raises(NotAllowed):
        suspending.suspend(olga, by=User.objects.get(pk=bob.pk))
    assert User.objects.filter(is_active=False).count() == 0


def found(provider):
    """Every way by which customers meet somebody."""
    return {
        "listed": Provider.objects.listed().filter(pk=provider.pk).exists(),
        "offered": Service.objects.offered().filter(provider=provider).exists(),
        "counted": any(count for _, count in choice.category_counts()),
    }


def test_who_is_hidden_is_found_nowhere_and_keeps_what_is_booked(massage, ada, bob, client):
    made = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    listing.hide(ada.provider)
    assert not any(found(ada.provider).values())
    assert client.get("/p/ada/").status_code == 404
    problem(Caller().get("providers/ada/"), 404, "not_found")
    asked = {"service": massage.pk, "start": "2030-04-02", "end": "2030-04-02"}
    problem(Caller().get("providers/ada/availability/", **asked), 404, "not_found")
    booking = {"service": str(massage.pk), "start": town.at(10, day=1).isoformat()}
    problem(Caller(bob).post("appointments/", booking), 409, "slot_unavailable")
    made.refresh_from_db()
    assert made.status == Status.PENDING
    listing.approve(ada.provider)
    assert client.get("/p/ada/").status_code == 200
    done(Caller(bob).post("appointments/", booking), 201)


def test_where_approval_is_asked_for_nobody_is_found_before_it(settings, bob):
    settings.PROVIDER_APPROVAL = "on"
    begun = people.become_provider(bob, name="Bob's", timezone="Europe/Berlin")
    assert begun.listing == Listing.WAITING
    assert not Provider.objects.listed().exists()
    assert "once an operator" in town.sign_in(Client(), bob).get("/").content.decode()
    assert done(Caller(bob).get("provider/"))["listing"] == "waiting"


def test_where_it_is_not_they_are_found_at_once(bob):
    begun = people.become_provider(bob, name="Bob's", timezone="Europe/Berlin")
    assert list(Provider.objects.listed()) == [begun]


def test_a_provider_does_not_approve_themselves(ada):
    listing.hide(ada.provider)
    done(Caller(ada).patch("provider/", {"active": True, "listing": "listed"}))
    assert Provider.objects.get(pk=ada.provider.pk).listing == Listing.HIDDEN


def test_an_operator_cancels_behind_the_same_locks_and_says_who_it_was(massage, ada, bob, olga):
    made = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    cancelling.cancel_as_operator(made.pk, by=olga, reason="The practice has closed.")
    act = Act.objects.get(moves__action="cancel")
    assert (act.actor, act.role, act.via) == (olga, Role.OPERATOR, Way.ADMIN)
    told = done(Caller(bob).get(f"appointments/{made.pk}/history/"))[-1]
    assert told["actor"] == {"role": "operator", "name": "The operator of this site"}


def test_both_sides_hear_that_it_was_the_operator(massage, ada, bob, olga, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    made = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    work()
    mail.outbox.clear()
    cancelling.cancel_as_operator(made.pk, by=olga, reason="The practice has closed.")
    work()
    told = {letter.to[0].partition("<")[2].strip(">"): letter.body for letter in mail.outbox}
    assert set(told) == {ada.email, bob.email}
    for body in told.values():
        assert "The operator of this site cancelled Massage" in body
        assert "The practice has closed." in body


def test_a_provider_is_mailed_what_became_of_their_page(ada, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    listing.hide(ada.provider)
    listing.hide(ada.provider)
    work()
    listing.approve(ada.provider)
    work()
    subjects = [letter.subject for letter in mail.outbox]
    assert subjects == ["Your page is hidden", "Customers find you now"]
