"""The admin's door."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from openslot.accounts.models import User
from tests import town

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def operator(bob):
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    bob.refresh_from_db()
    return bob


def test_there_is_no_other_sign_in_to_guess_at(operator):
    client = Client()
    for n in range(40):
        guess = {"username": operator.email, "password": f"guess {n}"}
        answer = client.post("/admin/login/?next=/admin/", guess)
        assert answer.url == "/accounts/login/?next=/admin/"
    right = {"username": operator.email, "password": town.PASSWORD}
    client.post("/admin/login/", right)
    assert "_auth_user_id" not in client.session


def test_nor_for_who_is_signed_in(operator, eve, signed_in):
    client = signed_in(operator)
    client.post("/admin/login/", {"username": eve.email, "password": town.PASSWORD})
    assert client.session["_auth_user_id"] == str(operator.pk)
    assert client.get("/admin/password_change/").url == "/accounts/password/change/"


def test_the_second_factor_is_asked_for(operator):
    TOTP.activate(operator, SECRET)
    client = Client()
    form = {"login": operator.email, "password": town.PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", form).url.startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302


def test_who_is_no_operator_is_not_let_in(bob, signed_in):
    assert signed_in(bob).get("/admin/", follow=True).status_code == 403
    assert signed_in(bob).get("/admin/login/").status_code == 403


def test_in_production_operators_set_up_a_second_factor_before_they_see_anything(
    operator, signed_in, settings
):
    settings.PRODUCTION = True
    client = signed_in(operator)
    for page in ("/admin/", "/admin/accounts/user/", f"/admin/accounts/user/{operator.pk}/change/"):
        answer = client.get(page, follow=True)
        assert answer.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
        assert "second factor" in answer.content.decode()
    TOTP.activate(operator, SECRET)
    assert client.get("/admin/accounts/user/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/admin/accounts/user/").status_code == 302


def test_development_asks_for_none(operator, signed_in):
    assert signed_in(operator).get("/admin/accounts/user/").status_code == 200
    assert signed_in(operator).get("/admin/login/?next=/admin/").url == "/admin/"
    assert signed_in(operator).get("/admin/login/?next=https://evil.example/").url == "/admin/"
