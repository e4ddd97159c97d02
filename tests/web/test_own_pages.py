"""Every page of an account is ours: allauth judges, and says nothing itself."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import get_resolver
from django.utils.module_loading import import_string

from openslot import web
from openslot.accounts.signing import refusals
from tests import town

pytestmark = pytest.mark.django_db

OURS = Path(web.__file__).parent / "templates"
FILLED = {"<str:key>": "a-key", r"^confirm-email/(?P<key>[-:\w]+)/$": "confirm-email/a-key/"}
FILLED |= {
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-a-key/"
}
NEVER_SAID = {"phone", "login_code", "username", "select_only", "same_as", "unknown_email"}
NEVER_SAID |= {"webauthn", "email_taken"}


def addresses(resolver=None, before="/"):
    """Every address under /accounts/, as somebody may type it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern)
        for unfilled, filled in FILLED.items():
            path = path.replace(unfilled, filled)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, path)
        elif path.startswith("/accounts/"):
            yield path


EVERY = sorted(set(addresses()))


@pytest.fixture(params=["out", "in", "in with a second factor"])
def person(request, bob):
    """A browser in which nobody, or Bob, is signed in."""
    client = Client()
    if request.param != "out":
        town.sign_in(client, bob)
    if "factor" in request.param:
        totp.TOTP.activate(bob, totp.generate_totp_secret())
        RecoveryCodes.activate(bob)
    return client


def drawn(answer):
    """The files that a page was drawn from, fields of forms aside."""
    files = {Path(each.origin.name) for each in answer.templates or [] if each.origin}
    return {each for each in files if "forms" not in each.parts}


def test_no_page_of_an_account_is_anothers(person):
    theirs = {}
    for address in EVERY:
        posts = [] if address == "/accounts/logout/" else [person.post(address)]
        for answer in (person.get(address), *posts):
            found = [each for each in drawn(answer) if not each.is_relative_to(OURS.parent.parent)]
            theirs |= {address: found} if found else {}
    assert theirs == {}


def test_whatever_allauth_tells_is_told_in_our_words():
    theirs = Path(allauth.__file__).parent / "templates"
    for told in theirs.glob("*/messages/*.txt"):
        name = told.relative_to(theirs)
        if name.parts[0] != "usersessions" and not any(each in told.name for each in NEVER_SAID):
            assert (OURS / name).exists(), name


@pytest.mark.parametrize(
    ("ours", "path"),
    [
        (refusals.ACCOUNT, "allauth.account.adapter.DefaultAccountAdapter"),
        (refusals.FACTOR, "allauth.mfa.adapter.DefaultMFAAdapter"),
        (refusals.GOOGLE, "allauth.socialaccount.adapter.DefaultSocialAccountAdapter"),
    ],
)
def test_whatever_allauth_refuses_is_refused_in_our_words(ours, path):
    theirs = import_string(path).error_messages
    left = {code for code in set(theirs) - set(ours) if not any(w in code for w in NEVER_SAID)}
    assert left == set()


def test_what_a_password_must_be_stands_once_and_short(signed_in, bob):
    change = signed_in(bob).get("/accounts/password/change/")
    for page in (change, Client().get("/accounts/signup/")):
        said = page.content.decode()
        assert said.count("At least 12 characters") == 1
        assert said.count('autocomplete="new-password"') == 1
        assert "personal information" not in said


def test_a_wrong_password_is_refused_in_our_words(signed_in, bob):
    form = {"oldpassword": "not mine", "password1": "bob@example.org"}
    said = signed_in(bob).post("/accounts/password/change/", form).content.decode()
    assert "That is not your password." in said
    assert "too much like your name or address" in said


def test_a_second_factor_is_set_up_and_turned_off_again(signed_in, bob):
    client, page = signed_in(bob), "/accounts/2fa/totp/activate/"
    secret = re.search(r'id="secret"[^>]* value="([^"]+)"', client.get(page).content.decode())[1]
    wrong = client.post(page, {"code": "none"}).content.decode()
    assert "These are not the digits" in wrong
    assert secret in wrong
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    digits = totp.format_hotp_value(totp.hotp_value(secret, counter))
    shown = client.post(page, {"code": digits}, follow=True).content.decode()
    codes = client.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10
    assert all(code in shown for code in codes)
    assert "10 codes are left" in client.get("/accounts/2fa/").content.decode()
    off = client.post("/accounts/2fa/totp/deactivate/", follow=True).content.decode()
    assert "Two-factor sign-in is off." in off
    assert not Authenticator.objects.filter(user=bob).exists()
