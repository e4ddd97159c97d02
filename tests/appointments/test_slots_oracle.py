"""The slots that are shown, against the oracle that was written from the words alone."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from openslot.accounts.models import Customer
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment, Status
from openslot.availability.models import Busy, SpecialHours, TimeOff, TimeOffSpan, WorkingHours
from openslot.catalog.models import Service
from tests import town
from tests.appointments import offered, oracle

pytestmark = [pytest.mark.property, pytest.mark.django_db]

EXAMPLES = settings.default.max_examples * 6 // 10
MINUTE = timedelta(minutes=1)
# Zones and the dates of 2030 on which their clocks change.
CHANGES = {
    "Europe/Berlin": [date(2030, 3, 31), date(2030, 10, 27)],
    "America/New_York": [date(2030, 3, 10), date(2030, 11, 3)],
    "America/St_Johns": [date(2030, 3, 10), date(2030, 11, 3)],  # and half an hour off
    "Australia/Lord_Howe": [date(2030, 4, 7), date(2030, 10, 6)],  # by half an hour
    "America/Santiago": [date(2030, 4, 7), date(2030, 9, 8)],  # at midnight
    "Asia/Kolkata": [date(2030, 4, 7)],  # never
    "UTC": [date(2030, 4, 7)],
}
ENDED = (Status.CANCELLED, Status.DECLINED, Status.EXPIRED)

minutes = st.sampled_from([0, 15, 17, 30, 45])
clocks = st.one_of(
    st.builds(time, st.integers(0, 23), minutes),
    st.sampled_from([time(0), time(1), time(1, 30), time(1, 45), time(2), time(2, 30), time(3)]),
    st.sampled_from([time(0, 30), time(1, 15), time(2, 15), time(2, 45), time(23), time(23, 30)]),
)
margins = st.sampled_from([0, 0, 5, 10, 30, 75]).map(lambda n: n * MINUTE)


@st.composite
def spans_of_a_day(draw):
    """Up to three spans that do not overlap, the last perhaps past midnight."""
    marks = sorted(draw(st.sets(clocks, min_size=2, max_size=6)))
    spans = list(zip(marks[::2], marks[1::2], strict=False))
    if draw(st.booleans()):  # let two of them touch
        spans = [(a, marks[min(2 * n + 2, len(marks) - 1)]) for n, (a, _) in enumerate(spans)]
        spans = [(a, b) for a, b in spans if a < b]
    kind = draw(st.sampled_from(["day", "day", "night", "round the clock", "closed"]))
    if kind == "round the clock":
        return [(time(0), time(0))]
    if kind == "night" and spans:
        return [*spans[:-1], (spans[-1][0], draw(st.sampled_from([time(0), time(1), time(3)])))]
    return [] if kind == "closed" else spans


@st.composite
def books(draw):
    """A provider's book around a day on which clocks change, and the moment of looking at it."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    middle = draw(st.sampled_from(CHANGES[name]))
    moments = st.integers(-3 * 24 * 12, 3 * 24 * 12).map(
        lambda n: datetime.combine(middle, time(12), tzinfo=UTC) + n * 5 * MINUTE
    )
    lengths = st.integers(1, 90).map(lambda n: n * 5 * MINUTE)
    stretches = st.builds(
        lambda start, length: oracle.Stretch(start, start + length), moments, lengths
    )
    same = draw(st.booleans())  # every day alike: the common case, with touching nights
    usual = draw(spans_of_a_day())
    week = [
        (weekday, start, end)
        for weekday in range(1, 8)
        for start, end in (usual if same else draw(spans_of_a_day()))
    ]
    book = oracle.Book(
        zone=ZoneInfo(name),
        week=week,
        special=draw(
            st.dictionaries(
                st.integers(-2, 2).map(lambda n: middle + timedelta(days=n)),
                spans_of_a_day(),
                max_size=2,
            )
        ),
        step=draw(st.sampled_from([5, 15, 30, 45, 60, 90, 420])) * MINUTE,
        duration=draw(st.sampled_from([1, 15, 25, 30, 60, 90, 240, 1440])) * MINUTE,
        before=draw(margins),
        after=draw(margins),
        notice=draw(st.sampled_from([0, 0, 60, 1441])) * MINUTE,
        window=timedelta(days=draw(st.sampled_from([1, 2, 60, 60, 60, 60]))),
        away=draw(st.lists(stretches, max_size=2)),
        busy=draw(st.lists(stretches, max_size=3)),
        daily_limit=draw(st.sampled_from([None, None, 1, 2])),
        offered=draw(st.integers(0, 19)) > 0,
    )
    for start, length in draw(st.lists(st.tuples(moments, st.integers(1, 24)), max_size=6)):
        aside = draw(st.one_of(st.none(), st.none(), moments))
        proposed = aside and oracle.Stretch(aside, aside + 5 * length * MINUTE)
        new = oracle.Taken(
            start, start + 5 * length * MINUTE, draw(margins), draw(margins), proposed
        )
        if not any(a.meets(b) for old in book.taken for a in old.holds() for b in new.holds()):
            book.taken.append(new)
    now = datetime.combine(middle, time(12), tzinfo=UTC) - timedelta(
        minutes=draw(st.integers(-360, 3 * 1440)), seconds=draw(st.sampled_from([0, 1, 59]))
    )
    return book, middle, now


@contextmanager
def written_down(book):
    """The book as rows, gone again at the end; the service, and the appointments in order."""
    with transaction.atomic():
        service = _service(book)
        provider = service.provider
        WorkingHours.objects.bulk_create(
            WorkingHours(provider=provider, weekday=weekday, start=start, end=end)
            for weekday, start, end in book.week
        )
        SpecialHours.objects.bulk_create(
            SpecialHours(
                provider=provider, date=day, spans=[[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in spans]
            )
            for day, spans in book.special.items()
        )
        for start, end in book.away:
            away = TimeOff.objects.create(provider=provider, start=start, end=end)
            TimeOffSpan.objects.create(time_off=away, provider=provider, start=start, end=end)
        Busy.objects.bulk_create(
            Busy(provider=provider, source="other", key=str(n), start=start, end=end)
            for n, (start, end) in enumerate(book.busy)
        )
        yield service, _appointments(service, book)
        transaction.set_rollback(True)


def _service(book):
    provider = town.provider(
        town.person("Ada"),
        timezone=book.zone.key,
        minimum_notice_minutes=book.notice // MINUTE,
        booking_window_days=book.window.days,
        slot_step_minutes=book.step // MINUTE,
        daily_limit=book.daily_limit,
        buffer_before_minutes=book.before // MINUTE,
    )
    service = town.service(
        provider,
        duration_minutes=book.duration // MINUTE,
        buffer_after_minutes=book.after // MINUTE,
        active=book.offered,
    )
    return Service.objects.select_related("provider__user").get(pk=service.pk)


def _appointments(service, book):
    guest = Customer.objects.create(provider=service.provider, first_name="Guest")
    rows = [_row(service, guest, taken) for taken in book.taken]
    # What has ended holds nothing, wherever it lies.
    ended = [_row(service, guest, taken, status) for taken in book.taken for status in ENDED]
    Appointment.objects.bulk_create(rows + ended)
    return rows


def _row(service, guest, taken, status=Status.CONFIRMED):
    row = Appointment(
        provider=service.provider,
        customer=guest,
        service=service,
        start=taken.start,
        end=taken.end,
        buffer_before_minutes=taken.before // MINUTE,
        buffer_after_minutes=taken.after // MINUTE,
        status=status,
        price=service.tariff,
        location_kind="in_person",
    )
    if taken.proposed and status == Status.CONFIRMED:
        row.proposed_start, row.proposed_end = taken.proposed
        row.proposed_by, row.proposal_expires_at = "provider", taken.proposed.start
    row.hold()
    return row


def around(book, middle, *others):
    """The hours around noon of that date, and as far as other moments lie."""
    moments = [datetime.combine(middle, time(12), tzinfo=UTC), *others]
    return oracle.hours_around(book, min(moments), max(moments))


def answer(service, start, now, instead_of=None):
    """The code of the refusal, or None where the start can be had."""
    refusal = offered.refused(service, start, now=now, instead_of=instead_of)
    return refusal and refusal.code


@pytest.mark.parametrize("zone", CHANGES)
def test_hours_that_begin_where_clocks_change(zone, people):
    """Every quarter of an hour of those nights, one after the other: none is an hour off."""
    for day in CHANGES[zone]:
        for quarter in range(-5, 13):
            start = (datetime.combine(day, time(0)) + 15 * quarter * MINUTE).time()
            end = (datetime.combine(day, start) + 75 * MINUTE).time()
            book = oracle.Book(
                zone=ZoneInfo(zone),
                week=[(weekday, start, end) for weekday in range(1, 8)],
                special={},
                step=15 * MINUTE,
                duration=15 * MINUTE,
                before=0 * MINUTE,
                after=0 * MINUTE,
                notice=0 * MINUTE,
                window=timedelta(days=60),
            )
            now = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(days=3)
            first, last = day - timedelta(days=1), day
            expected = oracle.bookable(book, first=first, last=last, zone=book.zone, now=now)
            with written_down(book) as (service, _):
                shown = slots.slots(service, first=first, last=last, zone=book.zone, now=now)
            assert [found for _, found in shown] == list(expected.values()), (day, start)


@settings(max_examples=EXAMPLES)
@given(drawn=books(), zone=st.sampled_from(sorted(CHANGES)), data=st.data())
def test_the_slots_shown_are_those_of_the_oracle(people, drawn, zone, data):
    book, middle, now = drawn
    first, last = middle - timedelta(days=1), middle + timedelta(days=1)
    zone = ZoneInfo(zone) if data.draw(st.booleans()) else book.zone
    expected = oracle.bookable(book, first=first, last=last, zone=zone, now=now)
    event("something is free" if any(expected.values()) else "nothing is free")
    with written_down(book) as (service, _):
        shown = slots.slots(service, first=first, last=last, zone=zone, now=now)
    assert [day for day, _ in shown] == list(expected)
    for day, found in shown:
        assert [tuple(slot) for slot in found] == [tuple(slot) for slot in expected[day]], day


@settings(max_examples=EXAMPLES)
@given(drawn=books(), data=st.data())
def test_what_is_shown_can_be_booked_and_nothing_else(people, drawn, data):
    book, middle, now = drawn
    first, last = middle - timedelta(days=1), middle + timedelta(days=1)
    hours = around(book, middle)
    with written_down(book) as (service, rows):
        shown = slots.slots(service, first=first, last=last, zone=book.zone, now=now)
        for slot in _some(data, [slot for _, found in shown for slot in found], 6):
            assert answer(service, slot.start, now) is None, slot
        for start in _some(data, _likely_starts(book, middle), 12):
            objections = oracle.objections(book, start, now=now, hours=hours)
            got = answer(service, start, now)
            note(f"{start}: {got}, the oracle: {objections}")
            assert got in objections if objections else got is None, start
        if rows:
            _check_a_move(data, book, rows, now=now, middle=middle)


def _check_a_move(data, book, rows, *, now, middle):
    """Who moves keeps length and buffers, and finds the own time free."""
    chosen = data.draw(st.integers(0, len(rows) - 1))
    moved = book.taken[chosen]
    own = oracle.Book(**vars(book))
    own.taken = [taken for taken in book.taken if taken is not moved]
    own.duration, own.before, own.after = moved.end - moved.start, moved.before, moved.after
    hours = around(own, middle, moved.start)  # which may lie some days away
    moving = Appointment.objects.with_people().get(pk=rows[chosen].pk)
    for start in [moved.start, *_some(data, _likely_starts(book, middle), 6)]:
        objections = oracle.objections(own, start, now=now, hours=hours)
        got = answer(moving.service, start, now, moving)
        note(f"moving to {start}: {got}, the oracle: {objections}")
        assert got in objections if objections else got is None, start
    _check_what_a_move_is_shown(own, moving, now=now, middle=middle)


def _check_what_a_move_is_shown(own, moving, *, now, middle):
    """Every start that the oracle has nothing against, but for the one where it stands."""
    dates = {"first": middle - timedelta(days=1), "last": middle + timedelta(days=1)}
    expected = oracle.bookable(own, **dates, zone=own.zone, now=now)
    shown = slots.slots(moving.service, **dates, zone=own.zone, now=now, instead_of=moving)
    assert [tuple(slot) for _, found in shown for slot in found] == [
        tuple(slot) for found in expected.values() for slot in found if slot.start != moving.start
    ]


def _likely_starts(book, middle):
    """Starts on the grids, a little beside them, and at the edges of all that is taken."""
    days = [middle + timedelta(days=n) for n in (-1, 0, 1)]
    spans = [span for day in days for span in oracle.opening(book, day)]
    on_grid = sorted(oracle.starts_on_the_grids(spans, book.step))
    edges = [moment for taken in book.taken for hold in taken.holds() for moment in hold]
    return [*on_grid, *(moment + MINUTE for moment in on_grid[::5]), *edges]


def _some(data, items, most):
    if not items:
        return []
    return data.draw(st.lists(st.sampled_from(items), max_size=most, unique=True))
