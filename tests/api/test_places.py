"""Where an appointment takes place, and its notes, changed after it was booked: who hears of it."""

from __future__ import annotations

import pytest
from django.core import mail

from openslot.appointments.changing import cancelling
from openslot.notifications.models import Delivery
from tests import town, working
from tests.api.calling import done, problem

pytestmark = pytest.mark.django_db

THERE = {"kind": "video", "text": "https://meet.example/ada"}


@pytest.fixture
def visit(haircut, bob):
    """Bob's haircut at Dan's, confirmed and told of."""
    made = town.booked(haircut, bob, town.at(9))
    working.work()
    mail.outbox.clear()
    return made


def path(visit):
    return f"appointments/{visit.pk}/"


def heard():
    working.work()
    changed = Delivery.objects.filter(kind="changed")
    return sorted(changed.values_list("user__email", "channel", "kind"))


def test_the_provider_sets_the_place_and_the_customer_is_told_once(asking, dan, bob, visit):
    said = done(asking(dan).patch(path(visit), {"location": THERE}))
    assert said["location"] == THERE
    assert heard() == [(bob.email, "email", "changed"), (bob.email, "in_app", "changed")]
    assert "New place" in mail.outbox[0].subject
    assert b"SEQUENCE:1" in mail.outbox[0].message().as_bytes()
    visit.refresh_from_db()
    assert (visit.sequence, visit.version) == (1, 2)


def test_the_same_place_again_is_no_news(asking, dan, visit):
    done(asking(dan).patch(path(visit), {"location": THERE}))
    heard()
    done(asking(dan).patch(path(visit), {"location": THERE}))
    assert len(heard()) == 2


def test_place_and_notes_in_one_call_are_both_or_neither(asking, dan, bob, visit):
    stale = {"HTTP_IF_MATCH": '"7"'}
    both = {"location": THERE, "notes": "Bring a towel"}
    assert asking(dan).patch(path(visit), both, **stale).status_code == 412
    visit.refresh_from_db()
    assert (visit.notes, visit.location_kind) == ("", "in_person")
    said = done(asking(dan).patch(path(visit), both, HTTP_IF_MATCH='"1"'))
    assert (said["location"], said["notes"], said["version"]) == (THERE, "Bring a towel", 3)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "moon", "text": ""}, "location.kind"),
        ({"text": "x"}, "location.kind"),
        ({"kind": "video", "text": "x" * 501}, "location.text"),
        ("here", "location"),
    ],
)
def test_what_is_no_place_is_refused_beside_its_field(asking, dan, visit, wrong, field):
    said = problem(asking(dan).patch(path(visit), {"location": wrong}), 400, "invalid")
    assert said["errors"].keys() == {field}
    assert not heard()


def test_the_place_is_not_the_customers_to_say(asking, bob, visit):
    answer = asking(bob).patch(path(visit), {"location": THERE, "notes": "At mine"})
    assert answer.status_code == 403
    visit.refresh_from_db()
    assert (visit.location_kind, visit.notes) == ("in_person", "")


def test_what_is_over_takes_place_nowhere_else(asking, dan, visit):
    cancelling.cancel(visit.pk, by=dan)
    assert asking(dan).patch(path(visit), {"location": THERE}).status_code == 409


def test_changed_notes_are_a_notice_to_the_other_side_and_no_mail(asking, dan, bob, visit):
    done(asking(bob).patch(path(visit), {"notes": "I am late"}))
    assert heard() == [(dan.email, "in_app", "changed")]
    assert mail.outbox == []
    notices = done(asking(dan).get("notifications/"))["results"]
    [notice] = [each for each in notices if each["kind"] == "changed"]
    assert notice["title"].startswith("New notes: ")
    assert "Bob Test changed the notes" in notice["body"]


def test_who_wants_no_such_notice_has_none(asking, dan, bob, visit):
    kept = done(asking(dan).get("notification-preferences/"))
    kept["in_app"]["changed"] = False
    done(asking(dan).put("notification-preferences/", kept))
    done(asking(bob).patch(path(visit), {"notes": "I am late"}))
    assert heard() == []
