"""A solved challenge from whoever books or signs up without being known, by the API."""

from __future__ import annotations

import base64
import json

import altcha
import pytest

from openslot.accounts.models import AddressCode, User
from openslot.accounts.signing import challenges, codes
from openslot.appointments.models import Appointment
from tests import town
from tests.api.calling import done, problem

pytestmark = pytest.mark.django_db

GIL = {"email": "gil@example.org", "first_name": "Gil"}
NEW = {"email": "nell@example.org", "password": "a long and odd pass-phrase", "first_name": "Nell"}
REQUIRED = "challenge_required"


@pytest.fixture(autouse=True)
def asked(settings):
    settings.CHALLENGE = "on"


@pytest.fixture
def busy_after_two(settings):
    """`auto`, and a network is busy from its third request on."""
    settings.CHALLENGE = "auto"
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"unchallenged": "2/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}


def solved(asking):
    """What a program sends that has done the work."""
    given = altcha.Challenge.from_dict(done(asking().get("challenge/"), 200))
    found = altcha.solve_challenge(given)
    assert found is not None
    return altcha.Payload(given, found).to_base64()


def booking(service, hour=8, **more):
    return {"service": str(service.pk), "start": town.at(hour).isoformat(), "guest": GIL} | more


def refused(answer):
    return problem(answer, 400, REQUIRED)["errors"].keys() == {"challenge"}


def test_a_guest_books_with_a_solved_challenge_and_not_without(asking, massage):
    assert refused(asking().post("appointments/", booking(massage)))
    assert refused(asking().post("appointments/", booking(massage, challenge="bm9uZQ==")))
    done(asking().post("appointments/", booking(massage, challenge=solved(asking))), 201)


def test_each_solution_counts_once(asking, massage):
    once = solved(asking)
    done(asking().post("appointments/", booking(massage, challenge=once)), 201)
    assert refused(asking().post("appointments/", booking(massage, hour=10, challenge=once)))
    assert refused(asking().post("signup/", NEW | {"challenge": once}))


def test_a_repeat_by_its_key_needs_no_second_solution(asking, massage):
    sent = booking(massage, challenge=solved(asking))
    first = done(asking().post("appointments/", sent, headers={"idempotency-key": "k"}), 201)
    again = done(asking().post("appointments/", sent, headers={"idempotency-key": "k"}), 201)
    other = sent | {"challenge": solved(asking)}
    assert (
        done(asking().post("appointments/", other, headers={"idempotency-key": "k"}), 201)
        == again
        == first
    )
    assert Appointment.objects.count() == 1


def test_a_key_takes_a_solution_to_no_other_booking(asking, massage):
    once = solved(asking)
    done(
        asking().post(
            "appointments/", booking(massage, challenge=once), headers={"idempotency-key": "a"}
        ),
        201,
    )
    for key in "ab":
        other = booking(massage, hour=10, challenge=once)
        answer = asking().post("appointments/", other, headers={"idempotency-key": key})
        assert answer.status_code in {400, 422}
    assert Appointment.objects.count() == 1


def test_what_was_made_up_or_altered_is_no_solution(asking, massage):
    whole = json.loads(base64.b64decode(solved(asking)))
    easier = json.loads(json.dumps(whole))
    easier["challenge"]["parameters"]["keyPrefix"] = "00"
    other_key = json.loads(json.dumps(whole))
    other_key["solution"]["derivedKey"] = "00" * 32
    unsigned = {"challenge": {"parameters": whole["challenge"]["parameters"]}, "solution": {}}
    for wrong in (easier, other_key, unsigned, [], {}, None, {"challenge": []}, 7):
        sent = base64.b64encode(json.dumps(wrong).encode()).decode()
        assert refused(asking().post("appointments/", booking(massage, challenge=sent))), wrong


def test_a_solution_grows_old(asking, massage, clock):
    once = solved(asking)
    clock.shift(challenges.GOOD.total_seconds() + 1)
    assert refused(asking().post("appointments/", booking(massage, challenge=once)))


def test_right_digits_are_enough_and_wrong_ones_are_wrong(asking, massage, settings):
    settings.GUEST_VERIFICATION = "code"
    assert refused(asking().post("guest/code/", {"email": GIL["email"]}))
    sent = {"email": GIL["email"], "challenge": solved(asking)}
    assert asking().post("guest/code/", sent).status_code == 202
    right = GIL | {"code": codes.digits(AddressCode.objects.get())}
    wrong = booking(massage, guest=GIL | {"code": "no"})
    problem(asking().post("appointments/", wrong), 400, "verification_required")
    problem(asking().post("appointments/", booking(massage)), 400, "verification_required")
    done(asking().post("appointments/", booking(massage, guest=right)), 201)


def test_digits_take_the_place_of_a_solution_where_nobody_needs_them(asking, massage):
    codes.ask(GIL["email"])
    right = GIL | {"code": codes.digits(AddressCode.objects.get())}
    done(asking().post("appointments/", booking(massage, guest=right)), 201)


def test_signing_up_asks_for_one(asking):
    assert refused(asking().post("signup/", NEW))
    done(asking().post("signup/", NEW | {"challenge": solved(asking)}), 201)
    assert User.objects.filter(email=NEW["email"]).exists()


def test_whoever_is_signed_in_or_only_looks_is_not_asked(asking, massage, bob):
    done(asking().post("appointments/preview/", booking(massage)), 200)
    mine = booking(massage) | {"guest": None}
    done(asking(bob).post("appointments/", mine), 201)


def test_where_no_guest_may_book_no_solution_is_looked_at(asking, massage):
    massage.provider.guests = "none"
    massage.provider.save()
    problem(asking().post("appointments/", booking(massage)), 401, "not_authenticated")


def test_a_quiet_network_is_not_asked_and_a_busy_one_is(asking, massage, busy_after_two, clock):
    done(asking().post("appointments/", booking(massage)), 201)
    assert asking().post("guest/code/", {"email": "gil@example.org"}).status_code == 202
    assert refused(asking().post("signup/", NEW))
    elsewhere = asking().post("signup/", NEW, REMOTE_ADDR="198.51.100.7")
    done(elsewhere, 201)
    clock.shift(3601)
    done(asking().post("appointments/", booking(massage, hour=10)), 201)


def test_nothing_is_asked_where_it_is_off(asking, massage, settings):
    settings.CHALLENGE = "off"
    for hour in (8, 10, 12):
        done(asking().post("appointments/", booking(massage, hour=hour)), 201)


def test_a_challenge_is_new_each_time_and_kept_nowhere(asking):
    one, other = (asking().get("challenge/") for _ in range(2))
    assert one.json() != other.json()
    assert one.headers["Cache-Control"] == "no-store"
