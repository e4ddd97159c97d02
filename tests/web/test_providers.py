from datetime import UTC, datetime

from django.utils import timezone

from openslot.accounts.models import Provider
from tests import town


def page_of(client, query=""):
    return client.get(f"/p/ada/{query}").content.decode()


def test_the_page_names_services_with_price_and_length(client, ada, massage):
    town.service(ada.provider, name="Advice", duration_minutes=90, pricing="hourly")
    page = page_of(client)
    assert "Massage" in page
    assert "€50.00" in page
    assert "1 h 30 min" in page
    assert "€75.00" in page


def test_a_single_service_shows_its_free_times_at_once(client, massage):
    page = page_of(client)
    assert "Monday 1 April" in page
    assert "at=2030-04-01T07%3A00%3A00Z" in page
    assert ">09:00<" in page


def test_days_with_room_are_marked_and_others_are_not(client, ada, massage):
    ada.provider.working_hours.exclude(weekday=3).delete()  # Wednesdays
    page = page_of(client)
    assert "Wednesday 3 April, 8 free" in page or "Wednesday 3 April, 15 free" in page
    assert "Tuesday 2 April," not in page


def test_a_chosen_time_is_said_whole_with_one_button(client, massage):
    page = page_of(client, "?at=2030-04-02T07:30:00Z&zone=Europe/Berlin")
    assert "booking-bar" in page
    assert "Tue 2 Apr" in page
    assert "Europe/Berlin" in page
    assert f"/p/ada/{massage.pk}/book/?zone=Europe%2FBerlin&amp;at=2030-04-02T07%3A30%3A00Z" in page


def test_times_are_shown_in_the_readers_zone_and_both_are_said(client, signed_in, massage):
    page = signed_in(town.person("Kim", timezone="America/New_York")).get(
        "/p/ada/?at=2030-04-01T14:00:00Z"
    )
    text = page.content.decode()
    assert "10:00" in text
    assert "Mon 1 Apr, 16:00 in Europe/Berlin" in text


def test_a_visitor_without_a_zone_sees_the_providers(client, massage):
    assert ">09:00<" in page_of(client)
    client.cookies["timezone"] = "Europe/London"
    assert ">08:00<" in page_of(client)
    client.cookies["timezone"] = "Not/AZone"
    assert ">09:00<" in page_of(client)


def test_months_are_walked_by_links(client, ada, massage):
    page = page_of(client)
    assert "since=2030-05-01" in page
    later = page_of(client, "?since=2030-05-01")
    assert "May" in later
    assert "Wednesday 1 May" in later
    assert "since=2030-04-01" in later


def test_a_month_without_room_leads_to_the_soonest_time(client, ada, massage):
    ada.provider.working_hours.all().delete()
    ada.provider.special_hours.create(date="2030-05-06", spans=[["09:00", "12:00"]])
    page = page_of(client, "?since=2030-04-01")
    assert "Nothing free in April" in page
    assert "Soonest: Mon 6 May" in page
    assert "day=2030-05-06" in page


def test_without_any_hours_the_page_says_so(client, ada, massage):
    ada.provider.working_hours.all().delete()
    assert "No free time can be booked at the moment" in page_of(client)


def test_htmx_swaps_the_picker_alone(client, massage):
    part = client.get(
        "/p/ada/?day=2030-04-03", headers={"HX-Request": "true", "HX-Target": "booking"}
    )
    assert part.content.decode().strip().startswith('<div id="booking">')


def test_who_is_not_listed_has_no_page(client, ada, massage):
    Provider.objects.update(active=False)
    assert client.get("/p/ada/").status_code == 404
    assert client.get("/p/nobody/").status_code == 404


def test_the_picker_costs_the_same_whatever_is_chosen(client, massage, django_assert_num_queries):
    client.get("/p/ada/")
    for rows in ("few", "many"):
        if rows == "many":
            _fill(massage)
        # provider, its services; soonest: hours, special days, free time (found nearby); the month:
        # the same three
        with django_assert_num_queries(8):
            client.get(f"/p/ada/?service={massage.pk}")
        with django_assert_num_queries(5):
            client.get(f"/p/ada/?service={massage.pk}&day=2030-04-03")


def _fill(massage):
    """More of everything that the page reads."""
    for n in range(5):
        town.service(massage.provider, name=f"More {n}")
        town.booked(massage, town.person(f"Kay{n}"), town.at(8 + n, day=1))


def test_a_zone_that_is_none_is_not_chosen(client, massage):
    assert "Europe/Berlin" in page_of(client, "?zone=Mars")
    at = "at=2030-04-02T07:30:00Z"
    assert "09:30" in page_of(client, f"?{at}&zone=Mars/Phobos")
    assert client.get(f"/p/ada/{massage.pk}/book/?{at}&zone=Mars").status_code == 200
    assert client.get("/p/ada/?day=Mars&zone=Mars").status_code == 404


def test_the_month_after_the_window_is_not_offered(client, ada, massage):
    Provider.objects.update(booking_window_days=10)
    assert "since=2030-05-01" not in page_of(client)


def test_a_month_in_the_past_is_the_present_one(client, massage):
    assert "April" in page_of(client, "?day=2020-01-01")
    assert timezone.now() == datetime(2030, 4, 1, 6, tzinfo=UTC)
