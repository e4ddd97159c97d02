"""The soonest slots of many providers, who has room, and how many queries that takes."""

from datetime import date

import pytest

from openslot.accounts.models import Provider
from openslot.appointments.free import slots
from openslot.availability.models import WorkingHours
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span
from tests import town
from tests.appointments.offered import MONDAY, away, change, check, starts
from tests.town import NOW, at


class TestQueries:
    def test_a_month_takes_four_queries(self, massage, bob, django_assert_num_queries):
        town.booked(massage, bob, at(10))
        with django_assert_num_queries(4):  # service and provider, week, special days, free time
            starts(massage, MONDAY, last=date(2030, 5, 1))

    def test_a_check_takes_four_queries(self, massage, django_assert_num_queries):
        with django_assert_num_queries(4):  # service and provider, week, special days, free time
            check(massage, at(10))

    @pytest.mark.parametrize("providers", [1, 5])
    def test_earliest_takes_as_many_for_one_as_for_five(
        self, people, providers, django_assert_num_queries
    ):
        for number in range(providers):
            town.hours(made := town.provider(town.person(f"P{number}")))
            town.service(made)
        services = Service.objects.select_related("provider")
        with django_assert_num_queries(4):  # services, week, special days, the next three days
            assert len(slots.earliest(services, limit=providers, now=NOW)) == providers

    def test_earliest_looks_no_further_than_six(self, massage, django_assert_num_queries):
        WorkingHours.objects.all().delete()
        services = Service.objects.select_related("provider")
        change(massage.provider, booking_window_days=100)
        with django_assert_num_queries(7):  # services, week, special days, four spans of days
            assert slots.earliest(services, limit=5, now=NOW) == []

    def test_room_takes_four(self, massage, haircut, django_assert_num_queries):
        providers = list(Provider.objects.all())
        with django_assert_num_queries(4):  # services and providers, week, special days, free time
            assert len(slots.with_room(providers, on=MONDAY, now=NOW)) == 2


class TestEarliest:
    def services(self):
        return Service.objects.select_related("provider").order_by("name")

    def test_the_soonest_of_each_provider_soonest_first(self, massage, haircut, bob):
        town.booked(haircut, bob, at(7))
        found = slots.earliest(self.services(), limit=10, now=NOW)
        assert [(each.service, each.slot.start) for each in found] == [
            (massage, at(7)),
            (haircut, at(7, 30)),
        ]
        assert found[1].slot.end == at(8)

    def test_no_more_than_asked_for(self, massage, haircut):
        assert len(slots.earliest(self.services(), limit=1, now=NOW)) == 1

    def test_the_soonest_of_several_services(self, haircut, bob):
        long = town.service(haircut.provider, name="Colour", duration_minutes=120)
        town.booked(haircut, bob, at(7, 30))
        [found] = slots.earliest(self.services(), limit=10, now=NOW)
        assert found.service == haircut
        assert found.slot == Span(at(7), at(7, 30))
        assert long.duration > haircut.duration

    @pytest.mark.parametrize("days", [2, 3, 4, 13, 14, 15, 59, 60, 61, 80])
    def test_room_far_ahead_is_found(self, massage, days):
        change(massage.provider, booking_window_days=80)
        away(massage.provider, at(0), at(7, day=days))
        [found] = slots.earliest(self.services(), limit=10, now=NOW)
        assert found.slot.start == at(7, day=days)

    def test_who_has_no_room_is_not_there(self, massage):
        away(massage.provider, at(0), at(0, day=100))
        assert slots.earliest(self.services(), limit=10, now=NOW) == []
        assert slots.earliest([], limit=10, now=NOW) == []


class TestRoom:
    def test_those_with_a_slot_of_any_service_on_their_own_date(self, massage, haircut):
        away(massage.provider, at(0), at(22))
        providers = list(Provider.objects.all())
        assert slots.with_room(providers, on=MONDAY, now=NOW) == {haircut.provider.pk}
        assert len(slots.with_room(providers, on=date(2030, 4, 2), now=NOW)) == 2

    @pytest.mark.parametrize("day", [date.min, date(2030, 3, 31), date(2030, 7, 1), date.max])
    def test_nobody_has_room_outside_the_window(self, massage, day):
        assert slots.with_room([massage.provider], on=day, now=NOW) == set()
