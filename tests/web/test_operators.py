"""The admin's door."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Permission
from django.test import Client

from openslot.accounts.models import Listing, Provider, User
from openslot.appointments.models import Status
from openslot.catalog.models import Category
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


def acting(client, table, action, row, **sent):
    """An action of the admin's list, carried out on one row."""
    form = {"action": action, "_selected_action": str(row.pk), **sent}
    answer = client.post(f"/admin/{table}/", form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_account_is_suspended_from_the_list(operator, eve, signed_in):
    client, hers = signed_in(operator), signed_in(eve)
    assert "Suspended: 1" in acting(client, "accounts/user", "suspend", eve)
    assert hers.get("/me/").status_code == 302
    assert "Can sign in again: 1" in acting(client, "accounts/user", "lift", eve)
    said = acting(client, "accounts/user", "suspend", operator)
    assert "Nobody suspends their own account" in said
    assert User.objects.filter(is_active=True).count() == 2


def test_a_provider_is_hidden_and_let_in_from_the_list(operator, ada, signed_in):
    client = signed_in(operator)
    acting(client, "accounts/provider", "hide", ada.provider)
    assert Provider.objects.get().listing == Listing.HIDDEN
    acting(client, "accounts/provider", "approve", ada.provider)
    assert Provider.objects.get().listing == Listing.LISTED


def test_what_a_provider_says_of_themselves_is_not_the_operators_to_write(operator, ada, signed_in):
    page = f"/admin/accounts/provider/{ada.provider.pk}/change/"
    assert signed_in(operator).post(page, {"name": "Other"}).status_code == 403


def test_an_appointment_is_cancelled_by_the_domain_and_edited_by_nobody(
    operator, ada, massage, carol, signed_in
):
    made = town.book(massage.pk, by=carol, start=town.at(8, day=1))
    client = signed_in(operator)
    page = f"/admin/appointments/appointment/{made.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"status": "completed"}).status_code == 403
    reason = {"reason": "The practice has closed."}
    acting(client, "appointments/appointment", "cancel", made, **reason)
    made.refresh_from_db()
    assert made.status == Status.CANCELLED
    assert made.moves.last().act.reason == reason["reason"]
    assert "It stands at: Cancelled" in acting(client, "appointments/appointment", "cancel", made)


def test_who_may_only_look_has_no_actions(operator, eve, massage, carol, signed_in):
    made = town.book(massage.pk, by=carol, start=town.at(8, day=1))
    User.objects.filter(pk=eve.pk).update(is_staff=True)
    names = ("view_appointment", "view_user", "view_provider")
    eve.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = signed_in(User.objects.get(pk=eve.pk))
    acting(client, "appointments/appointment", "cancel", made)
    acting(client, "accounts/user", "suspend", carol)
    acting(client, "accounts/provider", "hide", massage.provider)
    made.refresh_from_db()
    assert made.status == Status.PENDING
    assert Provider.objects.get().listing == Listing.LISTED
    assert not User.objects.filter(is_active=False).exists()


def test_categories_are_the_operators(operator, signed_in):
    client, page = signed_in(operator), "/admin/catalog/category/"
    made = {"name": "Circus", "slug": "circus", "icon": "music-note", "position": "3"}
    assert client.post(f"{page}add/", made).status_code == 302
    circus = Category.objects.get(slug="circus")
    changed = made | {"name": "Circus arts"}
    assert client.post(f"{page}{circus.pk}/change/", changed).status_code == 302
    assert client.post(f"{page}{circus.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Category.objects.filter(slug="circus").exists()
