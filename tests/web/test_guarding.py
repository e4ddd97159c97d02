"""Saying again who one is, sessions, and being warned of changes."""

import logging
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts import tasks
from openslot.accounts.signing import recovery
from tests import town

OWN = "a password of my own"
GUARDED = ["/accounts/email/", "/me/export/", "/me/feed/show/"]
# allauth would ask here too, but only those who have something to answer with.
OF_ALLAUTH = [
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
    "/accounts/3rdparty/",
    "/accounts/password/set/",
    "/accounts/google/login/?process=connect",
]


@pytest.fixture
def long_ago(signed_in, clock):
    """A browser in which somebody signed in an hour ago."""

    def browser(user):
        client = signed_in(user)
        clock.shift(3600)
        return client

    return browser


def work(name):
    for job in ProcrastinateJob.objects.filter(task_name__endswith=f".{name}", status="todo"):
        getattr(tasks, name)(**job.args)
    ProcrastinateJob.objects.all().delete()


@pytest.mark.parametrize("page", GUARDED)
def test_some_pages_ask_again_who_it_is(long_ago, bob, page):
    client = long_ago(bob)
    asked = client.get(page)
    assert asked.url.startswith("/accounts/reauthenticate/")
    wrong = client.post(asked.url, {"password": "not mine"})
    assert wrong.status_code == 200
    assert client.get(page).status_code == 302
    assert client.post(asked.url, {"password": town.PASSWORD}).url == page
    assert client.get(page, follow=True).status_code == 200


@pytest.mark.parametrize("page", [*GUARDED, *OF_ALLAUTH, "/me/erase/"])
def test_who_has_no_password_is_asked_as_well(long_ago, bob, page):
    bob.set_unusable_password()
    bob.save()
    client = long_ago(bob)
    for method in (client.get, client.post):
        asked = method(page)
        assert asked.url.startswith("/accounts/reauthenticate/"), asked.url
        assert "Six digits" in client.get(asked.url).content.decode()


def test_an_account_is_not_erased_right_after_signing_in(bob):
    client = sign_in(bob)
    assert client.get("/me/export/").status_code == 200
    asked = client.post("/me/erase/")
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert type(bob).objects.filter(pk=bob.pk).exists()
    client.get("/me/erase/")
    client.post(asked.url, {"password": town.PASSWORD})
    client.post("/me/erase/")
    assert not type(bob).objects.filter(pk=bob.pk).exists()


def test_passwords_are_not_guessed_on_the_way_there(long_ago, bob):
    client = long_ago(bob)
    asked = client.get("/me/erase/").url
    said = [client.post(asked, {"password": f"wrong {n}"}).status_code for n in range(12)]
    assert said[0] == 200
    assert said[-1] == 429
    assert client.post(asked, {"password": town.PASSWORD}).status_code == 429


@pytest.mark.parametrize("page", GUARDED)
def test_right_after_signing_in_they_do_not(signed_in, bob, page):
    assert "reauthenticate" not in signed_in(bob).get(page).get("Location", "")


def test_nothing_is_done_before_they_have_said(long_ago, bob):
    client = long_ago(bob)
    client.post("/accounts/email/", {"email": "eve@evil.example", "action_add": ""})
    assert not EmailAddress.objects.filter(email="eve@evil.example").exists()
    before = client.post("/me/feed/")
    assert before.url.startswith("/accounts/reauthenticate/")
    assert "/feeds/" not in client.get("/me/notifications/").content.decode()


def test_without_a_password_digits_come_by_mail(long_ago, bob):
    bob.set_unusable_password()
    bob.save()
    client = long_ago(bob)
    asked = client.get("/me/export/").url
    assert "Six digits" in client.get(asked).content.decode()
    client.post(asked, {"send": "1", "next": "/me/export/"})
    [job] = ProcrastinateJob.objects.filter(task_name=recovery.CODE)
    work("mail_code")
    digits = re.search(r"\d{6}", mail.outbox[0].body).group()
    assert digits not in str(job.args)
    wrong = client.post(asked, {"code": "000000" if digits != "000000" else "111111"})
    assert wrong.status_code == 422
    assert client.post(asked, {"code": digits}).url == "/me/export/"
    assert client.get("/me/export/").status_code == 200


def test_the_digits_are_not_guessed_and_run_out(long_ago, bob, clock):
    bob.set_unusable_password()
    bob.save()
    client = long_ago(bob)
    client.post("/accounts/reauthenticate/", {"send": "1"})
    nonce = client.session["code_to_say_again"]["nonce"]
    for n in range(5):
        client.post("/accounts/reauthenticate/", {"code": f"x{n}"})
    right = {"code": recovery.code(bob, nonce)}
    assert client.post("/accounts/reauthenticate/", right).status_code == 422
    clock.shift(601)
    assert client.post("/accounts/reauthenticate/", right).status_code == 422


def sign_in(user):
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    client.post("/accounts/login/", {"login": user.email, "password": town.PASSWORD})
    return client


def test_ones_sessions_are_listed_and_ended(bob, eve):
    here, there, hers = sign_in(bob), sign_in(bob), sign_in(eve)
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Firefox on Linux") == 2
    assert 'href="/accounts/sessions/"' in here.get("/me/").content.decode()
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post("/accounts/sessions/", {"session": other.pk})
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200
    foreign = UserSession.objects.get(user=eve)
    assert here.post("/accounts/sessions/", {"session": foreign.pk}).status_code == 404
    assert hers.get("/me/").status_code == 200


def test_all_others_are_ended_at_once(bob):
    here, *others = [sign_in(bob) for _ in range(3)]
    here.post("/accounts/sessions/", {"others": "1"})
    assert [one.get("/me/").status_code for one in (here, *others)] == [200, 302, 302]


def warned(language="en"):
    mail.outbox.clear()
    work("warn")
    return [(message.subject, message.to) for message in mail.outbox]


def test_a_new_password_is_told_by_mail(bob, signed_in):
    form = {"oldpassword": town.PASSWORD, "password1": OWN, "password2": OWN}
    signed_in(bob).post("/accounts/password/change/", form)
    assert warned() == [("Your password was changed", [bob.email])]


def test_another_address_is_told_to_the_one_before(bob, signed_in):
    EmailAddress.objects.create(user=bob, email="new@example.org", verified=True)
    form = {"email": "new@example.org", "action_primary": ""}
    signed_in(bob).post("/accounts/email/", form)
    bob.refresh_from_db()
    assert bob.email == "new@example.org"
    assert warned() == [("The addresses of your account were changed", ["bob@example.org"])]


def test_a_factor_taken_away_is_told_in_the_readers_language(bob, signed_in):
    bob.language = "de"
    bob.save()
    TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    client = town.sign_in(Client(), bob)
    client.post("/accounts/reauthenticate/", {"password": town.PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert warned() == [("Ihre Anmeldung mit zweitem Faktor wurde geändert", [bob.email])]


def test_sign_ins_and_failures_are_logged_without_an_address(bob, caplog):
    caplog.set_level(logging.INFO, "openslot.signin")
    client = Client()
    client.post("/accounts/login/", {"login": bob.email, "password": "wrong"})
    client.post("/accounts/login/", {"login": bob.email.upper(), "password": "wrong"})
    sign_in(bob)
    lines = [record.getMessage() for record in caplog.records if record.name == "openslot.signin"]
    assert lines[0] == lines[1]
    assert re.fullmatch(r"sign-in failed: address=[0-9a-f]{16} from=127\.0\.0\.1", lines[0])
    assert lines[2] == f"signed in: account={bob.pk} from=127.0.0.1"
    assert "@" not in "".join(lines)


def test_a_wrong_second_factor_is_logged_at_the_page(bob, caplog):
    TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    caplog.set_level(logging.INFO, "openslot.signin")
    client = sign_in(bob)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    lines = [record.getMessage() for record in caplog.records if record.name == "openslot.signin"]
    assert lines == [f"second factor failed: account={bob.pk}"]
