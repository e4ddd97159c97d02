"""Two tabs about the same thing: neither loses what was typed, nor what the other saved."""

import html
import json
import re

import pytest

from openslot.accounts.models import Provider
from openslot.availability import hours
from openslot.catalog.models import Service

pytestmark = pytest.mark.django_db

READ = re.compile(r'name="read" value="([^"]*)"')
SEEN = re.compile(r'name="seen" value="([^"]*)"')


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def tab(client, path):
    """What a browser would send back of the page's form, unchanged: the values of `read`."""
    page = client.get(path).content.decode()
    read = html.unescape(READ.search(page)[1])
    return {"read": read, **{name: sent for name, sent in json.loads(read).items() if sent}}


RULES = "/provider/rules/"
PROFILE = "/provider/profile/"


def test_each_field_of_two_tabs_is_saved(desk, ada):
    first, second = tab(desk, RULES), tab(desk, RULES)
    desk.post(RULES, first | {"minimum_notice_minutes": "90"})
    assert desk.post(RULES, second | {"slot_step_minutes": "20"}).status_code == 302
    now = Provider.objects.get(pk=ada.provider.pk)
    assert (now.minimum_notice_minutes, now.slot_step_minutes) == (90, 20)


def test_what_both_changed_is_shown_to_the_second_who_decides(desk, ada):
    first, second = tab(desk, PROFILE), tab(desk, PROFILE)
    desk.post(PROFILE, first | {"headline": "Hands of gold"})
    answer = desk.post(PROFILE, second | {"headline": "Strong hands", "name": "Ada's"})
    said = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Saved meanwhile: Hands of gold. Press again to have what you typed." in said
    assert 'value="Strong hands"' in said
    assert Provider.objects.get(pk=ada.provider.pk).headline == "Hands of gold"
    read = html.unescape(READ.search(answer.content.decode())[1])
    desk.post(PROFILE, second | {"headline": "Strong hands", "name": "Ada's", "read": read})
    now = Provider.objects.get(pk=ada.provider.pk)
    assert (now.headline, now.name) == ("Strong hands", "Ada's")


def test_both_typing_the_same_is_no_clash(desk):
    first, second = tab(desk, PROFILE), tab(desk, PROFILE)
    for sent in (first, second):
        assert desk.post(PROFILE, sent | {"headline": "Hands of gold"}).status_code == 302


def test_a_switch_is_told_as_a_switch(desk, massage):
    path = f"/provider/services/{massage.pk}/"
    first, second = tab(desk, path), tab(desk, path)
    assert first.pop("active") == ["on"]
    desk.post(path, first)
    second.pop("recurring", None)
    desk.post(path, second)
    now = Service.objects.get(pk=massage.pk)
    assert (now.active, now.recurring) == (False, False)


def test_a_choice_is_told_by_its_words(desk, massage):
    path = f"/provider/services/{massage.pk}/"
    first, second = tab(desk, path), tab(desk, path)
    desk.post(path, first | {"location_kind": "video"})
    said = desk.post(path, second | {"location_kind": "phone"}).content.decode()
    assert "Saved meanwhile: By video." in said


def test_something_new_knows_no_other(desk):
    assert 'name="read"' not in desk.get("/provider/services/new/").content.decode()


@pytest.mark.parametrize("read", ["", "no", "[]", "7", '{"headline": 7}', '{"headline": [null]}'])
def test_whatever_else_is_said_to_be_read_counts_for_nothing_or_little(desk, read):
    sent = tab(desk, PROFILE) | {"headline": "Hands of gold", "read": read}
    assert desk.post(PROFILE, sent).status_code in {302, 422}


@pytest.mark.parametrize(
    "path", ["/me/", "/me/notifications/", RULES, PROFILE, "/provider/words/moved/"]
)
def test_every_form_about_what_stands_says_what_was_read(desk, path):
    assert tab(desk, path)["read"]


def week(provider):
    return [f"{span.weekday} {span.start:%H}-{span.end:%H}" for span in hours.week(provider)]


def seen(client):
    return SEEN.search(client.get("/provider/hours/").content.decode())[1]


def test_hours_added_in_two_tabs_are_both_there(desk, ada):
    before = set(week(ada.provider))
    for day, opens in (("6", "18:00"), ("7", "19:00")):
        desk.post("/provider/hours/", {"add": day, f"opens_{day}": opens, f"closes_{day}": "20:00"})
    assert set(week(ada.provider)) - before == {"6 18-20", "7 19-20"}


@pytest.mark.parametrize("act", [{"usual": "office"}, {"copy": "1", "copy_1": ["6"]}])
def test_a_week_that_was_not_seen_is_not_replaced(desk, ada, act):
    stale = seen(desk)
    desk.post("/provider/hours/", {"add": "6", "opens_6": "18:00", "closes_6": "20:00"})
    answer = desk.post("/provider/hours/", act | {"seen": stale})
    assert answer.status_code == 422
    assert "Your hours were changed meanwhile" in answer.content.decode()
    assert "6 18-20" in week(ada.provider)
    assert desk.post("/provider/hours/", act | {"seen": seen(desk)}).status_code == 302
