"""A zone gets other rules: what was agreed by its clock, and who says what becomes of it.

In the release of these tests Vaduz, where Dan works, has no summer time any more from May 2030 on.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from openslot.accounts.models import Customer
from openslot.appointments.changing import answers, cancelling, rescheduling, scopes
from openslot.appointments.clocks import answering, looking, rules
from openslot.appointments.clocks.answering import How
from openslot.appointments.models import Appointment, Move, ZoneRules
from openslot.kernel import timerange
from openslot.notifications.models import Delivery, Reminder
from tests import town
from tests.fakes import zones
from tests.town import GUEST, at
from tests.working import work

pytestmark = pytest.mark.django_db

JULY = 91  # days after the tests' Monday: 1 July, a Monday too
DECEMBER = 245
WINTER_FOR_EVER = zones.compiled(
    [
        (datetime(2029, 10, 28, 1, tzinfo=UTC), 60),
        (datetime(2030, 3, 31, 1, tzinfo=UTC), 120),
        (datetime(2030, 5, 1, tzinfo=UTC), 60),
    ],
    footer="CET-1",
)


@pytest.fixture
def new_rules(tmp_path):
    """Call it, and Vaduz has no summer time; how many appointments are found beside their clock."""
    with_release = zones.release(tmp_path, Europe_Vaduz=WINTER_FOR_EVER)

    def begin():
        looking.look()
        with_release.__enter__()
        return looking.look()

    yield begin
    if ZoneInfo("Europe/Vaduz").utcoffset(at(8, day=JULY)) != timedelta(hours=2):
        with_release.__exit__(None, None, None)


@pytest.fixture
def dans(dan):
    dan.provider.timezone = "Europe/Vaduz"
    dan.provider.booking_window_days = 1095
    dan.provider.save()
    return town.service(dan.provider)


@pytest.fixture
def nine(dans, bob):
    """At nine in Vaduz, on 1 July."""
    return town.booked(dans, bob, at(7, day=JULY))


def clock(appointment):
    return f"{appointment.start.astimezone(ZoneInfo('Europe/Vaduz')):%H:%M}"


def answer(dan, how, *chosen):
    chosen = chosen or Appointment.objects.filter(clock_start__isnull=False)
    seen = {each.pk: each.version for each in chosen}
    return answering.answer(dan.provider, by=dan, chosen=seen, how=how)


def test_the_made_up_release_is_read(new_rules):
    assert timerange.offset(at(8, day=JULY), ZoneInfo("Europe/Vaduz")) == 120
    new_rules()
    assert timerange.offset(at(8, day=JULY), ZoneInfo("Europe/Vaduz")) == 60
    assert timerange.offset(at(8), ZoneInfo("Europe/Vaduz")) == 120
    assert timerange.offset(at(8, day=JULY), ZoneInfo("Europe/Paris")) == 120


def test_an_instant_stays_and_says_where_its_clock_is(new_rules, nine):
    assert new_rules() == 1
    nine.refresh_from_db()
    assert nine.start == at(7, day=JULY)
    assert clock(nine) == "08:00"
    assert nine.clock_start == at(8, day=JULY)
    assert nine.version == 1
    assert Move.objects.filter(appointment=nine).count() == 1


def test_where_no_rule_changes_nothing_is_found(new_rules, dans, bob):
    town.booked(dans, bob, at(7, day=1))
    town.booked(dans, bob, at(8, day=DECEMBER))
    assert new_rules() == 0
    assert not Appointment.objects.filter(clock_start__isnull=False).exists()


def test_what_is_over_or_called_off_is_let_be(new_rules, dans, bob, nine, clock):
    cancelling.cancel(town.booked(dans, bob, at(10, day=JULY)).pk, by=bob)
    clock.move_to(at(7, 30, day=JULY))
    assert new_rules() == 0


def test_the_provider_is_told_once_and_nobody_else(new_rules, nine, dan, bob):
    work()
    Delivery.objects.all().delete()
    new_rules()
    work()
    looking.look()
    work()
    told = Delivery.objects.filter(channel="in_app")
    assert [(each.user, each.kind, each.action, each.count) for each in told] == [
        (dan, "sync_attention", "clocks_changed", 1)
    ]
    assert not Delivery.objects.filter(user=bob).exists()


def test_a_reminder_stays_with_its_instant_until_the_answer(new_rules, nine, dan):
    work()
    before = set(Reminder.objects.filter(role="customer").values_list("minutes", "due_at"))
    new_rules()
    work()
    assert set(Reminder.objects.filter(role="customer").values_list("minutes", "due_at")) == before
    answer(dan, How.MOVE)
    work()
    after = set(Reminder.objects.filter(role="customer").values_list("minutes", "due_at"))
    assert after == {(minutes, due + timedelta(hours=1)) for minutes, due in before}


def test_a_day_back_to_back_goes_together(new_rules, nine, dans, bob, carol, dan):
    ten = town.booked(dans, carol, at(8, day=JULY))
    eleven = town.booked(dans, bob, at(9, day=JULY))
    assert new_rules() == 3
    made = answer(dan, How.MOVE)
    assert (len(made.done), made.refused) == (3, [])
    for each, shown in ((nine, "09:00"), (ten, "10:00"), (eleven, "11:00")):
        each.refresh_from_db()
        assert (clock(each), each.clock_start) == (shown, None)
    assert Move.objects.filter(action="reschedule").values("act").distinct().count() == 1
    assert looking.look() == 0


def test_what_stands_in_the_way_stops_the_next_ones_and_no_other(
    new_rules, nine, dans, bob, carol, dan
):
    ten = town.booked(dans, carol, at(8, day=JULY))
    other = town.booked(dans, bob, at(7, day=JULY + 1))
    new_rules()
    eleven = town.booked(dans, bob, at(9, day=JULY))  # at ten by the new clock: nobody knew
    made = answer(dan, How.MOVE)
    assert made.done == [other]
    assert {each for each, _ in made.refused} == {nine, ten}
    assert {code for _, code in made.refused} == {"slot_taken"}
    eleven.refresh_from_db()
    assert (eleven.start, eleven.clock_start) == (at(9, day=JULY), None)
    assert Appointment.objects.filter(clock_start__isnull=False).count() == 2


def test_a_customer_may_be_asked_and_what_stands_is_kept_meanwhile(new_rules, nine, dan, bob):
    new_rules()
    assert answer(dan, How.ASK).done == [nine]
    nine.refresh_from_db()
    assert (nine.start, nine.proposed_start) == (at(7, day=JULY), at(8, day=JULY))
    assert looking.look() == 0
    answers.accept(nine.pk, by=bob)
    nine.refresh_from_db()
    assert (clock(nine), nine.clock_start) == ("09:00", None)


def test_of_two_back_to_back_not_both_can_be_asked_about(new_rules, nine, dans, carol, dan):
    ten = town.booked(dans, carol, at(8, day=JULY))
    new_rules()
    made = answer(dan, How.ASK)
    assert (made.done, [each for each, _ in made.refused]) == ([ten], [nine])


def test_a_guest_is_asked_by_a_proposal_too(new_rules, dans, dan):
    made = town.book(dans.pk, by=dan, customer=GUEST, start=at(7, day=JULY))
    new_rules()
    assert answer(dan, How.ASK).done == [made]
    answers.accept(made.pk, by=Customer.objects.get(pk=made.customer_id))
    made.refresh_from_db()
    assert clock(made) == "09:00"


def test_what_is_left_is_agreed_anew_as_it_stands(new_rules, nine, dan):
    new_rules()
    answer(dan, How.KEEP)
    nine.refresh_from_db()
    assert (nine.start, nine.clock_start, nine.agreed_offset) == (at(7, day=JULY), None, 60)
    assert looking.look() == 0


def test_another_new_time_is_an_answer_as_well(new_rules, nine, dan, bob):
    new_rules()
    rescheduling.reschedule(nine.pk, by=bob, start=at(10, day=JULY))
    nine.refresh_from_db()
    assert (nine.clock_start, nine.agreed_offset) == (None, 60)
    assert answer(dan, How.MOVE, nine).done == []


def test_what_was_changed_meanwhile_waits_on(new_rules, nine, dan):
    new_rules()
    seen = {nine.pk: nine.version - 1}
    assert answering.answer(dan.provider, by=dan, chosen=seen, how=How.MOVE).done == []
    nine.refresh_from_db()
    assert nine.clock_start is not None


def test_nobody_answers_for_another_provider(new_rules, nine, ada):
    new_rules()
    seen = {nine.pk: nine.version}
    assert answering.answer(ada.provider, by=ada, chosen=seen, how=How.MOVE).done == []


def test_of_a_series_the_dates_in_summer_are_found_and_come_back(new_rules, dans, dan, bob):
    series = town.book_series(
        dans.pk, by=bob, start=at(7, day=JULY + 98), recurrence="FREQ=WEEKLY;COUNT=6"
    )
    dates = list(series.occurrences.order_by("start"))
    assert {clock(each) for each in dates} == {"09:00"}
    assert new_rules() == 3  # until 27 October
    answer(dan, How.MOVE)
    assert {clock(each) for each in series.occurrences.all()} == {"09:00"}
    series.refresh_from_db()
    assert series.shift == timedelta()


def test_a_series_goes_on_at_its_hour_whatever_the_rules(new_rules, dans, bob):
    series = town.book_series(
        dans.pk, by=bob, start=at(7, day=JULY), recurrence="FREQ=WEEKLY;COUNT=2"
    )
    new_rules()
    town.extend(series.pk, by=bob, count=2)
    dates = list(series.occurrences.order_by("series_start"))
    assert [clock(each) for each in dates] == ["08:00", "08:00", "09:00", "09:00"]
    assert [each.start.date() for each in dates] == [
        dates[0].start.date() + timedelta(weeks=n) for n in range(4)
    ]


def test_a_whole_series_rescheduled_goes_by_todays_clock(new_rules, dans, bob):
    assert "all" in scopes.SCOPES
    series = town.book_series(
        dans.pk, by=bob, start=at(7, day=JULY), recurrence="FREQ=WEEKLY;COUNT=2"
    )
    new_rules()
    first = series.occurrences.order_by("start").first()
    rescheduling.reschedule(first.pk, by=bob, start=at(8, day=JULY), scope="all")
    assert {clock(each) for each in series.occurrences.all()} == {"09:00"}
    assert not series.occurrences.filter(clock_start__isnull=False).exists()


def test_a_provider_who_works_in_another_zone_now_has_agreed_by_the_one_before(
    new_rules, nine, dan
):
    dan.provider.timezone = "Europe/Lisbon"
    dan.provider.save()
    assert looking.look() == 0
    assert new_rules() == 1


def test_a_release_that_is_taken_back_leaves_nothing(tmp_path, nine):
    looking.look()
    with zones.release(tmp_path, Europe_Vaduz=WINTER_FOR_EVER):
        assert looking.look() == 1
    assert looking.look() == 0
    nine.refresh_from_db()
    assert nine.clock_start is None


def test_a_process_with_the_rules_of_before_is_noticed_for_two_days(
    new_rules, dans, bob, nine, clock
):
    new_rules()
    late = town.booked(dans, bob, at(8, day=JULY + 1))
    Appointment.objects.filter(pk=late.pk).update(agreed_offset=120)  # as that process agreed it
    clock.move_to(at(6, day=1))
    assert looking.look() == 1


def test_what_was_written_before_clocks_were_noted_counts_as_agreed_today(nine, new_rules):
    Appointment.objects.update(agreed_zone="", agreed_offset=None)
    looking.look()
    nine.refresh_from_db()
    assert (nine.agreed_zone, nine.agreed_offset) == ("Europe/Vaduz", 120)
    assert new_rules() == 1


def test_where_nothing_has_changed_no_appointment_is_read(nine, clock, django_assert_num_queries):
    looking.look()
    clock.move_to(at(6, day=3))
    with django_assert_num_queries(3):  # those without a clock, the zones, what was seen of one
        looking.look()


def test_the_doubled_hour_is_no_other_rule(dans, bob, dan):
    town.hours(dan.provider, 7, start="00:00", end="06:00")
    made = town.booked(dans, bob, datetime(2030, 10, 27, 1, tzinfo=UTC))  # the second 02:00
    assert looking.by_the_clock(made) is None
    assert looking.look() == 0


def test_a_fingerprint_tells_the_hour_of_a_change_and_the_years_ahead():
    berlin, paris, tokyo = (
        ZoneInfo(f"{name}") for name in ("Europe/Berlin", "Europe/Paris", "Asia/Tokyo")
    )
    prints = {rules.fingerprint(zone, year=2030) for zone in (berlin, paris, tokyo)}
    assert len(prints) == 2
    changes = list(rules.transitions(berlin, 2030))
    assert len(changes) == 1 + 2 * rules.YEARS
    assert changes[1] == (datetime(2030, 3, 31, 1, tzinfo=UTC), 120)


def test_what_was_seen_is_kept_by_zone(new_rules, nine):
    looking.look()
    [before] = ZoneRules.objects.all()
    new_rules()
    [after] = ZoneRules.objects.all()
    assert str(after) == before.name == "Europe/Vaduz"
    assert after.fingerprint != before.fingerprint
