import io

import pytest
from PIL import Image

from openslot.accounts.models import Provider
from tests import town

PROFILE = {
    "first_name": "Bob",
    "last_name": "Meyer",
    "phone": "+49 30 1234",
    "timezone": "Europe/London",
    "language": "en",
}


def picture():
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    file.seek(0)
    file.name = "me.png"
    return file


def test_the_profile_is_changed(signed_in, bob):
    page = signed_in(bob).post("/me/", PROFILE, follow=True).content.decode()
    assert "Saved." in page
    bob.refresh_from_db()
    assert (bob.last_name, bob.timezone) == ("Meyer", "Europe/London")


def test_an_unknown_zone_is_refused_beside_the_field(signed_in, bob):
    answer = signed_in(bob).post("/me/", PROFILE | {"timezone": "Mars/Phobos"})
    assert answer.status_code == 422
    assert "id_timezone_error" in answer.content.decode()


def test_a_picture_is_put_and_removed(signed_in, bob, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = signed_in(bob)
    client.post("/me/photo/", {"photo": picture()})
    bob.refresh_from_db()
    assert bob.photo
    client.post("/me/photo/", {"remove": "1"})
    bob.refresh_from_db()
    assert not bob.photo


def test_what_is_no_picture_is_refused_in_words(signed_in, bob):
    file = io.BytesIO(b"#!/bin/sh")
    file.name = "me.png"
    answer = signed_in(bob).post("/me/photo/", {"photo": file})
    assert answer.status_code == 422
    assert "not a JPEG, PNG or WebP" in answer.content.decode()
    assert signed_in(bob).get("/me/photo/").status_code == 405


def test_somebody_becomes_a_provider(signed_in, bob):
    fields = {"name": "Bob's barbers", "timezone": "Europe/Berlin", "location_kind": "in_person"}
    answer = signed_in(bob).post("/provider/new/", fields)
    assert answer.url == "/provider/services/"
    assert Provider.objects.get(user=bob).slug == "bobs-barbers"
    assert signed_in(bob).get("/provider/new/").url == "/provider/profile/"


def test_a_provider_needs_a_name(signed_in, bob):
    answer = signed_in(bob).post("/provider/new/", {"timezone": "Europe/Berlin"})
    assert answer.status_code == 422
    assert not Provider.objects.filter(user=bob).exists()


def test_ones_data_comes_as_a_file(signed_in, bob, request_of_bob):
    answer = signed_in(bob).get("/me/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="openslot.json"'
    assert bob.email in answer.content.decode()


def test_an_account_is_erased_for_good(signed_in, bob):
    client = signed_in(bob)
    assert "Erase everything" in client.get("/me/erase/").content.decode()
    assert client.post("/me/erase/").url == "/"
    assert client.get("/me/").status_code == 302  # signed out
    assert not type(bob).objects.filter(email=bob.email).exists()


@pytest.mark.parametrize("address", ["/me/", "/me/export/", "/me/erase/", "/provider/new/"])
def test_one_signs_in_first(client, db, address):
    assert client.get(address).url == f"/accounts/login/?next={address}"


def test_signing_up_leads_back_to_what_was_chosen(client, massage):
    there = f"/p/ada/{massage.pk}/book/?at=2030-04-01T08:00:00Z"
    fields = {
        "first_name": "Kim",
        "last_name": "Test",
        "email": "kim@example.org",
        "password1": town.PASSWORD,
        "timezone": "Europe/Lisbon",
        "next": there,
    }
    answer = client.post("/accounts/signup/", fields)
    assert answer.url == there
    assert "Book" in client.get(there).content.decode()


def test_who_signs_up_to_book_sees_the_time_they_chose(client, massage):
    page = f"/p/ada/{massage.pk}/book/?at=2030-04-02T08:00:00Z&zone=Asia/Tokyo"
    for path in ("/accounts/signup/", "/accounts/login/"):
        shown = client.get(path, {"next": page}).content.decode()
        assert "Your time stays chosen" in shown
        assert "Tue 2 Apr, 17:00</strong> (Asia/Tokyo)" in shown
        assert "stays chosen" not in client.get(path, {"next": "/p/ada/?at=x"}).content.decode()
        assert "stays chosen" not in client.get(path, {"next": "//evil/"}).content.decode()


def test_what_is_wrong_with_a_long_form_is_named_linked_and_focused(client, db):
    page = client.post("/accounts/signup/", {"first_name": "Kim", "email": "x", "password1": "y"})
    shown = page.content.decode()
    assert '<a href="#id_email">E-mail</a>, <a href="#id_password1">Password</a>' in shown
    assert shown.count("autofocus") == 1
    assert "12 characters: nothing common" in shown
