"""Signing up, and what people keep about themselves."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from openslot.accounts.models import Customer, User
from openslot.api.protocol import auth
from openslot.appointments.models import Appointment
from tests import town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

NEW = {
    "email": "Grace@Example.org",
    "password": "correct horse battery",
    "first_name": "Grace",
    "last_name": "Hopper",
}


def png(size=(20, 10)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def sent(asking, user, content, name="me.png", path="me/photo/"):
    body = encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile(name, content)})
    return asking(user)("put", path, data=body, content_type=MULTIPART_CONTENT)


def test_anybody_can_sign_up(asking, people):
    answer = asking().post("signup/", NEW | {"timezone": "Asia/Tokyo", "language": "de"})
    assert answer.status_code == 201
    assert answer.json() | {"id": ""} == {
        "id": "",
        "email": "grace@example.org",
        "first_name": "Grace",
        "last_name": "Hopper",
        "timezone": "Asia/Tokyo",
        "is_provider": False,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "BOB@example.org"),
        ("email", "no address"),
        ("email", f"{'a' * 250}@example.org"),
        ("password", "12345678"),
        ("password", "grace@example.org"),
        ("first_name", "x" * 201),
        ("timezone", "Mars/Olympus"),
        ("language", "not a language"),
        ("is_staff", True),
    ],
)
def test_what_does_not_fit_is_named(asking, bob, field, value):
    answer = asking().post("signup/", NEW | {field: value})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}


def test_an_address_that_a_provider_booked_for_is_not_taken(asking, ada):
    Customer.objects.create(provider=ada.provider, email="grace@example.org")
    assert asking().post("signup/", NEW).status_code == 201


def test_everybody_sees_and_changes_their_profile(asking, bob):
    answer = asking(bob).patch("me/", {"phone": "+49 30 1", "timezone": "Europe/Paris"})
    assert (answer.json()["phone"], answer.json()["timezone"]) == ("+49 30 1", "Europe/Paris")
    assert asking(bob).get("me/").json() == answer.json()


def test_a_profile_can_be_sent_back_as_it_came(asking, bob):
    mine = asking(bob).get("me/").json()
    assert asking(bob).patch("me/", mine).json() == mine


def test_an_address_is_not_changed_on_the_side(asking, bob):
    asking(bob).patch("me/", {"email": "other@example.org", "is_provider": True})
    bob.refresh_from_db()
    assert (bob.email, bob.is_provider) == ("bob@example.org", False)


@pytest.mark.parametrize("body", [{"timezone": "x"}, {"phone": "1" * 41}, {"wings": 2}, [], 7])
def test_nonsense_in_a_profile_is_refused(asking, bob, body):
    assert asking(bob).patch("me/", body).status_code == 400


def test_without_a_token_there_is_no_profile(asking):
    assert asking().get("me/").status_code == 401


def test_a_picture_is_shown_where_everybody_finds_it(asking, bob, settings):
    answer = sent(asking, bob, png())
    assert answer.status_code == 200
    assert answer.json()["photo"].startswith(f"{settings.BASE_URL}/media/photos/people/")
    assert asking(bob).delete("me/photo/").status_code == 204
    assert asking(bob).get("me/").json()["photo"] is None


def test_what_is_no_picture_is_refused(asking, bob):
    assert sent(asking, bob, b"GIF89a", "me.png").json()["errors"].keys() == {"photo"}
    assert sent(asking, bob, b"").status_code == 400
    assert sent(asking, bob, b"x" * 5_100_000).status_code == 413


def test_erasing_wants_the_password(asking, bob):
    answer = asking(bob).delete("me/", {"password": "wrong"})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"password"})
    assert asking(bob).delete("me/").status_code == 400
    assert User.objects.filter(pk=bob.pk).exists()


def test_who_is_erased_is_gone_and_so_are_the_tokens(asking, bob):
    pair = auth.issued(bob)
    asked = asking(bob)
    assert asked.delete("me/", {"password": town.PASSWORD}).status_code == 204
    assert asked.get("me/").status_code == 401
    assert asking().post("token/refresh/", {"refresh": pair.refresh}).status_code == 401
    assert not User.objects.filter(email="bob@example.org").exists()


def test_an_export_holds_what_is_ours_and_no_secret(asking, ada, massage, bob):
    town.booked(massage, bob, town.at(8), notes="my back")
    Customer.objects.update(notes="difficult")
    mine = asking(bob).get("me/export/")
    assert mine.json()["account"]["email"] == "bob@example.org"
    assert mine.json()["appointments"][0]["notes"] == "my back"
    assert "difficult" not in mine.content.decode()
    assert "argon2" not in mine.content.decode()
    adas = asking(ada).get("me/export/").json()
    assert adas["provider"]["customers"][0]["notes"] == "difficult"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.real_clock
def test_of_several_sign_ups_with_one_address_exactly_one_succeeds(asking, rounds):
    for n in range(rounds(10)):
        start = Barrier(3)

        def sign_up(i, n=n, start=start):
            try:
                start.wait(10)
                email = f"grace{n}@example.org" if i else f"GRACE{n}@example.org"
                return asking().post("signup/", NEW | {"email": email}).status_code
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(sign_up, range(3))) == [201, 400, 400]
    assert Appointment.objects.count() == 0
