"""Where an expired session leads: to sign-in as a page, and from there to the page of the form."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "http://testserver/provider/requests/?page=2"


def accept(request_of_bob):
    return f"/provider/requests/{request_of_bob.pk}/accept/"


def test_a_form_sent_without_a_session_leads_back_to_its_page(request_of_bob):
    answer = Client().post(accept(request_of_bob), headers={"Referer": PAGE})
    assert answer["Location"] == "/accounts/login/?next=/provider/requests/%3Fpage%3D2"


def test_htmx_goes_to_the_sign_in_page_and_swaps_it_nowhere(request_of_bob):
    headers = {"Referer": PAGE, "HX-Request": "true", "HX-Target": f"request-{request_of_bob.pk}"}
    answer = Client().post(accept(request_of_bob), headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=/provider/requests/%3Fpage%3D2"
    assert not answer.content


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/x"])
def test_who_came_from_nowhere_of_ours_comes_home(request_of_bob, referer):
    answer = Client().post(accept(request_of_bob), headers={"Referer": referer})
    assert answer["Location"] == "/accounts/login/?next=/"


def test_a_page_is_its_own_way_back(request_of_bob):
    answer = Client().get(f"/appointments/{request_of_bob.pk}/", headers={"Referer": PAGE})
    assert answer["Location"].endswith(f"next=/appointments/{request_of_bob.pk}/")


def test_an_address_of_a_button_says_what_it_is(signed_in, ada, request_of_bob):
    answer = signed_in(ada).get(accept(request_of_bob))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert b"nothing was changed" in answer.content
