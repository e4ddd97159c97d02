"""Signing up at the page, the mails around an account, and what providers say of themselves."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts import people
from openslot.accounts.models import User
from openslot.appointments.booking import asking
from openslot.kernel.errors import Invalid, NotAllowed
from tests import town

NEW = {
    "email": "grace@example.org",
    "password": "correct horse battery",
    "first_name": "Grace",
    "last_name": "Hopper",
}
PAGE = {("password1" if name == "password" else name): value for name, value in NEW.items()}


def work():
    """Do what waits in the job table."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def link(message):
    return re.search(r"https?://\S+", message.body).group().split("localhost:8000")[-1]


def texts(answers):
    return [answer.content.decode() for answer in answers]


def waiting():
    return [
        (job.task_name.split(".")[-1], job.args)
        for job in ProcrastinateJob.objects.filter(status="todo")
        if job.task_name.startswith("openslot.accounts.")
    ]


@pytest.mark.django_db
def test_a_sign_up_leaves_a_job_without_a_secret(people_hashed):
    user = people.sign_up(**NEW)
    address = EmailAddress.objects.get(user=user)
    assert (address.verified, address.primary) == (False, True)
    assert waiting() == [("verify", {"address_id": address.pk})]


@pytest.mark.django_db
def test_the_page_says_that_an_address_is_taken(client, bob):
    answer = client.post(reverse("account_signup"), PAGE | {"email": "BOB@example.org"})
    assert answer.status_code == 200
    assert people.TAKEN in answer.context["form"].errors["email"]


@pytest.mark.django_db
def test_the_page_signs_up_and_in_with_one_mail(client, people_hashed):
    answer = client.post(reverse("account_signup"), PAGE | {"timezone": "Asia/Tokyo"})
    assert answer.status_code == 302, answer.context["form"].errors
    user = User.objects.get(email="grace@example.org")
    assert (user.timezone, user.get_full_name()) == ("Asia/Tokyo", "Grace Hopper")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert len(waiting()) == 1


@pytest.mark.django_db
def test_a_zone_that_no_one_knows_does_not_stop_a_sign_up(client, people_hashed):
    client.post(reverse("account_signup"), PAGE | {"timezone": "Mars/Olympus"})
    assert User.objects.get(email="grace@example.org").timezone == "UTC"


@pytest.mark.django_db
def test_a_weak_password_stands_beside_its_field(client, people_hashed):
    answer = client.post(reverse("account_signup"), PAGE | {"password1": "grace"})
    assert "password1" in answer.context["form"].errors
    assert not User.objects.filter(email="grace@example.org").exists()


@pytest.mark.django_db
@override_settings(ACCOUNT_EMAIL_VERIFICATION="mandatory", EMAIL_VERIFICATION="mandatory")
def test_a_sign_up_does_not_sign_in_where_verification_is_mandatory(client, people_hashed):
    client.post(reverse("account_signup"), PAGE)
    assert "_auth_user_id" not in client.session
    assert len(waiting()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_the_mail_verifies_and_brings_the_appointments(client, db):
    town.hash_once()
    ada = town.person("Ada")
    service = town.service(town.provider(ada))
    guest = asking.Guest("grace@example.org", "Gracie", "H.")
    appointment = town.booked(service, ada, town.at(9), customer=guest)
    user = people.sign_up(**NEW)
    work()
    [message] = [sent for sent in mail.outbox if "List-Unsubscribe" not in sent.extra_headers]
    assert message.to == ["grace@example.org"]
    client.force_login(user)
    client.post(link(message))
    assert EmailAddress.objects.get(user=user).verified
    appointment.refresh_from_db()
    assert (appointment.customer.user, appointment.customer.name) == (None, "Gracie H.")
    work()
    appointment.refresh_from_db()
    assert (appointment.customer.user, appointment.attendee) == (user, user)
    assert appointment.customer.name == "Grace Hopper"


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_a_forgotten_password_is_set_anew_by_mail(client, db):
    town.hash_once()
    bob = town.person("Bob")
    client.post(reverse("account_reset_password"), {"email": "BOB@example.org"})
    [(task, told)] = waiting()
    assert task == "recover"
    assert "@" not in str(told)
    work()
    [message] = mail.outbox
    page = client.get(link(message), follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "another horse entirely", "password2": "another horse entirely"},
    )
    bob.refresh_from_db()
    assert bob.check_password("another horse entirely")


@pytest.mark.django_db
def test_a_reset_never_says_who_is_known(client, bob):
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in ("bob@example.org", "nobody@example.org")
    ]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    drawn_anew = r'(csrf\S+|once)" value="[\w-]+"|"X-CSRFToken": "\w+"'
    said = [re.sub(drawn_anew, "", page) for page in texts(answers)]
    assert said[0] == said[1]


@pytest.mark.django_db
def test_everything_wrong_with_a_sign_up_is_said_at_once(people_hashed):
    with pytest.raises(Invalid) as caught:
        people.sign_up(
            email="x", password="1", first_name="a\0b", last_name="", timezone="?", language="?"
        )
    assert set(caught.value.errors) == {"email", "password", "first_name", "timezone", "language"}


@pytest.mark.django_db
def test_an_address_that_somebody_verified_is_taken(bob):
    EmailAddress.objects.create(user=bob, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=bob, email="third@example.org", verified=False)
    assert people.is_taken("SECOND@example.org")
    assert not people.is_taken("third@example.org")


@pytest.mark.django_db
def test_nobody_becomes_a_provider_twice(bob):
    people.become_provider(bob, name="Bob's", timezone="UTC")
    with pytest.raises(NotAllowed):
        people.become_provider(bob, name="Bob's", timezone="UTC")


@pytest.mark.django_db
def test_a_new_name_is_found(ada):
    people.change_provider(ada.provider, name="Ümläut")
    ada.provider.refresh_from_db()
    assert ada.provider.name_folded == "umlaut"


@pytest.fixture
def people_hashed(db):
    town.hash_once()
