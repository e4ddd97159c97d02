"""Free time over HTTP, and the provider's hours behind it."""

import pytest

from openslot.availability.models import TimeOffSpan
from openslot.catalog.models import Category
from tests import town
from tests.api.calling import done, problem
from tests.town import at


def free(of, /, **query):
    return {"service": str(of.pk), "start": "2030-04-02", "end": "2030-04-03"} | query


AVAILABILITY = "providers/ada/availability/"


class TestAvailability:
    def test_everybody_sees_when_a_service_can_be_had(self, asking, ada, massage):
        town.booked(massage, town.person("Zoe"), at(7, day=1))  # nine o'clock
        said = done(asking().get(AVAILABILITY, **free(massage)))
        assert said["provider"]["slug"] == "ada"
        assert said["service"] == {"id": str(massage.pk), "name": "Massage"}
        assert said["timezone"] == "Europe/Berlin"
        assert [day["date"] for day in said["days"]] == ["2030-04-02", "2030-04-03"]
        assert said["days"][0]["slots"][0] == {
            "start": "2030-04-02T10:00:00+02:00",
            "end": "2030-04-02T11:00:00+02:00",
        }
        assert len(said["days"][1]["slots"]) == 15

    def test_a_slot_belongs_to_the_date_of_its_start_in_the_zone_asked_for(self, asking, massage):
        query = free(massage, timezone="Pacific/Auckland", end="2030-04-02")
        said = done(asking().get(AVAILABILITY, **query))
        starts = [slot["start"] for slot in said["days"][0]["slots"]]
        assert said["timezone"] == "Pacific/Auckland"
        assert starts[0] == "2030-04-02T00:00:00+13:00"  # Monday noon in Berlin
        assert all(start.startswith("2030-04-02") for start in starts)

    def test_every_day_of_the_span_is_there(self, asking, massage):
        query = free(massage, start="2029-12-31", end="2030-03-02")
        said = done(asking().get(AVAILABILITY, **query))
        assert len(said["days"]) == 62
        assert not any(day["slots"] for day in said["days"])

    def test_what_is_not_offered_is_not_found(self, asking, ada, massage, haircut):
        problem(asking().get(AVAILABILITY, **free(haircut)), 404, "not_found")
        problem(asking().get("providers/nobody/availability/", **free(massage)), 404, "not_found")
        query = free(massage, service=town.NOBODY)
        problem(asking().get(AVAILABILITY, **query), 404, "not_found")
        ada.provider.active = False
        ada.provider.save()
        problem(asking().get(AVAILABILITY, **free(massage)), 404, "not_found")

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"service": "x"}, "service"),
            ({"service": ""}, "service"),
            ({"start": "tomorrow"}, "start"),
            ({"start": "2030-4-2"}, "start"),
            ({"start": "2030-02-30"}, "start"),
            ({"start": "2030-04-02T00:00:00Z"}, "start"),
            ({"start": "1999-12-31"}, "start"),
            ({"start": "0000-00-00"}, "start"),
            ({"end": "9999-12-31"}, "end"),
            ({"end": "2030-04-01"}, "end"),
            ({"end": "2030-06-03"}, "end"),
            ({"end": ""}, "end"),
            ({"timezone": "Berlin"}, "timezone"),
            ({"timezone": "../etc/passwd"}, "timezone"),
            ({"timezone": "localtime"}, "timezone"),
        ],
    )
    def test_a_bad_query_names_its_parameter(self, asking, massage, query, field):
        answer = asking().get(AVAILABILITY, **free(massage, **query))
        assert field in problem(answer, 400, "invalid")["errors"]

    def test_nothing_asked_for_is_refused_parameter_by_parameter(self, asking, massage):
        said = problem(asking().get(AVAILABILITY), 400, "invalid")
        assert said["errors"].keys() == {"service", "start", "end"}

    def test_a_month_costs_three_queries_and_again_one(
        self, asking, massage, django_assert_num_queries
    ):
        query = free(massage, start="2030-04-01", end="2030-04-30")
        # The service with its provider; the hours; all that takes time.
        with django_assert_num_queries(3):
            done(asking().get(AVAILABILITY, **query))
        with django_assert_num_queries(1):
            done(asking().get(AVAILABILITY, **query))

    def test_who_has_the_answer_is_told_so_until_another_one_is_true(self, asking, massage, bob):
        query = free(massage)
        first = asking().get(AVAILABILITY, **query)
        assert first["Cache-Control"] == "no-cache"
        known = {"If-None-Match": first["ETag"]}
        again = asking().get(AVAILABILITY, **query, headers=known)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        town.booked(massage, bob, at(8, day=1))
        changed = asking().get(AVAILABILITY, **query, headers=known)
        assert changed.status_code == 200
        assert changed["ETag"] != first["ETag"]

    @pytest.mark.parametrize(
        ("zone", "shown"),
        [
            ("Europe/Berlin", "2030-04-02T09:00:00+02:00"),
            ("Asia/Kathmandu", "2030-04-02T12:45:00+05:45"),
            ("UTC", "2030-04-02T07:00:00Z"),
            ("Africa/Accra", "2030-04-02T07:00:00Z"),
        ],
    )
    def test_instants_have_the_offset_of_the_zone_asked_for(self, asking, massage, zone, shown):
        found = done(asking().get(AVAILABILITY, **free(massage, timezone=zone)))
        assert found["days"][0]["slots"][0]["start"] == shown


class TestEarliest:
    @pytest.fixture
    def relaxing(self, massage, haircut):
        """Ada files her massage under a category, Dan names it for himself."""
        category = Category.objects.create(slug="relaxing", name="Relaxing")
        massage.category = category
        massage.save()
        category.providers.add(haircut.provider)

    def test_the_soonest_slot_of_each_provider_comes_first(self, asking, massage, haircut, bob):
        town.booked(massage, bob, at(7))
        said = done(asking().get("availability/earliest/"))
        assert [(each["provider"]["slug"], each["service"]["name"]) for each in said] == [
            ("dan", "Haircut"),
            ("ada", "Massage"),
        ]
        assert said[0]["start"] == "2030-04-01T07:00:00Z"
        assert said[0]["end"] == "2030-04-01T07:30:00Z"
        assert said[0]["price"] == {"amount": "50.00", "currency": "EUR"}

    def test_a_category_holds_who_names_it_and_who_sells_in_it(self, asking, relaxing):
        said = done(asking().get("availability/earliest/", category="relaxing"))
        assert {each["provider"]["slug"] for each in said} == {"ada", "dan"}

    def test_of_who_sells_in_it_only_that_counts(self, asking, relaxing, ada):
        town.service(ada.provider, name="Short talk", duration_minutes=15)
        said = done(asking().get("availability/earliest/", category="relaxing"))
        assert {each["service"]["name"] for each in said} == {"Massage", "Haircut"}

    def test_an_unknown_category_is_empty(self, asking, massage):
        assert done(asking().get("availability/earliest/", category="unknown")) == []

    def test_no_more_than_asked_for(self, asking, massage, haircut):
        assert len(done(asking().get("availability/earliest/", limit=1))) == 1

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "9" * 5000])
    def test_a_bad_limit_is_refused(self, asking, massage, limit):
        answer = asking().get("availability/earliest/", limit=limit)
        assert "limit" in problem(answer, 400, "invalid")["errors"]

    def test_it_costs_as_much_however_many_there_are(
        self, asking, relaxing, ada, dan, django_assert_max_num_queries
    ):
        for number in range(5):
            other = town.provider(town.person(f"P{number}"), slug=f"p{number}")
            town.hours(other)
            town.service(other)
        with django_assert_max_num_queries(6):  # the services; hours and days; three looks ahead
            assert len(done(asking().get("availability/earliest/"))) == 7


WEEK = [
    {"weekday": 1, "start": "09:00", "end": "12:00"},
    {"weekday": 1, "start": "13:00", "end": "17:00"},
    {"weekday": 5, "start": "22:00", "end": "02:00"},
    {"weekday": 6, "start": "10:00", "end": "10:00"},
]


class TestWeek:
    def test_the_whole_week_is_replaced(self, asking, ada):
        assert done(asking(ada).put("provider/working-hours/", WEEK)) == WEEK
        assert done(asking(ada).get("provider/working-hours/")) == WEEK

    def test_no_hours_are_a_week_too(self, asking, ada):
        assert done(asking(ada).put("provider/working-hours/", [])) == []

    def test_what_was_read_can_be_sent_back(self, asking, ada):
        read = done(asking(ada).get("provider/working-hours/"))
        assert done(asking(ada).put("provider/working-hours/", read)) == read

    @pytest.mark.parametrize(
        "week",
        [
            {},
            "x",
            [5],
            [[]],
            [{}],
            [{"weekday": 0, "start": "09:00", "end": "10:00"}],
            [{"weekday": 8, "start": "09:00", "end": "10:00"}],
            [{"weekday": "Monday", "start": "09:00", "end": "10:00"}],
            [{"weekday": 1, "start": "9:00", "end": "10:00"}],
            [{"weekday": 1, "start": "24:00", "end": "10:00"}],
            [{"weekday": 1, "start": "09:00:30", "end": "10:00"}],
            [{"weekday": 1, "start": "09:60", "end": "10:00"}],
            [{"weekday": 1, "start": None, "end": "10:00"}],
            [{"weekday": 1, "start": "09:00", "end": "10:00", "break": 5}],
            [WEEK[0], WEEK[0]],  # overlapping
            [WEEK[2], {"weekday": 6, "start": "01:00", "end": "03:00"}],  # past midnight
            [
                {"weekday": 7, "start": "22:00", "end": "02:00"},
                {"weekday": 1, "start": "01:00", "end": "03:00"},
            ],
            [WEEK[0]] * 1000,
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_a_bad_week_is_refused_and_the_old_one_stays(self, asking, ada, week):
        before = done(asking(ada).get("provider/working-hours/"))
        said = problem(asking(ada).put("provider/working-hours/", week), 400, "invalid")
        assert said["errors"]
        assert done(asking(ada).get("provider/working-hours/")) == before


class TestSpecialDays:
    def test_a_date_gets_hours_of_its_own(self, asking, ada, massage):
        day = {"date": "2030-04-02", "spans": [{"start": "18:00", "end": "19:00"}]}
        said = done(asking(ada).post("provider/special-hours/", day), 201)
        assert said == day | {"id": said["id"]}
        slots = done(asking().get(AVAILABILITY, **free(massage)))["days"][0]["slots"]
        assert [slot["start"] for slot in slots] == ["2030-04-02T18:00:00+02:00"]
        listed = done(asking(ada).get("provider/special-hours/"))
        assert listed == {"next": None, "previous": None, "results": [said]}

    def test_no_spans_are_a_closed_day(self, asking, ada, massage):
        done(asking(ada).post("provider/special-hours/", {"date": "2030-04-02", "spans": []}), 201)
        assert done(asking().get(AVAILABILITY, **free(massage)))["days"][0]["slots"] == []

    def test_a_date_gets_the_weeks_hours_back(self, asking, ada, dan):
        day = {"date": "2030-04-02", "spans": []}
        special = done(asking(ada).post("provider/special-hours/", day), 201)["id"]
        problem(asking(dan).delete(f"provider/special-hours/{special}/"), 404, "not_found")
        assert asking(ada).delete(f"provider/special-hours/{special}/").status_code == 204
        problem(asking(ada).delete(f"provider/special-hours/{special}/"), 404, "not_found")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "date"),
            ({"date": "2030-04-02"}, "spans"),
            ({"date": "1999-04-02", "spans": []}, "date"),
            ({"date": "9999-12-31", "spans": []}, "date"),
            ({"date": 5, "spans": []}, "date"),
            ({"date": "2030-04-02", "spans": None}, "spans"),
            ({"date": "2030-04-02", "spans": {}}, "spans"),
            ({"date": "2030-04-02", "spans": ["09:00"]}, "spans.0"),
            ({"date": "2030-04-02", "spans": [{"start": "09:00"}]}, "spans.0.end"),
            ({"date": "2030-04-02", "spans": [{"start": "09:00", "end": "11:00"}] * 2}, "spans"),
            ({"date": "2030-04-02", "spans": [], "reason": "x"}, "reason"),
            ({"date": "2030-03-31", "spans": []}, "date"),
        ],
        ids=str,
    )
    def test_a_bad_day_names_its_field(self, asking, ada, body, field):
        answer = asking(ada).post("provider/special-hours/", body)
        assert field in problem(answer, 400, "invalid")["errors"]


AWAY = {"start": "2030-04-02T00:00:00+02:00", "end": "2030-04-03T00:00:00+02:00"}


class TestTimeOff:
    def test_appointments_in_it_stay_and_are_named(self, asking, ada, bob, massage):
        appointment = town.booked(massage, bob, at(8, day=1))
        said = done(asking(ada).post("provider/time-off/", AWAY | {"reason": "Fair"}), 201)
        assert said == {
            "id": said["id"],
            "start": "2030-04-01T22:00:00Z",
            "end": "2030-04-02T22:00:00Z",
            "reason": "Fair",
            "recurrence": "",
            "conflicts": [str(appointment.pk)],
        }
        assert done(asking(ada).get("provider/time-off/"))["results"] == [said]
        assert done(asking().get(AVAILABILITY, **free(massage)))["days"][0]["slots"] == []
        appointment.refresh_from_db()
        assert appointment.status == "pending"

    def test_appointments_in_it_are_cancelled_if_that_is_said(self, asking, ada, bob, massage):
        appointment = town.booked(massage, bob, at(8, day=1))
        done(asking(ada).post("provider/time-off/", AWAY | {"conflicts": "cancel"}), 201)
        appointment.refresh_from_db()
        assert appointment.status == "cancelled"

    def test_it_comes_again_by_a_rule(self, asking, ada, massage):
        rule = {"recurrence": "FREQ=WEEKLY;COUNT=3"}
        said = done(asking(ada).post("provider/time-off/", AWAY | rule), 201)
        assert said["recurrence"] == "FREQ=WEEKLY;COUNT=3"
        query = free(massage, start="2030-04-16", end="2030-04-16")
        assert done(asking().get(AVAILABILITY, **query))["days"][0]["slots"] == []

    def test_it_is_given_back_by_its_provider_alone(self, asking, ada, dan):
        taken = done(asking(ada).post("provider/time-off/", AWAY), 201)["id"]
        problem(asking(dan).delete(f"provider/time-off/{taken}/"), 404, "not_found")
        assert asking(ada).delete(f"provider/time-off/{taken}/").status_code == 204
        problem(asking(ada).delete(f"provider/time-off/{taken}/"), 404, "not_found")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"start": "2030-04-02"}, "start"),
            ({"start": "2030-04-02T00:00:00"}, "start"),
            ({"end": AWAY["start"]}, "end"),
            ({"end": "2030-04-01T00:00:00Z"}, "end"),
            ({"end": "2199-12-31T00:00:00Z"}, "end"),
            ({"end": None}, "end"),
            ({"reason": "x" * 501}, "reason"),
            ({"recurrence": "FREQ=SECONDLY;COUNT=3"}, "recurrence"),
            ({"recurrence": "FREQ=DAILY"}, "recurrence"),
            ({"recurrence": "FREQ=DAILY;INTERVAL=0;COUNT=2"}, "recurrence"),
            ({"recurrence": "x" * 5000}, "recurrence"),
            ({"recurrence": 5}, "recurrence"),
            ({"conflicts": "ignore"}, "conflicts"),
            ({"conflicts": []}, "conflicts"),
            ({"id": "x"}, "id"),
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_bad_time_off_names_its_field(self, asking, ada, change, field):
        answer = asking(ada).post("provider/time-off/", AWAY | change)
        assert field in problem(answer, 400, "invalid")["errors"]

    def test_a_page_costs_four_queries_however_long(
        self, asking, ada, bob, massage, django_assert_num_queries
    ):
        town.booked(massage, bob, at(8, day=1))
        for _ in range(3):
            done(asking(ada).post("provider/time-off/", AWAY), 201)
        caller = asking(ada)
        # The caller as a provider; the page; its occurrences; the appointments in them.
        with django_assert_num_queries(4):
            assert len(done(caller.get("provider/time-off/"))["results"]) == 3


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "provider/working-hours/"),
        ("put", "provider/working-hours/"),
        ("get", "provider/special-hours/"),
        ("post", "provider/special-hours/"),
        ("delete", f"provider/special-hours/{town.NOBODY}/"),
        ("get", "provider/time-off/"),
        ("post", "provider/time-off/"),
        ("delete", f"provider/time-off/{town.NOBODY}/"),
    ],
)
def test_the_desk_is_for_providers(asking, bob, method, address):
    problem(asking(bob)(method, address), 403, "not_allowed")
    answer = asking()(method, address)
    problem(answer, 401, "not_authenticated")


class TestChanging:
    """What stands can be changed, and what was read can be sent back."""

    def away(self, asking, ada, **more):
        sent = {"start": "2030-04-02T07:00:00Z", "end": "2030-04-02T09:00:00Z"} | more
        return done(asking(ada).post("provider/time-off/", sent), 201)

    def test_time_off_moves_and_its_slots_with_it(self, asking, ada, massage):
        made = self.away(asking, ada, reason="Dentist")
        path = f"provider/time-off/{made['id']}/"
        new = {"start": "2030-04-03T07:00:00Z", "end": "2030-04-03T09:00:00Z"}
        changed = done(asking(ada).patch(path, new))
        assert (changed["start"], changed["reason"]) == (new["start"], "Dentist")
        assert done(asking(ada).get(path)) == changed
        assert {span.start.day for span in TimeOffSpan.objects.all()} == {3}

    def test_appointments_that_it_meets_are_named_or_cancelled(self, asking, ada, bob, massage):
        visit = town.booked(massage, bob, town.at(8, day=2))
        made = self.away(asking, ada)
        path = f"provider/time-off/{made['id']}/"
        new = {"start": "2030-04-03T07:00:00Z", "end": "2030-04-03T09:00:00Z"}
        assert done(asking(ada).patch(path, new))["conflicts"] == [str(visit.pk)]
        visit.refresh_from_db()
        assert visit.status == "pending"
        done(asking(ada).patch(path, {"conflicts": "cancel"}))
        visit.refresh_from_db()
        assert visit.status == "cancelled"

    def test_it_begins_to_come_again_and_stops(self, asking, ada):
        path = f"provider/time-off/{self.away(asking, ada)['id']}/"
        done(asking(ada).patch(path, {"recurrence": "FREQ=WEEKLY;COUNT=3"}))
        assert TimeOffSpan.objects.count() == 3
        done(asking(ada).patch(path, {"recurrence": ""}))
        assert TimeOffSpan.objects.count() == 1

    @pytest.mark.parametrize("kind", ["time-off", "special-hours"])
    def test_what_was_read_can_be_sent_back(self, asking, ada, bob, massage, kind):
        town.booked(massage, bob, town.at(8, day=1))
        if kind == "time-off":
            made = self.away(asking, ada)
        else:
            sent = {"date": "2030-04-05", "spans": [{"start": "09:00", "end": "10:00"}]}
            made = done(asking(ada).post("provider/special-hours/", sent), 201)
        path = f"provider/{kind}/{made['id']}/"
        read = done(asking(ada).get(path))
        assert done(asking(ada).patch(path, read)) == read

    def test_a_special_day_gets_other_hours_and_another_date(self, asking, ada):
        both = [
            done(asking(ada).post("provider/special-hours/", {"date": day, "spans": []}), 201)
            for day in ("2030-04-05", "2030-04-06")
        ]
        path = f"provider/special-hours/{both[0]['id']}/"
        spans = [{"start": "09:00", "end": "10:00"}]
        assert done(asking(ada).patch(path, {"spans": spans}))["spans"] == spans
        moved = done(asking(ada).patch(path, {"date": "2030-04-06"}))
        assert moved == {"id": both[0]["id"], "date": "2030-04-06", "spans": spans}
        assert [
            each["id"] for each in done(asking(ada).get("provider/special-hours/"))["results"]
        ] == [both[0]["id"]]

    @pytest.mark.parametrize(
        ("kind", "change", "field"),
        [
            ("time-off", {"end": "2030-04-02T07:00:00Z"}, "end"),
            ("time-off", {"recurrence": "FREQ=SECONDLY"}, "recurrence"),
            ("time-off", {"conflicts": "burn"}, "conflicts"),
            ("time-off", {"reason": "x" * 501}, "reason"),
            ("time-off", {"wings": 2}, "wings"),
            ("special-hours", {"date": "1999-01-01"}, "date"),
            ("special-hours", {"spans": [{"start": "9", "end": "10:00"}]}, "spans"),
        ],
    )
    def test_what_does_not_hold_names_its_field_and_changes_nothing(
        self, asking, ada, kind, change, field
    ):
        if kind == "time-off":
            made = self.away(asking, ada)
        else:
            day = {"date": "2030-04-05", "spans": []}
            made = done(asking(ada).post("provider/special-hours/", day), 201)
        path = f"provider/{kind}/{made['id']}/"
        said = problem(asking(ada).patch(path, change), 400, "invalid")
        assert field in {name.partition(".")[0] for name in said["errors"]}
        assert done(asking(ada).get(path)) == made
