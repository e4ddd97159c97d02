"""A time is kept for ten minutes for whoever fills in the form, and for nobody longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.accounts.models import Customer, Provider
from openslot.appointments import errors
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import rescheduling
from openslot.appointments.free import slots, why
from openslot.appointments.free.holding import Claim
from openslot.appointments.holding import holds
from openslot.appointments.holding.holds import Caller
from openslot.appointments.models import Hold
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid, NotAllowed, NotFound, TooOften
from openslot.kernel.keeping import retention
from tests import town
from tests.appointments.offered import BERLIN, MONDAY, starts
from tests.town import GUEST, NOW, at

pytestmark = pytest.mark.django_db

TEN = at(8)  # in Berlin
MINUTE = timedelta(minutes=1)


def hold(service, start=TEN, **by):
    return holds.take(service.pk, start=start, by=Caller(**by))


def shown(service, claim, day=MONDAY):
    fetched = Service.objects.select_related("provider").get(pk=service.pk)
    days = slots.slots(fetched, first=day, last=day, zone=BERLIN, now=NOW, claim=claim)
    return [f"{slot.start.astimezone(BERLIN):%H:%M}" for _, found in days for slot in found]


class TestEverybodyElse:
    def test_sees_it_taken_with_what_it_would_overlap(self, massage):
        before = starts(massage)
        hold(massage)
        assert set(before) - set(starts(massage)) == {"09:30", "10:00", "10:30"}

    def test_with_its_buffers(self, massage):
        Provider.objects.update(buffer_after_minutes=30)
        hold(massage)
        assert not {"09:00", "09:30", "10:00", "10:30", "11:00"} & set(starts(massage))
        assert "11:30" in starts(massage)

    @pytest.mark.parametrize("by", ["carol", "ada"])
    def test_is_refused_it_the_provider_included(self, massage, ada, bob, carol, by):
        hold(massage, user=bob)
        asked = {"customer": GUEST} if by == "ada" else {}
        with pytest.raises(errors.SlotTaken):
            town.booked(massage, {"ada": ada, "carol": carol}[by], TEN, **asked)

    def test_is_refused_as_a_new_time(self, massage, ada, bob, carol):
        booked = town.booked(massage, carol, at(12))
        hold(massage, user=bob)
        for who in (ada, carol):
            with pytest.raises(errors.SlotTaken):
                rescheduling.reschedule(booked.pk, by=who, start=TEN)

    def test_is_refused_a_date_of_a_series(self, massage, ada, carol, bob):
        hold(massage, at(8, day=1), user=bob)
        for who, asked in ((carol, {}), (ada, {"customer": GUEST})):
            with pytest.raises(errors.SeriesConflict) as refused:
                town.book_series(
                    massage.pk, by=who, start=TEN, recurrence="FREQ=DAILY;COUNT=2", **asked
                )
            assert [each["reason"] for each in refused.value.extra["conflicts"]] == ["slot_taken"]

    def test_cannot_hold_it_too(self, massage, bob):
        hold(massage, user=bob)
        with pytest.raises(errors.SlotTaken):
            hold(massage, at(8, 30))

    def test_is_told_that_somebody_is_about_to_book_and_not_who(self, massage, bob):
        hold(massage, user=bob)
        fetched = Service.objects.select_related("provider__user").get(pk=massage.pk)
        answer = why.why(fetched, at(7, 30), now=NOW)
        [reason] = answer.reasons
        assert (answer.bookable, reason.code, reason.appointment) == (False, "held", None)
        assert reason.span == (TEN, at(9))


class TestItsHolder:
    def test_books_it_and_it_is_used_up(self, massage, bob):
        held = hold(massage, user=bob)
        assert town.booked(massage, bob, TEN, hold=held.id).start == TEN
        assert not Hold.objects.exists()

    def test_an_account_need_not_name_it(self, massage, bob):
        hold(massage, user=bob)
        town.booked(massage, bob, TEN)
        assert not Hold.objects.exists()

    def test_without_an_account_whoever_names_it_has_it(self, massage, bob, carol):
        held = hold(massage, browser="a secret")
        with pytest.raises(errors.SlotTaken):
            town.booked(massage, carol, TEN)
        assert town.booked(massage, bob, TEN, hold=held.id).start == TEN
        assert not Hold.objects.exists()

    def test_an_accounts_is_nobody_elses_by_its_id(self, massage, bob, carol):
        held = hold(massage, user=bob)
        with pytest.raises(errors.SlotTaken):
            town.booked(massage, carol, TEN, hold=held.id)
        with pytest.raises(NotFound):
            holds.release(held.id, by=carol)
        assert Hold.objects.exists()

    def test_still_sees_it_and_nothing_that_it_overlaps(self, massage, bob):
        hold(massage, user=bob)
        mine = Claim(owners=Caller(bob).owners)
        assert set(shown(massage, mine)) - set(starts(massage)) == {"10:00"}

    def test_it_counts_for_its_service_and_start_alone(self, massage, ada, bob):
        held = hold(massage, user=bob)
        other = town.service(ada.provider, name="Other", duration_minutes=60)
        for service, start in ((other, TEN), (massage, at(8, 30))):
            with pytest.raises(errors.SlotTaken):
                town.booked(service, bob, start, hold=held.id)
        assert Hold.objects.exists()

    def test_a_provider_books_somebody_into_his_own(self, massage, ada):
        held = hold(massage, user=ada)
        town.booked(massage, ada, TEN, customer=GUEST, hold=held.id)
        assert not Hold.objects.exists()

    def test_has_one_at_a_time(self, massage, haircut, bob):
        hold(massage, user=bob)
        hold(massage, at(8, 30), user=bob)
        assert Hold.objects.get().start == at(8, 30)
        hold(haircut, user=bob)
        assert Hold.objects.get().service == haircut

    def test_a_browser_has_one_too_and_another_browser_its_own(self, massage):
        hold(massage, browser="one")
        hold(massage, at(10), browser="two")
        hold(massage, at(12), browser="one")
        assert set(Hold.objects.values_list("start", flat=True)) == {at(10), at(12)}

    def test_keeps_it_when_signing_in(self, massage, bob):
        """The browser's own goes on being theirs, whether its id is named or not."""
        hold(massage, browser="a secret")
        held = hold(massage, user=bob, browser="a secret")
        assert Hold.objects.get().owner == Caller(bob).owner
        holds.release(held.id, by=bob)
        hold(massage, browser="a secret")
        town.booked(massage, bob, TEN, browser="a secret")
        assert not Hold.objects.exists()

    def test_books_a_series_from_it_on(self, massage):
        hold(massage, browser="a secret")
        guest = Guest("gil@example.org", "Gil", verified=True)
        asked = {"start": TEN, "recurrence": "FREQ=DAILY;COUNT=2"}
        with pytest.raises(errors.SeriesConflict):
            town.book_series(massage.pk, by=guest, **asked)
        town.book_series(massage.pk, by=guest, browser="a secret", **asked)
        assert not Hold.objects.exists()

    def test_a_series_and_a_course_use_it_up(self, massage, bob, carol):
        hold(massage, user=bob)
        asked = {"start": TEN, "recurrence": "FREQ=DAILY;COUNT=2"}
        town.book_series(massage.pk, by=bob, **asked)
        assert not Hold.objects.exists()
        town.following(massage, "Treatment", 1, 7)
        hold(massage, at(10), user=carol)
        hold_of_bob = hold(massage, at(12), user=bob)
        town.book_course(massage.pk, by=carol, start=at(10))
        assert Hold.objects.get().start == hold_of_bob.start

    def test_lets_go_of_it(self, massage, bob):
        before = starts(massage)
        held = hold(massage, user=bob)
        holds.release(held.id, by=bob)
        assert starts(massage) == before
        with pytest.raises(NotFound):
            holds.release(held.id, by=bob)


class TestTime:
    def test_it_is_over_after_ten_minutes_though_nobody_tidies(self, massage, bob, carol, clock):
        before = starts(massage)
        held = hold(massage, user=bob)
        assert held.expires_at == NOW + 10 * MINUTE
        clock.move_to(NOW + 10 * MINUTE - timedelta(seconds=1))
        with pytest.raises(errors.SlotTaken):
            town.booked(massage, carol, TEN)
        clock.move_to(NOW + 10 * MINUTE)
        assert starts(massage, now=NOW + 10 * MINUTE) == before
        with pytest.raises(NotFound):
            holds.release(held.id, by=bob)
        town.booked(massage, carol, TEN)

    def test_who_comes_too_late_books_if_nobody_came_between(self, massage, bob, clock):
        held = hold(massage, user=bob)
        clock.move_to(NOW + 20 * MINUTE)
        town.booked(massage, bob, TEN, hold=held.id)

    def test_a_thousand_abandoned_ones_leave_the_month_as_it_was(self, massage, clock, settings):
        settings.RATE_LIMITS = "off"
        last = MONDAY + timedelta(days=30)
        before = starts(massage, last=last, now=NOW + 20 * MINUTE)
        for number in range(1000):
            Hold.objects.create(
                digest=f"{number:064}",
                provider=massage.provider,
                service=massage,
                start=TEN,
                end=at(9),
                held_start=TEN,
                held_end=at(9),
                expires_at=NOW + MINUTE,
            )
        clock.move_to(NOW + 20 * MINUTE)
        assert starts(massage, last=last, now=NOW + 20 * MINUTE) == before
        hold(massage)
        assert Hold.objects.count() == 1

    def test_the_worker_forgets_what_is_over(self, massage, clock):
        hold(massage)
        retention.forget(now=NOW + 9 * MINUTE)
        assert Hold.objects.exists()
        retention.forget(now=NOW + 11 * MINUTE)
        assert not Hold.objects.exists()


class TestRefusals:
    @pytest.mark.parametrize(
        ("start", "error"),
        [
            (at(2), errors.SlotUnavailable),
            (at(8, 10), errors.SlotUnavailable),
            (NOW - timedelta(days=1), errors.SlotUnavailable),
            (at(8, day=90), errors.SlotUnavailable),
        ],
    )
    def test_what_cannot_be_booked_cannot_be_held(self, massage, bob, start, error):
        for by in ({}, {"user": bob}):
            with pytest.raises(error):
                hold(massage, start, **by)

    def test_what_is_booked_neither(self, massage, bob, carol):
        town.booked(massage, carol, TEN)
        with pytest.raises(errors.SlotTaken):
            hold(massage, user=bob)

    def test_somebody_who_is_elsewhere_then(self, massage, haircut, bob):
        town.booked(haircut, bob, TEN)
        with pytest.raises(errors.CustomerBusy):
            hold(massage, user=bob)

    def test_somebody_who_is_blocked_or_asked_often_enough(self, massage, bob):
        town.booked(massage, bob, at(10))
        Provider.objects.update(pending_limit=1)
        with pytest.raises(errors.LimitReached):
            hold(massage, user=bob)
        Customer.objects.update(blocked=True)
        with pytest.raises(NotAllowed):
            hold(massage, user=bob)

    def test_a_refusal_leaves_the_hold_before(self, massage, bob):
        hold(massage, user=bob)
        with pytest.raises(errors.SlotUnavailable):
            hold(massage, at(2), user=bob)
        assert Hold.objects.get().start == TEN

    def test_an_unknown_service(self):
        with pytest.raises(Invalid) as refused:
            holds.take(town.NOBODY, start=TEN, by=Caller())
        assert list(refused.value.errors) == ["service"]

    def test_five_from_one_address_and_a_sixth_when_one_is_over(self, massage, settings, clock):
        settings.RATE_LIMITS = "on"
        for hour in range(5):
            hold(massage, at(8 + hour), browser=f"b{hour}", network="192.0.2.1")
        with pytest.raises(TooOften) as refused:
            hold(massage, at(14), browser="b6", network="192.0.2.1")
        assert refused.value.seconds == 600
        hold(massage, at(14), browser="b7", network="192.0.2.2")
        clock.move_to(NOW + 10 * MINUTE)
        hold(massage, at(13), browser="b6", network="192.0.2.1")

    def test_limits_that_are_off_let_more_through(self, massage, settings):
        settings.RATE_LIMITS = "off"
        for half in range(0, 14, 2):
            hold(massage, at(7) + half * 30 * MINUTE, browser=f"b{half}", network="192.0.2.1")


def test_nothing_that_is_kept_lets_anybody_in(massage):
    held = hold(massage, browser="the cookie")
    row = Hold.objects.get()
    assert held.id not in f"{row.digest} {row.owner}"
    assert "the cookie" not in row.owner
