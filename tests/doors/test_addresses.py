"""One mailbox is one account and one guest, in whatever spelling its address comes through a door."""

from __future__ import annotations

import importlib

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.db import connection
from django.urls import reverse

from openslot.accounts import addresses
from openslot.accounts.google import identity
from openslot.accounts.models import Customer, User
from openslot.accounts.people import TAKEN
from tests import town
from tests.api.calling import Caller, done, problem
from tests.town import GUEST
from tests.working import work

pytestmark = pytest.mark.django_db

KEPT = "b@bücher.example"
SPELLINGS = [
    KEPT,
    "B@BÜCHER.Example",
    "b@xn--bcher-kva.example",
    "b@XN--BCHER-KVA.example",
    "b@bu\u0308cher.example",
    "b@bücher。example",
]
PASSWORD = "correct horse battery"
NEW = {"first_name": "Beate", "last_name": "B", "password": PASSWORD}


@pytest.fixture
def beate(people):
    return town.person("Beate", email=KEPT)


@pytest.mark.parametrize("email", SPELLINGS)
def test_one_spelling_is_kept(email):
    assert addresses.canonical(email) == KEPT


@pytest.mark.parametrize(
    "email", ["b@straße.example", "b@xn--strae-oqa.example", "b@STRAẞE.example"]
)
def test_a_sharp_s_is_no_double_s(email):
    assert addresses.canonical(email) == "b@straße.example"


@pytest.mark.parametrize("email", ["a@example.org", "a@[127.0.0.1]", "a@exa_mple.org", "a", "a@"])
def test_what_is_no_international_domain_stays(email):
    assert addresses.canonical(email) == email


@pytest.mark.parametrize("email", SPELLINGS)
def test_a_sign_up_is_kept_in_one_spelling(people, email):
    assert done(Caller().post("signup/", NEW | {"email": email}), 201)["email"] == KEPT
    assert [each.email for each in EmailAddress.objects.all()] == [KEPT]


@pytest.mark.parametrize("email", SPELLINGS)
def test_nobody_signs_up_twice_by_another_spelling(client, beate, email):
    errors = problem(Caller().post("signup/", NEW | {"email": email}), 400, "invalid")["errors"]
    assert errors == {"email": [TAKEN]}
    page = client.post(reverse("account_signup"), NEW | {"email": email, "password1": PASSWORD})
    assert page.context["form"].errors["email"] == [TAKEN]
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", SPELLINGS)
def test_who_signed_up_by_one_spelling_signs_in_by_every_other(client, beate, email):
    done(Caller().post("token/", {"email": email, "password": town.PASSWORD}))
    client.post(reverse("account_login"), {"login": email, "password": town.PASSWORD})
    assert client.get(reverse("account_email")).status_code == 200


@pytest.mark.parametrize("email", SPELLINGS)
def test_failures_by_all_spellings_are_counted_together(settings, beate, email):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    for spelling in SPELLINGS[:2]:
        Caller().post("token/", {"email": spelling, "password": "wrong"})
    answer = Caller().post("token/", {"email": email, "password": town.PASSWORD})
    problem(answer, 429, "throttled")


@pytest.mark.parametrize("email", SPELLINGS)
def test_a_forgotten_password_is_mailed_to_whoever_goes_by_it(client, beate, email):
    client.post(reverse("account_reset_password"), {"email": email})
    work()
    [message] = mail.outbox
    assert [addresses.canonical(each) for each in message.to] == [KEPT]


@pytest.mark.parametrize("email", SPELLINGS)
def test_an_added_address_is_kept_in_one_spelling(client, bob, email):
    town.sign_in(client, bob)
    client.post(reverse("account_email"), {"email": email, "action_add": ""})
    assert EmailAddress.objects.filter(user=bob, email=KEPT).exists()


@pytest.mark.parametrize("email", SPELLINGS)
def test_a_guest_is_one_in_every_spelling(massage, ada, email):
    town.booked(massage, ada, town.at(8), customer=GUEST._replace(email=KEPT))
    body = {
        "service": str(massage.pk),
        "start": town.at(10).isoformat(),
        "customer": {"email": email, "first_name": "Beate", "last_name": "B"},
    }
    done(Caller(ada).post("appointments/", body), 201)
    assert [each.email for each in Customer.objects.all()] == [KEPT]


@pytest.mark.parametrize("email", SPELLINGS)
def test_a_known_customer_is_booked_by_every_spelling(massage, ada, beate, email):
    town.booked(massage, beate, town.at(8))
    made = town.booked(massage, ada, town.at(10), customer=GUEST._replace(email=email))
    assert made.customer.user == beate


@pytest.mark.parametrize("email", SPELLINGS)
def test_google_knows_them_by_every_spelling(email):
    claims = {"sub": "1", "email": email, "email_verified": True, "iat": 1}
    assert identity.of_claims(claims).email == KEPT


@pytest.mark.parametrize("email", ["jörg@example.org", "用户@example.org", "a\u0301@example.org"])
def test_letters_that_no_mail_from_here_reaches_are_refused_with_the_reason(
    client, massage, ada, email
):
    body = {"service": str(massage.pk), "start": town.at(10).isoformat()}
    guest = {"email": email, "first_name": "J", "last_name": "J"}
    errors = [
        problem(Caller().post("signup/", NEW | {"email": email}), 400, "invalid")["errors"],
        client.post(reverse("account_signup"), NEW | {"email": email, "password1": PASSWORD})
        .context["form"]
        .errors,
    ]
    assert [each["email"] for each in errors] == [[addresses.BEYOND_ASCII]] * 2
    refused = problem(Caller(ada).post("appointments/", body | {"customer": guest}), 400, "invalid")
    assert str(addresses.BEYOND_ASCII) in str(refused["errors"])
    assert not Customer.objects.exists()


@pytest.mark.parametrize("email", ["jörg@example.org", "用户@bücher.example"])
def test_where_the_mail_server_takes_such_letters_they_may_sign_up(settings, people, email):
    settings.EMAIL_SMTPUTF8 = True
    assert done(Caller().post("signup/", NEW | {"email": email}), 201)["email"] == email
    done(Caller().post("token/", {"email": email.upper(), "password": PASSWORD}))


@pytest.mark.parametrize("email", ["j\u202eg@example.org", "j g@example.org", "😀@example.org"])
def test_what_is_no_letter_is_no_address_there_either(settings, people, email):
    settings.EMAIL_SMTPUTF8 = True
    problem(Caller().post("signup/", NEW | {"email": email}), 400, "invalid")


# What stood there before ---------------------------------------------------------------------


def spell(model, row, email):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET email = %s WHERE id = %s", [email, row.pk]
        )


def respell():
    importlib.import_module("openslot.accounts.migrations.0005_one_spelling").respell(apps, None)


def test_addresses_that_stand_get_their_one_spelling(massage, ada, bob):
    made = town.booked(massage, ada, town.at(8), customer=GUEST)
    [shown] = EmailAddress.objects.filter(user=bob)
    for model, row in ((User, bob), (EmailAddress, shown), (Customer, made.customer)):
        spell(model, row, "b@xn--bcher-kva.example")
    respell()
    for row in (bob, shown, made.customer):
        row.refresh_from_db()
    assert {bob.email, shown.email, made.customer.email} == {KEPT}


def test_two_accounts_at_one_mailbox_stop_it_and_are_named(beate, bob):
    spell(User, bob, "b@xn--bcher-kva.example")
    with pytest.raises(RuntimeError, match=f"{beate.pk} and {bob.pk}"):
        respell()


def test_two_spellings_in_one_account_become_one_address(beate):
    twice = EmailAddress.objects.create(user=beate, email="x@example.org", verified=False)
    spell(EmailAddress, twice, "b@xn--bcher-kva.example")
    respell()
    [left] = EmailAddress.objects.filter(user=beate)
    assert (left.email, left.verified, left.primary) == (KEPT, True, True)


def test_a_guest_known_by_both_spellings_stays_two(massage, ada):
    one = town.booked(massage, ada, town.at(8), customer=GUEST._replace(email=KEPT))
    other = town.booked(massage, ada, town.at(10), customer=GUEST)
    spell(Customer, other.customer, "b@xn--bcher-kva.example")
    respell()
    found = town.booked(massage, ada, town.at(12), customer=GUEST._replace(email=KEPT))
    assert found.customer == one.customer
    assert Customer.objects.count() == 2
