"""What a provider fills in: services, hours, time off, the public page, customers, bookings."""

import io
import re
from datetime import date, time

import pytest
from PIL import Image

from openslot.accounts.models import Customer, Provider
from openslot.appointments.booking import asking
from openslot.appointments.changing import cancelling, outcomes, rescheduling, time_off
from openslot.appointments.models import Appointment
from openslot.availability import hours
from openslot.availability.models import SpecialHours, TimeOff, WorkingHours
from openslot.catalog.models import Service
from tests import town
from tests.town import at

pytestmark = pytest.mark.django_db

SERVICE = {
    "name": "Haircut",
    "duration_minutes": "45",
    "pricing": "fixed",
    "price": "30.00",
    "currency": "EUR",
    "active": "on",
}
NONSENSE = ("\x00", "x" * 3000, "-1", "1e400", "NaN", "∞", "2030-13-45", "25:99", town.NOBODY)


@pytest.fixture
def desk(client, ada):
    """A browser in which Ada is signed in."""
    client.force_login(ada)
    return client


@pytest.fixture
def theirs(dan, haircut):
    """What belongs to Dan: a service, a customer, time off, a special day."""
    return {
        "services": haircut,
        "customers": Customer.objects.create(provider=dan.provider, first_name="Zoe"),
        "time-off": TimeOff.objects.create(
            provider=dan.provider, start=at(8, day=3), end=at(9, day=3)
        ),
        "special-hours": SpecialHours.objects.create(provider=dan.provider, date="2030-05-01"),
    }


def test_a_service_is_put_on_offer(desk, ada):
    assert desk.post("/provider/services/new/", SERVICE).status_code == 302
    made = Service.objects.get()
    assert (made.provider, made.name, str(made.tariff)) == (ada.provider, "Haircut", "€30.00")


def test_a_service_by_the_hour_keeps_its_rate(desk):
    desk.post("/provider/services/new/", SERVICE | {"pricing": "hourly", "price": "60"})
    assert "€45.00" in desk.get("/provider/services/").content.decode()


def test_more_digits_than_the_currency_has_are_told_beside_the_price(desk):
    for pricing in ("fixed", "hourly"):
        answer = desk.post(
            "/provider/services/new/", SERVICE | {"pricing": pricing, "price": "30.005"}
        )
        assert answer.status_code == 422
        assert "digits after the point" in answer.content.decode()
        assert 'id="id_price_error"' in answer.content.decode()
    assert not Service.objects.exists()


def test_a_service_is_changed_and_what_was_typed_comes_back(desk, massage):
    url = f"/provider/services/{massage.pk}/"
    assert 'value="Massage"' in desk.get(url).content.decode()
    assert desk.post(url, SERVICE | {"name": "Deep massage"}).status_code == 302
    refused = desk.post(url, SERVICE | {"name": "Kept words", "duration_minutes": "0"})
    assert refused.status_code == 422
    assert 'value="Kept words"' in refused.content.decode()
    massage.refresh_from_db()
    assert massage.name == "Deep massage"


def test_a_service_that_comes_after_another_says_how_many_days(desk, massage):
    after = SERVICE | {"requires": str(massage.pk)}
    refused = desk.post("/provider/services/new/", after)
    assert "Say how many days later" in refused.content.decode()
    days = {"requires_min_days": "3", "requires_max_days": "30"}
    assert desk.post("/provider/services/new/", after | days).status_code == 302
    assert "3 to 30 days later" in desk.get("/provider/services/").content.decode()


def test_a_service_that_another_needs_is_not_removed(desk, massage, ada):
    town.service(
        ada.provider,
        name="Follow-up",
        requires=massage,
        requires_min_days=1,
        requires_max_days=9,
    )
    desk.post(f"/provider/services/{massage.pk}/remove/")
    assert Service.objects.kept().filter(pk=massage.pk).exists()


def test_a_removed_service_is_offered_no_more(desk, massage):
    desk.post(f"/provider/services/{massage.pk}/remove/")
    assert not Service.objects.kept().exists()
    assert desk.get(f"/provider/services/{massage.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("page", "act"),
    [
        ("services", ""),
        ("services", "remove/"),
        ("customers", ""),
        ("time-off", "give-back/"),
        ("special-hours", "remove/"),
    ],
)
def test_what_belongs_to_another_provider_is_not_there(desk, theirs, page, act):
    url = f"/provider/{page}/{theirs[page].pk}/{act}"
    assert desk.post(url, SERVICE).status_code == 404
    theirs[page].refresh_from_db()


def test_hours_are_added_to_a_day(desk, ada):
    desk.post("/provider/hours/", {"add": "1", "opens_1": "18:00", "closes_1": "20:00"})
    monday = [span for span in hours.week(ada.provider) if span.weekday == 1]
    assert [f"{span.start:%H:%M}" for span in monday] == ["09:00", "18:00"]


def test_hours_that_overlap_are_told_beside_their_row_and_stay_typed(desk, ada):
    answer = desk.post("/provider/hours/", {"add": "2", "opens_2": "16:00", "closes_2": "19:30"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Two spans overlap" in page.partition('id="error-2"')[2].partition("</div>")[0]
    assert 'value="19:30"' in page
    assert len(hours.week(ada.provider)) == 7


def test_hours_are_taken_away(desk, ada):
    desk.post("/provider/hours/", {"remove": "3-09:00"})
    assert 3 not in {span.weekday for span in hours.week(ada.provider)}


def test_hours_that_were_removed_are_told_and_can_be_put_back(desk, ada):
    answer = desk.post("/provider/hours/", {"remove": "3-09:00"}, follow=True)
    page = answer.content.decode()
    assert "Wednesday 09:00 to 17:00 is removed." in page
    assert "Put it back" in page.partition('id="hours-3"')[2].partition('id="hours-4"')[0]
    desk.post("/provider/hours/", {"add": "3", "opens_3": "09:00", "closes_3": "17:00"})
    assert 3 in {span.weekday for span in hours.week(ada.provider)}


def test_htmx_offers_to_put_removed_hours_back_too(desk):
    headers = {"HX-Request": "true", "HX-Target": "hours"}
    answer = desk.post("/provider/hours/", {"remove": "3-09:00"}, headers=headers)
    assert "Put it back" in answer.content.decode()
    assert "Wednesday 09:00 to 17:00 is removed." in answer["HX-Trigger"]


def test_a_days_hours_are_copied_to_others(desk, ada):
    desk.post("/provider/hours/", {"add": "1", "opens_1": "18:00", "closes_1": "20:00"})
    desk.post("/provider/hours/", {"copy": "1", "copy_1": ["5", "6"]})
    friday = [span for span in hours.week(ada.provider) if span.weekday == 5]
    assert [f"{span.start:%H:%M}" for span in friday] == ["09:00", "18:00"]


@pytest.mark.parametrize(
    "sent",
    [
        {"add": "1", "opens_1": "", "closes_1": "12:00"},
        {"add": "1", "opens_1": "nine", "closes_1": "25:00"},
        {"add": "8", "opens_8": "09:00", "closes_8": "10:00"},
        {"copy": "1"},
        {"copy": "1", "copy_1": ["9"]},
        {},
    ],
)
def test_hours_that_make_no_sense_change_nothing(desk, ada, sent):
    assert desk.post("/provider/hours/", sent).status_code == 422
    assert len(hours.week(ada.provider)) == 7


def test_htmx_gets_the_editor_alone(desk):
    answer = desk.post(
        "/provider/hours/",
        {"add": "1", "opens_1": "18:00", "closes_1": "20:00"},
        headers={"HX-Request": "true", "HX-Target": "hours"},
    )
    body = answer.content.decode()
    assert "18:00–20:00" in body
    assert "<html" not in body


def test_tomorrows_slots_stand_beside_the_hours(desk, massage):
    page = desk.get("/provider/hours/").content.decode()
    assert '<li class="time">09:00</li>' in page
    assert '<li class="time">16:30</li>' not in page


def test_a_special_day_replaces_the_hours_and_is_removed(desk, ada):
    desk.post(
        "/provider/special-hours/",
        {"date": "2030-05-01", "opens": "10:00", "closes": "12:00"},
    )
    special = SpecialHours.objects.get()
    assert special.spans == [["10:00", "12:00"]]
    assert "10:00–12:00" in desk.get("/provider/hours/").content.decode()
    desk.post(f"/provider/special-hours/{special.pk}/remove/")
    assert not SpecialHours.objects.exists()


@pytest.mark.parametrize(
    "spans", [[], [["10:00", "12:00"]], [["10:00", "12:00"], ["22:00", "02:00"]]]
)
def test_a_removed_special_day_can_be_put_back(desk, ada, spans):
    special = hours.set_special(
        ada.provider,
        day=date(2030, 5, 1),
        spans=[hours.DaySpan(*map(time.fromisoformat, span)) for span in spans],
    )
    page = desk.post(f"/provider/special-hours/{special.pk}/remove/", follow=True).content.decode()
    assert "1 May is no special day: the week&#x27;s hours count again." in page
    assert "<s>Wednesday 1 May</s> is removed." in page
    form = page.partition('<form class="hours-removed"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    desk.post("/provider/special-hours/", sent)
    assert SpecialHours.objects.get().spans == spans


def test_a_special_day_of_more_hours_than_the_form_has_is_not_offered_back_in_part(desk, ada):
    spans = [hours.DaySpan(time(at), time(at + 1)) for at in (8, 10, 12)]
    special = hours.set_special(ada.provider, day=date(2030, 5, 1), spans=spans)
    page = desk.post(f"/provider/special-hours/{special.pk}/remove/", follow=True).content.decode()
    assert "1 May is no special day" in page
    assert "Put it back" not in page


@pytest.mark.parametrize(
    ("page", "labels"),
    [
        ("/provider/services/new/", ["At least (days later)", "At most (days later)"]),
        ("/provider/hours/", ["Opens", "Closes", "Opens again"]),
        ("/provider/time-off/take/", ["Until"]),
        ("/provider/book/", ["First name"]),
    ],
)
def test_what_is_needed_now_and_then_is_not_called_optional(desk, massage, page, labels):
    text = desk.get(page).content.decode()
    for label in labels:
        assert f"{label}</label>" in text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"date": "2030-05-01", "opens": "10:00"},
        {"date": "9999-05-01"},
        {"date": "2030-03-31"},  # over
        {
            "date": "2030-05-01",
            "opens": "10:00",
            "closes": "12:00",
            "opens_again": "11:00",
            "closes_again": "13:00",
        },
    ],
)
def test_a_special_day_that_makes_no_sense_is_refused(desk, sent):
    assert desk.post("/provider/special-hours/", sent).status_code == 422
    assert not SpecialHours.objects.exists()


def test_time_off_of_whole_days_ends_with_its_last_day(desk, ada):
    desk.post("/provider/time-off/take/", {"start": "2030-04-08", "end": "2030-04-09"})
    taken = TimeOff.objects.get()
    assert (taken.start, taken.end) == (at(-2, day=7), at(22, day=8))


def test_time_off_comes_again_every_week(desk):
    desk.post(
        "/provider/time-off/take/",
        {
            "start": "2030-04-05",
            "start_time": "13:00",
            "end": "2030-04-05",
            "end_time": "17:00",
            "recurrence": "weekly",
            "until": "2030-04-30",
        },
    )
    assert TimeOff.objects.get().spans.count() == 4
    assert "3 more until" in desk.get("/provider/time-off/").content.decode()


def test_appointments_in_the_time_off_are_shown_before_anything_is_done(desk, massage, bob):
    town.booked(massage, bob, at(8, day=1))
    sent = {"start": "2030-04-02", "end": "2030-04-02", "reason": "Course"}
    page = desk.post("/provider/time-off/take/", sent).content.decode()
    assert "1 appointment is in this time" in page
    assert "Bob Test" in page
    assert not TimeOff.objects.exists()
    desk.post("/provider/time-off/take/", sent | {"conflicts": "keep"})
    assert Appointment.objects.get().status == "pending"
    assert "1 appointment stays in it" in desk.get("/provider/time-off/").content.decode()


def test_a_time_proposed_in_the_time_off_is_called_that(desk, massage, bob, ada):
    booked = town.booked(massage, bob, at(8, day=7))
    rescheduling.reschedule(booked.pk, by=ada, start=at(8, day=1), propose=True)
    sent = {"start": "2030-04-02", "end": "2030-04-02"}
    page = desk.post("/provider/time-off/take/", sent).content.decode()
    assert "This is the time proposed" in page
    desk.post("/provider/time-off/take/", sent | {"conflicts": "keep"})
    assert "Tue 2 Apr, proposed" in desk.get("/provider/time-off/").content.decode()


def test_appointments_in_the_time_off_are_cancelled_when_that_is_chosen(desk, massage, bob):
    town.booked(massage, bob, at(8, day=1))
    sent = {"start": "2030-04-02", "end": "2030-04-02", "conflicts": "cancel"}
    page = desk.post("/provider/time-off/take/", sent, follow=True).content.decode()
    assert "1 appointment cancelled" in page
    assert Appointment.objects.get().status == "cancelled"


def test_time_off_is_given_back(desk):
    desk.post("/provider/time-off/take/", {"start": "2030-04-08", "end": "2030-04-09"})
    desk.post(f"/provider/time-off/{TimeOff.objects.get().pk}/give-back/")
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"start": "2030-04-09", "end": "2030-04-08"},
        {"start": "2030-04-08", "end": "2199-12-31"},
        {"start": "2030-04-08", "end": "2030-04-08", "recurrence": "weekly"},
        {
            "start": "2030-04-08",
            "end": "2030-04-08",
            "recurrence": "weekly",
            "until": "2040-01-01",
        },
        {"start": "2030-04-08", "end": "2030-04-08", "recurrence": "hourly"},
        {"start": "2030-04-08", "end": "2030-04-08", "conflicts": "explode"},
        {"start": "2030-04-08", "end": "2030-04-08", "reason": "x" * 501},
    ],
)
def test_time_off_that_makes_no_sense_is_refused(desk, sent):
    assert desk.post("/provider/time-off/take/", sent).status_code == 422
    assert not TimeOff.objects.exists()


def profile(**changes):
    return {
        "name": "Ada's practice",
        "location_kind": "in_person",
        "timezone": "Europe/Berlin",
        "active": "on",
        "slug": "ada",
    } | changes


def rules(**changes):
    return {
        "confirmation": "automatic",
        "guests": "allowed",
        "pending_expiry_hours": "48",
        "slot_step_minutes": "30",
        "minimum_notice_minutes": "60",
        "booking_window_days": "60",
        "buffer_before_minutes": "0",
        "buffer_after_minutes": "10",
        "cancellation_notice_hours": "24",
        "complete_after_hours": "24",
    } | changes


def test_the_public_page_and_its_rules_are_changed(desk, ada):
    assert desk.post("/provider/profile/", profile(categories=["music"])).status_code == 302
    assert desk.post("/provider/rules/", rules(daily_limit="4")).status_code == 302
    changed = Provider.objects.get(pk=ada.provider.pk)
    assert (changed.confirmation, changed.buffer_after_minutes) == ("automatic", 10)
    assert changed.daily_limit == 4
    assert [category.slug for category in changed.categories.all()] == ["music"]


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Olympus"},
        {"name": ""},
        {"categories": ["nothing-there"]},
    ],
)
def test_a_public_page_that_makes_no_sense_is_refused(desk, ada, change):
    assert desk.post("/provider/profile/", profile(**change)).status_code == 422
    assert Provider.objects.get(pk=ada.provider.pk).name == ada.provider.name


@pytest.mark.parametrize(
    "change", [{"slot_step_minutes": "1"}, {"booking_window_days": ""}, {"daily_limit": "0"}]
)
def test_rules_that_make_no_sense_are_refused(desk, ada, change):
    assert desk.post("/provider/rules/", rules(**change)).status_code == 422
    assert Provider.objects.get(pk=ada.provider.pk).confirmation == "manual"


def test_a_photo_is_put_in_its_place_and_removed(desk, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    picture.seek(0)
    picture.name = "me.png"
    assert desk.post("/provider/profile/photo/", {"photo": picture}).status_code == 302
    assert Provider.objects.get(pk=ada.provider.pk).photo
    desk.post("/provider/profile/photo/", {"remove": "yes"})
    assert not Provider.objects.get(pk=ada.provider.pk).photo


def test_what_is_no_picture_is_refused(desk):
    text = io.BytesIO(b"not a picture")
    text.name = "me.png"
    assert desk.post("/provider/profile/photo/", {"photo": text}).status_code == 422
    assert desk.post("/provider/profile/photo/").status_code == 422


@pytest.fixture
def visited(massage, ada, bob, clock):
    """Bob came on Tuesday, comes again on Thursday, and called Friday off."""
    known = town.booked(massage, bob, at(8, day=4)).customer.pk
    came = town.booked(massage, ada, at(8, day=1), customer=known)
    town.booked(massage, ada, at(8, day=3), customer=known)
    off = bob.customers.get().appointments.get(start=at(8, day=4))
    cancelling.cancel(off.pk, by=bob)
    clock.move_to(at(12, day=1))
    outcomes.complete(came.pk, by=ada)
    return Customer.objects.get()


def test_customers_come_with_their_figures(desk, visited):
    page = desk.get("/provider/customers/").content.decode()
    for words in ("Bob Test", "2 appointments", "€50.00", "Today", "Thursday 4 April"):
        assert words in page


def test_customers_are_found_by_name_or_address(desk, visited):
    assert "Bob Test" in desk.get("/provider/customers/?search=bob+tes").content.decode()
    assert "Bob Test" in desk.get("/provider/customers/?search=bob@").content.decode()
    assert "Nobody by that name" in desk.get("/provider/customers/?search=zoe").content.decode()
    assert desk.get("/provider/customers/?search=%00&page=0").status_code == 200


def test_notes_and_a_block_are_kept(desk, visited):
    url = f"/provider/customers/{visited.pk}/"
    assert "Cancelled" in desk.get(url).content.decode()
    assert desk.post(url, {"notes": "Likes tea", "blocked": "on"}).status_code == 302
    visited.refresh_from_db()
    assert (visited.notes, visited.blocked) == ("Likes tea", True)
    assert desk.post(url, {"notes": "x" * 2001}).status_code == 422


@pytest.mark.parametrize("count", [1, 6])
def test_the_customers_take_the_same_queries_however_many(
    desk, massage, ada, count, django_assert_num_queries
):
    for hour in range(count):
        who = asking.Guest(f"guest{hour}@example.org", "Guest", str(hour))
        town.booked(massage, ada, at(7 + hour, day=1), customer=who)
    with django_assert_num_queries(6):  # session, user, provider, count, customers, the badge
        desk.get("/provider/customers/")


@pytest.mark.parametrize("count", [1, 6])
def test_the_services_take_the_same_queries_however_many(
    desk, ada, count, django_assert_num_queries
):
    for number in range(count):
        town.service(ada.provider, name=f"Service {number}")
    with django_assert_num_queries(5):  # session, user, provider, services, the badge
        desk.get("/provider/services/")


def booking(service, **changes):
    """Outside the hours, and meant to be."""
    wanted = {"date": "2030-04-07", "time": "22:00", "anyway": "2030-04-07T20:00:00Z"}
    return {"service": str(service.pk)} | wanted | changes


def test_a_provider_books_a_known_customer_outside_the_hours(desk, massage, visited):
    sent = booking(massage, customer=str(visited.pk))
    assert desk.post("/provider/book/", sent).status_code == 302
    made = Appointment.objects.latest("created_at")
    assert (made.start, made.status, made.customer) == (at(20, day=6), "confirmed", visited)


GRETA = {"email": "greta@example.org", "first_name": "Greta", "anyway": ""}


def test_a_time_outside_the_hours_is_said_first_and_booked_by_a_second_press(desk, massage):
    asked = booking(massage, **GRETA)
    page = desk.post("/provider/book/", asked)
    assert page.status_code == 409
    assert "This time is outside your hours." in page.content.decode()
    assert not Appointment.objects.exists()
    other = asked | {"time": "21:00", "anyway": "2030-04-07T20:00:00Z"}
    assert desk.post("/provider/book/", other).status_code == 409  # that was not warned of
    asked["anyway"] = "2030-04-07T20:00:00Z"
    assert desk.post("/provider/book/", asked).status_code == 302
    assert Appointment.objects.exists()


def test_ones_own_time_off_is_said_first(desk, ada, massage):
    time_off.take(ada.provider, by=ada, start=at(7, day=1), end=at(12, day=1), reason="Dentist")
    asked = booking(massage, **GRETA, date="2030-04-02", time="10:00")
    page = desk.post("/provider/book/", asked).content.decode()
    assert "You are away then: <bdi>Dentist</bdi>." in page
    assert "outside your hours" not in page
    assert not Appointment.objects.exists()


def test_several_dates_say_which_of_them_lie_outside_the_hours_or_in_time_off(desk, ada, massage):
    WorkingHours.objects.filter(provider=ada.provider, weekday=3).delete()
    time_off.take(ada.provider, by=ada, start=at(7, day=2), end=at(12, day=3), reason="Dentist")
    asked = booking(massage, **GRETA, date="2030-04-02", time="10:00", repeat="daily", times="3")
    page = desk.post("/provider/book/", asked | {"step": "dates"}).content.decode()
    assert page.count("Outside your hours") == 1
    assert page.count("You are away: <bdi>Dentist</bdi>") == 2


def test_a_time_in_the_hours_is_booked_at_once(desk, massage):
    asked = booking(massage, **GRETA, date="2030-04-02", time="10:00")
    assert desk.post("/provider/book/", asked).status_code == 302


def test_optional_stands_beside_what_can_always_be_left_out(desk, massage):
    page = desk.get("/provider/book/").content.decode()
    labels = {
        name: page.partition(f'for="id_{name}"')[2].partition("</label>")[0]
        for name in ("first_name", "last_name", "email", "phone")
    }
    optional = {name for name, label in labels.items() if "optional" in label}
    assert optional == {"last_name", "email", "phone"}


def test_a_provider_books_somebody_new(desk, massage):
    sent = booking(massage, email="greta@example.org", first_name="Greta")
    assert desk.post("/provider/book/", sent).status_code == 302
    assert Appointment.objects.get().customer.name == "Greta"


def test_an_overlap_is_refused_and_nothing_typed_is_lost(desk, massage, visited):
    sent = booking(massage, email="greta@example.org", first_name="Greta")
    desk.post("/provider/book/", sent)
    answer = desk.post("/provider/book/", sent | {"email": "hal@example.org"})
    assert answer.status_code == 409
    assert "That time was just taken" in answer.content.decode()
    assert 'value="hal@example.org"' in answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"email": "nobody"},
        {"email": "greta@example.org"},
        {"email": "ada@example.org", "first_name": "Me"},
        {"email": "greta@example.org", "first_name": "Greta", "date": "2200-01-01"},
        {"email": "greta@example.org", "first_name": "Greta", "time": ""},
        {"customer": town.NOBODY},
    ],
)
def test_a_booking_that_makes_no_sense_is_refused(desk, massage, change):
    assert desk.post("/provider/book/", booking(massage, **change)).status_code == 422
    assert not Appointment.objects.exists()


def test_another_providers_service_or_customer_cannot_be_booked(desk, massage, theirs):
    other = booking(theirs["services"], email="greta@example.org", first_name="Greta")
    assert desk.post("/provider/book/", other).status_code == 422
    zoe = booking(massage, customer=str(theirs["customers"].pk))
    assert desk.post("/provider/book/", zoe).status_code == 422


@pytest.mark.parametrize("query", ["date=x&time=y&customer=z", "customer=%00", "date=9999-99-99"])
def test_nonsense_in_the_address_of_a_booking_is_shown_as_it_is(desk, massage, query):
    assert desk.get(f"/provider/book/?{query}").status_code == 200


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_any_field_is_a_message(desk, massage, visited, nonsense):
    forms = {
        "/provider/services/new/": SERVICE,
        f"/provider/services/{massage.pk}/": SERVICE,
        "/provider/profile/": profile(),
        "/provider/rules/": rules(),
        "/provider/book/": booking(massage, email="g@example.org", first_name="G"),
        "/provider/time-off/take/": {"start": "2030-04-08", "end": "2030-04-09"},
        "/provider/special-hours/": {"date": "2030-05-01", "opens": "10:00", "closes": "11:00"},
        f"/provider/customers/{visited.pk}/": {"notes": "", "blocked": ""},
    }
    for url, fields in forms.items():
        for name in fields:
            answer = desk.post(url, fields | {name: nonsense})
            assert answer.status_code in {302, 409, 422}, (url, name)


def test_time_off_that_stands_is_changed(desk, ada):
    item, _ = time_off.take(
        ada.provider, by=ada, start=at(7, day=1), end=at(9, day=1), reason="Ill"
    )
    path = f"/provider/time-off/{item.pk}/"
    assert path in desk.get("/provider/time-off/").content.decode()
    page = desk.get(path).content.decode()
    for typed in ('value="2030-04-02"', 'value="09:00"', 'value="11:00"', 'value="Ill"'):
        assert typed in page
    sent = {"start": "2030-04-03", "end": "2030-04-04", "reason": "Course"}
    assert desk.post(path, sent).status_code == 302
    item.refresh_from_db()
    assert (item.start, item.end, item.reason) == (at(22, day=1), at(22, day=3), "Course")


def test_a_change_asks_about_appointments_that_it_did_not_meet_before(desk, ada, bob, massage):
    met = town.booked(massage, bob, at(7, day=1))
    new = town.booked(massage, bob, at(8, day=3))
    item, _ = time_off.take(ada.provider, by=ada, start=at(7, day=1), end=at(9, day=1))
    path, sent = f"/provider/time-off/{item.pk}/", {"start": "2030-04-02", "end": "2030-04-04"}
    page = desk.post(path, sent)
    assert [clash.appointment for clash in page.context["asked"]] == [new]
    item.refresh_from_db()
    assert item.start == at(7, day=1)
    desk.post(path, sent | {"conflicts": "keep"})
    item.refresh_from_db()
    assert (item.start, item.end) == (at(22, day=0), at(22, day=3))
    for each in (met, new):
        each.refresh_from_db()
        assert each.status == "pending"


@pytest.mark.parametrize(
    ("rule", "choice"),
    [
        ("FREQ=WEEKLY;UNTIL=20300501", "weekly"),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20300501", "fortnightly"),
        ("FREQ=WEEKLY;COUNT=4", "own"),
        ("FREQ=DAILY;UNTIL=20300410", "own"),
    ],
)
def test_a_rule_stays_as_it_is_where_only_the_reason_changes(desk, ada, rule, choice):
    item, _ = time_off.take(
        ada.provider, by=ada, start=at(7, day=1), end=at(9, day=1), recurrence=rule
    )
    path = f"/provider/time-off/{item.pk}/"
    form = desk.get(path).context["form"]
    assert form.initial["recurrence"] == choice
    sent = {name: value for name, value in form.initial.items() if value is not None}
    spans = item.spans.count()
    assert desk.post(path, sent | {"reason": "Choir"}).status_code == 302
    item.refresh_from_db()
    assert (item.recurrence, item.reason, item.spans.count()) == (rule, "Choir", spans)


def test_somebody_elses_time_off_is_none(desk, dan):
    item, _ = time_off.take(dan.provider, by=dan, start=at(7, day=1), end=at(9, day=1))
    assert desk.get(f"/provider/time-off/{item.pk}/").status_code == 404


def test_currencies_have_their_names_in_the_readers_language(desk, ada):
    ada.language = "de"
    ada.save()
    page = desk.get("/provider/services/new/").content.decode()
    assert "USD US-Dollar" in page
    assert "USD US Dollar" not in page
