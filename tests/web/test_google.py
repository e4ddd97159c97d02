"""Signing in with Google on pages; tests/e2e/test_google.py does the same in a browser."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount

from openslot.accounts.models import User
from openslot.devtools.google import CLIENT_ID
from tests import town

BOB = "bob@example.org"
NEW = "newcomer@gmail.test"
LOGIN = "/accounts/google/login/?process=login"

pytestmark = pytest.mark.django_db


@pytest.fixture
def go(client, with_google):
    """Press the button, answer Google, come back: go("bob@example.org")."""

    def through(email, at=LOGIN, **how):
        asked = client.post(at)
        assert asked.status_code == 302
        return client.get(with_google.consent(asked["Location"], email, **how))

    return through


def name_on(client):
    page = client.get("/me/")
    return page.context["request"].user.email if page.status_code == 200 else None


def test_the_pages_offer_google_where_it_is_set_up(client, with_google):
    for page in ("/accounts/login/", "/accounts/signup/"):
        answer = client.get(page)
        assert "Continue with Google" in answer.content.decode()
        assert with_google.url in answer["Content-Security-Policy"]


def test_without_a_client_id_no_page_speaks_of_google(client, bob):
    pages = ["/", "/accounts/login/", "/accounts/signup/"]
    seen = [client.get(page) for page in pages]
    client.force_login(bob)
    own = ["/me/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/reauthenticate/"]
    seen += [client.get(page) for page in own]

    assert all(answer.status_code == 200 for answer in seen)
    for answer in seen:
        assert not re.search("google", answer.content.decode(), re.IGNORECASE)
        assert "google" not in answer["Content-Security-Policy"]


def test_google_is_asked_for_no_more_than_who_it_is_with_a_proof_of_the_asker(client, with_google):
    asked = parse_qs(urlsplit(client.post(LOGIN)["Location"]).query)

    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["redirect_uri"][0].endswith("/accounts/google/login/callback/")


def test_somebody_new_gets_an_account_in_the_zone_of_the_browser(client, go, with_google):
    with_google.account(NEW, "Nina", family_name="New")
    client.cookies["timezone"] = "Asia/Tokyo"

    assert go(NEW)["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name) == (NEW, "Nina", "New")
    assert user.timezone == "Asia/Tokyo"
    assert EmailAddress.objects.get(user=user).verified
    assert name_on(client) == NEW


def test_who_comes_from_a_page_goes_back_to_it(go):
    assert go(NEW, f"{LOGIN}&next=/me/feed/")["Location"] == "/me/feed/"


def test_a_verified_account_of_the_address_is_linked_and_signed_in(client, go, bob):
    go(BOB)

    assert name_on(client) == BOB
    assert SocialAccount.objects.get().user == bob
    bob.refresh_from_db()
    assert bob.has_usable_password()


def test_of_an_account_never_verified_nothing_is_left_to_whoever_made_it(client, go, bob, eve):
    EmailAddress.objects.filter(user=bob).update(verified=False)
    stranger = type(client)()
    stranger.force_login(bob)
    assert name_on(stranger) == BOB
    go(BOB)

    assert name_on(client) == BOB
    assert name_on(stranger) is None
    assert not stranger.login(email=BOB, password=town.PASSWORD)


def test_who_turns_back_is_told_so_and_changes_nothing(client, go):
    answer = client.get(go(NEW, deny=True)["Location"])

    assert "Not signed in" in answer.content.decode()
    assert not User.objects.exists()


def test_an_address_that_google_has_not_verified_opens_nothing(client, go, bob, with_google):
    with_google.account(BOB, email_verified=False)
    answer = go(BOB)

    assert answer.status_code == 400
    assert "Google has not verified this address" in answer.content.decode()
    assert name_on(client) is None


def test_a_second_factor_is_still_asked_for(client, go, bob):
    totp.TOTP.activate(bob, totp.generate_totp_secret())

    assert go(BOB)["Location"].startswith("/accounts/2fa/authenticate/")
    assert name_on(client) is None


def test_a_forged_way_back_opens_nothing(client, with_google):
    first = client.post(LOGIN)["Location"]
    state = parse_qs(urlsplit(first).query)["state"][0]
    page = "/accounts/google/login/callback/"
    for query in ({}, {"code": "x"}, {"code": "x", "state": "y"}, {"code": "x", "state": state}):
        assert "That did not work" in client.get(page, query).content.decode()

    assert not User.objects.exists()


def test_a_token_endpoint_that_fails_is_told_and_changes_nothing(go, with_google):
    with_google.fault("/token", status=503)

    assert "That did not work" in go(NEW).content.decode()
    assert not User.objects.exists()


def test_what_google_says_in_an_error_is_not_repeated(go, with_google):
    told = b'{"error": "invalid_grant", "error_description": "ya29.secret-of-somebody"}'
    with_google.fault("/token", status=400, body=told)

    assert "ya29." not in go(NEW).content.decode()


def test_no_token_of_google_is_kept(go, client):
    go(NEW)

    assert not SocialAccount.objects.get().socialtoken_set.exists()
    assert "ya29." not in str(client.session.items())


def test_an_account_is_added_and_taken_away_again(client, go, bob, with_google):
    town.sign_in(client, bob)
    go("bob@gmail.test", "/accounts/google/login/?process=connect")
    account = SocialAccount.objects.get()
    assert account.user == bob

    page = client.get("/accounts/3rdparty/").content.decode()
    assert "bob@gmail.test" in page
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_is_not_taken_away(client, go):
    go(NEW)
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})

    assert SocialAccount.objects.exists()


class TestErasingWithoutAPassword:
    SAY_AGAIN = "/accounts/google/login/?process=redirect&next=/me/erase/"

    def test_google_says_once_more_who_it_is(self, client, go):
        go(NEW)
        asked = client.get("/me/erase/", follow=True).content.decode()
        assert "Erase everything" not in asked
        button = self.SAY_AGAIN.replace(
            "?process=redirect&next=/", "?process=redirect&amp;next=%2F"
        )
        assert button.replace("erase/", "erase%2F").replace("me/", "me%2F") in asked
        client.post("/me/erase/")
        assert User.objects.exists()

        assert go(NEW, self.SAY_AGAIN)["Location"] == "/me/erase/"
        assert "Erase everything" in client.get("/me/erase/").content.decode()
        client.post("/me/erase/")
        assert not User.objects.exists()

    def test_somebody_else_at_google_is_not_enough(self, client, go):
        go(NEW)
        assert go("other@gmail.test", self.SAY_AGAIN).status_code == 400

        client.post("/me/erase/")
        assert User.objects.exists()

    def test_what_google_said_is_good_for_some_minutes(self, client, go, clock):
        go(NEW)
        go(NEW, self.SAY_AGAIN)
        clock.shift(timedelta(minutes=11))
        client.post("/me/erase/")

        assert User.objects.exists()


def test_one_tap_is_not_there(client, with_google):
    assert client.post("/accounts/google/login/token/", {"credential": "x"}).status_code == 404


def test_settings_alone_lead_everything_to_another_google():
    script = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "openslot.settings"
django.setup()
from allauth.socialaccount.providers.google import views
print(views.GoogleOAuth2Adapter.authorize_url, views.GoogleOAuth2Adapter.access_token_url)
print(views.IDENTITY_URL, views.CERTS_URL, views.ID_TOKEN_ISSUER)
"""
    env = {
        "GOOGLE_CLIENT_ID": "id",
        "GOOGLE_CLIENT_SECRET": "secret",
        "GOOGLE_EMULATOR_URL": "http://127.0.0.1:9/",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stdout.split()
    assert words[:4] == [
        "http://127.0.0.1:9/o/oauth2/v2/auth",
        "http://127.0.0.1:9/token",
        "http://127.0.0.1:9/oauth2/v2/userinfo",
        "http://127.0.0.1:9/oauth2/v1/certs",
    ], done.stderr
    assert "http://127.0.0.1:9" in " ".join(words[4:])
