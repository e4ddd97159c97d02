"""Appointments over HTTP: what goes in, what comes out, who may."""

import json

import pytest
from rest_framework.serializers import Serializer

from openslot.api.appointments.shapes import AppointmentOut
from openslot.appointments.changing import answers, editing, rescheduling
from openslot.appointments.models import Appointment
from tests import town
from tests.api.calling import done, problem
from tests.town import at

TEN = "2030-04-02T10:00:00+02:00"  # Tuesday, ten o'clock in Berlin


def booking(service, start=TEN, **fields):
    return {"service": str(service.pk), "start": start} | fields


@pytest.fixture
def asked(massage, bob):
    """Bob's request for Tuesday at ten."""
    return town.booked(massage, bob, at(8, day=1), notes="Left shoulder")


def path(appointment, action=""):
    return f"appointments/{appointment.pk}/" + (f"{action}/" if action else "")


class TestBooking:
    def test_a_customer_asks_for_a_time(self, asking, bob, ada, massage):
        answer = asking(bob).post("appointments/", booking(massage, notes="Hello"))
        said = done(answer, 201)
        assert answer.headers["ETag"] == '"1"'
        customer = said["customer"]
        assert said == {
            "id": str(Appointment.objects.get().pk),
            "provider": {
                "id": str(ada.provider.pk),
                "slug": "ada",
                "name": "Ada's practice",
                "timezone": "Europe/Berlin",
            },
            "customer": {"id": customer["id"], "name": "Bob Test"},
            "service": {"id": str(massage.pk), "name": "Massage"},
            "start": "2030-04-02T08:00:00Z",
            "end": "2030-04-02T09:00:00Z",
            "status": "pending",
            "price": {"amount": "50.00", "currency": "EUR"},
            "location": {"kind": "in_person", "text": ""},
            "notes": "Hello",
            "answers": [],
            "instructions": "",
            "series": None,
            "depends_on": None,
            "proposed": None,
            "needs_attention": False,
            "version": 1,
            "created_at": "2030-04-01T06:00:00Z",
            "updated_at": "2030-04-01T06:00:00Z",
            "allowed_actions": ["reschedule", "cancel"],
        }

    def test_a_time_that_is_taken_is_refused(self, asking, carol, massage, asked):
        problem(asking(carol).post("appointments/", booking(massage)), 409, "slot_taken")

    def test_a_time_off_the_grid_is_refused(self, asking, bob, massage):
        start = "2030-04-02T10:07:00+02:00"
        problem(asking(bob).post("appointments/", booking(massage, start)), 409, "slot_unavailable")

    def test_a_provider_books_for_a_guest(self, asking, ada, massage):
        guest = {"email": "guest@example.org", "first_name": "Greta", "last_name": "Guest"}
        said = done(asking(ada).post("appointments/", booking(massage, customer=guest)), 201)
        assert (said["status"], said["customer"]["name"]) == ("confirmed", "Greta Guest")

    def test_a_provider_books_for_a_known_customer(self, asking, ada, massage, asked):
        customer = {"id": str(asked.customer_id)}
        start = "2030-04-03T21:07:00+02:00"  # outside the hours and off the grid
        said = done(
            asking(ada).post("appointments/", booking(massage, start, customer=customer)), 201
        )
        assert said["customer"] == {"id": str(asked.customer_id), "name": "Bob Test"}

    def test_nobody_else_books_for_somebody(self, asking, bob, massage):
        guest = {"email": "guest@example.org"}
        answer = asking(bob).post("appointments/", booking(massage, customer=guest))
        problem(answer, 403, "not_allowed")

    def test_a_preview_says_what_a_booking_would_get(self, asking, bob, massage):
        said = done(asking(bob).post("appointments/preview/", booking(massage)))
        assert said == {
            "occurrences": [
                {
                    "service": {"id": str(massage.pk), "name": "Massage"},
                    "start": "2030-04-02T08:00:00Z",
                    "end": "2030-04-02T09:00:00Z",
                    "free": True,
                    "reason": None,
                    "shifted_from": None,
                }
            ],
            "total_price": {"amount": "50.00", "currency": "EUR"},
            "missing": None,
        }
        assert not Appointment.objects.exists()

    def test_a_preview_names_what_stands_against_it(self, asking, carol, massage, asked):
        said = done(asking(carol).post("appointments/preview/", booking(massage)))
        [occurrence] = said["occurrences"]
        assert (occurrence["free"], occurrence["reason"]) == (False, "slot_taken")
        assert said["total_price"] == {"amount": "0.00", "currency": "EUR"}


BAD_BOOKINGS = [
    ({"service": None}, "service"),
    ({"service": 7}, "service"),
    ({"service": "x"}, "service"),
    ({"service": town.NOBODY}, "service"),
    ({"service": ["x"]}, "service"),
    ({"start": None}, "start"),
    ({"start": ""}, "start"),
    ({"start": 5}, "start"),
    ({"start": {}}, "start"),
    ({"start": "2030-04-02T10:00:00"}, "start"),  # naive
    ({"start": "2030-04-02"}, "start"),
    ({"start": "2030-04-02T10:00Z"}, "start"),  # RFC 3339 wants seconds
    ({"start": "20300402T100000Z"}, "start"),
    ({"start": "2030-W14-2T10:00:00Z"}, "start"),
    ({"start": "2030-02-30T10:00:00Z"}, "start"),
    ({"start": "2030-04-02T24:00:00Z"}, "start"),
    ({"start": "2030-04-02T10:00:00+99:00"}, "start"),
    ({"start": "２０３０-04-02T10:00:00Z"}, "start"),
    ({"start": "0001-01-01T00:00:00+14:00"}, "start"),
    ({"start": "9999-12-31T23:59:59-14:00"}, "start"),
    ({"start": "1999-12-31T23:59:59Z"}, "start"),
    ({"start": "2200-01-01T00:00:00Z"}, "start"),
    ({"notes": 5}, "notes"),
    ({"notes": None}, "notes"),
    ({"notes": "x" * 2001}, "notes"),
    ({"nonsense": 1}, "nonsense"),
    ({"customer": "bob"}, "customer"),
    ({"customer": {}}, "customer"),
    ({"customer": {"id": "x"}}, "customer.id"),
    ({"customer": {"id": town.NOBODY, "email": "a@example.org"}}, "customer"),
    ({"customer": {"email": "nobody"}}, "customer.email"),
    ({"customer": {"email": "a@example.org", "age": 5}}, "customer.age"),
    ({"customer": {"first_name": "Greta", "phone": "no"}}, "customer.phone"),
    ({"customer": {"last_name": "Guest"}}, "customer"),
    ({"customer": {"email": ""}}, "customer"),
    ({"recurrence": ["x"]}, "recurrence"),
    ({"recurrence": ""}, "recurrence"),
    ({"recurrence": "FREQ=DAILY"}, "recurrence"),
    ({"recurrence": "FREQ=HOURLY;COUNT=2"}, "recurrence"),
    ({"recurrence": "x" * 501}, "recurrence"),
    ({"recurrence": "FREQ=DAILY;COUNT=2", "on_conflict": "hope"}, "on_conflict"),
    ({"recurrence": "FREQ=DAILY;COUNT=2", "follow_ups": True}, "follow_ups"),
    ({"depends_on": "x"}, "depends_on"),
    ({"depends_on": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}, "depends_on"),
    ({"follow_ups": "perhaps"}, "follow_ups"),
]


@pytest.mark.parametrize("address", ["appointments/", "appointments/preview/"])
@pytest.mark.parametrize(("change", "field"), BAD_BOOKINGS, ids=lambda value: str(value)[:48])
def test_a_bad_booking_names_its_field(asking, bob, massage, address, change, field):
    answer = asking(bob).post(address, booking(massage) | change)
    assert field in problem(answer, 400, "invalid")["errors"]


@pytest.mark.parametrize("body", [[], "x", 5, None, [{}], True])
def test_a_body_that_is_no_object_is_refused(asking, bob, massage, body):
    answer = asking(bob).post("appointments/", raw=json.dumps(body))
    problem(answer, 400, "invalid")


class TestOne:
    def test_both_sides_see_it(self, asking, ada, bob, asked):
        assert done(asking(bob).get(path(asked)))["allowed_actions"] == ["reschedule", "cancel"]
        actions = done(asking(ada).get(path(asked)))["allowed_actions"]
        assert actions == ["accept", "decline", "reschedule", "cancel"]

    @pytest.mark.parametrize(
        ("method", "action", "body"),
        [
            ("get", "", None),
            ("patch", "", {"notes": "Mine"}),
            ("get", "history", None),
            ("post", "accept", {}),
            ("post", "decline", {}),
            ("post", "withdraw", {}),
            ("post", "cancel", {}),
            ("post", "reschedule", {"start": "2030-04-02T14:00:00+02:00"}),
            ("post", "complete", {}),
            ("post", "no-show", {}),
        ],
    )
    def test_a_stranger_finds_nothing_there(self, asking, eve, asked, method, action, body):
        for headers in ({}, {"if-match": '"7"'}, {"if-match": '"1", "2"'}, {"if-match": "?"}):
            if method == "get":
                answer = asking(eve).get(path(asked, action))
            else:
                answer = getattr(asking(eve), method)(path(asked, action), body, headers=headers)
            problem(answer, 404, "not_found")

    def test_nobody_sees_it_without_a_token(self, asking, asked):
        answer = asking().get(path(asked))
        problem(answer, 401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("token", ["nonsense", "a.b.c", "", "x y"])
    def test_a_bad_token_is_refused(self, asking, asked, token):
        answer = asking().get(path(asked), headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_session_is_no_token(self, asking, bob, asked):
        caller = asking()
        caller.client.force_login(bob)
        problem(caller.get(path(asked)), 401, "not_authenticated")

    @pytest.mark.parametrize("bad", ["x", "0", "%00", "..", town.NOBODY])
    def test_an_id_of_nothing_is_not_found(self, asking, bob, bad):
        problem(asking(bob).get(f"appointments/{bad}/"), 404, "not_found")

    def test_the_notes_can_be_changed_by_what_was_read(self, asking, bob, asked):
        read = done(asking(bob).get(path(asked)))
        said = done(
            asking(bob).patch(path(asked), read | {"notes": "Both shoulders", "status": "x"})
        )
        assert (said["notes"], said["status"], said["version"]) == ("Both shoulders", "pending", 2)

    def test_an_unknown_field_is_refused(self, asking, bob, asked):
        answer = asking(bob).patch(path(asked), {"note": "x"})
        assert "note" in problem(answer, 400, "invalid")["errors"]

    def test_the_history_tells_who_did_what(self, asking, ada, bob, asked):
        answers.decline(asked.pk, by=ada, reason="On holiday")
        said = done(asking(bob).get(path(asked, "history")))
        assert [(entry["actor"], entry["action"], entry["reason"]) for entry in said] == [
            ({"role": "customer", "name": "Bob Test"}, "book", ""),
            ({"role": "provider", "name": "Ada's practice"}, "decline", "On holiday"),
        ]
        assert said[1]["changes"] == {"status": ["pending", "declined"]}


class TestMoves:
    def test_a_request_is_accepted(self, asking, ada, asked):
        answer = asking(ada).post(path(asked, "accept"), {"scope": "this"})
        said = done(answer)
        assert (said["status"], said["version"]) == ("confirmed", 2)
        assert answer.headers["ETag"] == '"2"'

    def test_no_body_will_do(self, asking, ada, asked):
        assert done(asking(ada).post(path(asked, "accept")))["status"] == "confirmed"

    def test_a_request_is_declined(self, asking, ada, asked):
        assert (
            done(asking(ada).post(path(asked, "decline"), {"reason": "x"}))["status"] == "declined"
        )

    def test_an_appointment_is_cancelled(self, asking, bob, asked):
        said = done(asking(bob).post(path(asked, "cancel"), {"reason": "Ill"}))
        assert (said["status"], said["allowed_actions"]) == ("cancelled", [])

    def test_a_new_time_is_proposed_and_withdrawn(self, asking, ada, bob, asked):
        answers.accept(asked.pk, by=ada)
        said = done(asking(bob).post(path(asked, "reschedule"), {"start": "2030-04-02T12:00:00Z"}))
        assert said["proposed"] == {
            "start": "2030-04-02T12:00:00Z",
            "end": "2030-04-02T13:00:00Z",
            "by": "customer",
        }
        assert said["allowed_actions"][0] == "withdraw"
        assert done(asking(bob).post(path(asked, "withdraw")))["proposed"] is None

    def test_after_its_start_it_is_completed_or_a_no_show(self, asking, ada, asked, clock):
        answers.accept(asked.pk, by=ada)
        problem(asking(ada).post(path(asked, "complete")), 409, "too_early")
        clock.move_to(at(8, 30, day=1))
        assert done(asking(ada).post(path(asked, "no-show")))["status"] == "no_show"
        said = problem(asking(ada).post(path(asked, "complete")), 409, "invalid_transition")
        assert (said["current_status"], said["allowed_actions"]) == ("no_show", [])

    def test_what_only_the_other_side_has_is_not_allowed(self, asking, bob, asked):
        problem(asking(bob).post(path(asked, "accept")), 403, "not_allowed")

    @pytest.mark.parametrize(
        ("action", "body", "field"),
        [
            ("accept", {"scope": "some"}, "scope"),
            ("accept", {"reason": "x"}, "reason"),
            ("decline", {"scope": "none"}, "scope"),
            ("decline", {"dependents": "hope"}, "dependents"),
            ("decline", {"reason": "x" * 501}, "reason"),
            ("decline", {"reason": None}, "reason"),
            ("withdraw", {"x": 1}, "x"),
            ("cancel", {"scope": "some"}, "scope"),
            ("cancel", {"dependents": "shift"}, "dependents"),
            ("cancel", {"reason": 5}, "reason"),
            ("reschedule", {}, "start"),
            ("reschedule", {"start": "2030-04-02T10:00:00"}, "start"),
            ("reschedule", {"start": TEN, "propose": "maybe"}, "propose"),
            ("reschedule", {"start": TEN, "scope": "some"}, "scope"),
            ("complete", {"x": 1}, "x"),
            ("no-show", {"x": 1}, "x"),
        ],
    )
    def test_a_bad_body_names_its_field(self, asking, ada, asked, action, body, field):
        answer = asking(ada).post(path(asked, action), body)
        assert field in problem(answer, 400, "invalid")["errors"]
        asked.refresh_from_db()
        assert asked.version == 1


class TestVersions:
    @pytest.mark.parametrize(
        "header", ['"1"', 'W/"1"', "*", ' "1" ', '"5", "1"', 'W/"5",W/"1"', '"abc", "1"']
    )
    def test_the_version_that_was_seen_fits(self, asking, bob, asked, header):
        done(asking(bob).patch(path(asked), {"notes": "x"}, headers={"if-match": header}))

    @pytest.mark.parametrize(
        "header",
        [
            '"2"',
            'W/"2"',
            '"2", "3"',
            "1",
            '"abc"',
            '""',
            '"',
            "",
            "nonsense",
            '"-1"',
            '"1e0"',
            '"' + "9" * 400 + '"',
        ],
    )
    def test_another_does_not(self, asking, bob, asked, header):
        answer = asking(bob).patch(path(asked), {"notes": "x"}, headers={"if-match": header})
        problem(answer, 412, "version_mismatch")
        asked.refresh_from_db()
        assert asked.version == 1

    def test_an_outdated_move_is_refused(self, asking, ada, bob, asked):
        editing.annotate(asked.pk, by=bob, notes="Both")
        answer = asking(ada).post(path(asked, "accept"), headers={"if-match": '"1"'})
        problem(answer, 412, "version_mismatch")
        done(asking(ada).post(path(asked, "accept"), headers={"if-match": '"2"'}))


class TestList:
    @pytest.fixture
    def several(self, dan, haircut, massage, ada, bob, carol):
        """Bob with Ada (pending) and Dan (confirmed), Carol with Ada, Ada with Dan."""
        return [
            town.booked(massage, bob, at(8, day=1)),
            town.booked(massage, carol, at(8, day=2)),
            town.booked(haircut, bob, at(8, day=3)),
            town.booked(haircut, ada, at(8, day=4)),
        ]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, [0, 1, 3]),
            ({"as": "provider"}, [0, 1]),
            ({"as": "customer"}, [3]),
            ({"status": "pending"}, [0, 1]),
            ({"status": ["pending", "confirmed"]}, [0, 1, 3]),
            ({"status": "declined"}, []),
            ({"from": "2030-04-03T08:00:00Z"}, [1, 3]),
            ({"to": "2030-04-03T10:00:00+02:00"}, [0]),
            ({"from": "2030-04-03", "to": "2030-04-03"}, [1]),
            ({"ordering": "-start"}, [3, 1, 0]),
            ({"ordering": "created_at"}, None),
            ({"series": town.NOBODY}, []),
        ],
        ids=str,
    )
    def test_one_sees_ones_own_soonest_first(self, asking, ada, several, query, found):
        said = done(asking(ada).get("appointments/", **query))
        assert said.keys() == {"next", "previous", "results"}
        ids = [row["id"] for row in said["results"]]
        if found is None:
            assert len(ids) == 3
        else:
            assert ids == [str(several[n].pk) for n in found]

    def test_a_stranger_sees_none(self, asking, eve, several):
        said = done(asking(eve).get("appointments/"))
        assert said == {"next": None, "previous": None, "results": []}

    @pytest.mark.parametrize("ordering", ["start", "-start", "created_at", "-updated_at"])
    def test_pages_lead_through_all_and_back(self, asking, ada, bob, several, settings, ordering):
        settings.BASE_URL = "https://book.example.org"
        caller, seen, url = asking(ada), [], None
        whole = done(caller.get("appointments/", ordering=ordering))["results"]
        said = done(caller.get("appointments/", page_size=1, ordering=ordering))
        assert said["previous"] is None
        seen += said["results"]
        while url := said["next"]:
            assert url.startswith("https://book.example.org/api/appointments/?")
            said = done(caller.get(url.partition("/api/")[2]))
            seen += said["results"]
        assert seen == whole
        back = []
        while url := said["previous"]:
            said = done(caller.get(url.partition("/api/")[2]))
            back += said["results"]
        assert back == whole[-2::-1]
        assert said["next"]

    def test_a_page_stays_right_when_rows_come_before_it(
        self, asking, ada, carol, massage, several
    ):
        first = done(asking(ada).get("appointments/", page_size=2))
        town.booked(massage, carol, at(7, day=1))
        second = done(asking(ada).get(first["next"].partition("/api/")[2]))
        assert [row["id"] for row in second["results"]] == [str(several[3].pk)]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"as": "admin"}, "as"),
            ({"status": "open"}, "status"),
            ({"from": "yesterday"}, "from"),
            ({"from": "2030-04-03T08:00:00"}, "from"),
            ({"to": "2030-13-01"}, "to"),
            ({"to": "9999-12-31"}, "to"),
            ({"series": "x"}, "series"),
            ({"ordering": "price"}, "ordering"),
            ({"page_size": "0"}, "page_size"),
            ({"page_size": "101"}, "page_size"),
            ({"page_size": "-1"}, "page_size"),
            ({"page_size": "ten"}, "page_size"),
            ({"page_size": "१"}, "page_size"),
            ({"page_size": "9" * 5000}, "page_size"),
            ({"cursor": "x"}, "cursor"),
            ({"cursor": ""}, "cursor"),
            ({"cursor": "cD0yMDMw"}, "cursor"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_a_bad_query_names_its_parameter(self, asking, bob, query, field):
        assert field in problem(asking(bob).get("appointments/", **query), 400, "invalid")["errors"]

    def test_a_cursor_of_another_ordering_is_refused(self, asking, ada, several):
        said = done(asking(ada).get("appointments/", page_size=1))
        cursor = said["next"].partition("cursor=")[2].partition("&")[0]
        answer = asking(ada).get("appointments/", cursor=cursor, ordering="-start")
        assert "cursor" in problem(answer, 400, "invalid")["errors"]

    def test_a_list_costs_two_queries_however_long(
        self, asking, ada, several, django_assert_num_queries
    ):
        caller = asking(ada)
        with django_assert_num_queries(2):  # the caller; the page with its people and services
            assert len(done(caller.get("appointments/"))["results"]) == 3


def test_what_is_put_together_at_once_is_what_the_fields_say(ada, bob, massage):
    """The description of the API is made of the fields; the answers are put together by hand."""
    booked = town.booked(massage, bob, town.at(8), notes="Two words")
    answers.accept(booked.pk, by=ada)
    rescheduling.reschedule(booked.pk, by=bob, start=town.at(10))
    for shown in (booked, Appointment.objects.with_people().get(pk=booked.pk)):
        for caller in (ada, bob):
            out = AppointmentOut(shown, context={"caller": caller, "now": town.NOW})
            assert out.data == Serializer.to_representation(out, shown)
