"""Second factors as the database keeps them."""

import importlib
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps

from openslot.accounts import factors
from tests import town
from tests.api.calling import Caller

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
SEED = "00" * 40
MIGRATION = importlib.import_module("openslot.accounts.migrations.0003_factors_sealed")


def code():
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


def kept():
    return json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))


def test_neither_secret_nor_seed_stand_in_the_database(bob):
    TOTP.activate(bob, SECRET)
    codes = RecoveryCodes.activate(bob)
    assert SECRET not in kept()
    seed = factors.Adapter().decrypt(codes.instance.data["seed"])
    assert seed not in kept()
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    assert codes.validate_code(codes.get_unused_codes()[0])


def test_what_stood_in_clear_is_sealed_once_and_goes_on_working(bob, eve):
    Authenticator.objects.create(user=bob, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(
        user=bob, type="recovery_codes", data={"seed": SEED, "used_mask": 4}
    )
    Authenticator.objects.create(
        user=eve, type="recovery_codes", data={"migrated_codes": ["11112222"], "used_mask": 0}
    )
    MIGRATION.seal(apps, None)
    sealed = kept()
    assert not any(text in sealed for text in (SECRET, SEED, "11112222"))
    MIGRATION.seal(apps, None)
    assert kept() == sealed
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    bobs = Authenticator.objects.get(user=bob, type="recovery_codes").wrap()
    assert len(bobs.get_unused_codes()) == 9
    assert Authenticator.objects.get(user=eve).wrap().validate_code("11112222")
    MIGRATION.unseal(apps, None)
    assert SECRET in kept()


def test_a_factor_of_other_keys_lets_nobody_in_and_says_so_at_both_doors(bob, client, settings):
    """As after a backup was restored without its keys."""
    TOTP.activate(bob, SECRET)
    settings.ENCRYPTION_KEYS = "another-key-of-at-least-thirty-two-letters"
    asked = {"email": bob.email, "password": town.PASSWORD, "code": code()}
    answer = Caller().post("token/", asked)
    assert (answer.status_code, answer.json()["code"]) == (409, "factor_unreadable")
    client.post("/accounts/login/", {"login": bob.email, "password": town.PASSWORD})
    page = client.post("/accounts/2fa/authenticate/", {"code": code()}, follow=True)
    assert "cannot be read here any more" in page.content.decode()
    assert "_auth_user_id" not in client.session
