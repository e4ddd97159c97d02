"""What the operator asks people to agree to is asked at every door, and kept with version and time."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal import auth as totp

from openslot.accounts import consenting, people
from openslot.accounts.models import Consent, Customer, User
from openslot.accounts.operating import administrators
from openslot.accounts.signing import recovery
from openslot.appointments.booking.asking import Guest
from openslot.appointments.models import Appointment
from openslot.kernel.errors import Invalid
from openslot.privacy import erasure, joining, taking_along
from tests import town
from tests.api.calling import Caller, done, problem
from tests.town import at

pytestmark = pytest.mark.django_db
TEXT = "I agree to the rules of the house."
BOX = 'name="consent"'


@pytest.fixture
def asked(settings):
    settings.CONSENT_TEXT, settings.CONSENT_VERSION = TEXT, "2030-01"
    settings.CONSENT_URL = "https://example.org/rules"


def kept():
    return list(Consent.objects.values_list("version", "text", "url"))


SAID = [("2030-01", TEXT, "https://example.org/rules")]
OWN = "a password of my own"
GRETA = Guest("greta@example.org", "Greta")
ACCOUNT = {"email": "new@example.org", "password": town.PASSWORD, "first_name": "New"}
FORM = {"email": "new@example.org", "password1": town.PASSWORD, "first_name": "New"}


def test_where_nothing_is_set_there_is_no_box_and_nothing_is_kept(client, massage):
    book = f"/p/ada/{massage.pk}/book/?at=2030-04-02T08:00:00Z"
    for page in ("/accounts/signup/", book):
        assert BOX not in client.get(page).content.decode()
    done(Caller().post("signup/", ACCOUNT), 201)
    assert kept() == []


def test_the_page_of_sign_up_asks(client, asked):
    page = client.get("/accounts/signup/").content.decode()
    assert BOX in page
    assert TEXT in page
    assert 'href="https://example.org/rules"' in page
    refused = client.post("/accounts/signup/", FORM)
    assert "without your consent" in refused.content.decode()
    assert not User.objects.exists()
    assert client.post("/accounts/signup/", FORM | {"consent": "on"}).status_code == 302
    assert kept() == SAID
    assert Consent.objects.get().user == User.objects.get()


def test_the_api_of_sign_up_asks(asked):
    said = problem(Caller().post("signup/", ACCOUNT), 400, "invalid")
    assert "consent" in said["errors"]
    done(Caller().post("signup/", ACCOUNT | {"consent": True}), 201)
    assert kept() == SAID


@pytest.mark.parametrize("path", ["/p/ada/{}/book/", "/embed/ada/{}/book/"])
def test_a_guest_is_asked_on_the_page_and_in_a_frame(client, massage, asked, path):
    page = path.format(massage.pk) + "?at=2030-04-02T08:00:00Z"
    assert BOX in client.get(page).content.decode()
    form = {"at": "2030-04-02T08:00:00Z", "name": "Greta Long", "email": "greta@example.org"}
    assert client.post(page, form).status_code == 422
    assert not Appointment.objects.exists()
    assert client.post(page, form | {"consent": "on"}).status_code in {302, 303}
    assert kept() == SAID
    assert Consent.objects.get().customer == Customer.objects.get()


def test_a_guest_is_asked_by_the_api(massage, asked):
    guest = {"email": "greta@example.org", "first_name": "Greta"}
    body = {"service": str(massage.pk), "start": at(8, day=1).isoformat(), "guest": guest}
    said = problem(Caller().post("appointments/", body), 400, "invalid")
    assert "guest.consent" in said["errors"]
    done(Caller().post("appointments/", body | {"guest": guest | {"consent": True}}), 201)
    assert kept() == SAID


def test_nobody_gets_round_it_below_the_doors_either(massage, asked):
    with pytest.raises(Invalid, match="cannot be used") as refused:
        town.book(massage.pk, by=GRETA, start=at(8))
    assert "guest.consent" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        people.sign_up(**ACCOUNT)
    assert "consent" in refused.value.errors
    assert not User.objects.filter(email="new@example.org").exists()
    assert not Appointment.objects.exists()


def test_a_preview_asks_for_nothing(massage, asked):
    body = {"service": str(massage.pk), "start": at(8, day=1).isoformat()}
    guest = {"email": "greta@example.org", "first_name": "Greta"}
    done(Caller().post("appointments/preview/", body | {"guest": guest}))
    assert kept() == []


def test_whom_a_provider_books_for_is_not_asked_and_has_agreed_to_nothing(massage, ada, asked):
    town.book(massage.pk, by=ada, customer=GRETA, start=at(8))
    assert kept() == []


def test_a_guest_who_makes_an_account_is_asked_by_its_page(client, massage, asked):
    form = {"at": "2030-04-02T08:00:00Z", "name": "Greta Long", "email": "greta@example.org"}
    booked = client.post(f"/p/ada/{massage.pk}/book/", form | {"consent": "on"})
    page = client.get(f"{booked.url}account/").url
    assert BOX in client.get(page).content.decode()
    assert client.post(page, {"password": town.PASSWORD}).status_code == 422
    assert not User.objects.filter(email="greta@example.org").exists()
    assert client.post(page, {"password": town.PASSWORD, "consent": "on"}).status_code == 302
    greta = User.objects.get(email="greta@example.org")
    assert [each.user or each.customer for each in Consent.objects.order_by("pk")] == [
        Customer.objects.get(),
        greta,
    ]


def test_who_is_new_by_google_is_asked_before_there_is_an_account(client, with_google, asked, bob):
    def go(email):
        start = client.post("/accounts/google/login/?process=login&next=/me/feed/")
        return client.get(with_google.consent(start["Location"], email)).url

    page = go("nina@gmail.test")
    assert BOX in client.get(page).content.decode()
    assert not User.objects.filter(email="nina@gmail.test").exists()
    assert "without your consent" in client.post(page).content.decode()
    assert not User.objects.filter(email="nina@gmail.test").exists()
    assert client.post(page, {"consent": "on"}).url == "/me/feed/"
    assert client.get("/me/").context["request"].user.email == "nina@gmail.test"
    assert kept() == SAID
    client.post("/accounts/logout/")
    for known in ("nina@gmail.test", bob.email):  # whoever has an account is let in as ever
        assert go(known) == "/me/feed/"
        client.post("/accounts/logout/")
    assert kept() == SAID


def by_choosing(client, user):
    address = EmailAddress.objects.get(user=user)
    page = f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/"
    return page, {"action": "choose", "password": OWN}


def by_a_new_password(client, user):
    key = recovery.key(user, email=user.email)
    page = f"/accounts/password/reset/key/{user_pk_to_url_str(user)}-{key}/"
    return client.get(page).url, {"password1": OWN}


@pytest.mark.parametrize("way", [by_choosing, by_a_new_password])
def test_who_takes_an_account_that_a_stranger_made_is_asked_anew(client, asked, settings, way):
    people.sign_up(**ACCOUNT | {"password": "the stranger's password"}, consent=True)
    settings.CONSENT_VERSION = "2031-01"
    new = User.objects.get(email="new@example.org")
    page, form = way(client, new)
    assert BOX in client.get(page).content.decode()
    assert "without your consent" in client.post(page, form).content.decode()
    assert kept() == SAID
    assert client.post(page, form | {"consent": "on"}).status_code == 302
    assert [version for version, *_ in kept()] == ["2031-01"]
    assert client.login(email=new.email, password=OWN)


def test_a_new_password_for_ones_own_account_asks_for_nothing(client, bob, asked):
    page, form = by_a_new_password(client, bob)
    assert BOX not in client.get(page).content.decode()
    assert client.post(page, form).status_code == 302


def test_who_takes_one_by_google_is_asked_anew(google, with_google, asked):
    people.sign_up(**ACCOUNT | {"email": "nina@gmail.test"}, consent=True)
    said = {"id_token": google.id_token("nina@gmail.test")}
    assert "consent" in problem(Caller().post("token/google/", said), 400, "invalid")["errors"]
    assert User.objects.get().has_usable_password()
    done(Caller().post("token/google/", said | {"consent": True}))
    assert kept() == SAID
    assert not User.objects.get().has_usable_password()


def test_the_page_for_who_comes_from_google_is_there_for_nobody_else(client, with_google, asked):
    assert client.get("/accounts/3rdparty/signup/").url == "/accounts/login/"


def test_who_is_new_by_google_is_asked_by_the_api(google, with_google, asked):
    said = {"id_token": google.id_token("nina@gmail.test")}
    assert "consent" in problem(Caller().post("token/google/", said), 400, "invalid")["errors"]
    assert not User.objects.exists()
    done(Caller().post("token/google/", said | {"consent": True}))
    done(Caller().post("token/google/", said))
    assert kept() == SAID


def test_an_administrator_is_made_by_a_command_that_asks_nothing(asked):
    factor = administrators.factor("olga@example.org")
    counter = next(totp.yield_hotp_counters_from_time())
    digits = totp.format_hotp_value(totp.hotp_value(factor.secret, counter))
    administrators.make(
        email="olga@example.org", password=town.PASSWORD, factor=factor, digits=digits
    )
    assert kept() == []


def test_of_the_same_words_the_first_time_counts_and_others_are_kept_beside_them(
    bob, asked, settings
):
    for _ in range(2):
        consenting.keep(user=bob)
    settings.CONSENT_VERSION = "2031-01"
    consenting.keep(user=bob)
    settings.CONSENT_TEXT = "I agree to other rules."  # and the version was forgotten
    consenting.keep(user=bob)
    assert [(version, text) for version, text, _ in kept()] == [
        ("2030-01", TEXT),
        ("2031-01", TEXT),
        ("2031-01", "I agree to other rules."),
    ]


def test_a_new_version_is_asked_of_a_guest_with_the_next_booking(massage, asked, settings):
    town.book(massage.pk, by=GRETA._replace(consent=True), start=at(8))
    settings.CONSENT_VERSION = "2031-01"
    with pytest.raises(Invalid):
        town.book(massage.pk, by=GRETA, start=at(10))
    town.book(massage.pk, by=GRETA._replace(consent=True), start=at(10))
    assert [version for version, *_ in kept()] == ["2030-01", "2031-01"]


def test_with_an_address_alone_the_terms_of_the_site_are_asked_for(client, asked, settings):
    settings.CONSENT_TEXT = ""
    assert "I agree to the terms of this site." in client.get("/accounts/signup/").content.decode()


def test_what_the_operator_wrote_is_no_markup(client, asked, settings):
    settings.CONSENT_TEXT = "<b>I</b> agree"
    page = client.get("/accounts/signup/").content.decode()
    assert "&lt;b&gt;I&lt;/b&gt; agree" in page


def test_it_is_exported_and_erased_with_the_person(massage, bob, asked):
    consenting.keep(user=bob)
    assert taking_along.everything(bob)["consents"][0]["version"] == "2030-01"
    erasure.erase(bob)
    assert kept() == []


def test_what_a_guest_agreed_to_goes_along_into_the_account_and_with_it(massage, asked):
    town.book(massage.pk, by=GRETA._replace(consent=True), start=at(8))
    greta = town.person("Greta")
    consenting.keep(customer=Customer.objects.create(provider=massage.provider, user=greta))
    joining.join(greta, email=greta.email)
    assert len(taking_along.everything(greta)["consents"]) == 1  # the same words, said twice
    erasure.erase(greta)
    assert kept() == []
