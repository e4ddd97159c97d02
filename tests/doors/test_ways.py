"""By what way an act came: every write says it, through each door, in the clock and in the history."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from openslot.appointments import moves
from openslot.appointments.changing import answers, rescheduling
from openslot.appointments.changing.clock import complete_ended, expire_proposals, expire_requests
from openslot.appointments.models import Act, Role, Way
from openslot.appointments.tasks import react
from tests import town
from tests.doors import houses

pytestmark = pytest.mark.django_db

START = town.at(8, day=1)
AT = "2030-04-02T08:00:00Z"  # the same, as it is sent
NEW = "2030-04-02T10:00:00Z"
BEFORE = Way.LINK  # what the tests themselves do beforehand
WEEKLY = "FREQ=WEEKLY;COUNT=2"
GUEST = {"email": "gast@example.org", "first_name": "Gast", "last_name": "Haus"}
CANCEL = {"reason": "Away", "conflicts": "cancel"}


class Write(NamedTuple):
    """Who does what to Bob's appointment with Ada, where it stands, and how the doors are asked."""

    who: str
    verb: str
    sent: dict[str, Any] = {}
    confirmed: bool = True
    proposed_by: str = ""
    later: bool = False  # once it has begun


# The actions of the table of moves that people take.
WRITES = {
    "accept": Write("ada", "accept", confirmed=False),
    "decline": Write("ada", "decline", confirmed=False),
    "cancel": Write("bob", "cancel"),
    "reschedule": Write("ada", "reschedule", {"start": NEW}),
    "propose": Write("bob", "reschedule", {"start": NEW}),
    "accept_proposal": Write("ada", "accept", proposed_by="bob"),
    "decline_proposal": Write("ada", "decline", proposed_by="bob"),
    "withdraw": Write("bob", "withdraw", proposed_by="bob"),
    "complete": Write("ada", "complete", later=True),
    "no_show": Write("ada", "no-show", later=True),
    "edit": Write("bob", "notes", {"notes": "The back door"}),
}
DOORS = [Way.API, Way.PAGE]


def standing(people, write, time):
    made = town.book(people["massage"].pk, by=people["bob"], start=START, via=BEFORE)
    if write.confirmed:
        answers.accept(made.pk, by=people["ada"], via=BEFORE)
    if write.proposed_by:
        rescheduling.reschedule(
            made.pk,
            by=people[write.proposed_by],
            start=town.at(12, day=1),
            propose=True,
            via=BEFORE,
        )
    if write.later:
        time.move_to(START)
    return made


def carried_out(door, user, made, write):
    if door == Way.PAGE:
        answer = houses.browser(user).post(f"/appointments/{made.pk}/{write.verb}/", write.sent)
    elif write.verb == "notes":
        answer = houses.machine(user).patch(
            f"/api/appointments/{made.pk}/", write.sent, format="json"
        )
    else:
        path = f"/api/appointments/{made.pk}/{write.verb}/"
        answer = houses.machine(user).post(path, write.sent, format="json")
    assert answer.status_code in (200, 302), answer.content


def ways(action):
    return set(Act.objects.filter(moves__action=action).values_list("via", flat=True))


def test_every_action_of_people_stands_in_the_table():
    theirs = {
        action
        for action, step in (moves.MOVES | moves.PROPOSAL_MOVES).items()
        if step.roles & {Role.PROVIDER, Role.CUSTOMER}
    }
    assert set(WRITES) | {"book"} == theirs, "say in WRITES how people do this"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", WRITES)
def test_what_people_do_says_through_which_door(action, door, massage, ada, bob, clock):
    people = {"ada": ada, "bob": bob, "massage": massage}
    made = standing(people, WRITES[action], clock)
    carried_out(door, people[WRITES[action].who], made, WRITES[action])
    assert ways(action) - {BEFORE} == {door}


# Everything else that makes an act: who sends what, where, at the page and at the API.
OTHERS = {
    "a booking": (
        "bob",
        ("/p/ada/{massage}/book/", {"at": AT}),
        ("post", "appointments/", {"service": "{massage}", "start": AT}),
    ),
    "a series": (
        "bob",
        ("/p/ada/{massage}/book/several/", {"at": AT, "repeat": "weekly", "times": "2"}),
        ("post", "appointments/", {"service": "{massage}", "start": AT, "recurrence": WEEKLY}),
    ),
    "a course": (
        "bob",
        ("/p/ada/{massage}/book/several/", {"at": AT, "course": "1"}),
        ("post", "appointments/", {"service": "{massage}", "start": AT, "follow_ups": True}),
    ),
    "an extension": (
        "bob",
        ("/series/{weekly}/extend/", {"count": "1"}),
        ("post", "series/{weekly}/extend/", {"count": 1}),
    ),
    "a provider's booking": (
        "ada",
        (
            "/provider/book/",
            {"service": "{massage}", "date": "2030-04-02", "time": "10:00"} | GUEST,
        ),
        ("post", "appointments/", {"service": "{massage}", "start": AT, "customer": GUEST}),
    ),
    "an answer on the list of requests": (
        "ada",
        ("/provider/requests/{weekly_first}/accept/", {"scope": "all"}),
        ("post", "appointments/{weekly_first}/accept/", {"scope": "all"}),
    ),
    "a time off": (
        "ada",
        ("/provider/time-off/take/", {"start": "2030-04-04", "end": "2030-04-04"} | CANCEL),
        (
            "post",
            "provider/time-off/",
            {"start": "2030-04-04T00:00:00Z", "end": "2030-04-05T00:00:00Z"} | CANCEL,
        ),
    ),
    "an erasure": (
        "bob",
        ("/me/erase/", {}),
        ("delete", "me/", {"password": town.PASSWORD}),
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("write", OTHERS)
def test_bookings_absences_and_erasures_say_it_too(write, door, massage, ada, bob):
    town.following(massage, "Treatment", 1, 7)
    weekly = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=3), recurrence=WEEKLY, via=BEFORE
    )
    ids = {
        "{massage}": massage.pk,
        "{weekly}": weekly.pk,
        "{weekly_first}": weekly.occurrences.earliest("start").pk,
    }
    who, page, machine = OTHERS[write]
    user = {"ada": ada, "bob": bob}[who]
    method, path, sent = machine if door == Way.API else ("post", *page)
    path, sent = with_ids(path, ids), {key: with_ids(value, ids) for key, value in sent.items()}
    if door == Way.API:
        answer = getattr(houses.machine(user), method)(f"/api/{path}", sent, format="json")
    else:
        answer = houses.browser(user).post(path, sent)
    assert answer.status_code in (200, 201, 204, 302), answer.content
    assert set(Act.objects.values_list("via", flat=True)) == {BEFORE, door}


def with_ids(text, ids):
    for name, pk in ids.items():
        text = text.replace(name, str(pk)) if isinstance(text, str) else text
    return text


def test_the_clock_says_so(massage, ada, bob, clock):
    for proposed_by, confirmed in (("", False), ("bob", True)):
        write = Write("", "", confirmed=confirmed, proposed_by=proposed_by)
        made = standing({"ada": ada, "bob": bob, "massage": massage}, write, clock)
        clock.move_to(made.start)
        expire_requests()
        expire_proposals()
        clock.move_to(town.NOW)
    clock.move_to(town.at(0, day=30))
    complete_ended()
    for action in ("expire", "expire_proposal", "complete"):
        assert ways(action) == {Way.CLOCK}


def test_the_audit_line_tells_it(massage, bob, caplog):
    town.book(massage.pk, by=bob, start=START, via=Way.API)
    with caplog.at_level("INFO", logger="openslot.audit"):
        react(act_id=str(Act.objects.get().pk))
    assert "via=api" in caplog.text


def test_history_says_what_was_done_in_google(massage, ada, bob):
    made = town.book(massage.pk, by=bob, start=START, via=Way.PAGE)
    rescheduling.reschedule(made.pk, by=ada, start=town.at(10, day=1), via=Way.GOOGLE)
    page = houses.browser(bob).get(f"/appointments/{made.pk}/").content.decode()
    assert "moved it in Google Calendar" in page
    assert page.count("in Google Calendar") == 1
