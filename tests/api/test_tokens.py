"""Signing in, staying in and out: tokens."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, connections
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from openslot.accounts.models import User
from openslot.accounts.signing import hashers
from openslot.api.models import FamilyMember
from openslot.api.protocol import auth
from tests import town

pytestmark = pytest.mark.django_db


def sign_in(asking, email="bob@example.org", password=town.PASSWORD):
    return asking().post("token/", {"email": email, "password": password})


def refresh(asking, token):
    return asking().post("token/refresh/", {"refresh": token})


def refused(response, code):
    assert response.status_code == 401
    assert response.json()["code"] == code
    assert response.headers["WWW-Authenticate"] == "Bearer"


def with_access(client, access):
    return client.get("/api/me/", headers={"Authorization": f"Bearer {access}"})


def test_a_password_gives_a_pair_that_opens_doors(asking, bob, client):
    pair = sign_in(asking).json()
    assert with_access(client, pair["access"]).json()["email"] == bob.email


def test_capitals_in_the_address_do_not_matter(asking, bob):
    assert sign_in(asking, "BOB@Example.ORG").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("bob@example.org", "wrong"),
        ("nobody@example.org", town.PASSWORD),
        ("bob", "x"),
        ("b\u0130", "x"),
    ],
)
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(asking, bob, email, password):
    refused(sign_in(asking, email, password), "no_active_account")


def test_who_was_locked_out_gets_no_token(asking, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    refused(sign_in(asking), "no_active_account")


def test_a_refresh_token_of_somebody_locked_out_is_dead(asking, bob):
    pair = auth.issued(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    refused(refresh(asking, pair.refresh), "token_not_valid")


def test_an_unverified_address_gets_no_token_where_verification_is_mandatory(asking, bob, settings):
    EmailAddress.objects.filter(user=bob).update(verified=False)
    assert sign_in(asking).status_code == 200
    settings.EMAIL_VERIFICATION = "mandatory"
    refused(sign_in(asking), "no_active_account")


def test_a_refresh_token_works_once(asking, bob):
    first = auth.issued(bob)
    second = refresh(asking, first.refresh).json()
    assert second["refresh"] != first.refresh
    refused(refresh(asking, first.refresh), "token_not_valid")
    assert refresh(asking, second["refresh"]).status_code == 200


@pytest.mark.parametrize("junk", ["", "a.b.c", "x" * 5000, "\ud83d\ude00"])
def test_junk_is_no_token(asking, bob, junk):
    assert refresh(asking, junk).status_code in {400, 401}


def test_an_access_token_is_no_refresh_token(asking, bob):
    refused(refresh(asking, auth.issued(bob).access), "token_not_valid")


def test_logging_out_ends_a_refresh_token(asking, bob):
    pair = auth.issued(bob)
    assert asking().post("token/revoke/", {"refresh": pair.refresh}).status_code == 200
    refused(refresh(asking, pair.refresh), "token_not_valid")


def test_a_new_password_ends_every_token(asking, bob, client):
    pair = auth.issued(bob)
    bob.set_password("another horse battery")
    bob.save()
    refused(refresh(asking, pair.refresh), "token_not_valid")
    assert with_access(client, pair.access).status_code == 401


def test_access_lasts_ten_minutes_at_least_and_refresh_days(asking, bob, client, clock):
    pair = auth.issued(bob)
    clock.shift(timedelta(minutes=11))
    assert with_access(client, pair.access).status_code == 200
    clock.shift(timedelta(minutes=10))
    assert with_access(client, pair.access).status_code == 401
    clock.shift(timedelta(days=3))
    assert refresh(asking, pair.refresh).status_code == 200


def test_no_token_is_written_down(asking, bob):
    pair = sign_in(asking).json()
    refresh(asking, pair["refresh"])
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}


def test_a_session_is_no_token(client, bob):
    client.force_login(bob)
    assert client.get("/api/me/").status_code == 401


def test_guessing_a_password_is_slowed_down(asking, bob, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/key"}
    answers = [sign_in(asking, password="wrong") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(asking, bob, monkeypatch):
    hashed = []
    verify = hashers.Argon2idHasher.encode

    def count(self, password, salt):
        hashed.append(password)
        return verify(self, password, salt)

    def count_verify(self, password, encoded):
        hashed.append(password)
        return False

    monkeypatch.setattr(hashers.Argon2idHasher, "encode", count)
    monkeypatch.setattr(hashers.Argon2idHasher, "verify", count_verify)
    sign_in(asking, password="wrong")
    known = len(hashed)
    sign_in(asking, "nobody@example.org", "wrong")
    assert len(hashed) == 2 * known


def test_a_second_factor_is_asked_for_where_one_is_set_up(asking, bob):
    RecoveryCodes.activate(bob)
    TOTP.activate(bob, generate_totp_secret())
    refused(sign_in(asking), "no_active_account")
    codes = RecoveryCodes(Authenticator.objects.get(user=bob, type="recovery_codes"))
    body = {"email": bob.email, "password": town.PASSWORD}
    code = codes.get_unused_codes()[0]
    assert asking().post("token/", body | {"code": code}).status_code == 200
    refused(asking().post("token/", body | {"code": code}), "no_active_account")
    refused(asking().post("token/", body | {"code": "123"}), "no_active_account")


def test_a_token_used_again_after_its_successor_ends_the_family(asking, bob):
    stolen = sign_in(asking).json()["refresh"]
    elsewhere = sign_in(asking).json()["refresh"]
    second = refresh(asking, stolen).json()["refresh"]
    third = refresh(asking, second).json()["refresh"]
    refused(refresh(asking, stolen), "token_not_valid")
    refused(refresh(asking, third), "token_not_valid")
    assert refresh(asking, elsewhere).status_code == 200  # another sign-in is another family


def test_a_late_repeat_only_fails(asking, bob):
    first = sign_in(asking).json()["refresh"]
    second = refresh(asking, first).json()["refresh"]
    for _ in range(3):
        refused(refresh(asking, first), "token_not_valid")
    assert refresh(asking, second).status_code == 200


def test_a_token_of_a_release_before_goes_on(asking, bob):
    token = auth.Refresh(auth.issued(bob).refresh)
    del token.payload[auth.FAMILY]
    FamilyMember.objects.all().delete()
    second = refresh(asking, str(token)).json()["refresh"]
    assert refresh(asking, second).status_code == 200


def test_the_second_factor_is_not_guessed_from_many_addresses(asking, bob, client):
    RecoveryCodes.activate(bob)
    TOTP.activate(bob, generate_totp_secret())
    codes = RecoveryCodes(Authenticator.objects.get(user=bob, type="recovery_codes"))
    body = {"email": bob.email, "password": town.PASSWORD}
    for n in range(5):
        wrong = asking().post("token/", body | {"code": f"00000{n}"}, REMOTE_ADDR=f"203.0.113.{n}")
        refused(wrong, "no_active_account")
    right = body | {"code": codes.get_unused_codes()[0]}
    answer = asking().post("token/", right, REMOTE_ADDR="203.0.113.99")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    client.post("/accounts/login/", {"login": bob.email, "password": town.PASSWORD})
    page = client.post("/accounts/2fa/authenticate/", {"code": right["code"]})
    assert "_auth_user_id" not in client.session  # the page counts them too
    assert "Too many" in page.content.decode()


def test_a_right_code_lets_the_wrong_ones_be_forgotten(asking, bob):
    RecoveryCodes.activate(bob)
    TOTP.activate(bob, generate_totp_secret())
    codes = RecoveryCodes(Authenticator.objects.get(user=bob, type="recovery_codes"))
    body = {"email": bob.email, "password": town.PASSWORD}
    for code in codes.get_unused_codes()[:3]:
        for n in range(3):
            refused(asking().post("token/", body | {"code": f"12{n}"}), "no_active_account")
        assert asking().post("token/", body | {"code": code}).status_code == 200


def test_google_is_not_there_until_it_is_set_up(asking):
    assert asking().post("token/google/", {"id_token": "x"}).status_code == 404


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_of_several_uses_at_once_exactly_one_succeeds(asking, rounds):
    town.hash_once()
    bob = town.person("Bob")
    for _ in range(rounds(20)):
        token = auth.issued(bob).refresh
        start = Barrier(4)

        def use(_n, token=token, start=start):
            try:
                start.wait(10)
                return refresh(asking, token).status_code
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(use, range(4)))
        assert answers == [200, 401, 401, 401]
    connection.close()


def test_sign_ins_failures_and_wrong_second_factors_are_logged_without_an_address(
    asking, bob, caplog
):
    caplog.set_level(logging.INFO, "openslot.signin")
    sign_in(asking, password="wrong")
    sign_in(asking)
    TOTP.activate(bob, generate_totp_secret())
    asking().post("token/", {"email": bob.email, "password": town.PASSWORD, "code": "1"})
    lines = [record.getMessage() for record in caplog.records if record.name == "openslot.signin"]
    assert re.fullmatch(r"sign-in failed: address=[0-9a-f]{16} from=127\.0\.0\.1", lines[0])
    assert lines[1:] == [
        f"signed in for tokens: account={bob.pk}",
        f"second factor failed: account={bob.pk}",
    ]
