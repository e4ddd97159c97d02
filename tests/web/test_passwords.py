"""Passwords have twelve characters, wherever one is chosen."""

import json

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from openslot.accounts.models import User
from openslot.accounts.signing import recovery
from tests import town

LONG = "tweed kettle"  # twelve
SHORT = LONG[:-1]
NAMES = {"first_name": "Kim", "last_name": "Test", "email": "kim@example.org"}


def signed_up_at_a_page(_bob, password):
    Client().post("/accounts/signup/", NAMES | {"password1": password})


def signed_up_by_the_api(_bob, password):
    body = json.dumps(NAMES | {"password": password})
    Client().post("/api/signup/", body, content_type="application/json")


def changed(bob, password):
    form = {"oldpassword": town.PASSWORD, "password1": password, "password2": password}
    town.sign_in(Client(), bob).post("/accounts/password/change/", form)


def reset(bob, password):
    client, key = Client(), recovery.key(bob, email=bob.email)
    address = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(bob), key])
    page = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(page, {"password1": password, "password2": password})


def set_for_the_first_time(bob, password):
    bob.set_unusable_password()
    bob.save()
    form = {"password1": password, "password2": password}
    town.sign_in(Client(), bob).post("/accounts/password/set/", form)


WAYS = [signed_up_at_a_page, signed_up_by_the_api, changed, reset, set_for_the_first_time]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("password", "taken"), [(SHORT, False), (LONG, True)], ids=["11", "12"])
def test_twelve_characters_will_do_and_eleven_will_not(bob, way, password, taken):
    way(bob, password)
    assert any(user.check_password(password) for user in User.objects.all()) == taken
