"""A provider's webhooks on pages."""

import html
import re

import pytest

from openslot.webhooks import kinds, subscribing
from openslot.webhooks.models import Message, Webhook
from tests import town
from tests.api.calling import Caller, done
from tests.webhooks.logged import hooked

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
URL = "https://8.8.8.8/hook"


@pytest.fixture
def desk(client, ada):
    return town.sign_in(client, ada)


def said(answer, status=200):
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def add(desk):
    form = {"url": URL, "events": ["appointment.moved"], "description": "Till"}
    answer = desk.post("/provider/webhooks/new/", form)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_the_secret_is_shown_once(desk):
    page = add(desk)
    shown = SECRET.findall(said(desk.get(page)))
    assert len(shown) == 1
    assert SECRET.search(said(desk.get(page))) is None
    desk.post(f"{page}rotate/")
    assert SECRET.findall(said(desk.get(page))) != shown
    assert SECRET.search(said(desk.get(page))) is None


def test_the_secret_is_shown_on_the_page_of_its_own_webhook_alone(desk, ada):
    other = hooked(ada)
    page = add(desk)
    assert SECRET.search(said(desk.get(other))) is None
    assert SECRET.search(said(desk.get(page)))


def test_the_secret_stands_in_no_other_answer(desk, ada):
    page = add(desk)
    secret = SECRET.search(said(desk.get(page)))[0]
    listed = Caller(ada).get("provider/webhooks/").content.decode()
    assert secret not in listed
    assert "secret" not in listed


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(desk):
    form = {"url": "http://10.0.0.1/x", "events": ["appointment.moved"]}
    page = said(desk.post("/provider/webhooks/new/", form), 422)
    assert "This address is not public." in page
    assert 'value="http://10.0.0.1/x"' in page
    assert "Choose what it is told." in said(
        desk.post("/provider/webhooks/new/", {"url": URL}), 422
    )
    assert not Webhook.objects.exists()


def test_a_log_says_how_it_went_and_why(desk, ada):
    page = said(desk.get(hooked(ada)))
    assert "The connection failed or was broken off." in page
    assert "Given up" in page
    assert "Nothing was taken since 31 Mar 2030" in page


def test_it_is_switched_off_and_on_and_says_so(desk, ada):
    page = add(desk)
    desk.post(page, {"url": URL, "events": ["appointment.moved"]})
    assert "Switched off" in said(desk.get("/provider/webhooks/"))
    desk.post(page, {"url": URL, "events": ["appointment.moved"], "active": "on"})
    assert "Switched off" not in said(desk.get("/provider/webhooks/"))


def test_a_description_that_would_be_markup_is_text(desk, ada):
    word = "<script>alert(1)</script>"
    desk.post(
        "/provider/webhooks/new/",
        {"url": f"{URL}?{word}", "events": ["appointment.moved"], "description": word},
    )
    made = Webhook.objects.get()
    for page in ("/provider/webhooks/", f"/provider/webhooks/{made.pk}/"):
        assert word not in desk.get(page).content.decode()


def test_a_log_costs_the_same_however_long_it_is(desk, ada, django_assert_num_queries):
    page = hooked(ada)
    made = Webhook.objects.get()
    for _ in range(10):
        subscribing.test(ada.provider, made.pk)
    desk.get(page)
    # session, person, provider; webhook, count, messages, tries; requests that wait, as everywhere
    with django_assert_num_queries(8):
        desk.get(page)
    listing = f"provider/webhooks/{made.pk}/deliveries/"
    caller = Caller(ada)
    with django_assert_num_queries(4):  # person as provider, webhook, messages, tries
        assert len(done(caller.get(listing))["results"]) == 12
    assert Message.objects.count() == 12


def test_twenty_are_enough(ada):
    for _ in range(subscribing.MOST):
        subscribing.add(ada.provider, url=URL, events=list(kinds.TYPES))
    sent = {"url": URL, "events": ["appointment.moved"]}
    assert Caller(ada).post("provider/webhooks/", sent).status_code == 400


@pytest.mark.parametrize("events", [[], ["appointment.eaten"], ["webhook.test"], "moved", None])
def test_only_what_there_is_can_be_subscribed_to(events, ada):
    sent = {"url": URL, "events": events}
    assert Caller(ada).post("provider/webhooks/", sent).status_code == 400
    assert not Webhook.objects.exists()
