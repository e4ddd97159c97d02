"""What a refusal says: people read it on a page, programs show it."""

from __future__ import annotations

import pytest

from openslot.accounts.models import Customer, Provider
from openslot.appointments import errors
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling, time_off
from openslot.kernel.errors import DomainError, Invalid
from tests import town
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

TEN, NOON = town.at(8, day=1), town.at(10, day=1)


def said(call, *args, **kwargs):
    """The words of a refusal; of what is wrong beside a field, the field and its words."""
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    if isinstance(caught.value, Invalid):
        return {field: words[0] for field, words in caught.value.errors.items()}
    return caught.value.detail


@pytest.fixture
def request_of_bob(massage, bob):
    return town.book(massage.pk, by=bob, start=TEN)


@pytest.fixture
def confirmed(request_of_bob, ada):
    return answers.accept(request_of_bob.pk, by=ada)


@pytest.fixture
def proposed(confirmed, bob):
    return rescheduling.reschedule(confirmed.pk, by=bob, start=NOON)


class TestAnswers:
    def test_where_no_time_is_proposed(self, confirmed, bob):
        assert said(answers.withdraw, confirmed.pk, by=bob) == "No new time is proposed."

    def test_where_the_other_side_proposed(self, proposed, ada, bob):
        assert said(answers.withdraw, proposed.pk, by=ada) == (
            "The other side proposed this time; decline it instead."
        )
        for answer in (answers.accept, answers.decline):
            assert said(answer, proposed.pk, by=bob) == (
                "The other side answers your proposal; you can withdraw it."
            )

    def test_where_the_time_to_answer_has_run_out(self, request_of_bob, ada, clock):
        clock.move_to(request_of_bob.expires_at)
        assert said(answers.accept, request_of_bob.pk, by=ada) == (
            "The time to answer this has run out."
        )


class TestChanges:
    @pytest.mark.parametrize(
        ("hours", "words"),
        [
            (
                48,
                "This can be changed until 48 hours before its start. Call the provider instead.",
            ),
            (0, "It is too late for that. Call the provider instead."),
        ],
    )
    def test_where_the_notice_has_passed(self, confirmed, bob, hours, words, clock):
        Provider.objects.update(cancellation_notice_hours=hours)
        clock.move_to(confirmed.end)
        assert said(cancelling.cancel, confirmed.pk, by=bob) == words

    def test_where_it_has_not_begun(self, confirmed, ada):
        for outcome in (outcomes.complete, outcomes.no_show):
            assert said(outcome, confirmed.pk, by=ada) == (
                "That is possible from the start of the appointment on."
            )

    def test_where_a_proposal_is_not_needed(self, haircut, bob):
        made = town.book(haircut.pk, by=bob, start=TEN)
        assert said(rescheduling.reschedule, made.pk, by=bob, start=NOON, propose=True) == {
            "propose": "This provider needs no proposal: the move is made at once."
        }

    def test_where_the_new_start_lies_beyond_all_years(self, confirmed, ada):
        start = TEN.replace(year=2200)
        assert said(rescheduling.reschedule, confirmed.pk, by=ada, start=start) == {
            "start": "This lies outside the years 2000 to 2199."
        }

    def test_where_the_scope_is_none(self, confirmed, bob):
        assert said(cancelling.cancel, confirmed.pk, by=bob, scope="some") == {
            "scope": "This one (this), this and following (following), or all."
        }


class TestSeries:
    @pytest.fixture
    def two(self, massage, bob):
        asked = {"by": bob, "start": TEN, "recurrence": "FREQ=DAILY;COUNT=2"}
        return list(town.book_series(massage.pk, **asked).occurrences.by_start())

    def test_where_not_all_of_them_allow_it_the_new_starts_are_named(self, two, ada, bob, clock):
        Provider.objects.update(cancellation_notice_hours=72)
        answers.accept(two[0].pk, by=ada, scope="all")
        refusal = refused(
            errors.SeriesConflict,
            rescheduling.reschedule,
            two[1].pk,
            by=bob,
            start=town.at(10, day=3),
            scope="all",
        )
        assert refusal.detail == "Not every appointment of the series allows this."
        assert refusal.extra["conflicts"] == [
            {"start": town.at(10, day=2), "reason": "too_late"},
            {"start": town.at(10, day=3), "reason": "too_late"},
        ]


class TestDependents:
    @pytest.fixture
    def first(self, consultation, treatment, bob):
        made = town.booked(consultation, bob, TEN)
        town.booked(treatment, bob, town.at(8, day=8))
        return made

    def test_where_the_choice_is_none_or_not_theirs_or_cannot_be(self, first, bob):
        def cancelled(choice):
            return said(cancelling.cancel, first.pk, by=bob, dependents=choice)

        assert cancelled("hope") == {
            "dependents": "Dependents are cancelled (cancel), moved (shift) or kept (keep)."
        }
        assert cancelled("shift") == {
            "dependents": "Where nothing is moved, dependents cannot be moved along."
        }
        assert cancelled("keep") == "Only the provider keeps what depends on this."
        assert cancelled(None) == "Other appointments depend on this one."

    def test_where_they_cannot_move_along(self, first, consultation, bob, carol):
        town.booked(consultation, carol, town.at(8, day=9))
        asked = {"by": bob, "start": town.at(8, day=2), "dependents": "shift"}
        assert said(rescheduling.reschedule, first.pk, **asked) == (
            "What depends on this cannot move along: Treatment (That time was just taken.)"
        )


class TestBooking:
    @pytest.mark.parametrize(
        ("low", "high", "days"),
        [(7, 14, "7 to 14 days"), (3, 3, "3 days"), (1, 1, "1 day"), (0, 1, "0 to 1 days")],
    )
    def test_where_another_service_comes_first(self, consultation, bob, low, high, days):
        after = town.following(consultation, "After", low, high)
        assert said(town.booked, after, bob, TEN) == (
            f"Consultation has to come first, {days} before."
        )

    def test_where_the_prerequisite_that_is_named_is_none(self, consultation, treatment, bob):
        made = town.booked(consultation, bob, TEN)
        asked = {"by": bob, "start": town.at(8, day=9)}
        assert said(town.book, consultation.pk, depends_on=made.pk, **asked) == {
            "depends_on": "This service needs no other one first."
        }
        assert said(town.book, treatment.pk, depends_on=town.NOBODY, **asked) == {
            "depends_on": "The customer has no such appointment here."
        }

    def test_where_it_is_for_nobody_or_somebody_it_cannot_be_for(self, massage, ada, bob):
        def booked(by, **asked):
            return said(town.book, massage.pk, by=by, start=TEN, **asked)

        unknown = {"customer": "There is no such customer."}
        assert booked(ada) == {"customer": "Say who the appointment is for."}
        assert booked(ada, customer=town.NOBODY) == unknown
        assert booked(ada, customer=Guest(ada.email)) == {"customer": "You cannot book yourself."}
        assert booked(bob, customer=GUEST) == "Only the provider books for somebody else."
        town.book(massage.pk, by=bob, start=TEN)
        Customer.objects.update(blocked=True)
        assert booked(bob) == "This provider takes no bookings from you."

    def test_somebody_who_was_erased_is_no_customer(self, massage, ada):
        made = town.book(massage.pk, by=ada, start=TEN, customer=GUEST)
        forgotten = {"email": "", "first_name": "", "last_name": ""}
        asked = {"by": ada, "start": NOON, "customer": made.customer_id}
        for kept in forgotten:
            Customer.objects.update(**{**forgotten, kept: "x@example.org"})
            town.book(massage.pk, **asked)
            asked["start"] += town.at(9) - town.at(8)
        Customer.objects.update(**forgotten)
        assert said(town.book, massage.pk, **asked) == {"customer": "There is no such customer."}

    def test_where_the_service_is_none(self, bob):
        assert said(town.book, town.NOBODY, by=bob, start=TEN) == {
            "service": "There is no such service."
        }

    def test_where_too_much_is_open(self, massage, bob):
        Provider.objects.update(pending_limit=1)
        town.book(massage.pk, by=bob, start=TEN)
        assert said(town.book, massage.pk, by=bob, start=NOON) == (
            "No more than 1 open requests are taken here. Wait for an answer or cancel one."
        )

    def test_where_a_series_is_asked_for_in_no_way(self, massage, bob):
        def booked(**asked):
            return said(town.preview, massage.pk, by=bob, start=TEN, **asked)

        rule = {"recurrence": "FREQ=DAILY;COUNT=2"}
        assert booked(**rule, follow_ups=True) == {
            "follow_ups": "A series is booked without follow-ups."
        }
        assert booked(**rule, on_conflict="hope") == {
            "on_conflict": "What clashes can fail, skip or shift."
        }

    def test_where_a_series_goes_beyond_all_years(self, massage, ada):
        start = TEN.replace(year=2199)
        asked = {"by": ada, "start": start, "customer": GUEST, "recurrence": "FREQ=YEARLY;COUNT=2"}
        assert said(town.book_series, massage.pk, **asked) == {
            "recurrence": "The rule goes beyond the year 2199."
        }

    def test_where_an_extension_has_no_end_or_no_date(self, massage, bob):
        asked = {"by": bob, "start": TEN, "recurrence": "FREQ=WEEKLY;COUNT=2"}
        made = town.book_series(massage.pk, **asked)
        assert said(town.extend, made.pk, by=bob) == {
            "count": "Say how many more, or until when: one of count and until."
        }
        assert said(town.extend, made.pk, by=bob, until=town.at(8, day=10).date()) == {
            "until": "No date of the series lies between its last one and then."
        }
        massage.tariff_currency = "USD"
        massage.save()
        assert said(town.extend, made.pk, by=bob, count=1) == {
            "series": "Prices are in USD now. Book a new series."
        }


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"end": town.at(7)}, "The end has to come after the start."),
        ({"end": town.at(7, day=5 * 366 + 1)}, "Time off lasts at most five years."),
        ({"reason": "x" * 501}, "A reason has at most 500 characters."),
        (
            {
                "start": town.at(0).replace(year=2199, month=12, day=1),
                "end": town.at(1).replace(year=2199, month=12, day=1),
                "recurrence": "FREQ=MONTHLY;COUNT=3",
            },
            "The rule goes beyond the year 2199.",
        ),
        (
            {"conflicts": "move"},
            "Existing appointments are kept (keep) or cancelled (cancel).",
        ),
    ],
)
def test_why_time_off_cannot_be_is_said(ada, fields, words):
    asked = {"by": ada, "start": town.at(7), "end": town.at(8)} | fields
    assert list(said(time_off.take, ada.provider, **asked).values()) == [words]


def test_time_off_may_last_five_years_and_say_why_at_length(ada):
    end = town.at(7, day=5 * 366)
    taken, _ = time_off.take(ada.provider, by=ada, start=town.at(7), end=end, reason="x" * 500)
    assert (taken.end, len(taken.reason)) == (end, 500)
