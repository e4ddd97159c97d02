"""The first administrator, by one command."""

import io
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command

from openslot.accounts.models import User
from openslot.accounts.operating import administrators
from openslot.kernel.errors import Invalid
from tests import town

pytestmark = pytest.mark.django_db
EMAIL = "olga@example.org"


def shown(secret):
    """What an app that has the secret shows now."""
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )


class Typist:
    """Somebody at the keyboard, who reads what was written before they answer."""

    def __init__(self, *answers):
        self.answers, self.out = list(answers), io.StringIO()

    def isatty(self):
        return False

    def readline(self):
        answer = self.answers.pop(0) if self.answers else ""
        if answer == "digits":
            return (
                shown(re.search(r"^  ([A-Z2-7]{32})$", self.out.getvalue(), re.MULTILINE)[1]) + "\n"
            )
        return f"{answer}\n" if answer else ""


def run(monkeypatch, *answers):
    typist = Typist(*answers)
    monkeypatch.setattr("sys.stdin", typist)
    call_command("administrator", EMAIL, stdout=typist.out)
    return typist.out.getvalue()


def test_one_command_makes_an_administrator_who_can_get_in(people, monkeypatch, settings, client):
    settings.PRODUCTION, settings.EMAIL_VERIFICATION = True, "mandatory"
    said = run(monkeypatch, town.PASSWORD, town.PASSWORD, "digits")
    user = User.objects.get(email=EMAIL)
    assert user.is_superuser
    assert EmailAddress.objects.get(user=user).verified
    assert administrators.safe() == 1
    form = {"login": EMAIL, "password": town.PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", form).url.startswith("/accounts/2fa/authenticate/")
    code = re.search(r"^  ([a-z0-9]{8})$", said, re.MULTILINE)[1]
    assert client.post("/accounts/2fa/authenticate/?next=/admin/", {"code": code}).url == "/admin/"
    assert client.get("/admin/accounts/user/").status_code == 200


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["short"], "too short"),
        ([town.PASSWORD, "another one altogether"], "differ"),
        ([town.PASSWORD, town.PASSWORD, "000000"], "not the digits"),
        ([town.PASSWORD, town.PASSWORD], "Nothing more"),
    ],
)
def test_whoever_mistypes_makes_nobody(people, monkeypatch, answers, said):
    with pytest.raises(CommandError, match=said):
        run(monkeypatch, *answers)
    assert not User.objects.exists()


def test_an_address_that_has_an_account_is_refused(people, monkeypatch):
    town.person("Olga")
    with pytest.raises(CommandError, match="signed up with this address already"):
        run(monkeypatch, town.PASSWORD)
    factor = administrators.factor(EMAIL)
    asked = {"email": EMAIL, "password": town.PASSWORD, "digits": shown(factor.secret)}
    with pytest.raises(Invalid):
        administrators.make(factor=factor, **asked)
    assert not User.objects.filter(is_staff=True).exists()
