"""`/api/holds/`: shapes, the cookie, and whose it is."""

from __future__ import annotations

import pytest
from django.core.cache import caches

from openslot.appointments.models import Hold
from tests import town
from tests.api.calling import done, problem
from tests.town import at

pytestmark = pytest.mark.django_db

WHEN = "2030-04-01T10:00:00+02:00"


def body(service, start=WHEN):
    return {"service": str(service.pk), "start": start}


def offered(client, service):
    query = {"service": str(service.pk), "start": "2030-04-01", "end": "2030-04-01"}
    days = done(client.get("providers/ada/availability/", **query, timezone="UTC"))["days"]
    return [slot["start"][11:16] for slot in days[0]["slots"]]


def test_a_hold_says_what_it_keeps_until_when(asking, massage):
    answer = asking().post("holds/", body(massage))
    held = done(answer, 201)
    assert held == {
        "id": held["id"],
        "service": str(massage.pk),
        "start": "2030-04-01T08:00:00Z",
        "end": "2030-04-01T09:00:00Z",
        "expires_at": "2030-04-01T06:10:00Z",
    }
    assert len(held["id"]) >= 43  # 256 bits
    cookie = answer.cookies["hold"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_somebody_with_a_token_gets_no_cookie(asking, massage, bob):
    assert "hold" not in asking(bob).post("holds/", body(massage)).cookies


def test_a_browser_replaces_its_own_and_still_sees_it(asking, massage):
    mine, other = asking(), asking()
    done(mine.post("holds/", body(massage)), 201)
    done(mine.post("holds/", body(massage, "2030-04-01T12:00:00+02:00")), 201)
    assert Hold.objects.count() == 1
    assert "10:00" in offered(mine, massage)
    assert "10:00" not in offered(other, massage)
    assert "08:00" in offered(other, massage)


def test_a_hold_is_used_up_by_its_booking(asking, massage, bob, carol):
    held = done(asking().post("holds/", body(massage)), 201)
    problem(asking(carol).post("appointments/", body(massage)), 409, "slot_taken")
    booked = body(massage) | {"hold": held["id"]}
    assert done(asking(bob).post("appointments/preview/", booked))["occurrences"][0]["free"]
    done(asking(bob).post("appointments/", booked), 201)
    assert not Hold.objects.exists()


def test_an_id_that_is_none_counts_as_none(asking, massage, bob):
    done(asking(bob).post("appointments/", body(massage) | {"hold": "what"}), 201)


def test_it_is_let_go(asking, massage, bob, carol):
    held = done(asking(bob).post("holds/", body(massage)), 201)
    address = f"holds/{held['id']}/"
    problem(asking(carol).delete(address), 404, "not_found")
    problem(asking().delete(address), 404, "not_found")
    assert asking(bob).delete(address).status_code == 204
    problem(asking(bob).delete(address), 404, "not_found")


def test_whoever_holds_still_sees_it_by_the_token(asking, massage, bob, carol):
    done(asking(bob).post("holds/", body(massage)), 201)
    assert "08:00" in offered(asking(bob), massage)
    assert "08:00" not in offered(asking(carol), massage)


def test_a_sixth_from_one_address_waits(asking, massage, settings):
    settings.RATE_LIMITS = "on"
    caches["default"].clear()
    for hour in range(9, 14):
        done(asking().post("holds/", body(massage, f"2030-04-01T{hour:02}:00:00+02:00")), 201)
    answer = asking().post("holds/", body(massage, "2030-04-01T15:00:00+02:00"))
    problem(answer, 429, "throttled")
    assert answer["Retry-After"] == "600"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"start": "2030-04-01T03:00:00+02:00"}, 409, "slot_unavailable"),
        ({"start": "2030-04-01T10:00:00"}, 400, "invalid"),
        ({"service": town.NOBODY}, 400, "invalid"),
        ({"service": "what"}, 400, "invalid"),
        ({"more": 1}, 400, "invalid"),
    ],
)
def test_what_cannot_be_held_says_why(asking, massage, sent, status, code):
    problem(asking().post("holds/", body(massage) | sent), status, code)


def test_a_taken_time_is_taken(asking, massage, carol):
    town.booked(massage, carol, at(8))
    problem(asking().post("holds/", body(massage)), 409, "slot_taken")
