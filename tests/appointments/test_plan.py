"""The plan of a new time or an end, without a database: random series, dependents and choices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openslot.accounts.models import Customer, Provider
from openslot.appointments import changes
from openslot.appointments.booking import prerequisites
from openslot.appointments.changing import planning
from openslot.appointments.changing.planning import Fate, Intent, Surroundings, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Role, Status
from openslot.appointments.snapshots import Snapshot
from openslot.catalog.models import Service
from openslot.kernel import timerange

pytestmark = pytest.mark.property

# Four weeks around the night of 31 March 2030, when clocks change in Berlin.
NOW = datetime(2030, 3, 10, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
FOLLOWING = {Fate.CANCELLED, Fate.RESCHEDULED, Fate.PROPOSED, Fate.UNDECIDED}


@dataclass
class Book:
    """A customer's appointments with one provider: visits, what follows them, and spare visits."""

    provider: Provider
    visit: Service
    treatment: Service
    check: Service
    customer: Customer
    visits: list[Appointment]
    following: list[Appointment]
    spare: list[Appointment]
    waiting: list[Appointment]

    @property
    def firsts(self):
        return [*self.visits, *self.following, *self.spare]


def empty_book(zone: str, confirmation: str) -> Book:
    provider = Provider(name="Ada", timezone=zone, confirmation=confirmation)
    days = {"provider": provider, "duration_minutes": 60}
    visit = Service(name="Visit", **days)
    treatment = Service(
        name="Treatment", requires=visit, requires_min_days=1, requires_max_days=9, **days
    )
    check = Service(
        name="Check", requires=treatment, requires_min_days=2, requires_max_days=6, **days
    )
    return Book(
        provider, visit, treatment, check, Customer(provider=provider, email="b@x"), [], [], [], []
    )


def made(book: Book, service: Service, start: datetime, **fields: Any) -> Appointment:
    end = start + timedelta(minutes=service.duration_minutes)
    fields = {"status": Status.CONFIRMED} | fields
    return Appointment(
        provider=book.provider,
        customer=book.customer,
        service=service,
        start=start,
        end=end,
        created_at=NOW,
        **fields,
    )


hours = st.integers(0, 23).map(lambda n: n * HOUR)
active = st.sampled_from([Status.PENDING, Status.CONFIRMED])


@st.composite
def books(draw):
    book = empty_book(draw(st.sampled_from(ZONES)), draw(st.sampled_from(["manual", "automatic"])))
    first = NOW + draw(st.integers(0, 10)) * DAY + draw(hours)
    for week in range(draw(st.integers(1, 4))):
        at = first + 7 * week * DAY
        visit = made(book, book.visit, at, status=draw(active))
        book.visits.append(visit)
        for _ in range(draw(st.integers(0, 2))):
            treatment = follower(draw, book, book.treatment, visit)
            for _ in range(draw(st.integers(0, 2))):
                follower(draw, book, book.check, treatment)
    for _ in range(draw(st.integers(0, 3))):
        at = NOW + draw(st.integers(0, 40)) * DAY + draw(hours)
        book.spare.append(made(book, book.visit, at, status=draw(st.sampled_from(Status))))
    for _ in range(draw(st.integers(0, 2))):
        at = NOW + draw(st.integers(0, 40)) * DAY + draw(hours)
        gone = draw(st.sampled_from(book.spare)) if book.spare else None
        marked = made(book, book.treatment, at, needs_attention=True, depends_on=gone)
        book.waiting.append(marked)
    return book


def follower(draw, book, service, first):
    """One after it, inside its days or not; a few were left before it."""
    at = first.start + draw(st.integers(-3, 10)) * DAY + draw(hours) - 12 * HOUR
    after = made(
        book,
        service,
        at,
        status=draw(active),
        depends_on=first,
        needs_attention=draw(st.booleans()),
    )
    book.following.append(after)
    return after


@st.composite
def intents(draw, choices=(None, "cancel", "shift", "keep")):
    """Somebody gives visits a new time, or ends them."""
    book, role = draw(books()), draw(st.sampled_from([Role.PROVIDER, Role.CUSTOMER]))
    entries = [Entry.of(each, role=role, now=NOW) for each in book.visits]
    how = draw(st.sampled_from(["reschedule", "propose", "cancel", "mixed"]))
    change = draw(st.integers(-9, 20)) * DAY + draw(st.sampled_from([-HOUR, 0 * HOUR, HOUR]))
    wishes = [_wish(entry, how, change, n) for n, entry in enumerate(entries)]
    intent = Intent(
        "cancel" if how == "cancel" else "reschedule",
        entries,
        wishes,
        draw(st.sampled_from(choices)),
        agreed=draw(st.booleans()),
    )
    return book, intent, around(book, intent)


def _wish(entry, how, change, n):
    if how == "cancel":
        return Wish(entry, Fate.ENDS)
    proposed = how == "propose" or (how == "mixed" and n % 2)
    here = entry.appointment
    start = timerange.on_the_wall(here.start, change, here.provider.zone)
    return Wish(entry, Fate.PROPOSED if proposed else Fate.RESCHEDULED, start)


def around(book, intent):
    beside = intent.named.beside
    return Surroundings(
        [beside(each) for each in book.following],
        book.firsts,
        [beside(each) for each in book.waiting],
    )


def told(plan):
    """What the plan says, by id."""
    return {
        item.appointment.pk: (
            item.fate,
            item.start,
            item.first and item.first.pk,
            item.attention,
            item.missing,
        )
        for item in plan.items
    }


@given(intents())
def test_every_appointment_has_exactly_one_fate(asked):
    book, intent, read = asked
    plan = planning.planned(intent, read)
    counted = Counter(item.appointment.pk for item in plan.items)
    assert set(counted.values()) == {1}
    assert {each.pk for each in [*book.visits, *book.following]} <= set(counted)
    fates = {wish.appointment.pk: wish.fate for wish in intent.wishes}
    assert fates.items() <= {item.appointment.pk: item.fate for item in plan.items}.items()


@given(intents(), st.randoms(use_true_random=False))
def test_the_plan_is_the_same_in_whatever_order_things_were_read(asked, chance):
    _, intent, read = asked
    plan = planning.planned(intent, read)
    for rows in (read.hanging, read.firsts, read.waiting):
        chance.shuffle(rows)
    wishes = list(intent.wishes)
    chance.shuffle(wishes)
    again = planning.planned(Intent(**vars(intent) | {"wishes": wishes}), read)
    assert told(again) == told(plan)
    assert str(again) == str(plan)


@given(intents())
def test_planning_changes_nothing(asked):
    book, intent, read = asked
    everything = [*book.firsts, *book.waiting]
    before = [(Snapshot.of(each), each.version) for each in everything]
    planning.planned(intent, read)
    assert [(Snapshot.of(each), each.version) for each in everything] == before


@given(intents())
def test_what_goes_somewhere_stays_as_long_as_it_is(asked):
    _, intent, read = asked
    for item in planning.planned(intent, read).of(Fate.RESCHEDULED):
        before = item.appointment.duration
        changes.place(item.entry, item.start)
        assert (item.appointment.start, item.appointment.duration) == (item.start, before)


@given(intents(choices=("shift",)))
def test_dependents_go_along_by_the_same_days_and_wall_clock(asked):
    book, intent, read = asked
    plan = planning.planned(intent, read)
    items = {item.appointment.pk: item for item in plan.items}
    for each in book.following:
        item = items[each.pk]
        if item.fate not in {Fate.RESCHEDULED, Fate.PROPOSED}:
            assert item.start is None
            continue
        root = each
        while root.depends_on_id in items and root.service_id != book.visit.pk:
            root = items[root.depends_on_id].appointment
        change = timerange.wall_time_between(root.start, items[root.pk].start, book.provider.zone)
        assert item.start == timerange.on_the_wall(each.start, change, book.provider.zone)


@given(intents(choices=("cancel",)))
def test_nothing_hangs_on_what_is_cancelled(asked):
    book, intent, read = asked
    plan = planning.planned(intent, read)
    gone = {item.appointment.pk for item in plan.of(Fate.CANCELLED, Fate.ENDS)}
    hanging = {each.pk for each in book.following if each.depends_on_id in gone}
    assert hanging <= gone
    assert not {item.appointment.pk for item in plan.of(Fate.RELINKED, Fate.MARKED)} & gone


@given(intents(choices=("cancel", "shift", "keep")))
def test_what_at_once_loses_its_prerequisite_is_never_left_in_silence(asked):
    """Each active dependent of what goes or ends now fits it, is told of, or goes the same way."""
    book, intent, read = asked
    assume(intent.dependents != "shift" or intent.action != "cancel")  # the judge refuses that
    plan = planning.planned(intent, read)
    items = {item.appointment.pk: item for item in plan.items}
    known = {each.pk: each for each in [*book.firsts, *book.waiting]}
    for each in book.following:
        item = items[each.pk]
        first = item.first or known[each.depends_on_id]
        there = items.get(first.pk)
        if item.fate == Fate.CANCELLED or _marked(item):
            continue
        if there is not None and there.fate in {Fate.ENDS, Fate.CANCELLED}:
            assert intent.dependents == "keep", item
            continue
        if there is not None and there.fate == Fate.RESCHEDULED and there.asked:
            assert prerequisites.fits(
                each.service,
                ends=there.start + first.duration,
                start=item.start if item.fate == Fate.RESCHEDULED else each.start,
            )


def _marked(item):
    return item.attention or (item.attention is None and item.appointment.needs_attention)


@given(intents(choices=("keep",)))
def test_what_is_kept_stays_where_it_is_and_its_own_dependents_with_it(asked):
    book, intent, read = asked
    plan = planning.planned(intent, read)
    following = {each.pk for each in book.following}
    for item in plan.items:
        if item.appointment.pk in following:
            assert item.fate in {Fate.STAYS, Fate.MARKED, Fate.RELINKED}
            assert item.start is None
        if item.appointment.service_id == book.check.pk:
            assert item.fate == Fate.STAYS


@given(intents(choices=(None,)))
def test_where_nothing_is_said_the_same_are_asked_about_that_would_be_cancelled(asked):
    _, intent, read = asked
    at_once = [wish for wish in intent.wishes if wish.fate != Fate.PROPOSED]
    assume(len(at_once) == len(intent.wishes))
    open_ = planning.planned(intent, read).of(Fate.UNDECIDED)
    cancelled = planning.planned(Intent(**vars(intent) | {"dependents": "cancel"}), read)
    assert {item.appointment.pk for item in open_} == {
        item.appointment.pk for item in cancelled.of(Fate.CANCELLED)
    }


@given(intents())
def test_what_was_marked_is_mended_only_where_it_fits(asked):
    book, intent, read = asked
    plan = planning.planned(intent, read)
    items = {item.appointment.pk: item for item in plan.items}
    for each in book.waiting:
        placed = [item for item in plan.of(Fate.RESCHEDULED) if item.asked]
        fitting = {
            item.appointment.pk
            for item in placed
            if prerequisites.fits(
                each.service, ends=item.start + item.appointment.duration, start=each.start
            )
        }
        item = items.get(each.pk)
        assert (item is not None) == bool(fitting)
        if item is not None:
            assert (item.fate, item.attention) == (Fate.RELINKED, False)
            assert item.first.pk in fitting


@given(intents())
def test_a_plan_prints_a_line_for_each(asked):
    _, intent, read = asked
    plan = planning.planned(intent, read)
    head, *lines = str(plan).split("\n")
    assert len(lines) == len(plan.items)
    assert intent.named.role in head


def test_a_plan_reads_like_this():
    book = empty_book("Europe/Berlin", "automatic")
    visit = made(book, book.visit, NOW)
    late = made(book, book.treatment, NOW + 9 * DAY, depends_on=visit)
    check = made(book, book.check, NOW + 12 * DAY, depends_on=late)
    book.visits, book.following = [visit], [check, late]
    entry = Entry.of(visit, role=Role.PROVIDER, now=NOW)
    wishes = [Wish(entry, Fate.RESCHEDULED, NOW - 2 * DAY)]

    def plan(said):
        intent = Intent("reschedule", [entry], wishes, said)
        return str(planning.planned(intent, around(book, intent))).split("\n")

    assert plan("shift") == [
        "reschedule by the provider, who says shift of dependents",
        "  Visit 2030-03-10 08:00Z goes to 2030-03-08 08:00Z",
        "  Treatment 2030-03-19 08:00Z goes to 2030-03-17 08:00Z, after Visit 2030-03-10 08:00Z",
        "  Check 2030-03-22 08:00Z goes to 2030-03-20 08:00Z, after Treatment 2030-03-19 08:00Z",
    ]
    assert plan("keep")[2:] == [
        "  Treatment 2030-03-19 08:00Z stays without what has to come first, needs attention",
        "  Check 2030-03-22 08:00Z stays as it is",
    ]
    assert plan(None)[2] == (
        "  Treatment 2030-03-19 08:00Z waits for a word; it could go to 2030-03-17 08:00Z"
    )
