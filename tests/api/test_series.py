"""Series, dependents and courses over HTTP."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openslot.appointments.changing import editing
from openslot.appointments.models import Appointment, Series
from openslot.catalog import offering
from tests import town
from tests.api.calling import done, problem
from tests.town import at

TUESDAYS = {"start": "2030-04-02T10:00:00+02:00", "recurrence": "FREQ=WEEKLY;COUNT=3"}
STARTS = ["2030-04-02T08:00:00Z", "2030-04-09T08:00:00Z", "2030-04-16T08:00:00Z"]


def booking(service, **fields):
    return {"service": str(service.pk)} | TUESDAYS | fields


@pytest.fixture
def weekly(massage, bob):
    return town.book_series(
        massage.pk, by=bob, start=at(8, day=1), recurrence="FREQ=WEEKLY;COUNT=3"
    )


@pytest.fixture
def rows(weekly):
    return list(weekly.occurrences.by_start())


@pytest.fixture
def course(haircut):
    """A haircut, and a look at it seven to fourteen days later."""
    look = {"name": "Look", "requires": haircut, "requires_min_days": 7, "requires_max_days": 14}
    return town.service(haircut.provider, **look)


def statuses(of):
    return [each.status for each in of.occurrences.by_start()]


class TestBooking:
    def test_a_series_is_answered_whole(self, asking, bob, massage):
        answer = asking(bob).post("appointments/", booking(massage, notes="Hello"))
        said = done(answer, 201)
        made = Series.objects.get()
        assert "ETag" not in answer.headers
        assert (said["id"], said["recurrence"]) == (str(made.pk), "FREQ=WEEKLY;COUNT=3")
        assert [each["start"] for each in said["occurrences"]] == STARTS
        assert {each["series"] for each in said["occurrences"]} == {said["id"]}
        assert {each["status"] for each in said["occurrences"]} == {"pending"}
        assert said["skipped"] == []
        assert said["total_price"] == {"amount": "150.00", "currency": "EUR"}
        for side in (bob, massage.provider.user):
            seen = done(asking(side).get(f"series/{made.pk}/"))
            assert seen["total_price"] == said["total_price"]

    def test_clashes_are_named_skipped_or_shifted(self, asking, bob, carol, massage):
        town.booked(massage, carol, at(8, day=8))
        said = problem(asking(bob).post("appointments/", booking(massage)), 409, "series_conflict")
        clash = {"start": STARTS[1], "reason": "slot_taken"}
        assert said["conflicts"] == [clash]
        found = done(asking(bob).post("appointments/preview/", booking(massage)))
        assert [each["reason"] for each in found["occurrences"]] == [None, "slot_taken", None]
        assert [each["free"] for each in found["occurrences"]] == [True, False, True]
        assert found["total_price"] == {"amount": "100.00", "currency": "EUR"}
        shift = booking(massage, on_conflict="shift")
        found = done(asking(bob).post("appointments/preview/", shift))
        moved = found["occurrences"][1]
        assert (moved["free"], moved["shifted_from"]) == (True, STARTS[1])
        made = done(asking(bob).post("appointments/", booking(massage, on_conflict="skip")), 201)
        assert [each["start"] for each in made["occurrences"]] == [STARTS[0], STARTS[2]]
        assert made["skipped"] == [clash]

    def test_a_repeat_with_the_same_key_gets_the_same_series(self, asking, bob, massage):
        key = {"idempotency-key": "tuesdays"}
        first, second = (
            asking(bob).post("appointments/", booking(massage), headers=key) for _ in range(2)
        )
        assert done(first, 201) == done(second, 201)
        assert Series.objects.count() == 1

    def test_nothing_said_is_nothing_wanted(self, asking, bob, massage):
        asked = dict.fromkeys(["recurrence", "on_conflict", "depends_on", "follow_ups"])
        said = done(asking(bob).post("appointments/", booking(massage, **asked)), 201)
        assert (said["series"], "follow_ups" in said) == (None, False)

    def test_a_series_is_shown_in_few_queries_however_long(self, asking, bob, massage):
        found = []
        for day, count in ((1, 2), (2, 8)):
            rule = f"FREQ=WEEKLY;COUNT={count}"
            made = town.book_series(massage.pk, by=bob, start=at(8, day=day), recurrence=rule)
            with CaptureQueriesContext(connection) as queries:
                done(asking(bob).get(f"series/{made.pk}/"))
            found.append(len(queries))
        assert found == [3, 3]  # the caller; the series; its appointments with their people


class TestScopes:
    def test_each_action_takes_a_scope(self, asking, ada, bob, weekly, rows):
        answer = asking(ada).post(f"appointments/{rows[1].pk}/accept/", {"scope": "following"})
        assert done(answer)["id"] == str(rows[1].pk)
        assert answer.headers["ETag"] == '"2"'
        assert statuses(weekly) == ["pending", "confirmed", "confirmed"]
        body = {"start": "2030-04-03T11:00:00+02:00", "scope": "all"}
        done(asking(ada).post(f"appointments/{rows[0].pk}/reschedule/", body))
        moved = [each.start for each in weekly.occurrences.by_start()]
        assert moved == [at(9, day=day) for day in (2, 9, 16)]
        done(asking(bob).post(f"appointments/{rows[2].pk}/cancel/", {"scope": "following"}))
        done(asking(ada).post(f"appointments/{rows[0].pk}/decline/", {"scope": "all"}))
        assert statuses(weekly) == ["declined", "confirmed", "cancelled"]

    def test_what_cannot_move_is_named_by_its_new_start(self, asking, ada, carol, massage, rows):
        town.booked(massage, carol, at(10, day=15))
        body = {"start": "2030-04-02T12:00:00+02:00", "scope": "all"}
        answer = asking(ada).post(f"appointments/{rows[0].pk}/reschedule/", body)
        said = problem(answer, 409, "series_conflict")
        assert said["conflicts"] == [{"start": "2030-04-16T10:00:00Z", "reason": "slot_taken"}]

    def test_the_version_that_counts_is_that_of_the_named_one(self, asking, ada, rows):
        editing.annotate(rows[1].pk, by=ada, notes="Both")
        path = f"appointments/{rows[0].pk}/cancel/"
        done(asking(ada).post(path, {"scope": "all"}, headers={"if-match": '"1"'}))
        answer = asking(ada).post(path, {"scope": "all"}, headers={"if-match": '"1"'})
        problem(answer, 412, "version_mismatch")

    def test_the_list_is_filtered_by_series(self, asking, bob, carol, massage, weekly):
        town.booked(massage, bob, at(8, day=2))
        said = done(asking(bob).get("appointments/", series=str(weekly.pk)))
        assert [each["start"] for each in said["results"]] == STARTS
        assert done(asking(carol).get("appointments/", series=str(weekly.pk)))["results"] == []
        assert done(asking(bob).get("appointments/", series=str(uuid.uuid4())))["results"] == []


class TestExtending:
    def test_more_are_previewed_and_booked(self, asking, bob, weekly):
        path = f"series/{weekly.pk}/extend/"
        found = done(asking(bob).post(f"{path}preview/", {"count": 2}))
        assert [each["start"] for each in found["occurrences"]] == [
            "2030-04-23T08:00:00Z",
            "2030-04-30T08:00:00Z",
        ]
        assert weekly.occurrences.count() == 3
        said = done(asking(bob).post(path, {"count": 1}))
        assert len(said["occurrences"]) == 4
        said = done(asking(bob).post(path, {"until": "2030-05-07", "on_conflict": "skip"}))
        assert said["recurrence"] == "FREQ=WEEKLY;UNTIL=20300507"
        assert len(said["occurrences"]) == 6

    def test_what_is_in_the_way_is_named(self, asking, bob, carol, massage, weekly):
        town.booked(massage, carol, at(8, day=22))
        answer = asking(bob).post(f"series/{weekly.pk}/extend/", {"count": 1})
        said = problem(answer, 409, "series_conflict")
        assert said["conflicts"] == [{"start": "2030-04-23T08:00:00Z", "reason": "slot_taken"}]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "count"),
            ({"count": 0}, "count"),
            ({"count": 104}, "count"),
            ({"count": "many"}, "count"),
            ({"count": 1, "until": "2030-06-01"}, "count"),
            ({"until": "2030-04-20"}, "until"),
            ({"until": "2001-01-01"}, "until"),
            ({"until": "2199-12-31"}, "until"),
            ({"until": "soon"}, "until"),
            ({"count": 1, "on_conflict": "hope"}, "on_conflict"),
            ({"count": 1, "x": 1}, "x"),
        ],
    )
    def test_a_bad_body_names_its_field(self, asking, bob, weekly, body, field):
        for path in ("extend/", "extend/preview/"):
            answer = asking(bob).post(f"series/{weekly.pk}/{path}", body)
            assert field in problem(answer, 400, "invalid")["errors"]


class TestDependents:
    def test_a_prerequisite_is_named_or_found(self, asking, bob, haircut, course):
        body = {"service": str(course.pk), "start": "2030-04-09T10:00:00+02:00"}
        problem(asking(bob).post("appointments/", body), 409, "prerequisite_missing")
        first = town.booked(haircut, bob, at(8, day=1))
        body |= {"depends_on": str(first.pk)}
        said = done(asking(bob).post("appointments/", body), 201)
        assert said["depends_on"] == str(first.pk)

    def test_what_would_break_is_named_until_somebody_decides(
        self, asking, bob, dan, haircut, course
    ):
        first, then = (
            town.booked(haircut, bob, at(8, day=1)),
            town.booked(course, bob, at(8, day=8)),
        )
        path = f"appointments/{first.pk}/"
        for action, body in (("cancel", {}), ("reschedule", {"start": "2030-04-03T08:00:00Z"})):
            said = problem(asking(bob).post(f"{path}{action}/", body), 409, "has_dependents")
            assert said["dependents"] == [{"id": str(then.pk), "start": "2030-04-09T08:00:00Z"}]
        body = {"start": "2030-04-03T08:00:00Z", "dependents": "shift"}
        done(asking(bob).post(f"{path}reschedule/", body))
        then.refresh_from_db()
        assert then.start == at(8, day=9)
        problem(asking(bob).post(f"{path}cancel/", {"dependents": "keep"}), 403, "not_allowed")
        done(asking(dan).post(f"{path}cancel/", {"dependents": "keep"}))
        seen = done(asking(dan).get(f"appointments/{then.pk}/"))
        assert (seen["status"], seen["needs_attention"]) == ("confirmed", True)

    def test_a_course_is_booked_with_its_follow_ups(self, asking, bob, haircut, course):
        body = {"service": str(haircut.pk), "start": "2030-04-02T08:00:00Z", "follow_ups": True}
        found = done(asking(bob).post("appointments/preview/", body))
        assert [each["service"]["name"] for each in found["occurrences"]] == ["Haircut", "Look"]
        answer = asking(bob).post("appointments/", body)
        said = done(answer, 201)
        assert answer.headers["ETag"] == '"1"'
        [look] = said["follow_ups"]
        assert (look["start"], look["depends_on"]) == ("2030-04-09T07:00:00Z", said["id"])
        assert Appointment.objects.count() == 2

    def test_a_course_that_cannot_fit_says_what_finds_no_date(self, asking, bob, haircut, course):
        course.requires_min_days, course.requires_max_days = 400, 401
        course.save()
        body = {"service": str(haircut.pk), "start": "2030-04-02T08:00:00Z", "follow_ups": True}
        said = done(asking(bob).post("appointments/preview/", body))
        assert said["missing"]["service"]["name"] == "Look"
        days = ("2031-05-07", "2031-05-08")
        assert (said["missing"]["first_day"], said["missing"]["last_day"]) == days
        said = problem(asking(bob).post("appointments/", body), 409, "slot_unavailable")
        assert (said["service"], said["first_day"], said["last_day"]) == (str(course.pk), *days)

    def test_a_course_may_have_no_follow_ups(self, asking, bob, massage):
        body = {"service": str(massage.pk), "start": STARTS[0], "follow_ups": True}
        assert done(asking(bob).post("appointments/", body), 201)["follow_ups"] == []


class TestBookedOneByOne:
    """A service of which customers book no series."""

    @pytest.fixture
    def alone(self, massage, ada):
        return offering.change(massage, recurring=False)

    def test_a_provider_says_so_and_everybody_reads_it(self, asking, ada, massage):
        path = f"provider/services/{massage.pk}/"
        assert done(asking(ada).get(path))["recurring"] is True
        assert done(asking(ada).patch(path, {"recurring": False}))["recurring"] is False
        seen = done(asking().get("providers/ada/"))["services"]
        assert [each["recurring"] for each in seen] == [False]

    @pytest.mark.parametrize("path", ["appointments/", "appointments/preview/"])
    def test_a_customers_series_is_refused_and_one_appointment_is_not(
        self, asking, bob, alone, path
    ):
        said = problem(asking(bob).post(path, booking(alone)), 400, "invalid")
        assert said["errors"].keys() == {"recurrence"}
        assert not Appointment.objects.exists()
        single = booking(alone)
        del single["recurrence"]
        done(asking(bob).post("appointments/", single), 201)

    def test_a_guests_series_is_refused_too(self, asking, alone, settings):
        settings.GUEST_VERIFICATION = "none"
        guest = {"email": "gil@example.org", "first_name": "Gil", "last_name": ""}
        answer = asking().post("appointments/", booking(alone, guest=guest))
        assert problem(answer, 400, "invalid")["errors"].keys() == {"recurrence"}

    def test_its_provider_books_a_series_of_it(self, asking, ada, bob, alone):
        known = town.booked(alone, bob, at(12, day=3)).customer
        said = done(
            asking(ada).post("appointments/", booking(alone, customer={"id": str(known.pk)})), 201
        )
        assert len(said["occurrences"]) == 3

    def test_a_series_that_stands_is_kept_and_goes_on_by_its_provider_alone(
        self, asking, ada, bob, weekly, alone
    ):
        path = f"series/{weekly.pk}/extend/"
        more = {"count": 2, "on_conflict": "skip"}
        problem(asking(bob).post(path, more), 400, "invalid")
        assert weekly.occurrences.count() == 3
        done(asking(ada).post(path, more))
        assert weekly.occurrences.count() == 5
