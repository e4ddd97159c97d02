"""Whose an address is: what the mailed link does, for whom, and what ends then."""

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts import people as signing_up
from openslot.accounts import tasks
from openslot.accounts.models import User
from openslot.accounts.signing import recovery
from openslot.appointments.booking import asking
from openslot.kernel.errors import NotFound
from openslot.notifications import feed
from openslot.privacy.tasks import join
from tests import town

GUEST = "grace@example.org"
STRANGERS = "the stranger's password"
OWN = "a password of my own"


@pytest.fixture
def squatted(people):
    """An account that a stranger made with somebody else's address."""
    return signing_up.sign_up(email=GUEST, password=STRANGERS, first_name="Not", last_name="Grace")


def link_of(user, email=None):
    address = EmailAddress.objects.get(user=user, email=email or user.email)
    return f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/"


def verified(user, email=GUEST):
    return EmailAddress.objects.filter(user=user, email=email, verified=True).exists()


def signed_in_with(password, email=GUEST):
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return client if "_auth_user_id" in client.session else None


def reset_link(message):
    return re.search(r"https?://\S+", message.body).group().split("localhost:8000")[-1]


def asked_for_a_new_password(client, email=GUEST):
    """What is mailed, if anything."""
    mail.outbox.clear()
    client.post("/accounts/password/reset/", {"email": email})
    job = ProcrastinateJob.objects.filter(task_name=recovery.RECOVER).order_by("-id")[0]
    tasks.recover(**job.args)
    return [reset_link(message) for message in mail.outbox]


def chosen(client, link, password):
    page = client.get(link, follow=True)
    form = {"password1": password, "password2": password}
    return client.post(page.redirect_chain[-1][0], form)


@pytest.mark.parametrize("verification", ["optional", "mandatory"])
def test_a_press_in_the_mail_hands_no_strangers_account_over(
    squatted, ada, massage, settings, verification
):
    settings.EMAIL_VERIFICATION = settings.ACCOUNT_EMAIL_VERIFICATION = verification
    guest = asking.Guest(GUEST, "Grace", "H.")
    booked = town.booked(massage, ada, town.at(9), customer=guest)
    client = Client()
    answer = client.post(link_of(squatted))
    assert answer.status_code == 409
    assert "Is this account yours?" in answer.content.decode()
    assert not verified(squatted)
    booked.refresh_from_db()
    assert booked.customer.user is None


def test_looking_at_the_link_changes_nothing(squatted, bob, signed_in):
    client = signed_in(bob)
    for browser in (client, Client()):
        assert browser.get(link_of(squatted)).status_code == 200
        assert browser.head(link_of(squatted)).status_code == 200
    assert not verified(squatted)
    assert client.get("/me/").status_code == 200  # nobody is signed out by a link


def test_in_the_accounts_own_session_one_press_is_enough(squatted, signed_in):
    client = signed_in(squatted)
    assert "One press" in client.get(link_of(squatted)).content.decode()
    assert client.post(link_of(squatted)).status_code == 302
    assert verified(squatted)


def test_right_after_the_sign_up_one_press_is_enough_and_signs_in(people, settings):
    settings.EMAIL_VERIFICATION = settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client = Client()
    form = {"email": GUEST, "password1": OWN, "first_name": "Grace", "last_name": "H."}
    client.post("/accounts/signup/", form)
    assert "_auth_user_id" not in client.session
    user = User.objects.get(email=GUEST)
    client.post(link_of(user))
    assert verified(user)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_somebody_elses_session_counts_for_nothing(squatted, bob, signed_in):
    assert signed_in(bob).post(link_of(squatted)).status_code == 409
    assert not verified(squatted)


@pytest.mark.parametrize("verification", ["optional", "mandatory"])
def test_signed_out_the_accounts_password_counts(squatted, settings, verification):
    settings.EMAIL_VERIFICATION = settings.ACCOUNT_EMAIL_VERIFICATION = verification
    client = Client()
    wrong = client.post(link_of(squatted), {"action": "password", "password": "not this one"})
    assert wrong.status_code == 422
    assert "not the password of the account" in wrong.content.decode()
    assert not verified(squatted)
    client.post(link_of(squatted), {"action": "password", "password": STRANGERS})
    assert verified(squatted)
    assert client.session["_auth_user_id"] == str(squatted.pk)


def test_the_password_beside_the_link_is_not_guessed_for_ever(squatted):
    client = Client()
    guesses = [
        client.post(link_of(squatted), {"action": "password", "password": f"guess {n}"})
        for n in range(6)
    ]
    assert "Too many" in guesses[-1].content.decode()
    client.post(link_of(squatted), {"action": "password", "password": STRANGERS})
    assert not verified(squatted)


def with_all_that_a_stranger_can_set_up(user):
    """Their tokens, factor, second address and feed, and a browser signed in."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    EmailAddress.objects.create(user=user, email="eve@evil.example", verified=True)
    EmailAddress.objects.create(user=user, email="eve2@evil.example", verified=False)
    User.objects.filter(pk=user.pk).update(phone="+49 1", first_name="Bought")
    browser = Client()
    browser.force_login(user)
    refresh = Client().post(
        "/api/token/", {"email": GUEST, "password": STRANGERS}, content_type="application/json"
    )
    return browser, feed.address(user), refresh


def opens_nothing(user, browser, address):
    secret = address.removesuffix(".ics").rpartition("/feeds/")[2]
    with pytest.raises(NotFound):
        feed.read(secret)
    assert browser.get("/me/").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified")) == [
        (GUEST, True)
    ]
    assert signed_in_with(STRANGERS) is None
    user.refresh_from_db()
    assert (user.first_name, user.phone) == ("", "")


def test_who_reads_the_mail_takes_the_account_and_nothing_from_before_opens_it(
    squatted, ada, massage
):
    guest = asking.Guest(GUEST, "Grace", "H.")
    booked = town.booked(massage, ada, town.at(9), customer=guest)
    EmailAddress.objects.create(user=squatted, email="second@evil.example")
    browser, address, _ = with_all_that_a_stranger_can_set_up(squatted)
    pair = Client().post(
        "/api/token/", {"email": GUEST, "password": STRANGERS}, content_type="application/json"
    )
    client, link = Client(), link_of(squatted)
    weak = client.post(link, {"action": "choose", "password": "short"})
    assert weak.status_code == 422
    assert not verified(squatted)
    client.post(link, {"action": "choose", "password": OWN})
    opens_nothing(squatted, browser, address)
    assert pair.status_code == 401  # the factor stood in the way
    assert client.session["_auth_user_id"] == str(squatted.pk)
    assert signed_in_with(OWN)
    join(EmailAddress.objects.get(email=GUEST).pk)
    booked.refresh_from_db()
    assert booked.customer.user == squatted


def test_tokens_from_before_end_with_the_claim(squatted):
    pair = Client().post(
        "/api/token/", {"email": GUEST, "password": STRANGERS}, content_type="application/json"
    )
    refresh = pair.json()["refresh"]
    Client().post(link_of(squatted), {"action": "choose", "password": OWN})
    answer = Client().post(
        "/api/token/refresh/", {"refresh": refresh}, content_type="application/json"
    )
    assert answer.status_code == 401
    access = {"Authorization": f"Bearer {pair.json()['access']}"}
    assert Client().get("/api/me/", headers=access).status_code == 401


def test_a_new_password_by_mail_drops_what_a_stranger_set_up(squatted):
    browser, address, _ = with_all_that_a_stranger_can_set_up(squatted)
    client = Client()
    [link] = asked_for_a_new_password(client)
    chosen(client, link, OWN)
    opens_nothing(squatted, browser, address)
    assert signed_in_with(OWN)
    for evil in ("eve@evil.example", "eve2@evil.example"):
        assert asked_for_a_new_password(Client(), evil) == []


def test_the_public_page_of_a_stranger_leaves_the_lists(squatted):
    provider = town.provider(squatted, slug="squatted", bio="Buy now")
    Client().post(link_of(squatted), {"action": "choose", "password": OWN})
    provider.refresh_from_db()
    assert (provider.active, provider.bio) == (False, "")


def test_who_has_verified_keeps_all_but_the_password_and_the_feed(bob):
    TOTP.activate(bob, "JBSWY3DPEHPK3PXP")
    EmailAddress.objects.create(user=bob, email="second@example.org")
    before = feed.address(bob)
    client = Client()
    [link] = asked_for_a_new_password(client, bob.email)
    chosen(client, link, OWN)
    bob.refresh_from_db()
    assert bob.check_password(OWN)
    assert bob.first_name == "Bob"
    assert Authenticator.objects.filter(user=bob).exists()
    assert EmailAddress.objects.filter(user=bob).count() == 2
    assert feed.address(bob) != before
    assert asked_for_a_new_password(client, "second@example.org") == []


def test_a_further_address_gives_its_reader_no_right_to_the_account(bob):
    """Somebody mistyped it, or somebody is to be tricked."""
    EmailAddress.objects.create(user=bob, email="typo@example.org")
    link = link_of(bob, "typo@example.org")
    client = Client()
    assert "choose" not in client.get(link).content.decode()
    client.post(link, {"action": "choose", "password": OWN})
    bob.refresh_from_db()
    assert bob.check_password(town.PASSWORD)
    assert not verified(bob, "typo@example.org")
    client.post(link, {"action": "disown"})
    assert not EmailAddress.objects.filter(email="typo@example.org").exists()
    assert verified(bob, bob.email)


def test_that_was_not_me_removes_the_account(squatted):
    link = link_of(squatted)
    assert "That was not me" in Client().get(link).content.decode()
    assert Client().post(link, {"action": "disown"}).url == "/accounts/login/"
    assert not User.objects.filter(email=GUEST).exists()
    assert Client().get(link).status_code == 200  # the link has run out


def test_an_account_in_use_is_not_removed_by_a_press(squatted, massage):
    town.booked(massage, squatted, town.at(9))
    answer = Client().post(link_of(squatted), {"action": "disown"}, follow=True)
    assert "Choose a password for it instead" in answer.content.decode()
    assert User.objects.filter(email=GUEST).exists()


def test_an_account_that_showed_another_address_goes_by_that(squatted):
    EmailAddress.objects.create(user=squatted, email="other@example.org", verified=True)
    Client().post(link_of(squatted), {"action": "disown"})
    squatted.refresh_from_db()
    assert squatted.email == "other@example.org"
    assert not signing_up.is_taken(GUEST)


def test_every_new_password_renews_the_feed(bob, signed_in):
    before = feed.address(bob)
    form = {"oldpassword": town.PASSWORD, "password1": OWN, "password2": OWN}
    signed_in(bob).post("/accounts/password/change/", form)
    bob.refresh_from_db()
    assert bob.check_password(OWN)
    after = feed.address(bob)
    assert after != before
    assert feed.read(after.removesuffix(".ics").rpartition("/feeds/")[2])


def test_asking_for_a_new_password_leaves_the_same_behind_for_known_and_unknown(
    bob, django_assert_num_queries
):
    for email in (bob.email, "nobody@example.org"):
        with django_assert_num_queries(1):  # the job
            recovery.ask(email)
    jobs = ProcrastinateJob.objects.filter(task_name=recovery.RECOVER)
    assert jobs.count() == 2
    assert not any("@" in str(job.args) for job in jobs)
