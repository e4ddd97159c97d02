"""What depends on what: prerequisites at booking, chains through moves and ends."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling, time_off
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import Appointment, Status
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.privacy import erasure
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def on(day, hour=8):
    return town.at(hour, day=day)


@pytest.fixture
def chain(consultation, treatment, check_up, bob):
    """Bob's consultation, his treatment a week later, his check-up thirty days after that."""
    return [
        town.booked(service, bob, on(day))
        for service, day in ((consultation, 1), (treatment, 8), (check_up, 38))
    ]


def again(*appointments):
    return [Appointment.objects.get(pk=each.pk) for each in appointments]


def standing(chain):
    return [(each.start, each.status, each.needs_attention) for each in again(*chain)]


def named(refusal):
    return [each["id"] for each in refusal.extra["dependents"]]


# At booking


def test_it_depends_on_the_latest_that_fits(consultation, treatment, bob):
    town.booked(consultation, bob, on(1))
    later = town.booked(consultation, bob, on(2))
    town.booked(consultation, bob, on(5))
    assert town.booked(treatment, bob, on(10)).depends_on == later


@pytest.mark.parametrize(("day", "fits"), [(7, False), (8, True), (15, True), (16, False)])
def test_days_are_counted_from_date_to_date_both_included(consultation, treatment, bob, day, fits):
    town.booked(consultation, bob, on(1, hour=14))
    if fits:
        assert town.booked(treatment, bob, on(day)).depends_on is not None
    else:
        refused(errors.PrerequisiteMissing, town.booked, treatment, bob, on(day))


def test_only_what_still_counts_comes_first(consultation, treatment, bob, dan, carol, clock):
    first = town.booked(consultation, bob, on(1))
    refused(errors.PrerequisiteMissing, town.booked, treatment, carol, on(8))
    cancelling.cancel(first.pk, by=bob)
    refused(errors.PrerequisiteMissing, town.booked, treatment, bob, on(8))
    other = town.booked(consultation, bob, on(1))
    clock.move_to(other.end)
    outcomes.complete(other.pk, by=dan)
    assert town.booked(treatment, bob, on(8)).depends_on == other


def test_on_the_same_day_it_comes_after_the_end(consultation, bob):
    follow = town.following(consultation, "Follow", 0, 0)
    town.booked(consultation, bob, on(1, hour=10))
    refused(errors.PrerequisiteMissing, town.booked, follow, bob, on(1))
    assert town.booked(follow, bob, on(1, hour=11)).depends_on is not None


def test_the_one_that_is_named_is_taken_or_refused(consultation, treatment, bob, carol):
    first, other = (town.booked(consultation, bob, on(day)) for day in (1, 2))
    assert town.booked(treatment, bob, on(9), depends_on=first.pk).depends_on == first
    carols = town.booked(consultation, carol, on(3))
    for pk in (carols.pk, uuid.uuid4()):
        wrong = refused(Invalid, town.booked, treatment, bob, on(12), depends_on=pk)
        assert "depends_on" in wrong.errors
    refused(errors.PrerequisiteMissing, town.booked, treatment, bob, on(8), depends_on=other.pk)
    wrong = refused(Invalid, town.booked, consultation, bob, on(12), depends_on=first.pk)
    assert "depends_on" in wrong.errors


def test_a_provider_is_not_bound_and_what_does_not_fit_is_marked(consultation, treatment, dan):
    first = town.booked(consultation, dan, on(1), customer=GUEST)
    alone = town.booked(treatment, dan, on(2), customer=GUEST)
    assert (alone.depends_on, alone.needs_attention) == (None, False)
    close = town.booked(treatment, dan, on(3), customer=GUEST, depends_on=first.pk)
    assert (close.depends_on, close.needs_attention) == (first, True)


def test_a_series_needs_its_prerequisite_at_every_date(consultation, treatment, bob):
    first = town.booked(consultation, bob, on(1))
    asked = {"by": bob, "start": on(8), "recurrence": "FREQ=WEEKLY;COUNT=3"}
    clash = refused(errors.SeriesConflict, town.book_series, treatment.pk, **asked)
    assert clash.extra["conflicts"] == [{"start": on(22), "reason": "prerequisite_missing"}]
    made = town.book_series(treatment.pk, on_conflict="skip", **asked)
    assert {each.depends_on for each in made.occurrences.all()} == {first}


# When the prerequisite ends


def test_cancelling_is_refused_and_names_the_chain(chain, bob, dan):
    for by in (bob, dan):
        refusal = refused(errors.HasDependents, cancelling.cancel, chain[0].pk, by=by)
        assert named(refusal) == [chain[1].pk, chain[2].pk]
    assert cancelling.cancel(chain[2].pk, by=bob).status == Status.CANCELLED
    assert cancelling.cancel(chain[1].pk, by=bob).status == Status.CANCELLED


def test_cancelling_takes_the_chain_along_in_one_act(chain, bob):
    before = traces.seen()
    cancelling.cancel(chain[0].pk, by=bob, dependents="cancel")
    assert {each.status for each in again(*chain)} == {Status.CANCELLED}
    new = traces.seen().since(before)
    traces.only_act(new)
    assert len(new.moves) == 3


def test_only_the_provider_keeps_what_depends_on_it(chain, bob, dan):
    refused(NotAllowed, cancelling.cancel, chain[0].pk, by=bob, dependents="keep")
    cancelling.cancel(chain[0].pk, by=dan, dependents="keep")
    assert [each.needs_attention for each in again(*chain)] == [False, True, False]
    assert [each.status for each in again(*chain)] == ["cancelled", "confirmed", "confirmed"]


def test_a_cancellation_shifts_nothing_and_nonsense_is_refused(chain, bob):
    for choice in ("shift", "hope"):
        wrong = refused(Invalid, cancelling.cancel, chain[0].pk, by=bob, dependents=choice)
        assert "dependents" in wrong.errors


def test_a_customer_too_late_for_a_dependent_cannot_cancel_both(ada, far, massage, bob):
    """A request can always be taken back, but what hangs on it was confirmed."""
    ada.provider.cancellation_notice_hours = 24 * 20
    ada.provider.save()
    after = town.following(massage, "After", 1, 5)
    first, then = town.booked(massage, bob, on(1)), town.booked(after, bob, on(2))
    answers.accept(then.pk, by=ada)
    refused(errors.TooLate, cancelling.cancel, first.pk, by=bob, dependents="cancel")


def test_declining_asks_the_same(ada, far, massage, bob):
    after = town.following(massage, "After", 1, 5)
    first, then = town.booked(massage, bob, on(1)), town.booked(after, bob, on(2))
    refused(errors.HasDependents, answers.decline, first.pk, by=ada)
    answers.decline(first.pk, by=ada, dependents="cancel")
    assert [each.status for each in again(first, then)] == ["declined", "cancelled"]


def test_where_nobody_can_be_asked_they_are_kept_and_marked(ada, far, massage, bob, dan, clock):
    after = town.following(massage, "After", 1, 5)
    first, then = town.booked(massage, bob, on(3)), town.booked(after, bob, on(4))
    answers.accept(then.pk, by=ada)
    clock.move_to(first.expires_at)
    assert by_itself.expire_requests() == 1
    assert [each.status for each in again(first, then)] == ["expired", "confirmed"]
    assert again(then)[0].needs_attention
    assert [move.action for move in then.moves.all()] == ["book", "accept", "mark"]


def test_time_off_and_a_no_show_mark_them_too(chain, dan, clock):
    day = on(8, hour=0)
    time_off.take(dan.provider, by=dan, start=day, end=day + DAY, conflicts="cancel")
    assert [each.needs_attention for each in again(*chain)] == [False, False, True]
    clock.move_to(chain[0].end)
    outcomes.no_show(chain[0].pk, by=dan)
    assert [each.status for each in again(*chain)] == ["no_show", "cancelled", "confirmed"]


def test_erasure_cancels_all(chain, bob):
    erasure.erase(bob)
    assert {each.status for each in again(*chain)} == {Status.CANCELLED}


# When another appointment would do as well


@pytest.fixture
def spare(consultation, chain, bob):
    """A second consultation of Bob's, after which his treatment fits as well."""
    return town.booked(consultation, bob, on(0))


def test_another_that_fits_takes_the_place_of_one_that_is_cancelled(chain, spare, dan):
    before = traces.seen()
    cancelling.cancel(chain[0].pk, by=dan, dependents="keep")
    treatment, check_up = again(*chain[1:])
    assert (treatment.status, treatment.depends_on) == (Status.CONFIRMED, spare)
    assert (check_up.status, check_up.depends_on) == (Status.CONFIRMED, treatment)
    assert not treatment.needs_attention
    new = traces.seen().since(before)
    traces.only_act(new)
    assert len(new.moves) == 2
    said = treatment.moves.last()
    assert (said.action, said.changes) == (
        "relink",
        {"depends_on": [str(chain[0].pk), str(spare.pk)]},
    )


def test_whatever_else_would_fit_the_caller_says_what_becomes_of_dependents(chain, spare, bob):
    refused(errors.HasDependents, cancelling.cancel, chain[0].pk, by=bob)
    refused(errors.HasDependents, rescheduling.reschedule, chain[0].pk, by=bob, start=on(20))
    cancelling.cancel(chain[0].pk, by=bob, dependents="cancel")
    assert [each.status for each in again(*chain)] == ["cancelled"] * 3


def test_the_latest_that_fits_is_taken_and_no_one_elses(chain, consultation, bob, carol, dan):
    town.booked(consultation, carol, on(0, hour=12))
    older = town.booked(consultation, bob, on(0))
    later = town.booked(consultation, bob, on(0, hour=10))
    for ended, follows, alone in (
        (chain[0], later, False),
        (later, older, False),
        (older, older, True),
    ):
        cancelling.cancel(ended.pk, by=dan, dependents="keep")
        left = again(chain[1])[0]
        assert (left.depends_on, left.needs_attention) == (follows, alone)


def test_a_move_away_leaves_it_to_another_that_fits(chain, spare, dan):
    rescheduling.reschedule(chain[0].pk, by=dan, start=on(20), dependents="keep")
    assert again(chain[1])[0].depends_on == spare
    assert not again(chain[1])[0].needs_attention


def test_a_dependent_that_moves_goes_after_another_that_fits(chain, consultation, bob):
    cancelling.cancel(chain[2].pk, by=bob)
    later = town.booked(consultation, bob, on(20))
    rescheduling.reschedule(chain[1].pk, by=bob, start=on(30))
    assert (again(chain[1])[0].depends_on, again(chain[1])[0].start) == (later, on(30))


def test_where_nobody_is_asked_another_that_fits_is_found_too(chain, spare, bob, dan, clock):
    time_off.take(dan.provider, by=dan, start=on(1, 0), end=on(2, 0), conflicts="cancel")
    assert (again(chain[1])[0].depends_on, again(chain[1])[0].needs_attention) == (spare, False)
    clock.move_to(spare.end)
    outcomes.no_show(spare.pk, by=dan)
    assert again(chain[1])[0].needs_attention


def test_an_expired_request_leaves_its_dependent_to_another(ada, far, massage, bob, clock):
    after = town.following(massage, "After", 1, 5)
    first, other = town.booked(massage, bob, on(3)), town.booked(massage, bob, on(2))
    then = town.booked(after, bob, on(4))
    assert then.depends_on == first
    for each in (other, then):
        answers.accept(each.pk, by=ada)
    clock.move_to(first.expires_at)
    assert by_itself.expire_requests() == 1
    assert (again(then)[0].depends_on, again(then)[0].needs_attention) == (other, False)


@pytest.mark.parametrize("way", ["booked", "course", "series", "moved there", "moved back"])
def test_what_needs_attention_is_content_with_one_that_comes_to_fit(chain, way, dan, bob):
    consultation = chain[0].service
    far_off = town.booked(consultation, bob, on(100))
    rescheduling.reschedule(chain[0].pk, by=dan, start=on(25), dependents="keep")
    assert again(chain[1])[0].needs_attention
    if way == "booked":
        town.booked(consultation, bob, on(0))
    elif way == "course":
        town.book_course(consultation.pk, by=bob, start=on(0))
    elif way == "series":
        town.book_series(consultation.pk, by=bob, start=on(0), recurrence="FREQ=YEARLY;COUNT=2")
    elif way == "moved there":
        rescheduling.reschedule(far_off.pk, by=bob, start=on(0))
    else:
        rescheduling.reschedule(chain[0].pk, by=bob, start=on(1))
    treatment = again(chain[1])[0]
    assert not treatment.needs_attention
    assert treatment.depends_on.start in {on(0), on(1)}
    assert treatment.moves.last().action == "relink"


def test_a_siblings_new_place_is_as_good(consultation, treatment, dan, bob):
    """Of two consultations that move together the second comes to stand where the first was."""
    made = town.book_series(consultation.pk, by=bob, start=on(1), recurrence="FREQ=WEEKLY;COUNT=3")
    *_, last = made.occurrences.by_start()
    then = town.booked(treatment, bob, on(22, hour=12))
    assert then.depends_on == last
    rescheduling.reschedule(
        made.occurrences.by_start()[0].pk,
        by=dan,
        start=on(8),
        scope="all",
        dependents="keep",
    )
    kept = again(then)[0]
    assert (kept.depends_on.start, kept.needs_attention) == (on(15), False)


# When the prerequisite moves


def test_a_move_that_keeps_the_days_asks_nothing(chain, bob):
    rescheduling.reschedule(chain[0].pk, by=bob, start=on(1, hour=12))
    assert [each.start for each in again(*chain)][1:] == [on(8), on(38)]


def test_a_move_that_breaks_them_is_refused_and_names_them(chain, bob, dan):
    for by in (bob, dan):
        refusal = refused(
            errors.HasDependents, rescheduling.reschedule, chain[0].pk, by=by, start=on(2)
        )
        assert named(refusal) == [chain[1].pk, chain[2].pk]


def test_a_shift_moves_the_chain_by_days_and_the_wall_clock(chain, bob, figures):
    before = traces.seen()
    rescheduling.reschedule(chain[0].pk, by=bob, start=on(3, hour=10), dependents="shift")
    assert [each.start for each in again(*chain)] == [on(day, hour=10) for day in (3, 10, 40)]
    assert not any(each.needs_attention for each in again(*chain))
    traces.only_act(traces.seen().since(before))


@pytest.mark.parametrize("who", ["bob", "dan"])
def test_where_one_of_three_cannot_move_nothing_moves_and_it_is_named(
    chain, consultation, who, bob, carol, dan
):
    town.booked(consultation, carol, on(40))
    stood = standing(chain)
    refusal = refused(
        errors.HasDependents,
        rescheduling.reschedule,
        chain[0].pk,
        by={"bob": bob, "dan": dan}[who],
        start=on(3),
        dependents="shift",
    )
    assert refusal.extra["dependents"] == [
        {"id": chain[2].pk, "start": on(38), "reason": "slot_taken"}
    ]
    assert "Check-up" in refusal.detail
    assert standing(chain) == stood


def test_a_move_cancels_or_keeps_them_as_the_provider_says(chain, dan):
    rescheduling.reschedule(chain[0].pk, by=dan, start=on(2), dependents="keep")
    assert [each.needs_attention for each in again(*chain)] == [False, True, False]
    rescheduling.reschedule(chain[1].pk, by=dan, start=on(9), dependents="shift")
    assert not again(chain[1])[0].needs_attention
    rescheduling.reschedule(chain[0].pk, by=dan, start=on(8), dependents="cancel")
    assert [each.status for each in again(*chain)] == ["confirmed", "cancelled", "cancelled"]


def test_a_dependent_itself_stays_within_its_days_or_is_marked(chain, bob, dan):
    refused(errors.PrerequisiteMissing, rescheduling.reschedule, chain[1].pk, by=bob, start=on(4))
    cancelling.cancel(chain[2].pk, by=bob)
    rescheduling.reschedule(chain[1].pk, by=dan, start=on(4))
    assert again(chain[1])[0].needs_attention


def test_a_dependent_may_take_the_place_its_prerequisite_leaves(far, dan, bob):
    first = town.service(dan.provider, name="First", duration_minutes=60)
    then = town.following(first, "Then", 1, 1)
    one, two = town.booked(first, bob, on(1)), town.booked(then, bob, on(2))
    rescheduling.reschedule(one.pk, by=bob, start=on(2), dependents="shift")
    assert [each.start for each in again(one, two)] == [on(2), on(3)]


@pytest.fixture
def asking_ada(far, ada, massage, bob):
    """Ada answers every request: both are confirmed."""
    after = town.following(massage, "After", 7, 8)
    made = [town.booked(massage, bob, on(1)), town.booked(after, bob, on(8))]
    return [answers.accept(each.pk, by=ada) for each in made]


def test_what_was_chosen_with_a_proposal_happens_when_it_is_accepted(asking_ada, ada, bob):
    first, _ = asking_ada
    refused(errors.HasDependents, rescheduling.reschedule, first.pk, by=bob, start=on(3))
    rescheduling.reschedule(first.pk, by=bob, start=on(3), dependents="shift")
    assert [each.start for each in again(*asking_ada)] == [on(1), on(8)]
    answers.accept(first.pk, by=ada)
    assert [each.start for each in again(*asking_ada)] == [on(3), on(10)]
    rescheduling.reschedule(first.pk, by=ada, start=on(1), propose=True, dependents="cancel")
    answers.accept(first.pk, by=bob)
    assert [each.status for each in again(*asking_ada)] == ["confirmed", "cancelled"]


def test_a_pending_one_moves_at_once_but_its_confirmed_dependent_is_asked_for(
    far, ada, massage, bob
):
    after = town.following(massage, "After", 7, 8)
    first, then = town.booked(massage, bob, on(1)), town.booked(after, bob, on(8))
    answers.accept(then.pk, by=ada)
    rescheduling.reschedule(first.pk, by=bob, start=on(3), dependents="shift")
    one, two = again(first, then)
    assert (one.start, two.start, two.proposed.start) == (on(3), on(8), on(10))
    assert two.needs_attention
    answers.accept(then.pk, by=ada)
    assert (again(then)[0].start, again(then)[0].needs_attention) == (on(10), False)


def test_what_is_said_when_it_is_accepted_counts_more_than_what_was_said_before(
    asking_ada, ada, bob
):
    first, _ = asking_ada
    rescheduling.reschedule(first.pk, by=bob, start=on(3), dependents="shift")
    answers.accept(first.pk, by=ada, dependents="keep")
    one, two = again(*asking_ada)
    assert (one.start, two.start, two.needs_attention) == (on(3), on(8), True)


def test_where_nothing_was_said_when_it_was_proposed_it_is_asked_when_it_is_accepted(
    asking_ada, ada, bob
):
    first, then = asking_ada
    rescheduling.reschedule(first.pk, by=bob, start=on(1, hour=10))  # the days are kept
    rescheduling.reschedule(then.pk, by=ada, start=on(10), dependents="keep")
    refused(errors.HasDependents, answers.accept, first.pk, by=ada)


def test_declining_a_new_time_asks_nothing_of_dependents(asking_ada, ada, bob):
    first, _ = asking_ada
    rescheduling.reschedule(first.pk, by=bob, start=on(3), dependents="shift")
    answers.decline(first.pk, by=ada, reason="Away", dependents="cancel")
    one, two = again(*asking_ada)
    assert (one.start, one.proposed, two.start, two.status) == (on(1), None, on(8), "confirmed")
    last = one.moves.last()
    assert (last.action, last.act.reason) == ("decline_proposal", "Away")


def test_a_refusal_says_when_each_would_begin_if_it_went_along(chain, consultation, bob, carol):
    goes = {chain[1].pk: on(10), chain[2].pk: on(40)}
    asked = {"by": bob, "start": on(3)}
    open_ = refused(errors.HasDependents, rescheduling.reschedule, chain[0].pk, **asked)
    assert open_.along == goes
    assert open_.extra["dependents"] == [
        {"id": chain[1].pk, "start": on(8)},
        {"id": chain[2].pk, "start": on(38)},
    ]
    town.booked(consultation, carol, on(40))
    asked["dependents"] = "shift"
    stuck = refused(errors.HasDependents, rescheduling.reschedule, chain[0].pk, **asked)
    assert stuck.along == goes


def test_a_customer_too_late_for_a_dependent_cannot_take_it_along(ada, far, massage, bob):
    ada.provider.cancellation_notice_hours = 24 * 20
    ada.provider.save()
    after = town.following(massage, "After", 1, 5)
    first, then = town.booked(massage, bob, on(1)), town.booked(after, bob, on(2))
    answers.accept(then.pk, by=ada)
    asked = {"by": bob, "start": on(4), "dependents": "shift"}
    refused(errors.TooLate, rescheduling.reschedule, first.pk, **asked)


def test_a_customer_s_dependent_goes_along_only_to_where_it_fits(chain, bob, dan):
    """It goes by the same days; its provider had put it outside of those that it needs."""
    cancelling.cancel(chain[2].pk, by=bob)
    rescheduling.reschedule(chain[1].pk, by=dan, start=on(20))
    asked = {"start": on(3), "dependents": "shift"}
    stuck = refused(errors.HasDependents, rescheduling.reschedule, chain[0].pk, by=bob, **asked)
    assert stuck.extra["dependents"] == [
        {"id": chain[1].pk, "start": on(20), "reason": "prerequisite_missing"}
    ]
    rescheduling.reschedule(chain[0].pk, by=dan, **asked)
    assert (again(chain[1])[0].start, again(chain[1])[0].needs_attention) == (on(22), True)


def test_a_no_show_keeps_what_depends_on_it_whoever_says_so_and_why(chain, dan, clock):
    clock.move_to(chain[0].start)
    ended = outcomes.no_show(chain[0].pk, by=dan)
    assert (ended.status, ended.moves.last().action) == ("no_show", "no_show")
    treatment = again(chain[1])[0]
    assert (treatment.start, treatment.status, treatment.depends_on) == (
        on(8),
        "confirmed",
        chain[0],
    )
