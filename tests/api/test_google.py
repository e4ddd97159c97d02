"""Signing in at the API with an id_token of Google, and erasing an account that has no password."""

import base64
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.db import connections

from openslot.accounts.models import User
from openslot.devtools.google import CLIENT_ID
from openslot.devtools.google.identity.keys import SigningKey
from tests import town

BOB = "bob@example.org"
NEW = "newcomer@gmail.test"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_google")]


@pytest.fixture
def enter(asking):
    def send(id_token, **more):
        return asking().post("token/google/", {"id_token": id_token} | more)

    return send


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims(google, **changed):
    account = google.account(NEW).account
    return google.oauth.claims(account, CLIENT_ID) | changed


def unsigned(google):
    return f"{encoded({'alg': 'none', 'kid': google.key.kid})}.{encoded(claims(google))}."


def by_another_key(google):
    return SigningKey().signed(claims(google), kid=google.key.kid)


def with_unknown_key(google):
    return google.key.signed(claims(google), kid="unknown")


def without_key_id(google):
    return jwt.encode(claims(google), google.key.private, algorithm="RS256")


def by_googles_public_key(google):
    """HS256 with what everybody knows as its secret."""
    parts = {"alg": "HS256", "typ": "JWT", "kid": google.key.kid}, claims(google)
    text = ".".join(encoded(part) for part in parts)
    digest = hmac.digest(google.key.pem().encode(), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def nested(_google):
    deep = base64.urlsafe_b64encode(b"[" * 3000).decode()
    return f"{deep}.{deep}.x"


FORGED = {
    "expired": lambda google: google.id_token(NEW, exp=int(town.NOW.timestamp()) - 60),
    "for another audience": lambda google: google.id_token(NEW, aud="other.example"),
    "of another issuer": lambda google: google.id_token(NEW, iss="https://evil.example"),
    "of tomorrow": lambda google: google.id_token(NEW, iat=int(town.NOW.timestamp()) + 86_400),
    "without an issuer": lambda google: google.id_token(NEW, iss=None),
    "without an end": lambda google: google.id_token(NEW, exp=None),
    "without an address": lambda google: google.id_token(NEW, email=None),
    "about nobody": lambda google: google.id_token(NEW, sub=None),
    "about a number": lambda google: google.id_token(NEW, sub=7),
    "with an address that is none": lambda google: google.id_token(NEW, email=["x"]),
    "unsigned": unsigned,
    "by another key": by_another_key,
    "with an unknown key": with_unknown_key,
    "without a key id": without_key_id,
    "by Google's public key": by_googles_public_key,
    "nested": nested,
    "cut off": lambda google: google.id_token(NEW)[:-20],
    "no token": lambda _google: "x",
    "no letters": lambda _google: "ü.ü.ü",
}


@pytest.mark.parametrize("how", FORGED)
def test_what_google_did_not_say_here_opens_nothing(google, enter, how):
    answer = enter(FORGED[how](google))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not User.objects.exists()


def test_somebody_new_gets_an_account_and_a_pair(google, enter, client):
    google.account(NEW, "Nina", family_name="New")
    pair = enter(google.id_token(NEW), timezone="Asia/Tokyo").json()

    me = client.get("/api/me/", headers={"Authorization": f"Bearer {pair['access']}"}).json()
    assert (me["email"], me["first_name"], me["last_name"]) == (NEW, "Nina", "New")
    assert me["timezone"] == "Asia/Tokyo"
    user = User.objects.get()
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user, primary=True).verified


def test_the_same_person_comes_back_to_the_same_account_whatever_the_address(google, enter):
    enter(google.id_token(NEW))
    sub = google.account(NEW).account.sub
    assert enter(google.id_token("renamed@gmail.test", sub=sub)).status_code == 200

    assert User.objects.get().email == NEW


def test_an_account_with_the_same_verified_address_is_linked(google, enter, bob, asking):
    assert enter(google.id_token("BOB@example.org")).status_code == 200

    assert SocialAccount.objects.get().user == bob
    password = {"email": BOB, "password": town.PASSWORD}
    assert asking().post("token/", password).status_code == 200


def test_an_address_that_was_never_verified_goes_to_whom_google_names(google, enter, bob, asking):
    EmailAddress.objects.filter(user=bob).update(verified=False)
    totp.TOTP.activate(bob, totp.generate_totp_secret())
    refresh = asking()  # before: the stranger's tokens
    stranger = asking(bob)
    assert stranger.get("me/").status_code == 200

    assert enter(google.id_token(BOB)).status_code == 200
    assert stranger.get("me/").status_code == 401
    password = {"email": BOB, "password": town.PASSWORD}
    assert refresh.post("token/", password).status_code == 401
    bob.refresh_from_db()
    assert not bob.has_usable_password()
    assert bob.first_name == "Bob"
    assert EmailAddress.objects.get(user=bob).verified
    assert enter(google.id_token(BOB)).status_code == 200  # no second factor is left


def test_an_address_that_was_only_added_to_an_account_gives_no_right_to_it(google, enter, eve):
    EmailAddress.objects.create(user=eve, email=NEW, verified=False, primary=False)
    assert enter(google.id_token(NEW)).status_code == 200

    assert User.objects.count() == 2
    assert SocialAccount.objects.get().user != eve


def test_an_address_that_google_has_not_verified_opens_no_account(google, enter, bob):
    taken = enter(google.id_token(BOB, email_verified=False))
    free = enter(google.id_token(NEW, email_verified=False))

    assert (taken.status_code, taken.json()["code"]) == (403, "not_allowed")
    assert (free.status_code, free.json()["code"]) == (401, "token_not_valid")
    assert User.objects.get() == bob
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_still_asked_for(google, enter, bob):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(bob, secret)
    without = enter(google.id_token(BOB))
    wrong = enter(google.id_token(BOB), code="000000")
    right = enter(google.id_token(BOB), code=code_of(secret))

    assert [one.status_code for one in (without, wrong, right)] == [401, 401, 200]


def code_of(secret):
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_a_closed_account_stays_closed(google, enter, bob):
    enter(google.id_token(BOB))
    User.objects.update(is_active=False)

    assert enter(google.id_token(BOB)).status_code == 401


def test_googles_keys_are_fetched_once_and_again_when_they_are_old(google, enter, clock):
    for _ in range(3):
        enter(google.id_token(NEW))
    assert len(google.calls("/oauth2/v1/certs")) == 1

    clock.shift(timedelta(hours=2))
    enter(google.id_token(NEW))
    assert len(google.calls("/oauth2/v1/certs")) == 2


def test_an_unknown_key_has_them_fetched_again_once_a_minute_at_most(google, enter, clock):
    enter(google.id_token(NEW))
    for _ in range(5):
        enter(with_unknown_key(google))
    assert len(google.calls("/oauth2/v1/certs")) == 2

    google.key = google.oauth.key = SigningKey()  # Google changes its key
    clock.shift(timedelta(seconds=61))
    assert enter(google.id_token(NEW)).status_code == 200


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"drop": "before"}, {"cut": True}, {"body": b"[]"}, {"body": b"{}"}]
)
def test_where_google_does_not_answer_nobody_is_told_that_they_are_wrong(google, enter, fault):
    google.fault("/oauth2/v1/certs", **fault)
    answer = enter(google.id_token(NEW))

    assert (answer.status_code, answer.json()["code"]) == (503, "google_unavailable")
    assert enter(google.id_token(NEW)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_coming_twice_at_the_same_moment_makes_one_account(google, enter):
    token = google.id_token(NEW)
    start = Barrier(4)

    def come():
        start.wait()
        try:
            return enter(token).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(come) for _ in range(4)]
    assert [call.result() for call in calls] == [200] * 4
    assert User.objects.count() == SocialAccount.objects.count() == 1


class TestErasingWithoutAPassword:
    @pytest.fixture
    def user(self, google, enter):
        enter(google.id_token(NEW))
        return User.objects.get()

    def test_a_fresh_token_of_google_erases(self, google, asking, user):
        answer = asking(user).delete("me/", {"id_token": google.id_token(NEW)})

        assert answer.status_code == 204
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            lambda _google: {},
            lambda _google: {"password": "x"},
            lambda _google: {"id_token": "x"},
            lambda google: {"id_token": google.id_token("other@gmail.test")},
            lambda google: {"id_token": google.id_token(NEW, iat=int(time.time()) - 900)},
        ],
    )
    def test_nothing_else_does(self, google, asking, user, body):
        answer = asking(user).delete("me/", body(google))

        assert answer.status_code == 400
        assert "id_token" in answer.json()["errors"]
        assert User.objects.exists()

    def test_who_has_a_password_gives_that(self, google, asking, bob, enter):
        enter(google.id_token(BOB))
        answer = asking(bob).delete("me/", {"id_token": google.id_token(BOB)})

        assert answer.status_code == 400
        assert "password" in answer.json()["errors"]


def test_where_google_is_not_set_up_there_is_nothing(google, enter, settings):
    settings.GOOGLE_CLIENT_ID = ""
    assert enter(google.id_token(NEW)).status_code == 404
